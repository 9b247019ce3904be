"""Needs over the API: a borough's own, in one shape out and in, never written over unseen."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.actions import needs
from boroughs.actions.need_content import NAMES
from boroughs.models import Amendment, AuditEvent, Borough, Category, Contract, Need, Role, User
from tests.conftest import person
from tests.factories.api import NEEDS, Program
from tests.factories.boroughs import CategoryFactory, ContractFactory, NeedFactory, RequirementFactory

pytestmark = pytest.mark.django_db

WHOLE: dict[str, Any] = {
    "title": "Parking permits system",
    "problem": "Permits are issued by hand.\n\nResidents wait for weeks.",
    "users_description": "Residents, and 12 officers.",
    "description": "Residents renew in minutes.",
    "category": "parking",
    "kind": "SOFTWARE",
    "cpv": ["48000000", "72000000"],
    "users_count": 41000,
    "users_tolerance": 10,
    "volumes": [
        {"what": "permits a year", "quantity": 12000, "tolerance": 5},
        {"what": "zones", "quantity": 0, "tolerance": None},
    ],
    "budget_min": 0,
    "budget_max": 250000,
    "budget_basis": "PER_YEAR",
    "earliest_start_date": "2027-04-01",
    "start_date": "2027-10-01",
    "months": 36,
    "contract": "C-77",
    "contract_end_date": "2027-09-30",
    "incumbent": "Permitter",
    "integrations": "GOV.UK Pay",
    "hosting": "SUPPLIER_UK",
    "personal_data": "PERSONAL",
    "constraints": "Two languages.",
    "depth": "TENDER",
    "could_lead": False,
    "supplier_disclosure": "COUNTED",
    "joins": "JD-0003",
    "musts_reason": "The law asks for them.",
    "requirements": [
        {"text": "Checks an address.", "priority": "MUST", "standard": "UPRN"},
        {"text": "Sends a reminder.", "priority": "SHOULD", "standard": ""},
    ],
}


@pytest.fixture
def category() -> Category:
    made: Category = CategoryFactory(slug="parking", name="Parking management")
    return made


@pytest.fixture
def program(borough: Borough, category: Category) -> Program:
    ContractFactory(borough=borough, reference="C-77", system="Permitter")
    return Program(borough)


def draft(program: Program, **said: Any) -> tuple[str, str]:
    """Address and ETag of a new draft."""
    answer = program.post(NEEDS, {"title": "Parking permits"} | said)
    assert answer.status_code == 201, answer.content
    return urlsplit(answer.headers["Location"]).path, answer.headers["ETag"]


def error(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()["error"]
    assert found["status"] == status
    assert found["message"]
    return found


def need_at(address: str) -> Need:
    return Need.objects.get(reference=address.rstrip("/").rpartition("/")[2])


# --- begin ----------------------------------------------------------------------------------------------------------


def test_need_comes_out_as_it_went_in(program: Program) -> None:
    assert set(WHOLE) == set(NAMES)
    begun = program.post(NEEDS, WHOLE)
    assert begun.status_code == 201, begun.content
    address = urlsplit(begun.headers["Location"]).path
    answer = program.get(address)
    assert answer.json() == begun.json()
    assert answer.headers["ETag"] == begun.headers["ETag"]
    assert {name: answer.json()[name] for name in WHOLE} == WHOLE
    assert (answer.json()["borough"], answer.json()["status"], answer.json()["revision"]) == ("camden", "DRAFT", 1)
    # What it gave can be sent back whole, and changes nothing.
    again = program.send("PUT", address, answer.json(), if_match=answer.headers["ETag"])
    assert again.status_code == 200, again.content
    assert again.json() == answer.json()
    assert need_at(address).revision == 1


def test_title_is_enough_to_begin(program: Program) -> None:
    address, _ = draft(program)
    assert program.get(address).json()["requirements"] == []


def test_program_stands_in_the_trail_by_its_name(program: Program) -> None:
    address, _ = draft(program)
    event = AuditEvent.objects.get(noun="need")
    assert (event.verb, event.actor) == ("log", f"Register ({program.token.prefix})")
    assert need_at(address).created_by is None


def test_contract_fills_what_is_left_empty(program: Program) -> None:
    address, _ = draft(program, contract="C-77")
    assert program.get(address).json()["incumbent"] == "Permitter"


WRONG: list[tuple[dict[str, Any], dict[str, list[str]]]] = [
    ({"title": ""}, {"title": ["Enter a title"]}),
    ({"title": " \u202e\u0000 "}, {"title": ["Enter a title"]}),
    ({"title": None}, {"title": ["title must be text"]}),
    ({"title": "x" * 101}, {"title": ["Title must be 100 characters or fewer"]}),
    ({"problem": "word " * 201}, {"problem": ["Problem must be 200 words or fewer"]}),
    ({"users_count": "12"}, {"users_count": ["users_count must be a whole number or null"]}),
    ({"users_count": 12.0}, {"users_count": ["users_count must be a whole number or null"]}),
    ({"users_count": True}, {"users_count": ["users_count must be a whole number or null"]}),
    ({"users_count": -1}, {"users_count": ["Number of users must be 0 or more"]}),
    ({"users_count": 10**300}, {"users_count": ["Number of users must be a whole number, such as 1,200"]}),
    ({"budget_max": 1.5}, {"budget_max": ["budget_max must be a whole number or null"]}),
    ({"budget_max": 10**300}, {"budget_max": ["Highest budget must be £100,000,000,000 or less"]}),
    ({"budget_max": 5}, {"budget_basis": ["Choose what the budget is for: one-off, a year or whole life"]}),
    (
        {"budget_min": 2, "budget_max": 1, "budget_basis": "ONE_OFF"},
        {"budget_max": ["Highest budget must be the same as the lowest budget or more"]},
    ),
    ({"start_date": "2027-02-30"}, {"start_date": ["Latest start must be a real date"]}),
    ({"start_date": "2027-W01-1"}, {"start_date": ["start_date must be a date such as “2027-04-01”, or null"]}),
    (
        {"earliest_start_date": "2027-05-01", "start_date": "2027-04-01"},
        {"start_date": ["Latest start must be the same as the earliest start or later"]},
    ),
    ({"category": "no-such\u0000"}, {"category": ["There is no category called “no-such\u0000”"]}),
    ({"contract": "C-77\u0000"}, {"contract": ["There is no contract “C-77\u0000” in the borough’s register"]}),
    ({"contract": "C-88"}, {"contract": ["There is no contract “C-88” in the borough’s register"]}),
    ({"kind": "TOYS"}, {"kind": [str]}),
    ({"cpv": "48000000"}, {"cpv": ["cpv must be a list of texts"]}),
    ({"cpv": ["1"]}, {"cpv": ["The CPV code “1” must have eight digits"]}),
    ({"could_lead": "yes"}, {"could_lead": ["could_lead must be true, false or null"]}),
    ({"joins": "X-1"}, {"joins": ["What a need joins must be a reference, such as JD-0003 or N-00012"]}),
    ({"colour": "red"}, {"colour": ["There is no field called “colour”"]}),
    ({"status": "OPEN"}, {"status": ["There is no field called “status”"]}),
    ({"borough": "brent"}, {"borough": ["borough must be one of: camden"]}),
    ({"borough": 7}, {"borough": ["borough must be one of: camden"]}),
    ({"requirements": {}}, {"requirements": ["requirements must be a list of objects"]}),
    ({"requirements": ["One."]}, {"requirements[0]": [str]}),
    ({"requirements": [{"text": "One."}, {"text": 1}]}, {"requirements[1].text": ["text must be text"]}),
    ({"requirements": [{"text": "word " * 31}]}, {"requirements[0].text": ["A requirement must be 30 words or fewer"]}),
    ({"requirements": [{"text": " "}]}, {"requirements[0].text": ["text is empty: fill it in, or leave the line out"]}),
    ({"requirements": [{"text": "One.", "weight": 1}]}, {"requirements[0].weight": ["weight is not known here"]}),
    ({"requirements": [{"text": "One.", "priority": "COULD"}]}, {"requirements[0].priority": [str]}),
    (
        {"requirements": [{"text": "One."}] * 21},
        {"requirements": ["A need can have 20 requirements at the most: join or remove some"]},
    ),
    ({"volumes": [{"what": "Zones"}]}, {"volumes[0].quantity": ["Enter how many: “Zones”"]}),
    ({"volumes": [{"what": "Zones", "quantity": 1.5}]}, {"volumes[0].quantity": ["quantity must be a whole number"]}),
    (
        {"volumes": [{"what": "Z", "quantity": 1}] * 6},
        {"volumes": ["A need can have 5 volumes at the most: remove some"]},
    ),
]


@pytest.mark.parametrize(("said", "wrong"), WRONG, ids=[next(iter(wrong)) for _, wrong in WRONG])
def test_each_wrong_field_is_named_and_nothing_is_written(
    said: dict[str, Any], wrong: dict[str, list[Any]], program: Program, other_borough: Borough
) -> None:
    found = error(program.post(NEEDS, {"title": "A"} | said), 422)
    assert set(found["fields"]) == set(wrong)
    for name, messages in wrong.items():
        assert found["fields"][name] == messages or messages == [str]
    assert found["details"] == [f"{each.rstrip('.')}." for messages in found["fields"].values() for each in messages]
    assert not Need.objects.exists()
    assert not AuditEvent.objects.filter(noun="need").exists()


def test_all_wrong_fields_are_named_at_once(program: Program) -> None:
    lines = {"volumes": [{"what": "", "quantity": 1}], "requirements": [{"text": "word " * 31}, {"text": 1}]}
    found = error(program.post(NEEDS, {"months": 0, "kind": "TOYS", "cpv": "1", "colour": "red"} | lines), 422)
    where = {"volumes[0].what", "requirements[0].text", "requirements[1].text"}
    assert set(found["fields"]) == {"title", "months", "kind", "cpv", "colour", *where}


def test_person_with_two_boroughs_says_which(borough: Borough, other_borough: Borough, client: Client) -> None:
    user = person(Role.BOROUGH_EDITOR, borough)
    user.memberships.create(borough=other_borough, role=Role.BOROUGH_EDITOR)
    client.force_login(user)
    found = error(client.post(NEEDS, {"title": "A"}, content_type="application/json"), 422)
    assert found["fields"] == {"borough": ["borough must be one of: brent, camden"]}
    begun = client.post(NEEDS, {"title": "A", "borough": "brent"}, content_type="application/json")
    assert begun.json()["borough"] == "brent"


# --- read -----------------------------------------------------------------------------------------------------------


def test_known_answer_is_not_sent_again(program: Program) -> None:
    address, etag = draft(program)
    for known in (etag, f'"x", {etag}', f"W/{etag}", "*"):
        answer = program.get(address, if_none_match=known)
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", etag)
    assert program.get(address, if_none_match='"x"').status_code == 200


def test_answer_has_another_etag_with_each_change_of_what_it_says_and_of_its_status(
    program: Program, approver: User
) -> None:
    address, etag = draft(program, problem="P", category="parking", kind="SOFTWARE")
    seen = [etag]
    program.send("PATCH", address, {"months": 12}, if_match=etag)
    seen.append(program.get(address).headers["ETag"])
    needs.submit(need=need_at(address), by=approver)
    seen.append(program.get(address).headers["ETag"])
    needs.return_to_draft(need=need_at(address), by=approver, reason="Again")
    seen.append(program.get(address).headers["ETag"])
    assert len(set(seen)) == 4


def test_no_cache_keeps_an_answer(program: Program) -> None:
    address, _ = draft(program)
    for answer in (program.get(address), program.get(NEEDS), program.get(NEEDS + "N-1/")):
        assert {"no-store", "private"} <= set(answer.headers["Cache-Control"].split(", "))
        assert {"Cookie", "Authorization"} <= set(answer.headers["Vary"].split(", "))


@pytest.mark.parametrize("reference", ["N-99999999", "X", "JD-0001", "N-1%00", "N-%D9%A1", "N-" + "9" * 400])
def test_foreign_need_answers_as_a_missing_one(reference: str, program: Program, other_borough: Borough) -> None:
    foreign = NeedFactory(borough=other_borough).reference
    requests: list[tuple[str, str, Any]] = [
        ("GET", "", None),
        ("PUT", "", {"title": "A"}),
        ("PATCH", "", {"title": "A"}),
        ("POST", "submit/", None),
        ("POST", "withdraw/", {"reason": "A"}),
        ("GET", "amendment/", None),
        ("PATCH", "amendment/", {"title": "A"}),
        ("DELETE", "amendment/", None),
        ("POST", "amendment/submit/", None),
    ]
    for method, rest, body in requests:
        answers = [program.send(method, f"{NEEDS}{name}/{rest}", body, if_match='"x"') for name in (foreign, reference)]
        assert [answer.status_code for answer in answers] == [404, 404], (method, rest)
        assert answers[0].content == answers[1].content


def references(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [need["reference"] for need in answer.json()["results"]]


def test_list_has_the_boroughs_own_needs_whole(program: Program, borough: Borough, other_borough: Borough) -> None:
    own = NeedFactory(borough=borough)
    RequirementFactory(need=own)
    NeedFactory(borough=other_borough)
    (listed,) = program.get(NEEDS).json()["results"]
    assert listed == program.get(f"{NEEDS}{own.reference}/").json()


def test_list_is_filtered(program: Program, borough: Borough, category: Category) -> None:
    parking = NeedFactory(borough=borough, category=category, status=Need.Status.DRAFT)
    other = NeedFactory(borough=borough, updated_at=timezone.now() - timedelta(days=9))
    assert references(program.get(f"{NEEDS}?status=DRAFT")) == [parking.reference]
    assert references(program.get(f"{NEEDS}?status=DRAFT&status=OPEN")) == [other.reference, parking.reference]
    assert references(program.get(f"{NEEDS}?category=parking")) == [parking.reference]
    since = (timezone.now() - timedelta(days=1)).isoformat()
    assert references(program.get(f"{NEEDS}?updated_since={since}")) == [parking.reference]


def test_pages_miss_nothing_while_needs_change(program: Program, borough: Borough) -> None:
    begun = timezone.now() - timedelta(days=1)
    # Several changed in the same moment, as an import does it.
    made = [NeedFactory(borough=borough, updated_at=begun + timedelta(minutes=number // 3)) for number in range(7)]
    met: list[str] = []
    address: str | None = f"{NEEDS}?limit=2&status=OPEN"
    while address:
        answer = program.get(address)
        met += references(answer)
        if len(met) == 2:
            Need.objects.filter(pk=made[0].pk).update(updated_at=timezone.now())
        parts = urlsplit(answer.json()["next"]) if answer.json()["next"] else None
        address = f"{parts.path}?{parts.query}" if parts else None
    # The one that changed on the way is met again, at its new place.
    assert met == [need.reference for need in [*made, made[0]]]


@pytest.mark.parametrize(
    "query",
    [
        "foo=1",
        "status=X",
        "status=OPEN&status=x",
        "category=no-such",
        "category=%00",
        "updated_since=x",
        "updated_since=0001-01-01",
        "updated_since=" + "9" * 5000,
        "limit=0",
        "limit=101",
        "limit=%C2%B2",
        "cursor=x",
        "cursor=",
        "cursor=%00",
        "cursor=%F0%9F%98%80:a:b",
    ],
)
def test_list_refuses_what_it_does_not_understand(query: str, program: Program) -> None:
    found = error(program.get(f"{NEEDS}?{query}"), 400)
    assert (found["details"], found["fields"]) == ([], {})


def test_reading_costs_the_same_for_one_and_for_many(
    program: Program, borough: Borough, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        need = NeedFactory(borough=borough, contract=ContractFactory(borough=borough))
        RequirementFactory(need=need)
    program.get(NEEDS)
    with django_assert_max_num_queries(4):
        assert len(program.get(NEEDS).json()["results"]) == 12
    with django_assert_max_num_queries(3):
        program.get(f"{NEEDS}{need.reference}/")


# --- change ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_change_asks_for_what_was_read(method: str, program: Program) -> None:
    address, etag = draft(program)
    for headers in ({}, {"if_match": "*"}, {"if_match": ""}):
        assert "If-Match" in error(program.send(method, address, {"title": "B"}, **headers), 428)["message"]
    for old in ('"x"', f"W/{etag}"):
        stale = program.send(method, address, {"title": "B"}, if_match=old)
        assert "changed by somebody else" in error(stale, 412)["message"]
        assert stale.headers["ETag"] == etag
    assert need_at(address).title == "Parking permits"
    changed = program.send(method, address, {"title": "B"}, if_match=f'"x", {etag}')
    assert (changed.status_code, changed.json()["title"], changed.json()["revision"]) == (200, "B", 2)
    assert changed.headers["ETag"] == program.get(address).headers["ETag"] != etag


def test_put_says_everything_anew_and_patch_what_it_names(program: Program) -> None:
    address, etag = draft(program, problem="P", requirements=[{"text": "One."}], months=12)
    patched = program.send("PATCH", address, {"months": None, "could_lead": True}, if_match=etag)
    assert (patched.json()["problem"], patched.json()["months"], patched.json()["could_lead"]) == ("P", None, True)
    assert patched.json()["requirements"] == [{"text": "One.", "priority": "MUST", "standard": ""}]
    put = program.send("PUT", address, {"title": "B"}, if_match=patched.headers["ETag"])
    assert (put.json()["problem"], put.json()["could_lead"], put.json()["requirements"]) == ("", None, [])


def test_what_the_platform_sets_may_be_sent_back_and_not_changed(program: Program) -> None:
    address, etag = draft(program)
    for name, value in {"status": "OPEN", "reference": "N-1", "revision": 9, "borough": "brent", "url": "x"}.items():
        found = error(program.send("PATCH", address, {name: value, "title": "B"}, if_match=etag), 422)
        assert "set by the platform" in found["fields"][name][0]
    assert need_at(address).title == "Parking permits"


def test_patch_checks_what_it_touches_as_the_page_does(program: Program, borough: Borough) -> None:
    """A need from a file may be longer than the page allows, and can be changed still."""
    imported = NeedFactory(borough=borough, status=Need.Status.DRAFT, title="x" * 300, category=None)
    address = f"{NEEDS}{imported.reference}/"
    etag = program.get(address).headers["ETag"]
    assert program.send("PATCH", address, {"months": 12}, if_match=etag).status_code == 200
    etag = program.get(address).headers["ETag"]
    found = error(program.send("PATCH", address, {"problem": "P"}, if_match=etag), 422)
    assert found["fields"] == {"title": ["Title must be 100 characters or fewer"]}
    # Rules between two fields hold, whichever is sent.
    need = need_at(address)
    Need.objects.filter(pk=need.pk).update(budget_min=100, budget_basis="ONE_OFF")
    etag = program.get(address).headers["ETag"]
    assert "budget_max" in error(program.send("PATCH", address, {"budget_max": 99}, if_match=etag), 422)["fields"]


@pytest.mark.parametrize("status", ["SUBMITTED", "WITHDRAWN", "FULFILLED", "EXPIRED"])
def test_what_is_neither_draft_nor_open_cannot_be_changed(status: str, program: Program, borough: Borough) -> None:
    need = NeedFactory(borough=borough, status=Need.Status[status])
    address = f"{NEEDS}{need.reference}/"
    etag = program.get(address).headers["ETag"]
    assert "only a draft" in error(program.send("PATCH", address, {"months": 9}, if_match=etag), 409)["message"]


def test_change_of_an_open_need_begins_its_amendment(program: Program, borough: Borough) -> None:
    need = NeedFactory(borough=borough, title="Open")
    address = f"{NEEDS}{need.reference}/"
    before = program.get(address)
    same = program.send("PATCH", address, {"title": "Open"}, if_match=before.headers["ETag"])
    assert same.status_code == 200
    assert not Amendment.objects.exists()
    begun = program.send("PATCH", address, {"title": "Amended"}, if_match=before.headers["ETag"])
    assert begun.status_code == 201, begun.content
    assert urlsplit(begun.headers["Location"]).path == f"{address}amendment/"
    assert (begun.json()["title"], begun.json()["changes"], begun.json()["status"]) == ("Amended", ["title"], "DRAFT")
    assert program.get(address).content == before.content
    assert begun.headers["ETag"] == program.get(f"{address}amendment/").headers["ETag"]
    again = program.send("PUT", address, {"title": "Third"}, if_match=before.headers["ETag"])
    assert "being amended already" in error(again, 409)["message"]


def test_contract_out_of_the_register_can_be_kept_and_not_chosen(program: Program, borough: Borough) -> None:
    address, _ = draft(program, contract="C-77")
    ContractFactory(borough=borough, reference="C-78", closed_at=timezone.now())
    Contract.objects.filter(reference="C-77").update(closed_at=timezone.now())
    for method in ("PATCH", "PUT"):
        said = {"title": "A", "contract": "C-77", "months": 12}
        kept = program.send(method, address, said, if_match=program.get(address).headers["ETag"])
        assert (kept.status_code, kept.json()["contract"]) == (200, "C-77")
        refused = program.send(method, address, said | {"contract": "C-78"}, if_match=kept.headers["ETag"])
        assert set(error(refused, 422)["fields"]) == {"contract"}
    assert set(error(program.post(NEEDS, {"title": "A", "contract": "C-77"}), 422)["fields"]) == {"contract"}


# --- move -----------------------------------------------------------------------------------------------------------


def test_submitting_says_what_is_missing(program: Program) -> None:
    address, _ = draft(program)
    found = error(program.post(f"{address}submit/"), 422)
    assert len(found["details"]) == 3
    assert need_at(address).status == "DRAFT"


def test_complete_draft_is_submitted_once_and_approved_by_nobody_here(program: Program) -> None:
    address, etag = draft(program, problem="P", category="parking", kind="SOFTWARE")
    assert error(program.post(f"{address}submit/", if_match='"x"'), 412)
    submitted = program.post(f"{address}submit/", if_match=etag)
    assert (submitted.status_code, submitted.json()["status"]) == (200, "SUBMITTED")
    assert error(program.post(f"{address}submit/"), 409)
    for verb in ("approve", "reopen", "fulfil"):
        assert program.post(f"{address}{verb}/").status_code == 404
    # The page's own address does not know tokens.
    assert program.post(f"/needs/{need_at(address).reference}/approve/", {"revision": 1}).status_code in (302, 403)
    assert need_at(address).status == "SUBMITTED"


def test_draft_is_withdrawn_with_a_reason(program: Program) -> None:
    address, etag = draft(program)
    for body in ({}, {"reason": ""}, {"reason": 3}, {"reason": "x " * 101}, {"reason": "A", "why": "B"}):
        assert error(program.post(f"{address}withdraw/", body), 422)["fields"]
    assert error(program.post(f"{address}withdraw/", {"reason": "Bought."}, if_match='"x"'), 412)
    gone = program.post(f"{address}withdraw/", {"reason": "Bought."}, if_match=etag)
    assert (gone.json()["status"], gone.json()["closed_reason"]) == ("WITHDRAWN", "Bought.")
    assert error(program.post(f"{address}withdraw/", {"reason": "Again."}), 409)


def test_open_need_is_an_approvers_to_withdraw(
    program: Program, borough: Borough, editor: User, approver: User, client: Client
) -> None:
    address = f"{NEEDS}{NeedFactory(borough=borough).reference}/"
    body = {"reason": "Bought."}
    assert "approve" in error(program.post(f"{address}withdraw/", body), 403)["message"]
    client.force_login(editor)
    assert client.post(f"{address}withdraw/", body, content_type="application/json").status_code == 403
    client.force_login(approver)
    assert client.post(f"{address}withdraw/", body, content_type="application/json").status_code == 200
