from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Category, Membership, Need, Role, User
from tests.conftest import person
from tests.factories.boroughs import CategoryFactory, NeedFactory, RequirementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def category() -> Category:
    return CategoryFactory(slug="parking", name="Parking", area="Environment")


def sent(*lines: str, **fields: Any) -> dict[str, Any]:
    data = {"title": "Parking permits", "requirements-TOTAL_FORMS": max(3, len(lines)), "requirements-INITIAL_FORMS": 0}
    for index, line in enumerate(lines):
        data |= {f"requirements-{index}-text": line, f"requirements-{index}-priority": "MUST"}
    return data | fields


def text(response: Any) -> str:
    return str(response.content.decode())


# --- logging ------------------------------------------------------------------------------------------------------


def test_need_is_logged_and_can_be_submitted(
    client: Client, editor: User, borough: Borough, category: Category
) -> None:
    client.force_login(editor)
    assert client.get("/needs/new/").status_code == 200
    answer = client.post(
        "/needs/new/",
        sent(
            "Residents apply online.",
            problem="Permits are printed.",
            category="parking",
            kind="SOFTWARE",
            budget_min="£1,200",
            budget_max="250k",
            budget_basis="PER_YEAR",
            start_date_day="1",
            start_date_month="4",
            start_date_year="2027",
        ),
    )
    need = Need.objects.get()
    assert answer.headers["Location"] == f"/needs/{need.reference}/"
    assert (need.borough, need.created_by, need.budget_min, need.budget_max) == (borough, editor, 1200, 250_000)
    assert need.requirements.get().text == "Residents apply online."
    page = text(client.get(f"/needs/{need.reference}/"))
    assert "Submit for approval" in page
    assert "£1,200 to £250,000, a year" in page
    client.post(f"/needs/{need.reference}/submit/")
    need.refresh_from_db()
    assert need.status == Need.Status.SUBMITTED


def test_wrong_input_is_named_kept_and_not_written(client: Client, editor: User) -> None:
    client.force_login(editor)
    page = text(client.post("/needs/new/", sent("word " * 31, title="", problem="kept text", users_count="lots")))
    assert not Need.objects.exists()
    assert "<title>Error: Log a need" in page
    for message in (
        "Enter a title",
        "Number of users must be a whole number",
        "A requirement must be 30 words or fewer",
    ):
        assert page.count(message) == 2
    assert "kept text" in page
    assert 'value="lots"' in page


def test_another_requirement_keeps_everything_typed_and_judges_nothing(client: Client, editor: User) -> None:
    client.force_login(editor)
    page = text(
        client.post("/needs/new/", sent("One.", title="", budget_min="12x", start_date_day="31", add_requirement="1"))
    )
    assert not Need.objects.exists()
    assert "There is a problem" not in page
    assert 'name="requirements-3-text"' in page
    assert "autofocus" in page
    for kept in ("One.", 'value="12x"', 'value="31"'):
        assert kept in page


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "a\x00b\u202e"},
        {"title": "<script>alert(1)</script>"},
        {"title": "x" * 100_000},
        {"users_count": "9" * 5000},
        {"budget_min": "9" * 500_000},
        {"requirements-TOTAL_FORMS": "9" * 5000},
        {"requirements-TOTAL_FORMS": "-1"},
        {"requirements-TOTAL_FORMS": ""},
        {"requirements-TOTAL_FORMS": "200"},
        {"category": "\x00"},
        {"kind": "\x00"},
        {"start_date_day": "9" * 5000, "start_date_month": "\u0660", "start_date_year": "\x00"},
    ],
)
def test_hostile_input_never_breaks_the_page(client: Client, editor: User, fields: dict[str, str]) -> None:
    client.force_login(editor)
    for extra in ({}, {"add_requirement": "1"}):
        answer = client.post("/needs/new/", sent("One.") | fields | extra)
        assert answer.status_code in (200, 302)
        assert "<script>alert(1)" not in text(answer)
    for need in Need.objects.all():
        assert "\x00" not in need.title
        assert "<script>alert(1)" not in text(client.get(f"/needs/{need.reference}/"))


def test_person_of_two_boroughs_chooses_one(
    client: Client, editor: User, borough: Borough, other_borough: Borough
) -> None:
    Membership.objects.create(user=editor, borough=other_borough, role=Role.BOROUGH_EDITOR)
    client.force_login(editor)
    assert "Choose a borough" in text(client.post("/needs/new/", sent()))
    client.post("/needs/new/", sent(borough="brent"))
    assert Need.objects.get().borough == other_borough


def test_borough_of_others_cannot_be_chosen(
    client: Client, editor: User, borough: Borough, other_borough: Borough
) -> None:
    client.force_login(editor)
    client.post("/needs/new/", sent(borough="brent"))
    assert Need.objects.get().borough == borough


# --- changing -----------------------------------------------------------------------------------------------------


def test_edit_shows_what_is_stored_and_saves(client: Client, editor: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.DRAFT, budget_min=250_000, cpv=["48000000"])
    RequirementFactory(need=need, position=1, text="First line.")
    client.force_login(editor)
    page = text(client.get(f"/needs/{need.reference}/edit/"))
    assert "First line." in page
    assert 'value="250,000"' in page
    client.post(f"/needs/{need.reference}/edit/", sent("Second line.", revision=1, title="New title"))
    need.refresh_from_db()
    assert (need.title, need.revision, need.cpv) == ("New title", 2, ["48000000"])
    assert need.requirements.get().text == "Second line."


def test_second_save_shows_both_texts_and_loses_neither(client: Client, editor: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.DRAFT)
    client.force_login(editor)
    address = f"/needs/{need.reference}/edit/"
    client.post(address, sent("Their line.", revision=1, title="Their title"))
    answer = client.post(address, sent("My line.", revision=1, title="My title"))
    page = text(answer)
    assert answer.status_code == 409
    for words in ("Their title", "My title", "Must: Their line.", "My line.", "changed by somebody else"):
        assert words in page
    need.refresh_from_db()
    assert need.title == "Their title"
    assert 'name="revision" value="2"' in page
    client.post(address, sent("My line.", revision=2, title="My title"))
    need.refresh_from_db()
    assert need.title == "My title"


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 5000, "\x00"])
def test_revision_that_makes_no_sense_is_as_one_that_is_gone(
    client: Client, editor: User, borough: Borough, revision: str
) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.DRAFT)
    client.force_login(editor)
    answer = client.post(f"/needs/{need.reference}/edit/", sent(revision=revision, title="My title"))
    assert answer.status_code == 409
    assert "My title" in text(answer)


def test_text_typed_while_the_need_was_submitted_is_shown_back(client: Client, editor: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.SUBMITTED)
    client.force_login(editor)
    answer = client.post(f"/needs/{need.reference}/edit/", sent(revision=1, title="My title"))
    assert answer.status_code == 409
    assert "My title" in text(answer)
    assert "Save my text" not in text(answer)


def test_edit_page_of_what_is_no_draft_leads_back(client: Client, editor: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough)
    client.force_login(editor)
    answer = client.get(f"/needs/{need.reference}/edit/", follow=True)
    assert "can be changed only as a draft" in text(answer)


def test_lines_beyond_the_pages_limit_are_shown_and_refused_in_words(
    client: Client, editor: User, borough: Borough
) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.DRAFT)
    for position in range(1, 26):
        RequirementFactory(need=need, position=position, text=f"Line number {position}.")
    client.force_login(editor)
    assert "Line number 25." in text(client.get(f"/needs/{need.reference}/edit/"))
    lines = [f"Line number {position}." for position in range(1, 26)]
    page = text(client.post(f"/needs/{need.reference}/edit/", sent(*lines, revision=1)))
    assert "A need can have 20 requirements at the most" in page
    assert need.requirements.count() == 25


# --- moving -------------------------------------------------------------------------------------------------------


def test_submit_page_shows_what_is_missing(client: Client, editor: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.DRAFT, category=None, kind="")
    client.force_login(editor)
    for answer, status in (
        (client.get(f"/needs/{need.reference}/submit/"), 200),
        (client.post(f"/needs/{need.reference}/submit/"), 422),
    ):
        assert answer.status_code == status
        assert "Choose a category." in text(answer)
        assert "Choose what kind of thing you want." in text(answer)
    need.refresh_from_db()
    assert need.status == Need.Status.DRAFT


def test_approver_approves_and_the_history_says_so(client: Client, approver: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.SUBMITTED)
    client.force_login(approver)
    assert "Approve" in text(client.get(f"/needs/{need.reference}/"))
    page = text(client.post(f"/needs/{need.reference}/approve/", {"revision": need.revision}, follow=True))
    need.refresh_from_db()
    assert need.status == Need.Status.OPEN
    assert approver.name in page
    assert "It goes into the next match run" in page


def test_approval_from_a_page_that_is_out_of_date_is_refused_in_words(
    client: Client, approver: User, borough: Borough
) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.SUBMITTED, revision=2)
    client.force_login(approver)
    assert 'name="revision" value="2"' in text(client.get(f"/needs/{need.reference}/"))
    for sent in ({"revision": 1}, {}):
        assert "Read it again" in text(client.post(f"/needs/{need.reference}/approve/", sent, follow=True))
    need.refresh_from_db()
    assert need.status == Need.Status.SUBMITTED


def test_second_approval_is_told_and_changes_nothing(client: Client, approver: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough)
    client.force_login(approver)
    assert "cannot be moved like that" in text(
        client.post(f"/needs/{need.reference}/approve/", {"revision": need.revision}, follow=True)
    )


@pytest.mark.parametrize(
    ("address", "status", "after"),
    [("return", Need.Status.SUBMITTED, Need.Status.DRAFT), ("withdraw", Need.Status.OPEN, Need.Status.WITHDRAWN)],
)
def test_return_and_withdrawal_ask_for_a_reason(
    client: Client, approver: User, borough: Borough, address: str, status: str, after: str
) -> None:
    need = NeedFactory(borough=borough, status=status)
    client.force_login(approver)
    path = f"/needs/{need.reference}/{address}/"
    assert client.get(path).status_code == 200
    assert "Say why" in text(client.post(path, {"reason": " \u200b"}))
    need.refresh_from_db()
    assert need.status == status
    page = text(client.post(path, {"reason": "Because <b>of</b> reasons"}, follow=True))
    need.refresh_from_db()
    assert need.status == after
    assert "Because &lt;b&gt;of&lt;/b&gt; reasons" in page


def test_buttons_are_those_of_the_role(
    client: Client, reader: User, editor: User, approver: User, borough: Borough
) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.SUBMITTED)
    offered = {}
    for user in (reader, editor, approver):
        client.force_login(user)
        page = text(client.get(f"/needs/{need.reference}/"))
        offered[user] = [
            word
            for word in (">Approve", "Return to draft", ">Withdraw<")
            if word in page.replace("\n", "") or word in page
        ]
    assert offered[reader] == []
    assert "Return to draft" not in offered[editor]
    assert "Return to draft" in offered[approver]


# --- who may come in ----------------------------------------------------------------------------------------------

PAGES = ("", "edit/", "submit/", "approve/", "return/", "withdraw/", "similar/")
ROLES = ["BOROUGH_READER", "BOROUGH_EDITOR", "BOROUGH_APPROVER", "CDO_READER", "ADMINISTRATOR"]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", PAGES)
def test_foreign_need_answers_as_one_that_does_not_exist(
    client: Client, role: str, page: str, borough: Borough, other_borough: Borough
) -> None:
    foreign = NeedFactory(borough=other_borough, title="CANARY", incumbent="CANARY")
    client.force_login(person(Role(role), borough if role.startswith("BOROUGH") else None))
    answers = [
        method(f"/needs/{reference}/{page}")
        for reference in (foreign.reference, "N-00000")
        for method in (client.get, client.post)
    ]
    assert {answer.status_code for answer in answers} <= {404, 405}
    assert answers[0].status_code == answers[2].status_code
    assert answers[1].status_code == answers[3].status_code
    assert all("CANARY" not in text(answer) for answer in answers)


@pytest.mark.parametrize(
    ("role", "page", "status"),
    [
        ("BOROUGH_READER", "edit/", 403),
        ("BOROUGH_READER", "submit/", 403),
        ("BOROUGH_READER", "withdraw/", 403),
        ("BOROUGH_EDITOR", "approve/", 403),
        ("BOROUGH_EDITOR", "return/", 403),
        ("LOTI_ANALYST", "edit/", 403),
        ("LOTI_ANALYST", "approve/", 403),
        ("LOTI_ANALYST", "", 200),
        ("BOROUGH_READER", "", 200),
    ],
)
def test_role_is_refused_what_it_may_not_do(
    client: Client, role: str, page: str, status: int, borough: Borough
) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.SUBMITTED)
    client.force_login(person(Role(role), borough if role.startswith("BOROUGH") else None))
    method = client.get if page == "" else client.post
    assert method(f"/needs/{need.reference}/{page}", {"reason": "x"}).status_code == status
    need.refresh_from_db()
    assert need.status == Need.Status.SUBMITTED


@pytest.mark.parametrize("role", ["BOROUGH_READER", "LOTI_ANALYST", "CDO_READER", "ADMINISTRATOR"])
def test_logging_is_for_editors(client: Client, role: str, borough: Borough) -> None:
    client.force_login(person(Role(role), borough if role.startswith("BOROUGH") else None))
    assert client.get("/needs/new/").status_code == 403
    assert client.post("/needs/new/", sent()).status_code == 403
    assert not Need.objects.exists()


def test_analyst_does_not_see_drafts(client: Client, analyst: User, borough: Borough) -> None:
    draft = NeedFactory(borough=borough, status=Need.Status.DRAFT)
    client.force_login(analyst)
    assert client.get(f"/needs/{draft.reference}/").status_code == 404


# --- the list -----------------------------------------------------------------------------------------------------


def titles(client: Client, query: str = "") -> set[str]:
    return {need.title for need in client.get(f"/needs/{query}").context["page"].object_list}


def test_list_shows_the_own_boroughs_needs(
    client: Client, reader: User, borough: Borough, other_borough: Borough
) -> None:
    NeedFactory(borough=borough, title="Mine", status=Need.Status.DRAFT)
    NeedFactory(borough=other_borough, title="Theirs")
    client.force_login(reader)
    assert titles(client) == {"Mine"}


def test_list_is_filtered(
    client: Client, analyst: User, borough: Borough, other_borough: Borough, category: Category
) -> None:
    NeedFactory(borough=borough, title="Alpha permits", category=category)
    NeedFactory(borough=other_borough, title="Beta", problem="50% of permits", status=Need.Status.SUBMITTED)
    client.force_login(analyst)
    assert titles(client, "?status=SUBMITTED") == {"Beta"}
    assert titles(client, "?category=parking") == {"Alpha permits"}
    assert titles(client, "?borough=brent") == {"Beta"}
    assert titles(client, "?q=PERMITS+alpha") == {"Alpha permits"}
    assert titles(client, "?q=50%25") == {"Beta"}
    assert titles(client, "?q=nothing+like+it") == set()


@pytest.mark.parametrize(
    "query",
    [
        "?status=magic",
        "?category=%00",
        "?borough=' OR 1=1",
        "?page=" + "9" * 5000,
        "?page=x",
        "?q=%00%ED%A0%80",
        "?q=" + "x" * 5000,
    ],
)
def test_nonsense_in_the_address_filters_nothing_or_finds_nothing(
    client: Client, reader: User, borough: Borough, query: str
) -> None:
    NeedFactory(borough=borough)
    client.force_login(reader)
    assert client.get(f"/needs/{query}").status_code == 200


def test_search_of_more_than_200_characters_is_refused_in_words(client: Client, reader: User) -> None:
    client.force_login(reader)
    assert "Search words must be 200 characters or fewer" in text(client.get("/needs/?q=" + "x" * 201))


def test_pages_ask_few_queries_whatever_the_amount(
    client: Client,
    analyst: User,
    approver: User,
    borough: Borough,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(60):
        need = NeedFactory(borough=borough)
        RequirementFactory(need=need)
    client.force_login(analyst)
    with django_assert_max_num_queries(8):
        assert len(client.get("/needs/").context["page"].object_list) == 25
    client.force_login(approver)
    with django_assert_max_num_queries(8):
        client.get(f"/needs/{need.reference}/")
    with django_assert_max_num_queries(8):
        client.get("/needs/new/")
