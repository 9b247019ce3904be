"""Factories of the procurement app's models. Rows made here skip the actions: they set a scene, no more."""

import factory
from django.utils import timezone

from boroughs.models import Need
from procurement.matching import ENGINE_VERSION
from procurement.models import (
    CalibrationFit,
    Coalition,
    DemandMember,
    Experience,
    JointDemand,
    LeadVote,
    MatchRun,
    Participation,
    ParticipationStep,
    SavingsEstimate,
)
from tests.factories.boroughs import BoroughFactory, CategoryFactory, NeedFactory, UserFactory

Stage = Participation.Stage


class MatchRunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MatchRun

    status = MatchRun.Status.FINISHED
    started_at = factory.LazyFunction(timezone.now)
    finished_at = factory.LazyFunction(timezone.now)
    owner = "test"


class CalibrationFitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CalibrationFit

    slope = 10.4
    offset = -7.3
    fitted_at = factory.LazyFunction(timezone.now)
    fitted_by = "test"
    engine_version = ENGINE_VERSION
    answers = 61


class JointDemandFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = JointDemand

    reference = factory.Sequence(lambda n: f"JD-{9000 + n}")
    title = factory.Sequence(lambda n: f"Joint demand {n}")
    category = factory.SubFactory(CategoryFactory)
    status = JointDemand.Status.SUGGESTED
    created_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)
    confirmed_at = factory.LazyAttribute(
        lambda demand: timezone.now() if demand.status == JointDemand.Status.CONFIRMED else None
    )


class DemandMemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DemandMember

    demand = factory.SubFactory(JointDemandFactory)
    need = factory.SubFactory(NeedFactory)
    strength = 0.6
    band = DemandMember.Band.STRONG
    reasons = [{"code": "category", "words": "Both want the same category", "weight": 0.4}]


class CoalitionFactory(factory.django.DjangoModelFactory):
    """Without terms and without a lead; with a `lead`, agreed now."""

    class Meta:
        model = Coalition

    demand = factory.SubFactory(JointDemandFactory)
    updated_at = factory.LazyFunction(timezone.now)
    lead_agreed_at = factory.LazyAttribute(lambda coalition: timezone.now() if coalition.lead else None)
    lead = None


class ParticipationFactory(factory.django.DjangoModelFactory):
    """Where it stands by `stage`; what the database asks of each stage comes with it."""

    class Meta:
        model = Participation

    demand = factory.SubFactory(JointDemandFactory)
    borough = factory.SubFactory(BoroughFactory)
    stage = Stage.WATCHING
    depth = factory.LazyAttribute(lambda row: Need.Depth.TENDER if row.stage in Participation.JOINING else "")
    reason = factory.LazyAttribute(
        lambda row: Participation.DeclineReason.TIMING if row.stage == Stage.DECLINED else ""
    )
    accepted_at = factory.LazyAttribute(
        lambda row: None if row.stage in (Stage.SUGGESTED, Stage.DECLINED) else timezone.now()
    )
    moved_at = factory.LazyAttribute(lambda row: None if row.stage == Stage.SUGGESTED else timezone.now())
    committed_by = factory.LazyAttribute(lambda row: UserFactory() if row.stage == Stage.COMMITTED else None)


class ParticipationStepFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ParticipationStep

    demand_reference = "JD-0001"
    borough_slug = "camden"
    verb = ParticipationStep.Verb.MOVED
    from_stage = Stage.SUGGESTED
    to_stage = Stage.WATCHING
    at = factory.LazyFunction(timezone.now)
    by = factory.Sequence(lambda n: f"approver{n}@example.org")
    role = "Borough approver, Camden"


class LeadVoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LeadVote

    demand = factory.SubFactory(JointDemandFactory)
    candidate = factory.SubFactory(BoroughFactory)
    borough = factory.SubFactory(BoroughFactory)
    agrees = True
    given_at = factory.LazyFunction(timezone.now)
    given_by = factory.SubFactory(UserFactory)


class ExperienceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Experience

    borough = factory.SubFactory(BoroughFactory)
    category = factory.SubFactory(CategoryFactory)
    bought = factory.Sequence(lambda n: f"Purchase {n}")
    worked = "A pilot in one service first."
    contact_role = "Head of housing systems"
    written_at = factory.LazyFunction(timezone.now)
    written_by = factory.SubFactory(UserFactory)
    updated_at = factory.LazyFunction(timezone.now)


class SavingsEstimateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SavingsEstimate

    demand = factory.SubFactory(JointDemandFactory)
    method = SavingsEstimate.Method.TENDERS
    assumptions = {"tenders": 2, "cost_low": 20_000, "cost_high": 40_000}
    low = 40_000
    high = 80_000
    estimated_at = factory.LazyFunction(timezone.now)
    estimated_by = factory.SubFactory(UserFactory)
