"""When the matcher last finished, and what changed since."""

from datetime import timedelta

import pytest
from django.utils import timezone

from boroughs.models import Need, User
from procurement.actions import demands
from procurement.queries.freshness import Freshness, freshness
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import MatchRunFactory

pytestmark = pytest.mark.django_db


def test_nothing_is_known_before_the_first_run() -> None:
    NeedFactory()
    assert freshness() == Freshness(None, None, "", 0, 0)
    assert freshness().is_stale


def test_needs_that_changed_or_left_are_counted_once_each() -> None:
    joint_demand("camden", "brent")
    run = MatchRunFactory(engine_version="2.0")
    assert not freshness().is_stale
    NeedFactory(updated_at=timezone.now() + timedelta(seconds=1))
    NeedFactory(status=Need.Status.DRAFT, updated_at=timezone.now() + timedelta(seconds=1))
    gone = Need.objects.get(borough__slug="camden")
    Need.objects.filter(pk=gone.pk).update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())
    found = freshness()
    assert (found.run_id, found.engine_version, found.needs_changed, found.decisions_changed) == (run.pk, "2.0", 2, 0)
    assert found.is_stale


def test_decisions_taken_and_taken_back_are_counted(analyst: User) -> None:
    demand = joint_demand("camden", "brent", "barnet")
    MatchRunFactory(started_at=timezone.now())
    demands.confirm(demand=demand, by=analyst)
    assert freshness().decisions_changed == 2
    MatchRunFactory(started_at=timezone.now())
    assert freshness().decisions_changed == 0
    demands.reopen(demand=demand, by=analyst)
    assert freshness().decisions_changed == 2
