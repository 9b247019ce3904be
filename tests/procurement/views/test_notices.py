"""A notice's pages: what the public reads, what it cannot see, and the office's way to publication in the browser."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from boroughs.models import Need, Role, User
from procurement.actions import corrections, notices, withdrawals
from procurement.models import JointDemand, Notice
from procurement.queries import published, verification
from tests.factories import notices as scene
from tests.factories.boroughs import MembershipFactory, NeedFactory, UserFactory
from tests.factories.procurement import CoalitionFactory, DemandMemberFactory

pytestmark = pytest.mark.django_db

OFFICE = [
    "notice-edit",
    "notice-preview",
    "notice-propose",
    "notice-return",
    "notice-publish",
    "notice-specification",
    "notice-discard",
    "notice-correct",
    "notice-drop",
    "notice-withdraw",
]


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def form_of(notice: Notice, **changes: Any) -> dict[str, Any]:
    """What a browser would send back of the edit form."""
    data: dict[str, Any] = {
        name: getattr(notice, name)
        for name in (
            "title",
            "kind",
            "summary",
            "problem",
            "users_description",
            "work_done",
            "market_engagement",
            "setup",
            "buying_together",
            "how_to_respond",
            "revision",
        )
    }
    data |= {"lead": notice.lead.slug, "months": notice.months or ""}
    data |= {name: "\n".join(getattr(notice, name)) for name in ("must_requirements", "should_requirements")}
    for name in ("start_date", "questions_close_date", "closes_date"):
        day = getattr(notice, name)
        parts = {"day": day.day, "month": day.month, "year": day.year} if day else {}
        data |= {f"{name}_{part}": value for part, value in parts.items()}
    return data | changes


def seen_on(client: Client, notice: Notice, page: str = "preview") -> str:
    """What the form on the page says that the person has read."""
    found = re.search(r'name="seen" value="([0-9a-f]+)"', text(client, f"/notices/{notice.reference}/{page}/"))
    assert found is not None
    return found.group(1)


# --- for everybody ------------------------------------------------------------------------------------------------


def test_notice_page_tells_everything_in_order(client: Client) -> None:
    version = scene.publish()
    html = text(client, f"/notices/{version.notice.reference}/").partition("<main")[2]
    parts = [
        "Hackney with Brent and Camden",
        "Housing repairs",
        "Why the work is being done",
        "The present system goes out of support.",
        "Repairs advisers",
        "Important dates",
        "Overview",
        "Requirements",
        "Tenants can book a repair by phone.",
        "Volumes and totals",
        "1,203",
        "£350,000 to £750,000",
        "Timeline",
        "36 months",
        "How the authorities would buy together",
        "How to respond",
        "Versions",
        version.digest,
    ]
    places = [html.index(part) for part in parts]
    assert places == sorted(places)
    assert "Not a call for competition and not a notice under the Procurement Act 2023." in html


def test_notice_page_of_two_boroughs_shows_no_totals(client: Client) -> None:
    version = scene.publish(scene.confirmed_demand("Camden", "Brent"))
    html = text(client, f"/notices/{version.notice.reference}/").partition("<main")[2]
    assert html.count("Not published") == 2
    # Not as a part of the digest, which has any digits.
    assert not re.search(rf"\b{2 * scene.USERS + 1}\b", html)


def test_notice_page_never_shows_a_boroughs_own_figures(client: Client) -> None:
    version = scene.publish(scene.confirmed_demand(budget_min=777_001, budget_max=888_002, incumbent="Zyxware"))
    reference = version.notice.reference
    ocid = f"ocds-213czf-{version.notice.demand.reference.lower()}"
    faces = [
        f"/notices/{reference}/",
        f"/notices/{reference}/versions/1/",
        "/board/",
        "/board/feed.atom",
        f"/api/v1/notices/{reference}/",
        f"/api/1.0/ocdsReleasePackages/{ocid}",
    ]
    for face in faces:
        shown = text(client, face)
        for secret in ("777001", "777,001", "888002", "888,002", "Zyxware"):
            assert secret not in shown, face


def test_draft_is_not_there_for_others(client: Client, approver: User) -> None:
    reference = scene.proposed().reference
    missing = client.get("/notices/NT-9999/")
    hidden = client.get(f"/notices/{reference}/")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.content == missing.content
    assert client.get(f"/notices/{reference}/versions/1/").status_code == 404
    client.force_login(approver)
    assert client.get(f"/notices/{reference}/").status_code == 404


@pytest.mark.parametrize("name", OFFICE)
def test_office_page_answers_the_same_for_a_draft_and_for_nothing(name: str, client: Client, approver: User) -> None:
    reference = scene.draft().reference
    ask = client.get if name == "notice-preview" else client.post
    for who in (None, approver):
        if who:
            client.force_login(who)
        answers = {
            (response.status_code, response.get("Location", "").replace(there, "NT"))
            for there in (reference, "NT-9999")
            for response in [ask(reverse(name, args=[there]))]
        }
        assert len(answers) == 1
        assert answers.pop()[0] in (302, 404)


def test_older_version_stays_and_says_that_it_is_old(client: Client, analyst: User) -> None:
    version = scene.publish()
    reference = version.notice.reference
    scene.withdraw(version.notice, "The boroughs chose another way.")
    old = text(client, f"/notices/{reference}/versions/1/")
    assert "This is version 1 of 2" in old
    assert "noindex" in old
    new = text(client, f"/notices/{reference}/")
    assert "The boroughs chose another way." in new
    assert "It is too late to respond" in new


@pytest.mark.parametrize(
    "address", ["/notices/NT-1%00/", "/notices/%27/", "/notices/NT-0001/versions/99999999999999999999/"]
)
def test_strange_addresses_are_not_found(address: str, client: Client) -> None:
    scene.publish()
    assert client.get(address).status_code == 404


def test_notice_page_costs_few_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    version = scene.publish()
    # The version, all versions, the stamp, how many questions wait, and how many suppliers have shown interest.
    with django_assert_max_num_queries(5):
        text(client, f"/notices/{version.notice.reference}/")


# --- the office ---------------------------------------------------------------------------------------------------


def test_preview_costs_few_queries_however_many_needs(
    client: Client, analyst: User, django_assert_max_num_queries: Any
) -> None:
    """All 33 authorities with ten needs each, on the page of a next version; three are for the lines left out."""
    names = [f"{first}{second} borough" for first in "ABCDEFGHIJK" for second in "abc"]
    notice = scene.publish(scene.confirmed_demand(*names)).notice
    for member in notice.demand.members.select_related("need__borough"):
        for need in NeedFactory.create_batch(9, borough=member.need.borough, category=notice.demand.category):
            DemandMemberFactory(demand=notice.demand, need=need)
    corrections.begin(notice=notice, by=analyst)
    client.force_login(analyst)
    with django_assert_max_num_queries(16):
        text(client, f"/notices/{notice.reference}/preview/")


def test_analysts_draft_edit_propose_and_publish(client: Client, analyst: User, second_analyst: User) -> None:
    demand = scene.confirmed_demand()
    client.force_login(analyst)
    response = client.post(f"/demands/{demand.reference}/draft-notice/")
    notice = Notice.objects.get(demand=demand)
    assert response["Location"] == f"/notices/{notice.reference}/edit/"
    assert "Housing repairs" in text(client, response["Location"])
    changed = form_of(notice, title="Repairs service", must_requirements="• One.\n\n- Two.\n3) Three.\n")
    response = client.post(f"/notices/{notice.reference}/edit/", changed)
    assert response["Location"] == f"/notices/{notice.reference}/preview/"
    notice.refresh_from_db()
    assert (notice.title, notice.must_requirements) == ("Repairs service", ["One.", "Two.", "Three."])
    client.post(f"/notices/{notice.reference}/propose/", {"seen": seen_on(client, notice)})
    html = text(client, f"/notices/{notice.reference}/preview/")
    assert "somebody else has to approve it" in html
    assert "Approve and publish" not in html
    response = client.post(f"/notices/{notice.reference}/publish/", follow=True)
    assert "somebody else must approve it" in response.content.decode()

    client.force_login(second_analyst)
    html = text(client, f"/notices/{notice.reference}/preview/")
    assert "Brent has not agreed to be named in this notice." in html
    scene.agree(demand)
    html = text(client, f"/notices/{notice.reference}/preview/")
    assert "Brent has not agreed" not in html
    assert "Approve and publish" in html
    seen = published.preview(notice, at=timezone.now()).digest
    assert f'value="{seen}"' in html
    response = client.post(f"/notices/{notice.reference}/publish/", {"seen": seen}, follow=True)
    assert "Everybody can read it" in response.content.decode()
    client.logout()
    assert "Repairs service" in text(client, "/board/")
    assert verification.verify().versions == 1


def test_only_who_sees_exact_figures_previews_a_total_that_is_not_published(client: Client, analyst: User) -> None:
    """Two previews, one before a borough joins and one after, would tell what it stated."""
    notice = scene.draft()
    scene.agree(notice.demand)
    lead: User = UserFactory()
    MembershipFactory(user=lead, role=Role.BOROUGH_APPROVER, borough=notice.lead)
    CoalitionFactory(demand=notice.demand, lead=notice.lead)
    total, withheld = f"{3 * scene.USERS + 3:,}", "Totals that are not published yet are left out"

    def seen_by(user: User, page: str = "preview") -> str:
        client.force_login(user)
        return text(client, f"/notices/{notice.reference}/{page}/")

    assert total in seen_by(analyst)
    assert withheld not in seen_by(analyst)
    for page in ("preview", "find-a-tender"):
        assert total not in seen_by(lead, page)
    assert withheld in seen_by(lead)
    # Nothing from which the total could be tried out.
    seen = published.preview(notice, at=timezone.now()).digest
    assert seen not in seen_by(lead)
    notices.publish(notice=notices.propose(notice=notice, by=lead), by=analyst)
    for name in ("Harrow", "Sutton", "Ealing"):
        need = NeedFactory(borough=scene.borough(name), category=notice.demand.category, users_count=300)
        DemandMemberFactory(demand=notice.demand, need=need)
    scene.agree(notice.demand)
    notice.refresh_from_db()
    corrections.begin(notice=notice, by=analyst)
    assert f"{3 * scene.USERS + 903:,}" in seen_by(analyst)
    html = seen_by(lead)
    assert f"{3 * scene.USERS + 903:,}" not in html
    assert total in html
    assert "as at version 1" in html


def test_withdrawal_is_previewed_as_it_would_be_published(client: Client, analyst: User) -> None:
    version = scene.publish()
    withdrawals.propose(notice=version.notice, by=analyst, reason="Two boroughs left.")
    # What has happened since is no part of it.
    Need.objects.filter(borough__slug="camden").update(users_count=5)
    version.notice.demand.members.filter(need__borough__slug="brent").delete()
    client.force_login(analyst)
    html = text(client, f"/notices/{version.notice.reference}/preview/")
    assert "Hackney with Brent and Camden" in html
    assert "1,203" in html
    assert "Two boroughs left." in html
    assert "Before it can be published" not in html


@pytest.mark.parametrize("address", ["propose", "return"])
def test_reason_that_is_too_long_is_not_lost(address: str, client: Client, analyst: User) -> None:
    notice = corrections.begin(notice=scene.publish().notice, by=analyst)
    if address == "return":
        corrections.propose(notice=notice, by=analyst, reason="Why.")
    before = notice.status
    client.force_login(analyst)
    html = client.post(f"/notices/{notice.reference}/{address}/", {"reason": "wordy " * 101}).content.decode()
    assert "There is a problem" in html
    assert "wordy wordy" in html
    notice.refresh_from_db()
    assert notice.status == before


def test_publish_from_an_old_preview_is_refused_in_words(client: Client, second_analyst: User) -> None:
    notice = scene.proposed()
    seen = published.preview(notice, at=timezone.now()).digest
    Need.objects.filter(borough__slug="camden").update(users_count=5)
    client.force_login(second_analyst)
    response = client.post(f"/notices/{notice.reference}/publish/", {"seen": seen}, follow=True)
    assert "the total of users changed after you read this" in response.content.decode()
    assert client.get(f"/notices/{notice.reference}/").status_code == 302


def test_proposal_of_what_was_not_read_is_refused_and_says_what_changed(client: Client, analyst: User) -> None:
    notice = scene.draft()
    client.force_login(analyst)
    seen = seen_on(client, notice)
    client.post(f"/notices/{notice.reference}/edit/", form_of(notice, title="Another title"))
    for token in (seen, ""):
        response = client.post(f"/notices/{notice.reference}/propose/", {"seen": token}, follow=True)
        words = "the title changed after you read this" if token else "it changed after you read this"
        assert words in response.content.decode()
        notice.refresh_from_db()
        assert notice.status == Notice.Status.DRAFT
    assert "Another title" in response.content.decode()
    client.post(f"/notices/{notice.reference}/propose/", {"seen": seen_on(client, notice)})
    notice.refresh_from_db()
    assert notice.status == Notice.Status.PROPOSED


def test_next_version_that_was_not_read_is_not_proposed_and_its_reason_not_lost(client: Client, analyst: User) -> None:
    notice = corrections.begin(notice=scene.publish().notice, by=analyst)
    client.force_login(analyst)
    seen = seen_on(client, notice)
    client.post(f"/notices/{notice.reference}/edit/", form_of(notice, summary="Another summary."))
    sent = {"seen": seen, "reason": "My own words."}
    html = client.post(f"/notices/{notice.reference}/propose/", sent).content.decode()
    assert "the summary changed after you read this" in html
    assert "My own words." in html
    sent["seen"] = seen_on(client, notice)
    assert client.post(f"/notices/{notice.reference}/propose/", sent).status_code == 302


def test_withdrawal_of_a_version_that_was_not_read_is_not_proposed(client: Client, analyst: User) -> None:
    notice = scene.publish().notice
    client.force_login(analyst)
    seen = seen_on(client, notice, "withdraw")
    scene.correct(notice, title="Another title")
    sent = {"seen": seen, "reason": "My own words."}
    html = client.post(f"/notices/{notice.reference}/withdraw/", sent).content.decode()
    assert "the title" in html
    assert "changed after you read this" in html
    assert "My own words." in html
    sent["seen"] = seen_on(client, notice, "withdraw")
    client.post(f"/notices/{notice.reference}/withdraw/", sent)
    notice.refresh_from_db()
    assert notice.status == Notice.Status.WITHDRAWAL_PROPOSED


def test_reason_of_a_withdrawal_is_part_of_what_is_approved(client: Client, second_analyst: User) -> None:
    notice = scene.publish().notice
    withdrawals.propose(notice=notice, by=scene.analyst(), reason="First words.")
    client.force_login(second_analyst)
    seen = seen_on(client, notice)
    withdrawals.keep(notice=notice, by=scene.analyst())
    withdrawals.propose(notice=notice, by=scene.analyst(), reason="Other words.")
    response = client.post(f"/notices/{notice.reference}/publish/", {"seen": seen}, follow=True)
    assert "the reason changed after you read this" in response.content.decode()
    client.post(f"/notices/{notice.reference}/publish/", {"seen": seen_on(client, notice)})
    notice.refresh_from_db()
    assert notice.status == Notice.Status.WITHDRAWN


def test_pages_of_a_draft_name_no_lead_until_one_is_chosen(client: Client, analyst: User) -> None:
    notice = notices.draft_from(demand=scene.confirmed_demand(), by=analyst)
    client.force_login(analyst)
    preview = client.get(f"/notices/{notice.reference}/preview/").content.decode()
    before = preview.split("Before it can be published:")[1].split("</ul>")[0]
    assert "Nobody leads yet. Let the authorities agree on a lead, or choose the one" in before
    assert "3 authorities, and nobody leads yet" in preview
    assert "Camden with" not in preview
    assert '<td data-label="Led by">Nobody yet</td>' in client.get("/notices/").content.decode()
    for chosen, listed in (("", "Nobody yet"), ("camden", "Camden")):
        notice.refresh_from_db()
        path = f"/notices/{notice.reference}/edit/"
        assert client.post(path, form_of(notice, lead=chosen, users_description="Tenants.")).status_code == 302
        assert f'<td data-label="Led by">{listed}</td>' in client.get("/notices/").content.decode()
        preselected = f'<option value="{chosen}" selected>' in client.get(path).content.decode()
        assert preselected
    assert "nobody leads yet" not in client.get(f"/notices/{notice.reference}/preview/").content.decode().lower()


def test_next_version_of_a_notice_cannot_be_without_a_lead(client: Client, analyst: User) -> None:
    notice = scene.publish().notice
    corrections.begin(notice=notice, by=analyst)
    notice.refresh_from_db()
    client.force_login(analyst)
    response = client.post(f"/notices/{notice.reference}/edit/", form_of(notice, lead=""))
    assert "Choose the lead authority" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "Enter a title"),
        ({"how_to_respond": ""}, "Say how suppliers can respond"),
        ({"users_description": ""}, "Say who the users are"),
        ({"title": "x" * 101}, "Title must be 100 characters or fewer"),
        ({"summary": "word " * 51}, "Summary must be 50 words or fewer"),
        ({"must_requirements": "\n".join(["Line."] * 21)}, "at most 20"),
        ({"must_requirements": "word " * 31}, "Shorten line 1"),
        ({"lead": "sutton"}, "Choose one of the authorities"),
        ({"kind": "AUCTION"}, "AUCTION"),
        ({"months": "0"}, "at least 1 month"),
        ({"months": "soon"}, "Enter the number of months"),
        ({"closes_date_day": "31", "closes_date_month": "2"}, "Closing date must be a real date"),
        ({"closes_date_year": "2020"}, "Closing date must not be before"),
        ({"questions_close_date_year": "2020"}, "Last day for questions must be today or later"),
        ({"questions_close_date_year": "2020", "closes_date_year": "2020"}, "Closing date must be today or later"),
        ({"revision": "0"}, ""),
        ({"revision": "x"}, ""),
    ],
)
def test_edit_form_says_what_is_wrong_and_keeps_what_was_typed(
    changes: dict[str, str], message: str, client: Client, analyst: User
) -> None:
    scene.borough("Sutton")
    notice = scene.draft()
    client.force_login(analyst)
    response = client.post(f"/notices/{notice.reference}/edit/", form_of(notice, work_done="Much.", **changes))
    assert response.status_code == 200
    html = response.content.decode()
    assert "There is a problem" in html
    assert message in html
    assert "Much." in html
    notice.refresh_from_db()
    assert notice.revision == 1


def test_dates_that_are_over_are_asked_about_from_the_draft_to_the_approval(
    client: Client, analyst: User, second_analyst: User
) -> None:
    notice = scene.draft(by=analyst, start_date=date(2020, 4, 1), **scene.dates(date(2021, 1, 4), date(2021, 1, 5)))
    asked = "The earliest start, 1 April 2020, is in the past. Is that right?"
    client.force_login(analyst)
    html = text(client, f"/notices/{notice.reference}/edit/")
    assert asked in html
    refused = "The date until which suppliers may ask has passed. The closing date has passed. Choose later days"
    assert refused in html
    ahead = timezone.localdate() + timedelta(days=30)
    Notice.objects.filter(pk=notice.pk).update(**scene.dates(ahead, ahead))
    scene.agree(notice.demand)
    html = text(client, f"/notices/{notice.reference}/preview/")
    assert asked in html
    assert "has passed" not in html
    notice.refresh_from_db()
    # They do not stop anybody.
    notices.propose(notice=notice, by=analyst)
    client.force_login(second_analyst)
    html = text(client, f"/notices/{notice.reference}/preview/")
    assert asked in html
    assert "Approve and publish" in html
    assert "Change the dates" not in html, "not while it waits"


def test_edit_form_tells_that_somebody_else_was_faster(client: Client, analyst: User) -> None:
    notice = scene.draft()
    client.force_login(analyst)
    client.post(f"/notices/{notice.reference}/edit/", form_of(notice, title="First"))
    response = client.post(f"/notices/{notice.reference}/edit/", form_of(notice, title="Second"))
    assert "changed by somebody else" in response.content.decode()
    notice.refresh_from_db()
    assert notice.title == "First"


def test_edit_form_escapes_what_was_typed(client: Client, analyst: User) -> None:
    notice = scene.draft()
    client.force_login(analyst)
    client.post(f"/notices/{notice.reference}/edit/", form_of(notice, problem="</textarea><script>alert(1)</script>"))
    for page in ("edit", "preview"):
        assert "<script>alert" not in text(client, f"/notices/{notice.reference}/{page}/")


def test_preview_says_what_is_missing_and_what_may_give_a_borough_away(client: Client, analyst: User) -> None:
    demand = scene.confirmed_demand(incumbent="Civica Cx")
    notice = scene.draft(demand, problem="Civica Cx is slow.", how_to_respond="")
    client.force_login(analyst)
    html = text(client, f"/notices/{notice.reference}/preview/")
    assert "The problem mentions Civica Cx, which one of the authorities uses today." in html
    assert "Write the way to respond." in html
    seen = seen_on(client, notice)
    response = client.post(f"/notices/{notice.reference}/propose/", {"seen": seen}, follow=True)
    assert "Write the way to respond." in response.content.decode()


def test_preview_stands_where_every_member_has_left(client: Client, analyst: User) -> None:
    notice = scene.draft()
    notice.demand.members.all().delete()
    client.force_login(analyst)
    assert "fewer than two authorities" in text(client, f"/notices/{notice.reference}/preview/")


def test_return_keeps_the_reason_for_its_author(client: Client, analyst: User, second_analyst: User) -> None:
    notice = scene.proposed(by=analyst)
    client.force_login(second_analyst)
    client.post(f"/notices/{notice.reference}/return/", {"reason": "Too long."})
    html = text(client, f"/notices/{notice.reference}/preview/")
    assert "Too long." in html
    assert "Returned to draft" in html


def test_withdraw_asks_why_and_then_shows_it(client: Client, analyst: User) -> None:
    notice = scene.publish().notice
    client.force_login(analyst)
    address = f"/notices/{notice.reference}/withdraw/"
    assert "Why is the notice withdrawn?" in text(client, address)
    assert "Say why the notice is withdrawn" in client.post(address, {"reason": " "}).content.decode()
    client.post(address, {"reason": "Two boroughs left.", "seen": seen_on(client, notice, "withdraw")})
    refused = client.post(f"/notices/{notice.reference}/publish/", follow=True).content.decode()
    assert "somebody else must approve it" in refused
    client.logout()
    assert "Two boroughs left." not in text(client, f"/notices/{notice.reference}/"), "not before the second person"
    client.force_login(scene.analyst())
    assert "Two boroughs left." in text(client, f"/notices/{notice.reference}/preview/")
    client.post(f"/notices/{notice.reference}/publish/", {"seen": seen_on(client, notice)})
    client.logout()
    assert "Two boroughs left." in text(client, f"/notices/{notice.reference}/")
    assert "Housing repairs" not in text(client, "/board/")


@pytest.mark.parametrize("name", ["notice-propose", "notice-return", "notice-publish"])
def test_moves_need_a_post(name: str, client: Client, analyst: User) -> None:
    client.force_login(analyst)
    assert client.get(reverse(name, args=[scene.draft().reference])).status_code == 405


def test_list_shows_notices_of_every_status_and_what_waits_for_one(client: Client, analyst: User) -> None:
    scene.draft(scene.confirmed_demand(title="A draft"))
    scene.publish(scene.confirmed_demand(title="A publication"))
    scene.confirmed_demand(title="A demand")
    client.force_login(analyst)
    html = text(client, "/notices/")
    for title in ("A draft", "A publication", "A demand"):
        assert title in html
    assert "A publication" not in text(client, "/notices/?status=DRAFT")
    assert "A publication" in text(client, "/notices/?status=BROKEN&page=1e9")


def test_drafting_twice_is_refused_in_words(client: Client, analyst: User) -> None:
    demand = scene.draft().demand
    client.force_login(analyst)
    response = client.post(f"/demands/{demand.reference}/draft-notice/", follow=True)
    assert "already has a notice" in response.content.decode()
    assert JointDemand.objects.count() == 1
