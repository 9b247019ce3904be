"""Factories of the procurement app's models. Rows made here skip the actions: they set a scene, no more."""

import factory
from django.utils import timezone

from procurement.models import CalibrationFit, DemandMember, JointDemand, MatchRun
from tests.factories.boroughs import CategoryFactory, NeedFactory


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

    slope = 19.5
    offset = 9.66
    fitted_at = factory.LazyFunction(timezone.now)
    fitted_by = "test"
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
