"""The frozen read model: what the board finds, in which order and state, and what a version says."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import User
from procurement.actions import notices
from procurement.models import PublicState
from procurement.queries import board, published
from procurement.queries.board_facets import Filters
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOON, tick=True):
        yield


def found(filters: Filters, at: datetime = NOON) -> list[str]:
    return [notice.title for notice in published.read(board.search(filters, stamp=published.stamp(at=at)), at=at)]


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


# --- state by the clock -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ("2026-12-01 23:59:59", PublicState.OPEN),
        ("2026-12-02 00:00:00", PublicState.QUESTIONS_CLOSED),
        ("2026-12-08 23:59:59", PublicState.QUESTIONS_CLOSED),
        ("2026-12-09 00:00:00", PublicState.CLOSED),
    ],
)
def test_state_follows_the_london_clock_in_the_row_and_in_the_database(at: str, state: PublicState) -> None:
    scene.publish(**scene.dates(date(2026, 12, 1), date(2026, 12, 8)))
    moment = timezone.make_aware(datetime.fromisoformat(at))
    (notice,) = published.read(board.search(Filters(), stamp=published.stamp(at=moment)), at=moment)
    assert notice.state == state
    assert found(Filters(states=(state,)), at=moment) == ["Housing repairs"]
    assert found(Filters(states=tuple(set(PublicState) - {state})), at=moment) == []
    assert {
        option.value: option.count for option in board.options(published.stamp(at=moment)).states if option.count
    } == {state: 1}


def test_state_in_summer_changes_at_midnight_in_london_not_in_utc() -> None:
    scene.publish(**scene.dates(date(2027, 7, 1), date(2027, 7, 1)))
    before = datetime.fromisoformat("2027-07-01T22:59:59+00:00")
    assert found(Filters(states=(PublicState.OPEN,)), at=before) == ["Housing repairs"]
    assert found(Filters(states=(PublicState.OPEN,)), at=before + timedelta(seconds=1)) == []


def test_withdrawn_notice_leaves_the_list_and_keeps_its_page(analyst: User) -> None:
    version = scene.publish()
    scene.withdraw(version.notice, "Why.")
    assert found(Filters()) == []
    assert found(Filters(states=(PublicState.WITHDRAWN,))) == ["Housing repairs"]
    notice = published.notice(version.notice.reference, at=NOON)
    assert notice is not None
    assert (notice.state, notice.reason, notice.number) == (PublicState.WITHDRAWN, "Why.", 2)


# --- search and filters -------------------------------------------------------------------------------------------


def test_search_does_not_see_the_working_copy_or_drafts() -> None:
    version = scene.publish()
    type(version.notice).objects.filter(pk=version.notice_id).update(title="Zebra")
    scene.draft(scene.confirmed_demand(title="Secret zebra"))
    assert found(Filters(q="zebra")) == []
    assert found(Filters()) == ["Housing repairs"]


def test_filters_choose_by_borough_part_of_london_category_and_kind() -> None:
    scene.borough("Camden", sub_region="Central")
    scene.borough("Sutton", sub_region="South")
    scene.publish(scene.confirmed_demand("Camden", "Brent", title="One"), kind="PIPELINE")
    scene.publish(scene.confirmed_demand("Sutton", "Brent", title="Two"))
    assert found(Filters(boroughs=("camden",))) == ["One"]
    # A notice that two chosen boroughs take part in stands once.
    assert found(Filters(boroughs=("camden", "brent"))) == ["Two", "One"]
    assert found(Filters(sub_regions=("South",))) == ["Two"]
    assert found(Filters(kinds=("PIPELINE",))) == ["One"]
    assert found(Filters(categories=("housing-repairs",))) == ["Two", "One"]
    assert found(Filters(categories=("other",))) == []


def test_sort_by_closing_date_puts_closed_notices_last() -> None:
    scene.publish(scene.confirmed_demand(title="Late"), **scene.dates(day(1), day(20)))
    scene.publish(scene.confirmed_demand(title="Past"), **scene.dates(day(0), day(0)))
    scene.publish(scene.confirmed_demand(title="Soon"), **scene.dates(day(1), day(5)))
    tomorrow = NOON + timedelta(days=1)
    assert found(Filters(sort="closing"), at=tomorrow) == ["Soon", "Late", "Past"]
    assert found(Filters(sort="newest"), at=tomorrow) == ["Soon", "Past", "Late"]


def test_options_count_notices_once_for_each_value() -> None:
    scene.borough("Camden", sub_region="Central")
    scene.borough("Brent", sub_region="Central")
    scene.publish()
    options = board.options(published.stamp(at=NOON))
    assert [(option.label, option.count) for option in options.sub_regions] == [("Central", 1)]
    assert {option.value: option.count for option in options.boroughs} == {"brent": 1, "camden": 1, "hackney": 1}
    assert [(option.value, option.count) for option in options.categories] == [("housing-repairs", 1)]


def test_reading_a_list_costs_the_same_for_one_and_for_many(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    scene.publish_many(4)
    stamp = published.stamp(at=NOON)
    with django_assert_num_queries(2):
        board.options(stamp)
    with django_assert_num_queries(1):
        assert len(published.read(board.search(Filters(), stamp=stamp), at=NOON)) == 4


# --- versions -----------------------------------------------------------------------------------------------------


def test_version_says_what_was_published_then(analyst: User) -> None:
    first = scene.publish()
    scene.withdraw(first.notice, "Why.")
    reference = first.notice.reference
    old = published.version(reference, 1, at=NOON)
    assert old is not None
    assert (old.is_current, old.state, old.digest) == (False, PublicState.OPEN, first.digest)
    assert [version.number for version in published.versions(reference, at=NOON)] == [2, 1]
    assert published.version(reference, 3, at=NOON) is None


@pytest.mark.parametrize("reference", ["", "NT-", "NT-9999", "nt-0001", "NT-0001\x00", "NT-" + "9" * 50, "'"])
def test_notice_is_none_for_what_never_was(reference: str) -> None:
    scene.publish()
    assert published.notice(reference, at=NOON) is None or reference == "NT-0001"


def test_preview_is_what_publication_freezes(second_analyst: User) -> None:
    notice = scene.proposed()
    preview = published.preview(notice, at=NOON)
    notices.publish(notice=notice, by=second_analyst)
    shown = published.notice(notice.reference, at=NOON)
    assert shown is not None
    ours = {"published_at", "first_published_at", "digest", "version_id", "is_current"}
    assert {name: value for name, value in vars(preview).items() if name not in ours} == {
        name: value for name, value in vars(shown).items() if name not in ours
    }


def test_stamp_changes_with_a_publication_and_at_midnight() -> None:
    empty = published.stamp(at=NOON)
    scene.publish()
    after = published.stamp(at=NOON)
    assert len({empty.token, after.token, published.stamp(at=NOON + timedelta(days=1)).token}) == 3
    assert after.changed_at > empty.changed_at
    assert published.stamp(at=NOON + timedelta(hours=11, minutes=59)).token == after.token
