import pytest
from django.db import DataError, OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from boroughs.exceptions import PermissionRefused
from loti.middleware import RefusalMiddleware


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
    answer = client.generic("POST", "/imports/new/", b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(10**9))
    assert answer.status_code == 413
    assert answer["Connection"] == "close"
    assert "The file is larger than 20 MB" in answer.content.decode()


def test_program_is_told_so_in_its_own_terms(client: Client) -> None:
    answer = client.generic("POST", "/api/v1/imports/", b"", "text/csv", CONTENT_LENGTH=str(10**9))
    assert (answer.status_code, answer.json()["error"]["status"]) == (413, 413)
