from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.actions import needs
from boroughs.actions.need_content import NeedContent
from boroughs.models import Borough, Category, Need, Role, User
from tests.conftest import person
from tests.factories.boroughs import CategoryFactory, NeedFactory, RequirementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def category() -> Category:
    return CategoryFactory(slug="parking", name="Parking", area="Environment")


def text(response: Any) -> str:
    return str(response.content.decode())


# --- moving -------------------------------------------------------------------------------------------------------


def test_submit_page_shows_what_is_missing(client: Client, editor: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.DRAFT, category=None, kind="")
    client.force_login(editor)
    for answer, status in (
        (client.get(f"/needs/{need.reference}/submit/"), 200),
        (client.post(f"/needs/{need.reference}/submit/", {"revision": 1}), 422),
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
    page = text(client.post(path, {"reason": "Because <b>of</b> reasons", "revision": need.revision}, follow=True))
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


def test_closed_need_says_when_and_why(client: Client, reader: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.FULFILLED, closed_reason="Bought <b>together</b>")
    client.force_login(reader)
    page = text(client.get(f"/needs/{need.reference}/"))
    assert "Bought &lt;b&gt;together&lt;/b&gt;" in page
    assert "Fulfilled" in page


def test_need_that_nobody_touched_asks_and_is_confirmed(client: Client, editor: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough, confirmation_asked_at=timezone.now())
    client.force_login(editor)
    assert "Does this still hold?" in text(client.get(f"/needs/{need.reference}/"))
    page = text(client.post(f"/needs/{need.reference}/confirm/", follow=True))
    assert "still holds. We ask again in a year" in page
    assert "Does this still hold?" not in page


def test_expired_need_is_opened_again_by_an_approver(
    client: Client, editor: User, approver: User, borough: Borough
) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.EXPIRED)
    client.force_login(editor)
    assert "Open it again" not in text(client.get(f"/needs/{need.reference}/"))
    client.force_login(approver)
    assert "Open it again" in text(client.get(f"/needs/{need.reference}/"))
    client.post(f"/needs/{need.reference}/reopen/")
    need.refresh_from_db()
    assert need.status == Need.Status.OPEN


def test_history_shows_each_revision_field_by_field(client: Client, editor: User, borough: Borough) -> None:
    need = needs.log(borough=borough, content=NeedContent(title="First title"), by=editor)
    for number in range(2, 25):
        needs.edit(
            need=need, content=NeedContent(title=f"Title {number}", months=number), revision=number - 1, by=editor
        )
    client.force_login(editor)
    page = text(client.get(f"/needs/{need.reference}/history/"))
    assert "Revision 24" in page
    newest = page[page.index("Revision 24") : page.index("Revision 23")]
    assert newest.index("Title 23") < newest.index("Title 24")
    assert "23 months" in page
    assert editor.name in page
    oldest = text(client.get(f"/needs/{need.reference}/history/?page=2"))
    assert "The first text." in oldest
    assert "First title" in oldest


# --- who may come in ----------------------------------------------------------------------------------------------

PAGES = (
    "",
    "edit/",
    "edit/need/",
    "submit/",
    "approve/",
    "return/",
    "withdraw/",
    "fulfil/",
    "confirm/",
    "reopen/",
    "history/",
    "amendment/",
    "amendment/approve/",
    "amendment/return/",
    "amendment/discard/",
    "similar/",
)
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
        ("BOROUGH_READER", "edit/need/", 403),
        ("BOROUGH_READER", "confirm/", 403),
        ("BOROUGH_EDITOR", "fulfil/", 403),
        ("BOROUGH_EDITOR", "reopen/", 403),
        ("BOROUGH_READER", "submit/", 403),
        ("BOROUGH_READER", "withdraw/", 403),
        ("BOROUGH_EDITOR", "approve/", 403),
        ("BOROUGH_EDITOR", "return/", 403),
        ("LOTI_ANALYST", "edit/need/", 403),
        ("LOTI_ANALYST", "history/", 404),
        ("LOTI_ANALYST", "amendment/", 404),
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
    method = client.get if page in ("", "history/", "amendment/") else client.post
    assert method(f"/needs/{need.reference}/{page}", {"reason": "x"}).status_code == status
    need.refresh_from_db()
    assert need.status == Need.Status.SUBMITTED


@pytest.mark.parametrize("role", ["BOROUGH_READER", "LOTI_ANALYST", "CDO_READER", "ADMINISTRATOR"])
def test_logging_is_for_editors(client: Client, role: str, borough: Borough) -> None:
    client.force_login(person(Role(role), borough if role.startswith("BOROUGH") else None))
    assert client.get("/needs/new/").status_code == 403
    assert client.post("/needs/new/", {"title": "Permits"}).status_code == 403
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
    for page in ("history/", "edit/", "edit/classification/", "edit/requirements/", "edit/timing/", "submit/"):
        with django_assert_max_num_queries(12):
            client.get(f"/needs/{need.reference}/{page}")
