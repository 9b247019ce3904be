"""What follows in a coalition when needs leave its joint demand: in a removal, a split, a withdrawal."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boroughs.exceptions import IllegalMove
from boroughs.models import AuditEvent, Need, Notification, User
from procurement.actions import coalition_members, demands, lead_choice, merging, splitting
from procurement.actions.participation import Standing, move
from procurement.models import Coalition, JointDemand, Participation, ParticipationStep
from procurement.queries.participation import standings
from procurement.queries.step_words import told
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import DemandMemberFactory
from tests.factories.standings import Stage, approver_of, standing
from tests.procurement.actions.test_lead_choice import lead_of, offer, vote
from tests.procurement.actions.test_participation import of
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calibration")]


@pytest.fixture
def demand() -> JointDemand:
    """Camden leads; it takes all four."""
    made = joint_demand("barnet", "brent", "camden", "sutton")
    for slug in ("barnet", "brent", "camden", "sutton"):
        standing(made, of(slug), Stage.INTENDING)
    now = timezone.now()
    Coalition.objects.create(
        demand=made,
        lead=of("camden"),
        lead_agreed_at=now,
        updated_at=now,
        quorum=4,
        depth="TENDER",
        decision_date=timezone.localdate() + timedelta(days=60),
        if_missed="END",
    )
    return made


def need_of(slug: str) -> Need:
    return Need.objects.get(borough=of(slug))


def remove(demand: JointDemand, slug: str, by: User) -> None:
    demands.remove_member(demand=demand, need=need_of(slug), by=by)


def withdraw(slug: str) -> None:
    Need.objects.filter(borough=of(slug)).update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())


def headlines(user: User) -> list[str]:
    kind = Notification.Kind.COALITION
    return list(Notification.objects.filter(user=user, kind=kind).order_by("pk").values_list("headline", flat=True))


def assert_stepped_down(demand: JointDemand) -> None:
    assert lead_of(demand) == ""
    step = ParticipationStep.objects.get(verb="LEFT_LEAD")
    assert (step.borough_slug, step.by, step.role) == ("camden", "matcher", "")
    assert told(step, {}, with_reason=False) == "Leads no longer: it has no open need here any more"
    event = AuditEvent.objects.get(noun="participation", verb="left_lead")
    assert (event.reference, event.details["reason"]) == (demand.reference, "NO_NEED")


def test_lead_whose_last_need_is_removed_leads_no_longer(demand: JointDemand, analyst: User) -> None:
    member, own = approver_of(of("brent")), approver_of(of("camden"))
    remove(demand, "camden", analyst)
    assert_stepped_down(demand)
    for person in (member, own):
        assert any("Camden leads" in words and "no longer" in words for words in headlines(person))


def test_lead_that_keeps_another_need_leads_on(demand: JointDemand, analyst: User) -> None:
    first = need_of("camden")
    DemandMemberFactory(demand=demand, need=NeedFactory(borough=of("camden")))
    demands.remove_member(demand=demand, need=first, by=analyst)
    assert lead_of(demand) == "camden"


def test_lead_that_is_split_off_leads_no_longer(demand: JointDemand, analyst: User) -> None:
    needs = [need_of("camden"), need_of("sutton")]
    _, made = splitting.split(demand=demand, needs=needs, title="Call centre", by=analyst)
    assert_stepped_down(demand)
    assert made is not None
    assert lead_of(made) == ""


def test_lead_that_is_split_off_alone_leads_no_longer(demand: JointDemand, analyst: User) -> None:
    splitting.split(demand=demand, needs=[need_of("camden")], title="", by=analyst)
    assert_stepped_down(demand)


def test_lead_whose_last_need_is_withdrawn_leads_no_longer_after_the_run(demand: JointDemand) -> None:
    member = approver_of(of("brent"))
    withdraw("camden")
    coalition_members.settle_all()
    assert_stepped_down(demand)
    assert len(headlines(member)) == 1
    coalition_members.settle_all()
    assert ParticipationStep.objects.filter(verb="LEFT_LEAD").count() == 1
    assert len(headlines(member)) == 1


def test_the_others_who_had_all_agreed_to_another_one_are_led_by_it(demand: JointDemand, analyst: User) -> None:
    Coalition.objects.update(lead=None, lead_agreed_at=None)
    offer(demand, "brent")
    for slug in ("camden", "sutton"):
        vote(demand, slug, on="brent")
    remove(demand, "barnet", analyst)
    assert lead_of(demand) == "brent"


def test_a_borough_without_a_need_neither_offers_nor_is_voted_for_nor_votes(demand: JointDemand) -> None:
    Coalition.objects.update(lead=None, lead_agreed_at=None)
    for slug in ("brent", "sutton"):
        offer(demand, slug)
    withdraw("brent")
    for voter, candidate in (("sutton", "brent"), ("brent", "sutton")):
        with pytest.raises(IllegalMove, match="Brent has no open need"):
            vote(demand, voter, on=candidate)
    withdraw("camden")
    with pytest.raises(IllegalMove, match="Camden has no open need"):
        offer(demand, "camden")
    assert [each.name for each in standings(demand, approver_of(of("barnet"))).offers] == ["Sutton"]


def test_an_offer_without_a_need_does_not_win(demand: JointDemand) -> None:
    Coalition.objects.update(lead=None, lead_agreed_at=None)
    offer(demand, "brent")
    for slug in ("camden", "barnet"):
        vote(demand, slug, on="brent")
    withdraw("brent")
    # Sutton was the last that had not agreed.
    row = Participation.objects.get(demand=demand, borough=of("sutton"))
    to = Standing(Stage.WATCHING)
    move(demand=demand, borough=of("sutton"), to=to, revision=row.revision, by=approver_of(of("sutton")))
    assert lead_of(demand) == ""


def test_the_lead_is_told_once_that_the_quorum_is_out_of_reach(demand: JointDemand, analyst: User) -> None:
    lead, other = approver_of(of("camden")), approver_of(of("brent"))
    remove(demand, "sutton", analyst)
    withdraw("barnet")
    coalition_members.settle_all()
    coalition_members.settle_all()
    words = f"{demand.reference} “Telephony”: the quorum is 4, but only 3 boroughs are left. Set new terms"
    assert headlines(lead) == [words]
    assert headlines(other) == []


def test_a_split_tells_the_lead_too(demand: JointDemand, analyst: User) -> None:
    lead = approver_of(of("camden"))
    splitting.split(demand=demand, needs=[need_of("sutton"), need_of("barnet")], title="Call centre", by=analyst)
    assert any("only 2 boroughs are left" in words for words in headlines(lead))


def test_a_decided_quorum_is_not_out_of_reach(demand: JointDemand, analyst: User) -> None:
    lead = approver_of(of("camden"))
    Coalition.objects.update(outcome=Coalition.Outcome.REACHED, outcome_at=timezone.now())
    remove(demand, "sutton", analyst)
    assert headlines(lead) == []


def test_lead_that_comes_with_a_merger_without_a_need_leads_no_longer(demand: JointDemand, analyst: User) -> None:
    older = joint_demand("ealing", "harrow", reference="JD-0000")
    JointDemand.objects.filter(pk=older.pk).update(created_at=demand.created_at - timedelta(days=1))
    withdraw("camden")
    _, survivor = merging.merge(demand=demand, other=older, by=analyst)
    assert lead_of(survivor) == ""


def test_a_run_asks_nothing_more_where_nothing_has_left(demand: JointDemand) -> None:
    with CaptureQueriesContext(connection) as asked:
        coalition_members.settle_all()
    assert len(asked) == 2


@pytest.mark.django_db(transaction=True)
def test_the_last_vote_and_the_removal_at_once_leave_no_lead_without_a_need(demand: JointDemand, analyst: User) -> None:
    Coalition.objects.update(lead=None, lead_agreed_at=None)
    offer(demand, "camden")
    for slug in ("barnet", "brent"):
        vote(demand, slug, on="camden")
    camden, sutton, need = of("camden"), of("sutton"), need_of("camden")
    voter = approver_of(sutton)
    at_once(
        lambda: lead_choice.vote(demand=demand, candidate=camden, borough=sutton, agrees=True, by=voter),
        lambda: demands.remove_member(demand=demand, need=need, by=analyst),
    )
    assert lead_of(demand) == ""
    assert not demand.members.filter(need=need).exists()
