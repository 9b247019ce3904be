"""How the matcher has done."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from procurement.models import Decision
from procurement.queries.matcher_record import Answers, RecordRow, matcher_record
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import MatchRunFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def answer(verdict: str = "TOGETHER", **fields: Any) -> None:
    first = NeedFactory()
    second = NeedFactory(borough=first.borough, category=first.category)
    given = {"score": 0.5, "band": "LIKELY", "engine_version": "2.0", "decided_at": NOW} | fields
    Decision.objects.create(
        first=first, second=second, verdict=verdict, demand_reference="JD-1", decided_by="x", **given
    )


def row(version: str, band: str) -> RecordRow:
    (found,) = [each for each in matcher_record().rows if (each.engine_version, each.band) == (version, band)]
    return found


def test_answers_are_told_by_engine_and_band() -> None:
    MatchRunFactory(engine_version="2.0", needs_count=4, matched_count=2)
    joint_demand("camden", "brent")
    answer(decided_at=NOW - timedelta(days=3))
    answer("APART")
    answer()
    answer("APART", engine_version="1.0", band="STRONG", decided_at=NOW - timedelta(days=200))
    # Not an answer, and not standing.
    answer(score=None, band=None, engine_version=None)
    answer(undone_at=NOW)

    assert [each.engine_version for each in matcher_record().rows] == ["2.0"] * 3 + ["1.0"] * 3
    likely = row("2.0", "LIKELY")
    assert (likely.answers, likely.suggested) == (Answers(2, 1), 3)
    assert likely.since == NOW - timedelta(days=3)
    # Two members wait for an answer.
    assert (row("2.0", "STRONG").waiting, row("2.0", "STRONG").suggested) == (2, 2)
    assert (row("1.0", "STRONG").waiting, row("1.0", "STRONG").answers) == (0, Answers(0, 1))
    assert row("1.0", "POSSIBLE").since is None


def test_drift_parts_the_last_90_days_from_before() -> None:
    answer()
    answer("APART")
    answer(decided_at=NOW - timedelta(days=91))
    record = matcher_record()
    assert (record.recent, record.before) == (Answers(1, 1), Answers(1, 0))
    assert record.recent.share_right == 0.5
    assert Answers(0, 0).share_right is None


def test_days_show_their_last_run_the_oldest_first() -> None:
    for days, matched in ((2, 1), (1, 2), (1, 3)):
        at = NOW - timedelta(days=days)
        MatchRunFactory(started_at=at, finished_at=at, needs_count=10, matched_count=matched)
    MatchRunFactory(needs_count=0)
    assert [each.share for each in matcher_record().days] == [0.1, 0.3]


def test_nothing_is_known_without_runs_and_answers() -> None:
    record = matcher_record()
    assert (record.rows, record.days, record.recent.count) == ((), (), 0)
    assert record.in_force.is_shipped


def test_queries_do_not_grow() -> None:
    with CaptureQueriesContext(connection) as few:
        matcher_record()
    for number in range(5):
        answer(engine_version=str(number))
        MatchRunFactory(needs_count=1)
    with CaptureQueriesContext(connection) as many:
        matcher_record()
    assert len(few) == len(many) == 5
