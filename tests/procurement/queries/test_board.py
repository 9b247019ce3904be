"""The board's filters and orders, against the same asked of each notice one by one; and what a count may tell."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough
from procurement.models import DemandStage, Notice, NoticeVersion, PublicState
from procurement.queries import board, board_facets, board_figures, board_table, published
from procurement.queries.board_facets import LISTED, Filters
from procurement.queries.published_notice import PublishedNotice
from tests.factories import notices as scene
from tests.factories.board import spread
from tests.factories.boroughs import BoroughFactory, CategoryFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOON, tick=True):
        yield


def stamp() -> published.Stamp:
    return published.stamp(at=timezone.now())


def boroughs() -> list[Borough]:
    regions = ("North London", "South London Partnership", "")
    return [BoroughFactory(name=f"Borough {n:02}", sub_region=regions[n % 3]) for n in range(9)]


def many(count: int = 90) -> list[PublishedNotice]:
    spread(count, today=TODAY, boroughs=boroughs(), categories=[CategoryFactory(name=f"Kind {n}") for n in range(4)])
    return published.read(NoticeVersion.objects.whole(), at=timezone.now())


def answers(notice: PublishedNotice, filters: Filters) -> bool:
    """The filters as their words say them, without a table."""
    high = notice.budget_max_total
    low, end = (high.floor, (high.ceiling or 0) + (high.value is not None)) if high else (None, None)
    return (
        notice.state in (filters.states or LISTED)
        and notice.kind in (filters.kinds or Notice.Kind.values)
        and notice.stage in (filters.stages or DemandStage.values)
        and (not filters.categories or (notice.category and notice.category.slug in filters.categories))
        and (not filters.boroughs or any(each.slug in filters.boroughs for each in notice.boroughs))
        and (not filters.sub_regions or any(each.sub_region in filters.sub_regions for each in notice.boroughs))
        and (not filters.values or bool(set(board_facets.values_of(low, end)) & set(filters.values)))
        and (not filters.starts or board_facets.start_of(notice.start_date, today=TODAY) in filters.starts)
    )


def test_filters_and_counts_agree_with_each_notice_asked_by_itself() -> None:
    notices = many()
    table = board_table.table(stamp())
    slug = notices[0].boroughs[0].slug
    asked = [
        Filters(states=states, values=values, boroughs=named, stages=stages, starts=starts)
        for states, values, named, stages, starts in product(
            ((), (PublicState.OPEN,), (PublicState.CLOSED, PublicState.WITHDRAWN)),
            ((), ("to-1m", "not-published")),
            ((), (slug,)),
            ((), ("TERMS",)),
            ((), ("6-months", "not-said")),
        )
    ]
    for filters in asked:
        found = published.read(board.search(filters, stamp=stamp()), at=timezone.now())
        assert {each.reference for each in found} == {each.reference for each in notices if answers(each, filters)}
        for name, options in vars(table.options(filters)).items():
            for option in options if name not in ("quarters", "closings") else ():
                told = sum(bool(answers(each, replace(filters, **{name: (option.value,)}))) for each in notices)
                assert option.count == told, (filters, name, option)


def test_counts_keep_the_search() -> None:
    scene.publish(scene.confirmed_demand("Camden", "Brent", title="Parking permits"), kind=Notice.Kind.PLANNED)
    scene.publish(scene.confirmed_demand("Hackney", "Brent", title="Library loans"))
    listing = board.search(Filters(q="library"), stamp=stamp())
    assert {option.value: option.count for option in listing.options.kinds if option.count} == {"ENGAGEMENT": 1}
    assert {option.value: option.count for option in listing.options.boroughs if option.count} == {
        "brent": 1,
        "hackney": 1,
    }


@pytest.mark.parametrize(
    ("low", "high", "bands"),
    [
        (None, None, ["not-published"]),
        (0, 1, ["to-250k"]),
        (200_000, 250_000, ["to-250k"]),
        (200_000, 250_001, ["to-250k", "to-1m"]),
        (250_000, 300_000, ["to-1m"]),
        (950_000, 1_050_000, ["to-1m", "to-5m"]),
        (5_000_000, 5_000_001, ["above-5m"]),
    ],
)
def test_a_value_is_in_every_band_in_which_it_may_lie(low: int | None, high: int | None, bands: list[str]) -> None:
    assert list(board_facets.values_of(low, high)) == bands


@pytest.mark.parametrize(
    ("start", "window"),
    [
        (None, "not-said"),
        (date(2026, 11, 23), "passed"),
        (date(2026, 11, 24), "6-months"),
        (date(2027, 5, 23), "6-months"),
        (date(2027, 5, 24), "12-months"),
        (date(2027, 11, 24), "24-months"),
        (date(2028, 11, 24), "later"),
    ],
)
def test_a_start_is_in_one_window(start: date | None, window: str) -> None:
    assert board_facets.start_of(start, today=TODAY) == window


def test_orders() -> None:
    dates = scene.dates(TODAY + timedelta(days=5), TODAY + timedelta(days=9))
    later = scene.dates(TODAY + timedelta(days=5), TODAY + timedelta(days=19))
    scene.publish(scene.confirmed_demand(title="First"), start_date=date(2028, 1, 1), **later)
    scene.publish(scene.confirmed_demand(title="Second", budget_max=9_000_000), start_date=None, **dates)
    scene.publish(scene.confirmed_demand(title="Third", budget_max=1_000_000), start_date=date(2027, 1, 1), **dates)

    def titles(sort: str) -> list[str]:
        return [each.title for each in board.search(Filters(sort=sort), stamp=stamp())]

    assert titles("newest") == ["Third", "Second", "First"]
    assert titles("closing") == ["Third", "Second", "First"]
    assert titles("start") == ["Third", "First", "Second"]
    assert titles("value") == ["Second", "Third", "First"]


def test_the_start_that_has_passed_comes_after_those_to_come() -> None:
    scene.publish(scene.confirmed_demand(title="Passed"), start_date=TODAY - timedelta(days=3))
    scene.publish(scene.confirmed_demand(title="Coming"), start_date=TODAY + timedelta(days=300))
    assert [each.title for each in board.search(Filters(sort="start"), stamp=stamp())] == ["Coming", "Passed"]


# --- what a count may tell ----------------------------------------------------------------------------------------


def told() -> Any:
    """Everything that the board counts and orders, and the figures."""
    table = board_table.table(stamp())
    orders = [[each.title for each in board.search(Filters(sort=sort), stamp=stamp())] for sort in board_facets.SORTS]
    counts = [
        table.options(Filters(values=(value,))) for value in (*board_facets.VALUE_BANDS, board_facets.NOT_PUBLISHED)
    ]
    return orders, counts, board_figures.figures(table, today=TODAY)


@pytest.mark.parametrize(
    ("names", "one", "other"),
    [
        # Within one band, which is all that the notice shows of a total of three.
        (("Camden", "Brent", "Hackney"), 241_000, 244_000),
        # Of two boroughs nothing is shown, however much it is.
        (("Camden", "Brent"), 130_000, 90_000_000),
    ],
)
def test_no_count_tells_what_the_notice_does_not(names: tuple[str, ...], one: int, other: int) -> None:
    found = []
    for budget in (one, other):
        with rolled_back():
            scene.publish(scene.confirmed_demand(*names, title="Ledgers", budget_max=budget))
            scene.publish(scene.confirmed_demand(*names, title="Permits", budget_max=242_000))
            found.append(told())
        board_table._table.cache_clear()
    assert found[0] == found[1]


def test_counts_do_tell_what_the_notice_does() -> None:
    scene.publish(scene.confirmed_demand(budget_max=2_000_000))
    options = board.options(stamp())
    assert {option.value: option.count for option in options.values if option.count} == {"above-5m": 1}


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# --- cost ---------------------------------------------------------------------------------------------------------


def test_the_table_costs_two_queries_whatever_there_is(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    many(400)
    now = stamp()
    with django_assert_num_queries(2):
        board.options(now)
    with django_assert_num_queries(0):
        len(board.search(Filters(values=("to-1m",), sort="value"), stamp=now))
    with django_assert_num_queries(1):
        assert len(board.search(Filters(), stamp=now)[:20]) == 20
