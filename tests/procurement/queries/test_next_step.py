"""What a joint demand's page tells its reader to do next."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from boroughs.models import Borough, Role, User
from procurement.models import Coalition, JointDemand, Participation
from procurement.queries.joint_demand import joint_demand_page, standings_on, with_members
from procurement.queries.next_step import NextStep, next_steps
from tests.conftest import person
from tests.factories.picture import joint_demand

pytestmark = pytest.mark.django_db

Stage = Participation.Stage


def steps(demand: JointDemand, user: User, *, newcomers: int = 0) -> list[NextStep]:
    row = with_members().get(pk=demand.pk)
    standings = standings_on(joint_demand_page(row, user), user)
    may_review = user.memberships.filter(role=Role.LOTI_ANALYST).exists()
    return list(next_steps(row, standings, may_review=may_review, newcomers=newcomers, today=timezone.localdate()))


def stand(demand: JointDemand, slug: str, stage: Stage, **fields: Any) -> None:
    joins = stage in Participation.JOINING
    fields = {"accepted_at": timezone.now(), "depth": "TENDER" if joins else ""} | fields
    Participation.objects.create(demand=demand, borough=Borough.objects.get(slug=slug), stage=stage, **fields)


def terms(demand: JointDemand, **fields: Any) -> None:
    due = timezone.localdate() + timedelta(days=30)
    given = {"quorum": 2, "depth": "TENDER", "decision_date": due, "if_missed": "END", "updated_at": timezone.now()}
    Coalition.objects.create(demand=demand, **given | fields)


def confirmed(*slugs: str) -> JointDemand:
    demand: JointDemand = joint_demand(*slugs, status=JointDemand.Status.CONFIRMED)
    return demand


def test_borough_that_has_not_answered_is_asked_to() -> None:
    demand = confirmed("camden", "brent")
    borough = Borough.objects.get(slug="camden")
    editor, reader = person(Role.BOROUGH_EDITOR, borough), person(Role.BOROUGH_READER, borough)
    (step,) = steps(demand, editor)
    assert (step.action, step.route, step.arguments) == (
        "Accept or decline",
        "demand-stand",
        (demand.reference, "camden"),
    )
    (step,) = steps(demand, reader)
    assert step.route == "demand-participation"
    assert "An editor or an approver answers" in step.words


def test_nothing_waits_for_a_borough_that_has_answered() -> None:
    demand = confirmed("camden", "brent")
    stand(demand, "camden", Stage.WATCHING)
    assert not steps(demand, person(Role.BOROUGH_APPROVER, Borough.objects.get(slug="camden")))


def test_approver_is_reminded_of_the_commitment_while_the_decision_is_open() -> None:
    demand = confirmed("camden", "brent")
    stand(demand, "camden", Stage.INTENDING)
    borough = Borough.objects.get(slug="camden")
    approver, editor = person(Role.BOROUGH_APPROVER, borough), person(Role.BOROUGH_EDITOR, borough)
    assert not steps(demand, approver)
    terms(demand)
    assert [step.action for step in steps(demand, approver)] == ["Commit, or say no"]
    assert not steps(demand, editor)
    Coalition.objects.update(decision_date=timezone.localdate() - timedelta(days=1))
    assert not steps(demand, approver)


def test_approver_answers_a_borough_that_offers_to_lead() -> None:
    demand = confirmed("camden", "brent")
    stand(demand, "camden", Stage.INTERESTED)
    stand(demand, "brent", Stage.INTERESTED, offered_at=timezone.now())
    approver = person(Role.BOROUGH_APPROVER, Borough.objects.get(slug="camden"))
    (step,) = steps(demand, approver)
    assert (step.route, step.arguments) == ("demand-vote", (demand.reference, "camden", "brent"))


def test_analyst_settles_first_and_sets_terms_then() -> None:
    demand = joint_demand("camden", "brent")
    stand(demand, "camden", Stage.INTERESTED)
    analyst = person(Role.LOTI_ANALYST)
    (step,) = steps(demand, analyst)
    assert (step.route, step.query) == ("demand-review", f"?demand={demand.reference}")
    JointDemand.objects.update(status=JointDemand.Status.CONFIRMED, confirmed_at=timezone.now())
    assert [step.route for step in steps(demand, analyst)] == ["demand-terms"]
    assert [step.query for step in steps(demand, analyst, newcomers=2)] == ["#members"]


def test_lead_answers_who_asked_and_closes_what_is_reached() -> None:
    demand = confirmed("camden", "brent", "hackney")
    lead = Borough.objects.get(slug="camden")
    approver = person(Role.BOROUGH_APPROVER, lead)
    terms(demand, lead=lead, lead_agreed_at=timezone.now())
    for slug in ("camden", "brent"):
        stand(demand, slug, Stage.COMMITTED, committed_by=approver)
    stand(demand, "hackney", Stage.INTERESTED, asked_stage=Stage.INTENDING, asked_depth="TENDER")
    words = [step.words for step in steps(demand, approver)]
    assert words == ["Hackney asked to join or to leave.", "The quorum is reached."]
    other = person(Role.BOROUGH_APPROVER, Borough.objects.get(slug="hackney"))
    assert [step.words for step in steps(demand, other)] == ["Hackney waits for the lead’s answer."]


def test_nothing_is_to_do_about_a_retired_one() -> None:
    demand = joint_demand("camden", "brent", status=JointDemand.Status.RETIRED, retired_at=timezone.now())
    assert not steps(demand, person(Role.BOROUGH_EDITOR, Borough.objects.get(slug="camden")))


def test_who_leads_is_told_that_the_quorum_is_out_of_reach(analyst: User) -> None:
    demand = confirmed("camden", "brent")
    terms(demand, quorum=5)
    (step,) = steps(demand, analyst)
    assert (step.words, step.action, step.route) == (
        "The quorum is 5, but only 2 boroughs are left.",
        "Set new terms",
        "demand-terms",
    )
    Coalition.objects.update(outcome=Coalition.Outcome.GONE_ON, outcome_at=timezone.now())
    assert steps(demand, analyst) == []
