"""Who leads: nobody until all the others that join have agreed, and never two."""

import pytest
from django.utils import timezone

from boroughs.exceptions import IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import Need, Notification, Role
from procurement.actions import lead_choice
from procurement.actions.participation import Standing
from procurement.models import Coalition, JointDemand, LeadVote, Participation, ParticipationStep
from procurement.queries.participation import standings
from tests.conftest import person
from tests.factories.picture import joint_demand
from tests.procurement.actions.test_participation import approver_of, of, say
from tests.threads import at_once

pytestmark = pytest.mark.django_db

Stage = Participation.Stage
INTERESTED = Standing(Stage.INTERESTED, "TENDER")


@pytest.fixture
def demand() -> JointDemand:
    """Camden, Brent and Barnet are interested; Ealing only looks on."""
    demand = joint_demand("camden", "brent", "barnet", "ealing")
    for slug in ("camden", "brent", "barnet"):
        say(demand, slug, INTERESTED)
    say(demand, "ealing", Standing(Stage.WATCHING))
    return demand


def offer(demand: JointDemand, slug: str) -> Participation:
    return lead_choice.offer(demand=demand, borough=of(slug), note="Twice before.", by=approver_of(slug))


def vote(demand: JointDemand, slug: str, *, on: str, agrees: bool = True) -> LeadVote:
    return lead_choice.vote(demand=demand, candidate=of(on), borough=of(slug), agrees=agrees, by=approver_of(slug))


def lead_of(demand: JointDemand) -> str:
    lead = Coalition.objects.select_related("lead").get(demand=demand).lead
    return lead.slug if lead else ""


def test_whom_all_others_that_join_agree_to_leads(demand: JointDemand) -> None:
    offer(demand, "camden")
    vote(demand, "brent", on="camden")
    assert lead_of(demand) == ""
    told = approver_of("barnet")
    vote(demand, "barnet", on="camden")
    assert lead_of(demand) == "camden"
    assert Notification.objects.filter(user=told, headline__startswith="Camden leads").count() == 1
    verbs = ParticipationStep.objects.exclude(verb="MOVED").order_by("pk").values_list("borough_slug", "verb")
    assert list(verbs) == [("camden", "OFFERED"), ("brent", "AGREED"), ("barnet", "AGREED"), ("camden", "LEADS")]


def test_one_no_keeps_it_open_until_it_is_a_yes(demand: JointDemand) -> None:
    offer(demand, "camden")
    vote(demand, "barnet", on="camden", agrees=False)
    vote(demand, "brent", on="camden")
    assert lead_of(demand) == ""
    vote(demand, "barnet", on="camden")
    assert lead_of(demand) == "camden"


def test_who_steps_back_is_waited_for_no_longer(demand: JointDemand) -> None:
    offer(demand, "camden")
    vote(demand, "brent", on="camden")
    say(demand, "barnet", Standing(Stage.DECLINED, reason="BUDGET"))
    assert lead_of(demand) == "camden"


def test_who_has_no_need_any_more_is_waited_for_no_longer(demand: JointDemand) -> None:
    offer(demand, "camden")
    Need.objects.filter(borough=of("barnet")).update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())
    shown = standings(demand, approver_of("barnet")).offers[0]
    assert (shown.silent, shown.may_vote) == (("Brent",), ())
    vote(demand, "brent", on="camden")
    assert lead_of(demand) == "camden"


def test_a_lead_that_steps_back_leads_no_longer_and_is_asked_anew(demand: JointDemand) -> None:
    offer(demand, "camden")
    for slug in ("brent", "barnet"):
        vote(demand, slug, on="camden")
    say(demand, "camden", Standing(Stage.WATCHING))
    assert lead_of(demand) == ""
    say(demand, "camden", INTERESTED)
    offer(demand, "camden")
    assert lead_of(demand) == "", "the votes of before count no more"
    assert ParticipationStep.objects.filter(verb="LEFT_LEAD", borough_slug="camden").count() == 1


def test_the_others_may_agree_to_another_one_and_there_is_still_one_lead(demand: JointDemand) -> None:
    for slug in ("camden", "brent"):
        offer(demand, slug)
    for slug in ("brent", "barnet"):
        vote(demand, slug, on="camden")
    assert lead_of(demand) == "camden"
    for slug in ("camden", "barnet"):
        vote(demand, slug, on="brent")
    assert lead_of(demand) == "brent"
    leading = ParticipationStep.objects.filter(verb__in=["LEADS", "LEFT_LEAD"]).order_by("pk")
    assert [(step.borough_slug, step.verb) for step in leading] == [
        ("camden", "LEADS"),
        ("camden", "LEFT_LEAD"),
        ("brent", "LEADS"),
    ]


def test_only_approvers_of_boroughs_that_join_offer_and_agree(demand: JointDemand) -> None:
    editor = person(Role.BOROUGH_EDITOR, of("camden"))
    with pytest.raises(PermissionRefused):
        lead_choice.offer(demand=demand, borough=of("camden"), by=editor)
    with pytest.raises(PermissionRefused):
        lead_choice.offer(demand=demand, borough=of("camden"), by=approver_of("brent"))
    with pytest.raises(IllegalMove, match="interested"):
        offer(demand, "ealing")
    offer(demand, "camden")
    with pytest.raises(IllegalMove, match="interested"):
        vote(demand, "ealing", on="camden")
    with pytest.raises(PermissionRefused):
        lead_choice.vote(demand=demand, candidate=of("camden"), borough=of("brent"), agrees=True, by=editor)
    with pytest.raises(IllegalMove, match="itself"):
        vote(demand, "camden", on="camden")
    with pytest.raises(IllegalMove, match="no open offer"):
        vote(demand, "camden", on="brent")
    assert not LeadVote.objects.exists()


def test_an_offer_is_taken_back_with_what_was_said_to_it(demand: JointDemand) -> None:
    offer(demand, "camden")
    vote(demand, "brent", on="camden")
    lead_choice.take_back(demand=demand, borough=of("camden"), by=approver_of("camden"))
    assert not LeadVote.objects.exists()
    with pytest.raises(IllegalMove, match="no open offer"):
        lead_choice.take_back(demand=demand, borough=of("camden"), by=approver_of("camden"))
    with pytest.raises(IllegalMove, match="no open offer"):
        vote(demand, "barnet", on="camden")


def test_a_long_note_is_refused(demand: JointDemand) -> None:
    with pytest.raises(NotAcceptable, match="2000 characters"):
        lead_choice.offer(demand=demand, borough=of("camden"), note="x" * 2001, by=approver_of("camden"))


@pytest.mark.django_db(transaction=True)
def test_two_last_votes_at_once_make_one_lead(demand: JointDemand) -> None:
    for slug in ("camden", "brent"):
        offer(demand, slug)
    vote(demand, "brent", on="camden")
    vote(demand, "camden", on="brent")
    first, second = approver_of("barnet"), approver_of("barnet")
    barnet, camden, brent = of("barnet"), of("camden"), of("brent")
    at_once(
        lambda: lead_choice.vote(demand=demand, candidate=camden, borough=barnet, agrees=True, by=first),
        lambda: lead_choice.vote(demand=demand, candidate=brent, borough=barnet, agrees=True, by=second),
    )
    # One after the other: the second takes over, and the first has left.
    leads, left = (ParticipationStep.objects.filter(verb=verb).count() for verb in ("LEADS", "LEFT_LEAD"))
    assert (leads, left) == (2, 1)
    assert lead_of(demand) in ("camden", "brent")
