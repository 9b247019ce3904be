import io
from collections.abc import Callable
from typing import Any
from wsgiref.handlers import SimpleHandler

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.test import Client, RequestFactory

from boroughs.exceptions import PermissionRefused
from loti.middleware import RefusalMiddleware, UploadLimitMiddleware

TOO_LARGE = b"x" * (22 * 1024 * 1024)


class Sent(io.RawIOBase):
    """A body without end; counts what is read of it."""

    read_so_far = 0

    def read(self, size: int = -1) -> bytes:
        self.read_so_far += size
        return b"x" * size


@pytest.mark.parametrize(
    ("error", "status"),
    [(DataError("a NUL"), 400), (PermissionRefused("You may not."), 403), (OperationalError("gone"), None)],
)
def test_refusal_becomes_a_page_and_a_fault_stays_one(rf: RequestFactory, error: Exception, status: int | None) -> None:
    request = rf.get("/")
    request.resolver_match = None
    answer = RefusalMiddleware(lambda _: HttpResponse()).process_exception(request, error)
    assert (answer.status_code if answer else None) == status


def test_request_larger_than_any_file_is_refused_before_it_is_read(client: Client) -> None:
    answer = client.generic("POST", "/imports/new/", TOO_LARGE, "multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "The file is larger than 20 MB" in answer.content.decode()


def test_program_is_told_so_in_its_own_terms(client: Client) -> None:
    answer = client.generic("POST", "/api/v1/imports/", TOO_LARGE, "text/csv")
    assert (answer.status_code, answer.json()["error"]["status"]) == (413, 413)


@pytest.mark.parametrize("size", [30 * 1024 * 1024, 10**9])
def test_larger_request_is_read_to_its_end_within_reason_and_answered_by_the_plainest_server(size: int) -> None:
    sent, told = Sent(), io.BytesIO()
    environ = RequestFactory().generic("POST", "/api/v1/imports/", b"", "text/csv", CONTENT_LENGTH=str(size)).environ

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        answer = UploadLimitMiddleware(lambda _: HttpResponse())(WSGIRequest(environ))
        start(f"{answer.status_code} {answer.reason_phrase}", list(answer.items()))
        return [answer.content]

    # Refuses what the standard forbids an application to say, such as what becomes of the connection.
    SimpleHandler(sent, told, io.StringIO(), environ).run(application)
    assert told.getvalue().splitlines()[0].endswith(b" 413 Request Entity Too Large")
    assert b"The file is larger than 20 MB" in told.getvalue()
    assert sent.read_so_far == min(size, 32 * 1024 * 1024)


def test_sender_of_a_larger_request_may_go_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> bytes:
        raise UnreadablePostError

    monkeypatch.setattr(HttpRequest, "read", gone)
    answer = client.generic("POST", "/imports/new/", b"", "text/csv", CONTENT_LENGTH=str(10**9))
    assert answer.status_code == 413
