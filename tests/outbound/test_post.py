import socket
import ssl
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from procurement.outbound import post as posting
from procurement.outbound.post import Answer, post
from tests.outbound import servers
from tests.outbound.servers import serving


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "STEP", 1.0)
    monkeypatch.setattr(posting, "ALL", 2.0)


def send(url: str, **options: Any) -> Answer:
    return post(url, body=b'{"a":1}', headers={"Content-Type": "application/json"}, loopback=True, **options)


def test_a_message_arrives_whole_and_its_answer_is_kept() -> None:
    with serving(servers.answers(servers.status(202, text="thank you\x00"))) as server:
        answer = send(server.url)
    assert answer == Answer(202, "thank you ", "")
    assert answer.is_taken
    assert server.body() == '{"a":1}'
    assert server.requests[0].startswith(b"POST /hook HTTP/1.1\r\n")
    assert server.head()["host"] == server.url.split("/")[2]


def test_a_redirect_is_a_failure_that_says_so_and_is_not_followed() -> None:
    with serving(servers.answers(servers.OK)) as other:
        moved = servers.status(302, f"Location: {other.url}\r\n")
        with serving(servers.answers(moved)) as server:
            answer = send(server.url)
    assert not answer.is_taken
    assert answer.problem == "It answered 302, a redirect, which is not followed."
    assert other.requests == []


def test_a_server_that_hangs_is_given_up() -> None:
    with serving(servers.hangs) as server:
        answer = send(server.url)
    assert (answer.status, answer.problem) == (None, "It did not answer within 1 seconds.")


def test_a_server_that_drips_is_cut_off_when_the_time_for_all_is_over() -> None:
    with serving(servers.drips) as server:
        answer = send(server.url)
    assert (answer.status, answer.problem) == (None, "It took longer than 2 seconds.")


@pytest.mark.parametrize("head", ["Connection: close\r\n", "Connection: close\r\nTransfer-Encoding: chunked\r\n"])
def test_a_body_that_drips_is_cut_off_where_the_head_ends_the_connection(
    head: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "KEPT", 100_000)
    with serving(servers.dripping(f"HTTP/1.1 200 OK\r\n{head}\r\n".encode())) as server:
        assert send(server.url).is_taken
        assert not server.was_heard_out


def test_of_an_answer_without_end_the_beginning_is_read() -> None:
    with serving(servers.floods) as server:
        answer = send(server.url)
    assert answer == Answer(200, "y" * 300, "")


def test_a_head_without_end_is_no_answer() -> None:
    endless = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 90 + b"Y: " + b"y" * 60_000
    with serving(servers.answers(endless + b"\r\n\r\n")) as server:
        answer = send(server.url)
    # What lies beyond the bound is not read, whatever it says.
    assert answer.text == ""
    assert len(answer.problem) < 200


@pytest.mark.parametrize("nonsense", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n"])
def test_what_is_no_answer_is_a_failure(nonsense: bytes) -> None:
    with serving(servers.answers(nonsense)) as server:
        answer = send(server.url)
    assert answer.status is None
    assert "The connection failed" in answer.problem


def test_a_name_that_leads_elsewhere_after_the_check_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    led = iter([["93.184.215.14"], ["127.0.0.1"], ["127.0.0.1"]])
    connected: list[tuple[str, int]] = []

    def connect(place: tuple[str, int], **_: object) -> socket.socket:
        connected.append(place)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "create_connection", connect)
    answer = send("https://example.com/", resolve=lambda *_: next(led))
    # Asked once, and the very address that was checked is the one that is connected to.
    assert connected == [("93.184.215.14", 443)]
    assert next(led) == ["127.0.0.1"]
    assert answer.problem == "The connection failed: Connection refused."


def test_a_private_address_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    answer = send("https://example.com/", resolve=lambda *_: ["10.0.0.1"])
    assert "no server called example.com" in answer.problem


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(servers.answers(servers.OK)) as proxy, serving(servers.answers(servers.OK)) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("https_proxy", proxy.url)
        assert send(server.url).is_taken
    assert proxy.requests == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of "right.example", signed by itself; certificate and key in one file."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    subject = ["-subj", "/CN=right.example", "-addext", "subjectAltName=DNS:right.example"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*made, "-keyout", str(file), "-out", str(file) + ".crt"], check=True, capture_output=True)
    file.write_text(file.read_text() + Path(str(file) + ".crt").read_text())
    return file


@pytest.mark.parametrize(
    ("host", "trusted", "problem"),
    [
        ("right.example", True, ""),
        ("wrong.example", True, "not valid for wrong.example"),
        ("right.example", False, "not valid for right.example"),
    ],
)
def test_the_name_in_the_certificate_is_checked(
    host: str, trusted: bool, problem: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach = socket.create_connection
    ours, theirs = ssl.create_default_context(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificate)
    if trusted:
        ours.load_verify_locations(certificate)
    listener = socket.create_server(("127.0.0.1", 0))
    # The checked address stands for this machine here.
    monkeypatch.setattr(socket, "create_connection", lambda _, **__: reach(listener.getsockname(), 5))
    asked: list[bytes] = []

    def serve() -> None:
        try:
            with theirs.wrap_socket(listener.accept()[0], server_side=True) as connection:
                # Head and body come one by one.
                asked.append(connection.recv(65536) + connection.recv(65536))
                connection.sendall(servers.OK)
        except OSError:
            return

    serving_it = threading.Thread(target=serve, daemon=True)
    serving_it.start()
    answer = send(f"https://{host}/", resolve=lambda *_: ["93.184.215.14"], context=ours)
    serving_it.join(5)
    listener.close()
    assert problem in answer.problem
    assert answer.is_taken is (problem == "")
    assert len(asked) == (1 if problem == "" else 0)
