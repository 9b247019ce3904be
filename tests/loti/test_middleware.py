import pytest
from django.db import DataError, OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

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
