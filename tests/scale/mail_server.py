"""A mail server on a real socket."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class MailServer(socketserver.ThreadingTCPServer):
    """Takes e-mails and notes whom they were for; says nothing more once it was asked to take number `stops_at`."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, stops_at: int | None) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.stops_at = stops_at
        self.asked = 0
        self.taken: list[str] = []
        # Message-IDs, by which a mailbox drops an e-mail that comes twice.
        self.named: list[str] = []
        self.stopped = threading.Event()
        self.goes_on = threading.Event()


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 mail")
        recipient = ""
        while line := self.rfile.readline().decode().strip():
            command = line[:4].upper()
            if command == "RCPT":
                recipient = line.partition("<")[2].rstrip(">")
                self.server.asked += 1
                if self.server.asked == self.server.stops_at:
                    self.server.stopped.set()
                    self.server.goes_on.wait(timeout=60)
                    return
            if command == "DATA":
                self.say("354 go on")
                while (part := self.rfile.readline().rstrip()) != b".":
                    if part.lower().startswith(b"message-id:"):
                        self.server.named.append(part.partition(b":")[2].strip().decode())
                self.server.taken.append(recipient)
            self.say("221 bye" if command == "QUIT" else "250 ok")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server(*, stops_at: int | None = None) -> Iterator[MailServer]:
    with MailServer(stops_at) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.goes_on.set()
            server.shutdown()
            thread.join(timeout=10)
