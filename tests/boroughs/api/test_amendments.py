"""The amendment of an open need over the API."""

from typing import Any

import pytest
from django.test import Client

from boroughs.actions import amendments
from boroughs.models import Amendment, Borough, Need, User
from tests.factories.api import NEEDS, Program
from tests.factories.boroughs import NeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(borough: Borough) -> Program:
    return Program(borough)


@pytest.fixture
def need(borough: Borough) -> Need:
    made: Need = NeedFactory(borough=borough, title="Open", months=12)
    return made


@pytest.fixture
def address(program: Program, need: Need) -> str:
    """Of an amendment that has been begun."""
    own = f"{NEEDS}{need.reference}/"
    begun = program.send("PATCH", own, {"title": "Amended"}, if_match=program.get(own).headers["ETag"])
    assert begun.status_code == 201
    return f"{own}amendment/"


def etag(program: Program, address: str) -> str:
    return str(program.get(address).headers["ETag"])


def status_of(answer: Any, status: int) -> str:
    assert answer.status_code == status, answer.content
    return str(answer.json()["error"]["message"])


def test_there_is_none_before_the_first_change(program: Program, need: Need) -> None:
    assert program.get(f"{NEEDS}{need.reference}/amendment/").status_code == 404


def test_amendment_is_changed_and_submitted_and_the_need_stays(program: Program, address: str, need: Need) -> None:
    changed = program.send("PATCH", address, {"months": 24}, if_match=etag(program, address))
    assert (changed.status_code, changed.json()["changes"], changed.json()["revision"]) == (200, ["title", "months"], 2)
    assert changed.headers["ETag"] == etag(program, address)
    submitted = program.post(f"{address}submit/", if_match=changed.headers["ETag"])
    assert (submitted.status_code, submitted.json()["status"]) == (200, "SUBMITTED")
    assert submitted.headers["ETag"] != changed.headers["ETag"]
    need.refresh_from_db()
    assert (need.title, need.months, need.revision) == ("Open", 12, 1)


def test_put_says_everything_anew(program: Program, address: str) -> None:
    sent = program.get(address).json() | {"title": "Anew"}
    answer = program.send("PUT", address, sent, if_match=etag(program, address))
    assert answer.status_code == 200, answer.content
    assert program.send("PUT", address, answer.json(), if_match=answer.headers["ETag"]).json() == answer.json()
    bare = program.send("PUT", address, {"title": "Bare"}, if_match=answer.headers["ETag"])
    assert (bare.json()["problem"], bare.json()["months"]) == ("", None)


def test_nothing_is_written_over_unseen(program: Program, address: str) -> None:
    old = etag(program, address)
    assert program.send("PATCH", address, {"months": 24}, if_match=old).status_code == 200
    for method, body in (("PATCH", {"months": 36}), ("PUT", {"title": "A"}), ("DELETE", None)):
        status_of(program.send(method, address, body), 428)
        stale = program.send(method, address, body, if_match=old)
        status_of(stale, 412)
        assert stale.headers["ETag"] == etag(program, address)
    status_of(program.post(f"{address}submit/", if_match=old), 412)
    assert program.get(address).json()["months"] == 24


def test_etag_of_one_amendment_is_none_of_the_next(program: Program, address: str, approver: User) -> None:
    """Both begin at revision 1."""
    old = etag(program, address)
    amendments.discard(amendment=Amendment.objects.get(), by=approver)
    own = address.removesuffix("amendment/")
    again = program.send("PATCH", own, {"title": "Amended"}, if_match=program.get(own).headers["ETag"])
    assert again.status_code == 201
    status_of(program.send("PATCH", address, {"months": 24}, if_match=old), 412)


def test_wrong_fields_are_named_and_nothing_is_written(program: Program, address: str) -> None:
    answer = program.send("PATCH", address, {"months": 0, "status": "APPROVED"}, if_match=etag(program, address))
    status_of(answer, 422)
    assert set(answer.json()["error"]["fields"]) == {"status", "months"}
    assert program.get(address).json()["revision"] == 1


def test_amendment_that_says_nothing_new_is_not_submitted(program: Program, address: str) -> None:
    program.send("PATCH", address, {"title": "Open"}, if_match=etag(program, address))
    assert "says what the need says already" in status_of(program.post(f"{address}submit/"), 422)


def test_draft_amendment_is_discarded(program: Program, address: str, need: Need) -> None:
    answer = program.send("DELETE", address, if_match=etag(program, address))
    assert (answer.status_code, answer.content) == (204, b"")
    assert program.get(address).status_code == 404
    need.refresh_from_db()
    assert need.title == "Open"


def test_what_waits_for_an_approver_is_an_approvers(program: Program, address: str, approver: User) -> None:
    program.post(f"{address}submit/")
    now = etag(program, address)
    status_of(program.send("DELETE", address, if_match=now), 403)
    status_of(program.send("PATCH", address, {"months": 24}, if_match=now), 409)
    status_of(program.post(f"{address}submit/"), 409)
    client = Client()
    client.force_login(approver)
    assert client.delete(address, headers={"if-match": now}).status_code == 204


def test_amendment_is_its_own_boroughs_alone(address: str, analyst: User, stranger: User, client: Client) -> None:
    """An analyst reads the open need, and not what its borough thinks of changing."""
    client.force_login(analyst)
    assert client.get(address.removesuffix("amendment/")).status_code == 200
    assert client.get(address).status_code == 404
    client.force_login(stranger)
    assert client.get(address).status_code == 404
