"""Contracts over the API: a borough's own, in one shape out and in, never written over unseen."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.actions import contracts
from boroughs.actions.contract_content import ContractContent
from boroughs.models import AuditEvent, Borough, Contract, ContractRevision, KeptAnswer, Need, Role
from boroughs.permissions import COMMAND_LINE
from tests.conftest import person
from tests.factories.api import CONTRACTS, NEEDS, Program
from tests.factories.boroughs import CategoryFactory, ContractFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db

WHOLE: dict[str, Any] = {
    "reference": "LBC 2021/17",
    "title": "Parking permits",
    "description": "Issues permits.\n\nAlso online.",
    "system": "Permitter",
    "supplier": "Permit Ltd",
    "company_number": "01234567",
    "department": "Streets",
    "category": "parking",
    "start_date": "2024-04-01",
    "end_date": "2027-03-31",
    "review_date": "2026-09-30",
    "extension_options": [12, 6],
    "notice": {"months": 3, "days": 10},
    "annual_value": 64_000,
    "total_value": 0,
    "ocid": "ocds-213czf-1",
}
LEAST = {"reference": "C-1", "title": "Parking"}


@pytest.fixture(autouse=True)
def _category() -> None:
    CategoryFactory(slug="parking", name="Parking")


@pytest.fixture
def program(borough: Borough) -> Program:
    return Program(borough)


def entry(program: Program, **said: Any) -> tuple[str, str]:
    """Address and ETag of a new entry."""
    answer = program.post(CONTRACTS, LEAST | said)
    assert answer.status_code == 201, answer.content
    return urlsplit(answer.headers["Location"]).path, answer.headers["ETag"]


def error(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()["error"]
    assert found["status"] == status
    assert found["message"]
    return found


def references(program: Program, query: str = "") -> list[str]:
    answer = program.get(f"{CONTRACTS}{query}")
    assert answer.status_code == 200, answer.content
    return [each["reference"] for each in answer.json()["results"]]


# --- add ------------------------------------------------------------------------------------------------------------


def test_entry_comes_out_as_it_went_in(program: Program) -> None:
    begun = program.post(CONTRACTS, WHOLE)
    assert begun.status_code == 201, begun.content
    address = urlsplit(begun.headers["Location"]).path
    answer = program.get(address)
    assert answer.json() == begun.json()
    assert answer.headers["ETag"] == begun.headers["ETag"]
    assert {name: answer.json()[name] for name in WHOLE} == WHOLE
    said = answer.json()
    assert (said["borough"], said["revision"], said["closed_at"]) == ("camden", 1, None)
    assert said["url"].endswith(f"{CONTRACTS}{said['id']}/")
    # What it gave can be sent back whole, and changes nothing.
    again = program.send("PUT", address, said, if_match=answer.headers["ETag"])
    assert (again.status_code, again.json()) == (200, said)
    assert ContractRevision.objects.count() == 1


def test_reference_and_title_are_enough(program: Program) -> None:
    address, _ = entry(program)
    said = program.get(address).json()
    assert (said["extension_options"], said["notice"], said["category"]) == ([], {"months": 0, "days": 0}, "")


@pytest.mark.parametrize(
    ("notice", "stored"),
    [("3 months", (3, 0)), ("12 weeks", (0, 84)), ({"days": 5}, (0, 5)), ({}, (0, 0)), ("", (0, 0))],
)
def test_notice_is_read_as_an_object_or_as_text(notice: Any, stored: tuple[int, int], program: Program) -> None:
    address, _ = entry(program, notice=notice)
    assert program.get(address).json()["notice"] == dict(zip(("months", "days"), stored, strict=True))


def test_program_stands_in_the_trail_by_its_name(program: Program) -> None:
    entry(program)
    event = AuditEvent.objects.get(noun="contract")
    assert (event.verb, event.actor, event.reference) == ("add", f"Register ({program.token.prefix})", "C-1")


WRONG: list[tuple[dict[str, Any], dict[str, list[Any]]]] = [
    ({"reference": ""}, {"reference": ["Enter the contract’s reference"]}),
    ({"reference": None}, {"reference": ["reference must be text"]}),
    ({"reference": "x" * 101}, {"reference": ["Reference must be 100 characters or fewer"]}),
    ({"title": " \u202e\u0000 "}, {"title": ["Enter a title"]}),
    ({"title": "x" * 301}, {"title": ["Title must be 300 characters or fewer"]}),
    ({"description": "word " * 501}, {"description": ["What it provides must be 500 words or fewer"]}),
    ({"category": "no-such"}, {"category": ["There is no category called “no-such”"]}),
    ({"start_date": "2027-02-30"}, {"start_date": ["Start date must be a real date"]}),
    ({"end_date": "31/03/2027"}, {"end_date": ["end_date must be a date such as “2027-04-01”, or null"]}),
    (
        {"start_date": "2027-02-01", "end_date": "2027-01-31"},
        {"end_date": ["End date must be the same as the start date or later"]},
    ),
    ({"annual_value": "64000"}, {"annual_value": ["annual_value must be a whole number or null"]}),
    ({"annual_value": -1}, {"annual_value": ["Value a year must be £0 or more"]}),
    ({"total_value": 10**300}, {"total_value": ["Value over the whole term must be £100,000,000,000 or less"]}),
    ({"extension_options": "12 + 12"}, {"extension_options": [str]}),
    ({"extension_options": [12, "6"]}, {"extension_options": [str]}),
    ({"extension_options": [0]}, {"extension_options": [str]}),
    ({"extension_options": [1] * 21}, {"extension_options": [str]}),
    ({"notice": {"months": 3, "weeks": 1}}, {"notice": [str]}),
    ({"notice": {"months": "3"}}, {"notice": [str]}),
    ({"notice": {"months": -1}}, {"notice": [str]}),
    ({"notice": None}, {"notice": [str]}),
    ({"notice": "soon"}, {"notice": [str]}),
    ({"borough": "brent"}, {"borough": ["borough must be one of: camden"]}),
    ({"colour": "red"}, {"colour": ["There is no field called “colour”"]}),
    ({"revision": 1}, {"revision": ["There is no field called “revision”"]}),
]


@pytest.mark.parametrize(("said", "wrong"), WRONG, ids=[next(iter(wrong)) for _, wrong in WRONG])
def test_each_wrong_field_is_named_and_nothing_is_written(
    said: dict[str, Any], wrong: dict[str, list[Any]], program: Program, other_borough: Borough
) -> None:
    found = error(program.post(CONTRACTS, LEAST | said), 422)
    assert set(found["fields"]) == set(wrong)
    for name, messages in wrong.items():
        assert found["fields"][name] == messages or messages == [str]
    assert found["details"] == [f"{each.rstrip('.')}." for messages in found["fields"].values() for each in messages]
    assert not Contract.objects.exists()


def test_taken_reference_is_named_as_the_field_that_is_wrong(program: Program) -> None:
    address, _ = entry(program)
    assert error(program.post(CONTRACTS, LEAST), 422)["fields"] == {"reference": ["C-1 is in the register already"]}
    program.post(f"{address}close/", {"reason": "Ended"})
    assert set(error(program.post(CONTRACTS, LEAST), 422)["fields"]) == {"reference"}
    assert Contract.objects.count() == 1


def test_person_with_two_boroughs_says_which(borough: Borough, other_borough: Borough, client: Client) -> None:
    user = person(Role.BOROUGH_EDITOR, borough)
    user.memberships.create(borough=other_borough, role=Role.BOROUGH_EDITOR)
    client.force_login(user)
    found = error(client.post(CONTRACTS, LEAST, content_type="application/json"), 422)
    assert found["fields"] == {"borough": ["borough must be one of: brent, camden"]}
    begun = client.post(CONTRACTS, LEAST | {"borough": "brent"}, content_type="application/json")
    assert begun.json()["borough"] == "brent"


def test_same_request_again_gets_the_same_answer(program: Program) -> None:
    first, again = (program.post(CONTRACTS, LEAST, idempotency_key="k") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Contract.objects.count() == 1
    error(program.post(CONTRACTS, LEAST | {"title": "B"}, idempotency_key="k"), 422)


def test_key_of_a_need_is_none_of_a_contract(program: Program) -> None:
    """Also where the body could be either's."""
    program.post(NEEDS, {"title": "A"}, idempotency_key="k")
    found = error(program.post(CONTRACTS, {"title": "A"}, idempotency_key="k"), 422)
    assert "used for another request" in found["message"]
    assert Need.objects.count() == KeptAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_same_request_in_the_same_moment_adds_one_entry(borough: Borough) -> None:
    program = Program(borough)
    answers = at_once(*[lambda: _retried(program)] * 2)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Contract.objects.count() == ContractRevision.objects.count() == 1


def _retried(program: Program) -> Any:
    """As a program does where it is told that the service is busy."""
    for _ in range(50):
        answer = program.post(CONTRACTS, LEAST, idempotency_key="k")
        if answer.status_code != 503:
            return answer
    return answer


# --- read -----------------------------------------------------------------------------------------------------------


def test_known_answer_is_not_sent_again(program: Program) -> None:
    address, etag = entry(program)
    for known in (etag, f"W/{etag}", "*"):
        answer = program.get(address, if_none_match=known)
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", etag)
    assert program.get(address, if_none_match='"x"').status_code == 200


def test_no_cache_keeps_an_answer(program: Program) -> None:
    address, _ = entry(program)
    for answer in (program.get(address), program.get(CONTRACTS), program.get(f"{CONTRACTS}99999999/")):
        assert {"no-store", "private"} <= set(answer.headers["Cache-Control"].split(", "))


def test_foreign_entry_answers_as_a_missing_one(program: Program, other_borough: Borough) -> None:
    foreign = ContractFactory(borough=other_borough).pk
    for method, rest, body in (
        ("GET", "", None),
        ("PUT", "", {"title": "A"}),
        ("POST", "close/", {"reason": "A"}),
        ("POST", "reopen/", None),
    ):
        answers = [
            program.send(method, f"{CONTRACTS}{pk}/{rest}", body, if_match='"x"') for pk in (foreign, 99_999_999)
        ]
        assert [answer.status_code for answer in answers] == [404, 404], (method, rest)
        assert answers[0].content == answers[1].content


def test_list_has_the_boroughs_own_entries_whole(program: Program, borough: Borough, other_borough: Borough) -> None:
    own = ContractFactory(borough=borough)
    ContractFactory(borough=other_borough)
    (listed,) = program.get(CONTRACTS).json()["results"]
    assert listed == program.get(f"{CONTRACTS}{own.pk}/").json()


def test_list_is_filtered(program: Program, borough: Borough) -> None:
    entry(program, reference="LBC 2021/17", supplier="Permit Ltd", end_date="2027-03-31", category="parking")
    address, _ = entry(program, reference="C-2", end_date="2028-03-31")
    program.post(f"{address}close/", {"reason": "Ended"})
    Contract.objects.filter(reference="LBC 2021/17").update(updated_at=timezone.now() - timedelta(days=9))
    both = ["LBC 2021/17", "C-2"]
    assert references(program) == both
    assert references(program, f"?{urlencode({'reference': 'LBC 2021/17'})}") == both[:1]
    assert references(program, "?reference=C-2&reference=LBC%202021/17&reference=x") == both
    assert references(program, "?supplier=permit") == references(program, "?category=parking") == both[:1]
    assert references(program, "?ends_from=2027-03-31&ends_until=2028-03-30") == both[:1]
    assert references(program, "?ends_from=2027-04-01") == both[1:]
    assert references(program, "?closed=false") == both[:1]
    assert references(program, "?closed=true") == both[1:]
    since = (timezone.now() - timedelta(days=1)).isoformat()
    assert references(program, f"?{urlencode({'updated_since': since})}") == both[1:]


def test_entry_that_goes_out_is_told_to_who_keeps_a_copy(program: Program, borough: Borough) -> None:
    old = ContractFactory(borough=borough, updated_at=timezone.now() - timedelta(days=9))
    since = urlencode({"updated_since": (timezone.now() - timedelta(days=1)).isoformat()})
    Contract.objects.update(updated_at=timezone.now() - timedelta(days=9))
    assert references(program, f"?{since}") == []
    contracts.close(contract=old, by=COMMAND_LINE, reason="Ended")
    assert references(program, f"?{since}") == [old.reference]


def test_pages_miss_nothing_while_entries_change(program: Program, borough: Borough) -> None:
    begun = timezone.now() - timedelta(days=1)
    made = [ContractFactory(borough=borough) for _ in range(7)]
    for number, contract in enumerate(made):
        # Several changed in the same moment, as an import does it.
        Contract.objects.filter(pk=contract.pk).update(updated_at=begun + timedelta(minutes=number // 3))
    met: list[str] = []
    address: str | None = f"{CONTRACTS}?limit=2&closed=false"
    while address:
        answer = program.get(address)
        met += [each["reference"] for each in answer.json()["results"]]
        if len(met) == 2:
            Contract.objects.filter(pk=made[0].pk).update(updated_at=timezone.now())
        parts = urlsplit(answer.json()["next"]) if answer.json()["next"] else None
        address = f"{parts.path}?{parts.query}" if parts else None
    assert met == [contract.reference for contract in [*made, made[0]]]


@pytest.mark.parametrize(
    "query",
    [
        "foo=1",
        "status=OPEN",
        "closed=yes",
        "category=no-such",
        "ends_from=2027-02-30",
        "ends_until=20270331",
        "updated_since=x",
        "limit=0",
        "cursor=x",
    ],
)
def test_list_refuses_what_it_does_not_understand(query: str, program: Program) -> None:
    found = error(program.get(f"{CONTRACTS}?{query}"), 400)
    assert (found["details"], found["fields"]) == ([], {})


def test_cursor_of_another_list_is_refused(program: Program, borough: Borough) -> None:
    for number in range(3):
        program.post(NEEDS, {"title": str(number)})
    cursor = urlsplit(program.get(f"{NEEDS}?limit=1").json()["next"]).query
    error(program.get(f"{CONTRACTS}?{cursor}"), 400)


def test_reading_costs_the_same_for_one_and_for_many(
    program: Program, borough: Borough, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        contract = ContractFactory(borough=borough, category=CategoryFactory())
    program.get(CONTRACTS)
    with django_assert_max_num_queries(4):
        assert len(program.get(CONTRACTS).json()["results"]) == 12
    with django_assert_max_num_queries(3):
        program.get(f"{CONTRACTS}{contract.pk}/")


# --- change ---------------------------------------------------------------------------------------------------------


def test_change_asks_for_what_was_read(program: Program) -> None:
    address, etag = entry(program)
    for headers in ({}, {"if_match": "*"}, {"if_match": ""}):
        assert "If-Match" in error(program.send("PUT", address, {"title": "B"}, **headers), 428)["message"]
    stale = program.send("PUT", address, {"title": "B"}, if_match='"x"')
    assert "C-1 was changed by somebody else" in error(stale, 412)["message"]
    assert stale.headers["ETag"] == etag
    changed = program.send("PUT", address, {"title": "B"}, if_match=f'"x", {etag}')
    assert (changed.status_code, changed.json()["title"], changed.json()["revision"]) == (200, "B", 2)
    assert changed.headers["ETag"] == program.get(address).headers["ETag"] != etag


def test_put_says_everything_anew(program: Program) -> None:
    address, etag = entry(program, **WHOLE)
    put = program.send("PUT", address, {"title": "B"}, if_match=etag).json()
    assert (put["supplier"], put["end_date"], put["extension_options"], put["annual_value"]) == ("", None, [], None)
    assert put["reference"] == "LBC 2021/17"


def test_what_the_platform_sets_may_be_sent_back_and_not_changed(program: Program) -> None:
    address, etag = entry(program)
    for name, value in {"id": 0, "reference": "C-2", "revision": 9, "borough": "brent", "closed_reason": "x"}.items():
        found = error(program.send("PUT", address, {name: value, "title": "B"}, if_match=etag), 422)
        assert "set by the platform" in found["fields"][name][0]
    assert Contract.objects.get().title == "Parking"


def test_of_two_writers_the_second_is_told(program: Program) -> None:
    address, etag = entry(program)
    assert program.send("PUT", address, {"title": "First"}, if_match=etag).status_code == 200
    error(program.send("PUT", address, {"title": "Second"}, if_match=etag), 412)
    assert Contract.objects.get().title == "First"


def test_change_in_the_moment_between_reading_and_writing_is_told(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, etag = entry(program)
    edit = contracts.edit

    def overtaken(**said: Any) -> Contract:
        monkeypatch.setattr(contracts, "edit", edit)
        mine = Contract.objects.get()
        edit(contract=mine, content=ContractContent(title="First"), revision=1, by=COMMAND_LINE)
        return edit(**said)

    monkeypatch.setattr(contracts, "edit", overtaken)
    refused = program.send("PUT", address, {"title": "Second"}, if_match=etag)
    error(refused, 412)
    assert refused.headers["ETag"] == program.get(address).headers["ETag"]
    assert Contract.objects.get().title == "First"


# --- move -----------------------------------------------------------------------------------------------------------


def test_entry_is_taken_out_and_put_back(program: Program) -> None:
    address, etag = entry(program)
    closed = program.post(f"{address}close/", {"reason": "Ended early"}, if_match=etag)
    assert (closed.status_code, closed.json()["closed_reason"]) == (200, "Ended early")
    assert closed.json()["closed_at"]
    assert closed.headers["ETag"] == program.get(address).headers["ETag"] != etag
    error(program.post(f"{address}close/", {"reason": "Again"}), 409)
    refused = program.send("PUT", address, {"title": "B"}, if_match=closed.headers["ETag"])
    assert "Put it back" in error(refused, 409)["message"]
    error(program.post(f"{address}reopen/", if_match=etag), 412)
    reopened = program.post(f"{address}reopen/")
    assert (reopened.status_code, reopened.json()["closed_at"], reopened.json()["closed_reason"]) == (200, None, "")
    error(program.post(f"{address}reopen/"), 409)


@pytest.mark.parametrize("body", [{}, {"reason": " "}, {"reason": 1}, {"reason": "word " * 101}, {"why": "x"}])
def test_reason_is_wanted(body: dict[str, Any], program: Program) -> None:
    address, _ = entry(program)
    error(program.post(f"{address}close/", body), 422)
    assert Contract.objects.get().closed_at is None


def test_reader_reads_and_does_not_write(client: Client, program: Program, borough: Borough) -> None:
    address, etag = entry(program, end_date="2027-03-31")
    client.force_login(person(Role.BOROUGH_READER, borough))
    assert client.get(CONTRACTS).status_code == client.get(address).status_code == 200
    sent: dict[str, Any] = {"content_type": "application/json"}
    assert client.post(CONTRACTS, LEAST, **sent).status_code == 403
    assert client.put(address, LEAST, headers={"if-match": etag}, **sent).status_code == 403
    assert client.post(f"{address}close/", {"reason": "A"}, **sent).status_code == 403
    assert client.post(f"{address}reopen/", **sent).status_code == 403
    assert Contract.objects.get().end_date == date(2027, 3, 31)
