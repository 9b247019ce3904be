"""What a snapshot reads of what came of joint demands: answers, outcomes, savings, and what suppliers did."""

from datetime import timedelta

import pytest
from django.utils import timezone

from boroughs.models import Borough, Need
from procurement.models import Coalition, JointDemand, LineageEvent, Participation, SavingsEstimate
from procurement.picture import facts
from procurement.queries import picture_facts
from tests.factories import interests, questions
from tests.factories import notices as scene
from tests.factories.picture import joint_demand
from tests.factories.procurement import (
    CoalitionFactory,
    ParticipationFactory,
    ParticipationStepFactory,
    SavingsEstimateFactory,
)

pytestmark = pytest.mark.django_db


def test_when_a_borough_was_asked_and_when_it_first_answered() -> None:
    demand = joint_demand("camden", "brent")
    needs = {need.borough.slug: need.reference for need in Need.objects.select_related("borough")}
    now = timezone.now()
    joined = LineageEvent.Kind.CREATED
    LineageEvent.objects.create(demand=demand, at=now - timedelta(days=9), kind=joined, joined=sorted(needs.values()))
    for slug, stage in (("camden", Participation.Stage.INTERESTED), ("brent", Participation.Stage.SUGGESTED)):
        ParticipationFactory(demand=demand, borough=Borough.objects.get(slug=slug), stage=stage)
    step = {"demand_reference": demand.reference, "borough_slug": "camden"}
    first = ParticipationStepFactory(at=now - timedelta(days=4), **step)
    ParticipationStepFactory(from_stage="WATCHING", to_stage="INTERESTED", at=now, **step)

    (read,) = picture_facts.read().demands

    assert {member.since for member in read.members} == {now - timedelta(days=9)}
    assert [(each.borough, each.answered_at) for each in read.stances] == [("brent", None), ("camden", first.at)]


def test_outcome_is_kept_when_the_joint_demand_has_left_the_picture() -> None:
    demand = joint_demand("camden", "brent", title="Fleet")
    references = sorted(Need.objects.values_list("reference", flat=True))
    LineageEvent.objects.create(demand=demand, at=timezone.now(), kind=LineageEvent.Kind.CREATED, joined=references)
    coalition = CoalitionFactory(demand=demand, outcome=Coalition.Outcome.REACHED, outcome_at=timezone.now())
    brent = Borough.objects.get(slug="brent")
    ParticipationFactory(demand=demand, borough=brent, stage=Participation.Stage.COMMITTED)
    estimate = SavingsEstimateFactory(demand=demand, realised=-5, realised_note="x", realised_at=timezone.now())
    SavingsEstimateFactory(demand=demand, withdrawn_at=timezone.now())
    demand.members.all().delete()
    JointDemand.objects.update(status=JointDemand.Status.RETIRED, retired_at=timezone.now())

    read = picture_facts.read()

    assert read.demands == ()
    (result,) = read.results
    assert (result.demand, result.title, result.outcome) == (demand.reference, "Fleet", "REACHED")
    assert (result.decided_at, result.committed) == (coalition.outcome_at, ("brent",))
    assert list(result.needs) == references
    assert result.savings == (
        facts.Saving(SavingsEstimate.Method.TENDERS, 40_000, 80_000, estimate.estimated_at, -5, estimate.realised_at),
    )


def test_joint_demand_of_which_nothing_came_yet_is_no_result() -> None:
    CoalitionFactory(demand=joint_demand("camden", "brent"))

    assert picture_facts.read().results == ()


def test_interest_is_counted_by_organisation() -> None:
    notice = scene.publish().notice
    interests.show(notice, "a@supplier.example", organisation="Quill Ltd")
    interests.show(notice, "b@supplier.example", organisation="QUILL LIMITED", is_sme=True)
    interests.show(notice, "c@supplier.example", organisation="Orbit plc", is_sme=False)

    (read,) = picture_facts.read().notices

    assert read.interest == facts.Interest(suppliers=2, smes=1, others=1)


def test_questions_without_who_asked_or_what() -> None:
    notice = scene.publish().notice
    answered = questions.ask(notice, "Which identity provider?", "a@supplier.example")
    questions.publish(answered)
    waiting = questions.ask(notice, "When does it start?", "b@supplier.example")
    answered.refresh_from_db()

    (read,) = picture_facts.read().notices

    assert read.questions == (
        facts.Question(answered.confirmed_at, "ANSWERED", answered.changed_at),
        facts.Question(waiting.confirmed_at, "WAITING", None),
    )
    assert "supplier.example" not in repr(read)
