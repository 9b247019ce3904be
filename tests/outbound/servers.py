"""Real servers on this machine, each in a thread of its own, that answer well or badly."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Server:
    """What a server was sent, and where it is. `ended` lets those that hang go; few that drip are heard out."""

    url: str
    requests: list[bytes] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    was_heard_out: bool = False

    def head(self, index: int = -1) -> dict[str, str]:
        lines = self.requests[index].partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    def body(self, index: int = -1) -> str:
        return self.requests[index].partition(b"\r\n\r\n")[2].decode()


Behaviour = Callable[[socket.socket, Server], None]


def answers(*replies: bytes) -> Behaviour:
    """These replies in turn; the last for ever."""
    left = list(replies)

    def answer(connection: socket.socket, _: Server) -> None:
        connection.sendall(left.pop(0) if len(left) > 1 else left[0])

    return answer


def status(code: int, head: str = "", text: str = "") -> bytes:
    return f"HTTP/1.1 {code} Answer\r\n{head}Content-Length: {len(text)}\r\n\r\n{text}".encode()


def hangs(_: socket.socket, server: Server) -> None:
    server.ended.wait(30)


def dripping(beginning: bytes) -> Behaviour:
    """An answer that goes on for ten seconds, a byte at a time, each well within the time for one."""

    def drip(connection: socket.socket, server: Server) -> None:
        connection.sendall(beginning)
        for _ in range(500):
            if server.ended.wait(0.02):
                return
            connection.sendall(b"1")
        server.was_heard_out = True

    return drip


drips = dripping(b"HTTP/1.1 200 OK\r\nX: ")


def floods(connection: socket.socket, server: Server) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not server.ended.is_set():
        connection.sendall(b"y" * 65536)


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[Server]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(f"http://127.0.0.1:{listener.getsockname()[1]}/hook")

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_handle, args=(connection, server, behaviour), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server
    finally:
        server.ended.set()
        # Wakes the thread that waits in accept().
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _handle(connection: socket.socket, server: Server, behaviour: Behaviour) -> None:
    with connection:
        connection.settimeout(30)
        try:
            server.requests.append(_request(connection))
            behaviour(connection, server)
        except OSError:
            return


def _request(connection: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        part = connection.recv(65536)
        if not part:
            raise ConnectionError
        got += part
    head, _, body = got.partition(b"\r\n\r\n")
    sizes = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < int(sizes[0]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
