import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Need, Role, User
from procurement.models import Decision, JointDemand, Notice, Overlap, Participation
from procurement.queries.ahead import dates_ahead
from procurement.queries.live_picture import live_picture
from tests.conftest import person
from tests.factories import notices
from tests.factories.boroughs import AmendmentFactory, ContractFactory, NeedFactory, RenewalDismissalFactory
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory

pytestmark = pytest.mark.django_db


def page(client: Client, path: str = "/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def demand_of(*boroughs: Borough, **fields: str) -> JointDemand:
    demand = JointDemandFactory(**fields)
    for borough in boroughs:
        DemandMemberFactory(demand=demand, need=NeedFactory(borough=borough))
    return demand


def notice(demand: JointDemand, borough: Borough, **fields: str) -> Notice:
    today = timezone.localdate()
    return Notice.objects.create(
        reference=f"NT-{demand.pk:04d}",
        demand=demand,
        lead=borough,
        title=f"Notice {demand.pk}",
        summary="S",
        problem="P",
        how_to_respond="H",
        questions_close_date=today,
        closes_date=today,
        updated_at=timezone.now(),
        drafted_by="a@example.org",
        **fields,
    )


def test_signed_out_page_says_what_it_is_and_leads_to_the_board(client: Client) -> None:
    text = page(client)
    assert 'href="/board/"' in text
    assert "Nothing published yet" in text
    assert 'href="/accounts/login/' in text


def test_editor_finds_own_drafts_and_joint_demands(
    client: Client, editor: User, borough: Borough, other_borough: Borough
) -> None:
    NeedFactory(borough=borough, status=Need.Status.DRAFT, title="My draft")
    NeedFactory(borough=borough, status=Need.Status.SUBMITTED, title="With the approver")
    NeedFactory(borough=other_borough, status=Need.Status.DRAFT, title="CANARY draft")
    demand_of(borough, other_borough, title="Ours together")
    demand_of(other_borough, title="CANARY demand")
    ContractFactory(borough=borough, title="Ends soon", end_date=timezone.localdate() + timedelta(days=90))
    ContractFactory(borough=borough, title="CANARY ended", end_date=timezone.localdate() - timedelta(days=1))
    soon = timezone.localdate() + timedelta(days=90)
    ContractFactory(borough=other_borough, title="CANARY other", end_date=soon)
    ContractFactory(borough=borough, title="CANARY taken out", end_date=soon, closed_at=timezone.now())
    client.force_login(editor)
    text = page(client)
    for words in ("My draft", "With the approver", "Ours together", "2 boroughs", "Ends soon", "Log a need"):
        assert words in text
    assert "Waiting for your approval" not in text
    assert "CANARY" not in text


def test_approver_finds_what_waits_for_approval(
    client: Client, approver: User, borough: Borough, other_borough: Borough
) -> None:
    NeedFactory(borough=borough, status=Need.Status.SUBMITTED, title="Say yes")
    NeedFactory(borough=other_borough, status=Need.Status.SUBMITTED, title="CANARY")
    client.force_login(approver)
    text = page(client)
    assert "Waiting for your approval" in text
    assert "Say yes" in text
    assert "CANARY" not in text


def test_approver_finds_amendments_and_editor_what_is_to_be_confirmed(
    client: Client, approver: User, editor: User, borough: Borough, other_borough: Borough
) -> None:
    for place, words in ((borough, "Mine"), (other_borough, "CANARY")):
        AmendmentFactory(need=NeedFactory(borough=place, title=f"{words} amended"), content={}, status="SUBMITTED")
        NeedFactory(borough=place, title=f"{words} asked", confirmation_asked_at=timezone.now())
    AmendmentFactory(need=NeedFactory(borough=borough, title="Mine being written"), content={})
    client.force_login(approver)
    text = page(client)
    assert "Amendments waiting for your approval" in text
    for words in ("Mine amended", "Mine asked", "Do these needs still hold?"):
        assert words in text
    assert "CANARY" not in text
    client.force_login(editor)
    text = page(client)
    for words in ("Mine asked", "Amendments being written", "Mine being written"):
        assert words in text
    assert "Amendments waiting" not in text
    assert "CANARY" not in text


def test_overlaps_found_are_told_as_summaries_and_left_out_once_settled(
    client: Client, editor: User, borough: Borough, other_borough: Borough
) -> None:
    mine, foreign = (
        NeedFactory(borough=borough, title="My permits"),
        NeedFactory(borough=other_borough, title="Their permits", problem="CANARY", incumbent="CANARY"),
    )
    weak = NeedFactory(borough=other_borough, title="CANARY weak")
    settled, other = NeedFactory(borough=borough, title="CANARY settled"), NeedFactory(borough=other_borough)
    demand = JointDemandFactory(status=JointDemand.Status.CONFIRMED, title="Confirmed together")
    for need in (settled, other):
        DemandMemberFactory(demand=demand, need=need)
    refused = NeedFactory(borough=other_borough, title="CANARY ruled apart")
    pairs = ((mine, foreign, 0.9), (mine, weak, 0.05), (settled, other, 0.9), (mine, refused, 0.95))
    for one, two, probability in pairs:
        first, second = sorted((one, two), key=lambda need: need.pk)
        Overlap.objects.create(first=first, second=second, score=probability, probability=probability)
    Decision.objects.create(
        first=mine,
        second=refused,
        verdict=Decision.Verdict.APART,
        demand_reference="JD-1",
        decided_at=timezone.now(),
        decided_by="analyst@loti.example",
    )
    client.force_login(editor)
    text = page(client)
    for words in ("My permits", "Their permits", "Brent", "Strong overlap", f"/needs/{mine.reference}/similar/"):
        assert words in text
    assert "CANARY" not in text


def test_dates_ahead_are_the_soonest_first(
    client: Client, editor: User, borough: Borough, other_borough: Borough
) -> None:
    today = timezone.localdate()
    for place, title, days in (
        (borough, "Later start", 200),
        (borough, "Sooner start", 20),
        (borough, "CANARY past", -1),
        (borough, "CANARY far", 400),
        (other_borough, "CANARY foreign", 20),
    ):
        NeedFactory(borough=place, title=title, start_date=today + timedelta(days=days))
    client.force_login(editor)
    text = page(client)
    dates = text[text.index("Dates ahead") : text.index("</section>", text.index("Dates ahead"))]
    assert dates.index("Sooner start") < dates.index("Later start")
    assert "CANARY" not in dates


def test_notice_whose_questions_close_soonest_comes_first() -> None:
    today = timezone.localdate()
    days = [(5, 16)] * 6 + [(7, 300)]
    for number, (questions, closes) in enumerate(days):
        notices.publish(
            notices.confirmed_demand("Camden", "Brent"),
            title=f"Notice {number}",
            questions_close_date=today + timedelta(days=questions),
            closes_date=today + timedelta(days=closes),
        )
    notices.publish(notices.confirmed_demand("Hackney", "Barnet"), title="CANARY foreign")
    camden = Borough.objects.get(name="Camden")
    # A day after questions on the six have closed.
    found = dates_ahead([camden.pk], today=today + timedelta(days=6), limit=3)
    assert [(each.title, each.words) for each in found] == [
        ("Notice 6", "Questions close"),
        ("Notice 0", "Notice closes"),
        ("Notice 1", "Notice closes"),
    ]


def test_borough_that_has_begun_nothing_is_told_how_to(client: Client, editor: User, borough: Borough) -> None:
    client.force_login(editor)
    assert "Begin here" in page(client)
    NeedFactory(borough=borough)
    assert "Begin here" not in page(client)


def test_contracts_that_end_soon_are_those_of_the_renewal_radar(client: Client, reader: User, borough: Borough) -> None:
    end = timezone.localdate() + timedelta(days=90)
    NeedFactory(borough=borough, contract=ContractFactory(borough=borough, title="CANARY needed", end_date=end))
    RenewalDismissalFactory(contract=ContractFactory(borough=borough, title="CANARY quiet", end_date=end))
    ContractFactory(borough=borough, title="CANARY closed", end_date=end, closed_at=timezone.now())
    ContractFactory(borough=borough, title="Shown", end_date=end)
    client.force_login(reader)
    assert [row.title for row in client.get("/").context["plate"].renewals.rows] == ["Shown"]
    assert 'href="/renewals/"' in page(client)
    assert "CANARY" not in page(client)


def test_reader_finds_no_drafts(client: Client, reader: User, borough: Borough) -> None:
    NeedFactory(borough=borough, status=Need.Status.DRAFT, title="A draft")
    client.force_login(reader)
    text = page(client)
    assert "Drafts" not in text
    assert "Log a need" not in text


def test_analyst_finds_suggestions_and_the_notices_of_colleagues(
    client: Client, analyst: User, borough: Borough, other_borough: Borough
) -> None:
    demand_of(borough, other_borough, title="A suggestion")
    for title, by in (("Of a colleague", "colleague@example.org"), ("My own", analyst.email)):
        demand = demand_of(borough, other_borough, title=title, status=JointDemand.Status.CONFIRMED)
        notice(demand, borough, status=Notice.Status.PROPOSED, proposed_by=by)
    client.force_login(analyst)
    plate = client.get("/").context["plate"]
    assert [row.title for row in plate.suggestions.rows] == ["A suggestion"]
    assert [row.demand.title for row in plate.to_publish.rows] == ["Of a colleague"]


def test_administrator_finds_counts_and_no_boroughs_things(
    client: Client, administrator: User, borough: Borough
) -> None:
    NeedFactory(borough=borough, status=Need.Status.SUBMITTED, title="CANARY")
    client.force_login(administrator)
    text = page(client)
    assert "guest authorities" in text
    assert "CANARY" not in text


def test_cdo_reader_is_led_to_the_picture(client: Client, cdo: User) -> None:
    client.force_login(cdo)
    assert 'href="/picture/"' in page(client)


def test_cdo_reader_finds_what_the_page_of_the_picture_says_first(
    client: Client, cdo: User, borough: Borough, other_borough: Borough
) -> None:
    demand_of(borough, other_borough, status=JointDemand.Status.CONFIRMED)
    demand_of(borough, other_borough)
    client.force_login(cdo)
    home, picture = page(client), page(client, "/picture/")
    assert "4 of these needs</a> (100%) overlap" in home
    assert "wait for an analyst to say that the needs belong together" in home
    for pattern in (
        r'<p class="govuk-body loti-picture__as-of">.*?</p>',
        r'<div class="loti-picture__keys">.*?</section>\s*</div>',
    ):
        shown = re.search(pattern, home, re.DOTALL)
        assert shown
        assert shown[0] in picture


@pytest.mark.parametrize("role", list(Role))
def test_plate_asks_few_queries_whatever_the_amount(
    client: Client,
    role: Role,
    borough: Borough,
    other_borough: Borough,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(8):
        demand_of(borough, other_borough)
        NeedFactory(borough=borough, status=Need.Status.DRAFT)
        NeedFactory(borough=borough, status=Need.Status.SUBMITTED)
        NeedFactory(borough=borough, confirmation_asked_at=timezone.now(), start_date=timezone.localdate())
        AmendmentFactory(need=NeedFactory(borough=borough), content={}, status="SUBMITTED")
        ContractFactory(borough=borough, end_date=timezone.localdate() + timedelta(days=90))
    client.force_login(person(role, borough if role.startswith("BOROUGH") else None))
    # Each process keeps it.
    live_picture()
    with django_assert_max_num_queries(12):
        client.get("/")


def test_borough_does_not_see_among_its_own_what_the_matcher_is_not_sure_of(
    client: Client, reader: User, borough: Borough, other_borough: Borough
) -> None:
    demand_of(borough, other_borough, title="Telephony")
    demand_of(borough, other_borough, title="Doubtful", certainty=JointDemand.Certainty.NOT_SURE)
    client.force_login(reader)
    assert "Telephony" in page(client)
    assert "Doubtful" not in page(client)


def test_borough_is_asked_first_about_what_it_has_not_answered(
    client: Client, reader: User, borough: Borough, other_borough: Borough
) -> None:
    answered, declined, waiting = (
        demand_of(borough, other_borough, title=title) for title in ("Answered", "Declined", "Waiting")
    )
    Participation.objects.create(demand=answered, borough=borough, stage="WATCHING", accepted_at=timezone.now())
    Participation.objects.create(demand=declined, borough=borough, stage="DECLINED", reason="TIMING")
    # What another borough says is no answer of one's own.
    Participation.objects.create(demand=waiting, borough=other_borough, stage="WATCHING", accepted_at=timezone.now())
    client.force_login(reader)
    text = page(client)
    assert text.count("Suggested to you:") == 1
    assert text.index("<bdi>Waiting</bdi>") < text.index("<bdi>Answered</bdi>")
    assert f'href="/demands/{waiting.reference}/participation/">accept or decline' in text
