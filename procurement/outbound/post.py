"""One POST to a stranger's server: to the address that was checked, in bounded time, with a bounded answer.

A server may hang, answer a byte a second, or send for ever. Each step has a timeout, and a timer closes the connection
when the time for all of it is over, whatever the server is doing then.
"""

import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from procurement.outbound import address
from procurement.outbound.address import Refused, Resolve, Target

# Seconds for looking up, for connecting and for each byte of the answer; and for everything together.
STEP = 5.0
ALL = 10.0
ANSWER_BYTES = 16 * 1024
# Characters of an answer that are kept.
KEPT = 300


@dataclass(frozen=True)
class Answer:
    """What came back: a status where the server answered, and in words what went wrong, or nothing."""

    status: int | None
    text: str
    problem: str

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """The server says that nobody lives there any more."""
        return self.status == http.client.GONE


def post(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    loopback: bool = False,
    resolve: Resolve = address.lookup,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """Send it, and say what came of it. Nothing that a server does is raised."""
    until = time.monotonic() + ALL
    try:
        target = address.parse(url, loopback=loopback)
        places = address.addresses(target, seconds=STEP, resolve=resolve)
    except Refused as refusal:
        return Answer(None, "", str(refusal))
    trust = (context or ssl.create_default_context()) if target.is_secure else None
    return _send(_Connection(target, places, until, trust), target, body, headers)


class _Bounded(io.RawIOBase):
    """The beginning of what a server sends."""

    def __init__(self, whole: io.BufferedIOBase) -> None:
        self._whole = whole
        self._left = ANSWER_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = self._whole.read1(min(self._left, len(buffer))) if self._left else b""
        buffer[: len(part)] = part
        self._left -= len(part)
        return len(part)

    def close(self) -> None:
        self._whole.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """An answer of which no more is read, its head included, than our bound."""

    def __init__(self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None):
        super().__init__(sock, debuglevel, method, url)
        self.fp = io.BufferedReader(_Bounded(self.fp))


class _Connection(http.client.HTTPConnection):
    """To one of the checked addresses, under the name that was typed. Nothing is looked up, and no proxy is obeyed."""

    response_class = _Response

    def __init__(self, target: Target, places: tuple[str, ...], until: float, trust: ssl.SSLContext | None) -> None:
        super().__init__(target.host, target.port, timeout=STEP)
        self._places = places
        self._until = until
        self._trust = trust
        self._timer: threading.Timer | None = None
        self._reached_by: socket.socket | None = None
        self.is_over = False

    def connect(self) -> None:
        self.sock = self._reached()
        if self._trust is not None:
            # The handshake is ours to begin, so that the timer holds the socket before it.
            name = self.host.rstrip(".")
            self.sock = self._trust.wrap_socket(self.sock, server_hostname=name, do_handshake_on_connect=False)
        self._reached_by = self.sock
        self._timer = threading.Timer(max(self._until - time.monotonic(), 0), self._give_up)
        self._timer.daemon = True
        self._timer.start()
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.do_handshake()

    def end(self) -> None:
        """Not `close`, which the library calls once the head of an answer says so, while the rest is still to come."""
        if self._timer is not None:
            self._timer.cancel()
        self.close()

    def _reached(self) -> socket.socket:
        failure: OSError = TimeoutError()
        for place in self._places:
            left = self._until - time.monotonic()
            if left <= 0:
                break
            try:
                connected = socket.create_connection((place, self.port), timeout=min(STEP, left))
            except OSError as error:
                failure = error
                continue
            connected.settimeout(STEP)
            return connected
        raise failure

    def _give_up(self) -> None:
        self.is_over = True
        if self._reached_by is None:
            return
        with suppress(OSError):
            # Of the socket beneath: that of TLS would go on in plain text.
            socket.socket.shutdown(self._reached_by, socket.SHUT_RDWR)


def _send(connection: _Connection, target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
    try:
        connection.request("POST", target.path, body, {**headers, "Host": target.name, "Connection": "close"})
        response = connection.getresponse()
        if connection.is_over:
            return Answer(None, "", _too_long())
        return _answer(response.status, _text(response))
    except ssl.SSLCertVerificationError as error:
        return Answer(None, "", f"Its certificate is not valid for {target.host}: {error.verify_message}.")
    except TimeoutError:
        return Answer(None, "", f"It did not answer within {STEP:.0f} seconds.")
    except (OSError, http.client.HTTPException, ValueError) as error:
        if connection.is_over:
            return Answer(None, "", _too_long())
        return Answer(None, "", f"The connection failed: {_named(error)}.")
    finally:
        connection.end()


def _text(response: http.client.HTTPResponse) -> str:
    """The beginning of the answer. Its status counts even where the rest does not come."""
    found = b""
    with suppress(OSError, http.client.HTTPException, ValueError):
        while len(found) < KEPT * 4 and (part := response.read1(KEPT * 4)):
            found += part
    text = found.decode("utf-8", errors="replace")
    return "".join(each if each.isprintable() or each == "\n" else " " for each in text)[:KEPT]


def _answer(status: int, text: str) -> Answer:
    if 200 <= status < 300:
        return Answer(status, text, "")
    if 300 <= status < 400:
        return Answer(status, text, f"It answered {status}, a redirect, which is not followed.")
    return Answer(status, text, f"It answered {status}.")


def _too_long() -> str:
    return f"It took longer than {ALL:.0f} seconds."


def _named(error: Exception) -> str:
    return (getattr(error, "strerror", None) or type(error).__name__).rstrip(".")
