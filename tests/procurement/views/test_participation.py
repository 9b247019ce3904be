"""The page of who takes part, and the forms in which boroughs say it."""

import html
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Role, User
from procurement.actions import lead_choice
from procurement.actions.participation import Standing
from procurement.models import Coalition, DemandMember, JointDemand, Participation
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory, NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import CoalitionFactory, DemandMemberFactory, JointDemandFactory
from tests.procurement.actions.test_participation import COMMITTED, DECLINED, approver_of, of, say

pytestmark = pytest.mark.django_db

Stage = Participation.Stage


@pytest.fixture
def demand() -> JointDemand:
    return joint_demand("camden", "brent", "barnet", reference="JD-0001")


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def post(client: Client, address: str, **data: object) -> str:
    answer = client.post(address, data, follow=True)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


PAGE = "/demands/JD-0001/participation/"
STAND = f"{PAGE}of/camden/"


def test_a_borough_accepts_and_moves_in_the_browser(demand: JointDemand, editor: User) -> None:
    client = as_(editor)
    page = text(client, PAGE)
    assert "Camden has not answered yet." in page
    page = post(client, STAND, stage="INTERESTED", depth="MARKET", reason="", comment="We like it.", revision="0")
    assert "Camden is now interested." in page
    assert "Joint market approach" in page
    assert "We like it." in page
    assert "has not answered yet" not in page


def test_declining_without_a_reason_keeps_what_was_typed(demand: JointDemand, editor: User) -> None:
    page = post(as_(editor), STAND, stage="DECLINED", comment="Because of our merger.", revision="0")
    assert "Say why the borough declines" in page
    assert "Because of our merger." in page
    assert not Participation.objects.exists()


def test_an_editor_is_not_offered_to_commit_and_cannot(demand: JointDemand, editor: User) -> None:
    client = as_(editor)
    page = text(client, STAND)
    assert 'value="INTENDING"' in page
    assert 'value="COMMITTED"' not in page
    post(client, STAND, stage="COMMITTED", depth="TENDER", revision="0")
    assert not Participation.objects.exists()


def test_who_was_overtaken_is_shown_it_and_keeps_the_words(demand: JointDemand, editor: User) -> None:
    client = as_(editor)
    say(demand, "camden", Standing(Stage.WATCHING))
    page = post(client, STAND, stage="DECLINED", reason="BUDGET", comment="No money.", revision="0")
    assert "A colleague has changed where Camden stands" in page
    assert "No money." in page
    assert 'name="revision" value="1"' in page
    page = post(client, STAND, stage="DECLINED", reason="BUDGET", comment="No money.", revision="1")
    assert "Camden is now declined." in page


def test_reasons_and_words_are_read_by_whom_they_are_for(demand: JointDemand, analyst: User, cdo: User) -> None:
    say(demand, "barnet", DECLINED)
    looking_on = person(Role.BOROUGH_READER, of("brent"))
    reason, words = "The timing does not fit", "We signed for four years."
    shown = {name: text(as_(user), PAGE) for name, user in (("analyst", analyst), ("cdo", cdo), ("other", looking_on))}
    assert [name for name in shown if reason in shown[name]] == ["analyst", "cdo"]
    assert [name for name in shown if words in shown[name]] == ["analyst"]
    say(demand, "brent", Standing(Stage.WATCHING))
    page = text(as_(looking_on), PAGE)
    assert reason in page
    assert words not in page
    assert words in text(as_(person(Role.BOROUGH_READER, of("barnet"))), PAGE)


def test_terms_quorum_and_who_is_missing(demand: JointDemand, analyst: User) -> None:
    day = timezone.localdate() + timedelta(days=60)
    date = {f"decision_date_{part}": getattr(day, part) for part in ("day", "month", "year")}
    page = post(as_(analyst), f"{PAGE}terms/", quorum=2, depth="TENDER", if_missed="END", revision=0, **date)
    assert "The terms are set" in page
    assert "0 of 2" in page
    assert "Not committed yet: Barnet, Brent and Camden." in page
    say(demand, "camden", COMMITTED)
    say(demand, "barnet", DECLINED)
    page = text(as_(approver_of("brent")), PAGE)
    assert "1 of 2" in page
    assert "Not committed yet: Brent." in page
    say(demand, "brent", COMMITTED)
    page = post(as_(analyst), f"{PAGE}close/")
    assert "Quorum reached" in page


@pytest.mark.parametrize(("decided", "late"), [(date(2027, 3, 1), False), (date(2027, 3, 2), True)])
def test_a_decision_after_the_joint_purchase_should_begin_is_told(
    demand: JointDemand, cdo: User, decided: date, late: bool
) -> None:
    coalition = CoalitionFactory(
        demand=demand,
        quorum=2,
        depth="TENDER",
        decision_date=decided,
        if_missed=Coalition.IfMissed.END,
        start_date=date(2028, 3, 1),
    )
    words = "The joint purchase would have to begin by 1 March 2027, before the decision."
    assert (words in text(as_(cdo), PAGE)) is late
    Coalition.objects.filter(pk=coalition.pk).update(outcome="REACHED", outcome_at=timezone.now())
    assert words not in text(as_(cdo), PAGE)


def test_a_form_of_terms_that_fails_says_where(demand: JointDemand, analyst: User) -> None:
    page = post(as_(analyst), f"{PAGE}terms/", quorum=9, depth="TENDER", if_missed="END", revision=0)
    assert "Enter the decision date" in page
    assert not Coalition.objects.filter(quorum__isnull=False).exists()


def test_a_lead_is_offered_voted_on_and_then_acts_for_all(demand: JointDemand, analyst: User) -> None:
    for slug in ("camden", "brent"):
        say(demand, slug, Standing(Stage.INTERESTED, "TENDER"))
    own, other = as_(approver_of("camden")), as_(approver_of("brent"))
    assert "Offer to lead" in text(own, PAGE)
    post(own, f"{STAND}lead/", note="Twice before.")
    page = text(other, PAGE)
    assert "Camden offers to lead" in page
    assert "Not answered: Brent." in page
    page = post(other, f"{PAGE}of/brent/lead/camden/", agrees="yes", note="")
    assert "<strong>Camden</strong> leads; the boroughs that join have agreed." in page
    assert "Set the terms" in text(own, PAGE)
    assert "Set the terms" not in text(as_(analyst), PAGE)
    assert as_(analyst).post(f"{PAGE}terms/").status_code == 403


def test_the_lead_answers_a_late_joiner(demand: JointDemand) -> None:
    say(demand, "brent", COMMITTED)
    Coalition.objects.update(
        lead=of("brent"),
        lead_agreed_at=timezone.now(),
        joining_closes_date=timezone.localdate() - timedelta(days=1),
    )
    page = post(as_(approver_of("camden")), STAND, stage="COMMITTED", depth="TENDER", revision=0)
    assert "so the lead has to say yes" in page
    assert "Asked of the lead: Committed, joint tender, contracts of our own" in page
    lead = as_(approver_of("brent"))
    page = text(lead, PAGE)
    assert "Waiting for your answer" in page
    row = Participation.objects.get(borough__slug="camden")
    page = post(lead, f"{STAND}answer/", answer="yes", revision=row.revision)
    assert "You said yes to Camden." in page
    assert Participation.objects.get(borough__slug="camden").stage == Stage.COMMITTED


def test_which_borough_might_lead_is_for_those_who_take_part(demand: JointDemand, analyst: User) -> None:
    DemandMember.objects.get(need__borough__slug="brent").need.__class__.objects.filter(borough__slug="brent").update(
        could_lead=True, users_count=900
    )
    for slug in ("camden", "brent"):
        say(demand, slug, Standing(Stage.WATCHING))
    said = "Its need says that it could lead"
    assert said in text(as_(analyst), PAGE)
    assert said in text(as_(approver_of("camden")), PAGE)
    assert said not in text(as_(approver_of("barnet")), PAGE)


def test_a_foreign_borough_is_missing(demand: JointDemand) -> None:
    client = as_(approver_of("brent"))
    for address in (STAND, f"{STAND}lead/", f"{STAND}lead/brent/", f"{PAGE}of/nowhere/"):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404


def test_queries_do_not_follow_the_number_of_boroughs(
    analyst: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    demand = JointDemandFactory(reference="JD-0001")
    boroughs: list[Borough] = BoroughFactory.create_batch(33)
    for borough in boroughs:
        for _ in range(10):
            DemandMemberFactory(demand=demand, need=NeedFactory(borough=borough, could_lead=True))
    for number, borough in enumerate(boroughs):
        who = person(Role.BOROUGH_APPROVER, borough)
        say(demand, borough.slug, Standing(Stage.INTERESTED, "TENDER"), by=who)
        if number < 3:
            lead_choice.offer(demand=demand, borough=borough, by=who)
    for user in (analyst, who):
        client = as_(user)
        with django_assert_max_num_queries(12):
            assert client.get(PAGE).status_code == 200


def test_a_borough_without_a_need_finds_no_form(demand: JointDemand) -> None:
    BoroughFactory(slug="ealing", name="Ealing")
    stranger = as_(approver_of("ealing"))
    for form in ("", "offer/", "vote/camden/"):
        address = f"{PAGE}of/ealing/{form}"
        say_yes = stranger.post(address, {"stage": "DECLINED", "reason": "TIMING", "revision": "0"})
        assert (stranger.get(address).status_code, say_yes.status_code) == (404, 404)
    assert not Participation.objects.exists()


def test_a_quorum_out_of_reach_is_said(demand: JointDemand, analyst: User, editor: User) -> None:
    due = timezone.localdate() + timedelta(days=30)
    given = {"quorum": 4, "depth": "TENDER", "decision_date": due, "if_missed": "END", "updated_at": timezone.now()}
    Coalition.objects.create(demand=demand, **given)
    words = "The quorum is 4, but only 3 boroughs are left."
    page = text(as_(analyst), PAGE)
    assert words in page
    assert "Set new terms" in page
    page = text(as_(editor), PAGE)
    assert words in page
    assert "Set new terms" not in page
    assert "until whoever leads sets new terms" in page
