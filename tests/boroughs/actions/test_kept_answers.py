"""`Idempotency-Key`: the same request again gets the same answer, and begins no second draft."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from boroughs.models import Amendment, AuditEvent, Borough, KeptAnswer, Need, NeedRevision
from tests.factories.api import NEEDS, Program
from tests.factories.boroughs import BoroughFactory, NeedFactory
from tests.threads import at_once

BODY = {"title": "Parking permits", "months": 12}


@pytest.fixture
def program(borough: Borough) -> Program:
    return Program(borough)


def same(one: Any, other: Any) -> bool:
    names = ("Location", "ETag", "Content-Type")
    return (one.status_code, one.json(), [one.headers[name] for name in names]) == (
        other.status_code,
        other.json(),
        [other.headers[name] for name in names],
    )


@pytest.mark.django_db
def test_same_request_again_gets_the_same_answer(program: Program) -> None:
    first = program.post(NEEDS, BODY, idempotency_key="k")
    assert first.status_code == 201
    # Written down otherwise, and after the need has changed.
    program.send("PATCH", f"{NEEDS}{first.json()['reference']}/", {"months": 9}, if_match=first.headers["ETag"])
    again = program.post(NEEDS, b'{"months":12,"title":"Parking permits"}', idempotency_key="k")
    assert same(first, again)
    assert Need.objects.count() == 1


@pytest.mark.django_db
def test_another_request_under_the_same_key_is_refused(program: Program) -> None:
    program.post(NEEDS, BODY, idempotency_key="k")
    answer = program.post(NEEDS, BODY | {"months": 13}, idempotency_key="k")
    assert answer.status_code == 422
    assert "used for another request" in answer.json()["error"]["message"]
    assert Need.objects.count() == 1


@pytest.mark.django_db
def test_without_a_key_and_under_another_each_request_counts(program: Program, other_borough: Borough) -> None:
    for headers in ({}, {}, {"idempotency_key": "a"}, {"idempotency_key": "b"}):
        assert program.post(NEEDS, BODY, **headers).status_code == 201
    assert Need.objects.count() == 4
    # Another program may choose the same key.
    for other in (Program(program.token.borough), Program(other_borough)):
        assert other.post(NEEDS, BODY, idempotency_key="a").status_code == 201
    assert Need.objects.count() == 6


@pytest.mark.django_db
def test_refused_request_is_tried_anew(program: Program) -> None:
    assert program.post(NEEDS, BODY | {"months": 0}, idempotency_key="k").status_code == 422
    assert not KeptAnswer.objects.exists()
    assert program.post(NEEDS, BODY, idempotency_key="k").status_code == 201


@pytest.mark.django_db
def test_answer_is_kept_for_a_day_and_then_forgotten(program: Program) -> None:
    now = timezone.now()
    program.post(NEEDS, BODY, idempotency_key="k")
    program.post(NEEDS, BODY, idempotency_key="other")
    with time_machine.travel(now + timedelta(hours=23, minutes=59)):
        program.post(NEEDS, BODY, idempotency_key="k")
    assert Need.objects.count() == 2
    with time_machine.travel(now + timedelta(hours=24, minutes=1)):
        assert program.post(NEEDS, BODY | {"months": 13}, idempotency_key="k").status_code == 201
    assert Need.objects.count() == 3
    assert KeptAnswer.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 201])
def test_key_that_is_none_is_refused(key: str, program: Program) -> None:
    assert program.post(NEEDS, BODY, idempotency_key=key).status_code == 400
    assert not Need.objects.exists()


# --- at once --------------------------------------------------------------------------------------------------------


def statuses(outcomes: list[Any]) -> list[int]:
    assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
    return sorted(each.status_code for each in outcomes)


@pytest.mark.django_db(transaction=True)
def test_same_request_twice_at_once_begins_one_draft() -> None:
    """The race: both find no answer kept, both would log; the row of the key lets one."""
    programs = [Program(BoroughFactory(name="Camden", slug="camden"))] * 4

    def ask(program: Program) -> Any:
        return _patient(lambda: program.send("POST", NEEDS, BODY, idempotency_key="k"))

    outcomes = at_once(*(lambda program=program: ask(program) for program in programs))
    assert statuses(outcomes) == [201] * 4
    assert all(same(outcomes[0], each) for each in outcomes)
    assert Need.objects.count() == NeedRevision.objects.count() == 1
    assert AuditEvent.objects.filter(verb="log").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_under_one_key_begin_one_draft_and_tell_the_other() -> None:
    program = Program(BoroughFactory(name="Camden", slug="camden"))
    bodies = [BODY | {"months": months} for months in (1, 2)]
    outcomes = at_once(
        *(lambda body=body: _patient(lambda: program.send("POST", NEEDS, body, idempotency_key="k")) for body in bodies)
    )
    assert statuses(outcomes) == [201, 422]
    assert Need.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", ["DRAFT", "OPEN"])
def test_of_two_changes_at_once_one_is_told(status: str) -> None:
    borough = BoroughFactory(name="Camden", slug="camden")
    program = Program(borough)
    need = NeedFactory(borough=borough, status=Need.Status[status], months=1)
    address = f"{NEEDS}{need.reference}/"
    etag = program.get(address).headers["ETag"]
    outcomes = at_once(
        *(
            lambda months=months: _patient(lambda: program.send("PATCH", address, {"months": months}, if_match=etag))
            for months in (2, 3)
        )
    )
    written, told = sorted(outcomes, key=lambda each: each.status_code)
    if status == "DRAFT":
        assert statuses(outcomes) == [200, 412]
        assert told.headers["ETag"] == written.headers["ETag"]
        assert Need.objects.get().months == written.json()["months"]
    else:
        assert statuses(outcomes) == [201, 409]
        assert Amendment.objects.get().content["months"] == written.json()["months"]


def _patient(ask: Any) -> Any:
    """As tests/threads.py does for actions: SQLite's in-memory database says at once that it is busy."""
    while (answer := ask()).status_code == 503:
        assert answer.headers["Retry-After"]
    return answer
