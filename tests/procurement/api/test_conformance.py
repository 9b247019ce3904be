"""Odd requests made from the description of the API: no address answers with a server error, and what answers for
notices is described, in its status, its type and its shape.
"""

from typing import Any

import pytest
import schemathesis
from django.db import connection
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from loti.wsgi import application
from tests.factories import notices as scene

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_engine,
    # Its client ends a request as a server does, which closes the connection that holds the test's transaction.
    pytest.mark.skipif(connection.vendor != "sqlite", reason="closes the connection of the test"),
]

SEED = 33
DESCRIBED = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def ask(path: str, *, examples: int, checks: list[Any]) -> int:
    """Send so many requests to each operation of the addresses that begin like this; how many were sent."""
    described = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application).include(path_regex=path)
    sent = 0
    for found in described.get_all_operations():
        operation = found.ok()

        @seed(SEED)
        @settings(
            max_examples=examples,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def send(case: Any) -> None:
            nonlocal sent
            sent += 1
            case.call_and_validate(app=application, checks=checks)

        send()
    return sent


def test_notices_answer_as_they_are_described() -> None:
    version = scene.publish()
    scene.publish(scene.confirmed_demand("Camden", "Brent", title="Two"))
    scene.withdraw(version.notice)
    assert ask("^/api/v1/notices/", examples=60, checks=DESCRIBED) >= 60


def test_server_error_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("procurement.queries.published.notice", fail)
    with pytest.raises(FailureGroup, match="Server error"):
        ask("^/api/v1/notices/", examples=20, checks=[not_a_server_error])


def test_no_address_for_programs_fails() -> None:
    scene.publish()
    assert ask("^/api/v1/", examples=8, checks=[not_a_server_error]) >= 100
