"""The board in memory: of every current version, which values of which filter it has.

For each value of each filter there is a mask with one truth for each version, so that the list, and the number beside
each option with the other filters kept, are a few operations on bits and no query. Ten thousand notices take some two
megabytes. A process keeps the table of one state of the board, which its stamp names, and reads it anew when something
is published or the day changes: two queries.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from django.db.models import OuterRef, Subquery
from numpy.typing import NDArray

from boroughs.models import Category
from procurement.models import DemandStage, Notice, NoticeVersion, PublicState, state_on
from procurement.queries import board_facets
from procurement.queries.board_facets import (
    FACETS,
    LISTED,
    NOT_PUBLISHED,
    NOT_SAID,
    PASSED,
    START_WINDOWS,
    VALUE_BANDS,
    Filters,
    Option,
    Options,
)
from procurement.queries.published import Stamp

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]
# Sorts behind every day and every value.
_LAST = np.iinfo(np.int64).max


class Row(NamedTuple):
    """What a version says of itself in columns."""

    pk: int
    kind: str
    stage: str
    category: str
    start_date: date | None
    value_low: int | None
    value_high: int | None
    questions_close_date: date
    closes_date: date
    is_withdrawal: bool
    first_published_at: datetime
    category_name: str | None


@dataclass(frozen=True)
class Table:
    """Positions are the same in every array: those of `keys`."""

    keys: Numbers
    # Filter → value → which versions have it; the values in the order in which they are offered.
    masks: Mapping[str, Mapping[str, Mask]]
    # Filter → value → its words.
    words: Mapping[str, Mapping[str, str]]
    # Order → positions, first to last.
    orders: Mapping[str, Numbers]
    # What the value is at least and at most, in pounds; −1 where none is published.
    value_low: Numbers
    value_high: Numbers
    start_dates: tuple[date | None, ...]

    @cached_property
    def offered(self) -> Options:
        """What the filters offer, when none is set."""
        return self.options(Filters())

    def passing(self, filters: Filters, *, beside: str = "") -> Mask:
        """Which versions the filters let through, all of them but one, where one is named."""
        passed = np.ones(len(self.keys), dtype=np.bool_)
        for facet in FACETS:
            if facet == beside:
                continue
            chosen: Iterable[str] = getattr(filters, facet)
            if facet == "states":
                chosen = chosen or LISTED
            if chosen:
                passed &= self.having(facet, chosen)
        return passed

    def having(self, facet: str, values: Iterable[str]) -> Mask:
        """Which versions have any of the values."""
        found = np.zeros(len(self.keys), dtype=np.bool_)
        for value in values:
            found |= self.masks[facet].get(value, False)
        return found

    def options(self, filters: Filters, *, answers: Mask | None = None) -> Options:
        """Every value of every filter, with the number that choosing it gives while the other filters stay as they are.

        `answers` says which versions answer the search.
        """
        return Options(**{facet: self._options(facet, filters, answers) for facet in FACETS})

    def _options(self, facet: str, filters: Filters, answers: Mask | None) -> tuple[Option, ...]:
        passed = self.passing(filters, beside=facet)
        if answers is not None:
            passed = passed & answers
        return tuple(
            Option(value, self.words[facet][value], int(np.count_nonzero(mask & passed)))
            for value, mask in self.masks[facet].items()
        )

    def positions(self, order: str, passed: Mask) -> Numbers:
        """Where the versions that passed are, in an order."""
        every = self.orders[order]
        return every[passed[every]]


def table(stamp: Stamp) -> Table:
    """The board in the state that the stamp names. Two queries; none where this process has it."""
    # Not its token: a question that waits changes a page, and nothing here.
    return _table(stamp.head, stamp.day)


# One for today, and one for a request that began before midnight or before the last publication.
@lru_cache(maxsize=2)
def _table(_head: str, day: date) -> Table:
    rows = _rows()
    keys = _numbers(row.pk for row in rows)
    named = _Named()
    for pk, *borough in _links():
        named.add(pk, *borough)
    words = _words(rows) | {"boroughs": named.boroughs, "sub_regions": named.sub_regions}
    values: dict[str, list[tuple[str, ...]]] = {
        "states": [(_state(row, day),) for row in rows],
        "kinds": [(row.kind,) for row in rows],
        "stages": [(row.stage,) for row in rows],
        "categories": [(row.category,) for row in rows],
        "values": [tuple(board_facets.values_of(row.value_low, row.value_high)) for row in rows],
        "starts": [(board_facets.start_of(row.start_date, today=day),) for row in rows],
        "quarters": [(board_facets.quarter_of(row.start_date),) if row.start_date else () for row in rows],
        "closings": [(board_facets.month_of(row.closes_date),) for row in rows],
    }
    values["boroughs"] = [tuple(named.by_version.get(row.pk, ())) for row in rows]
    values["sub_regions"] = [tuple({named.region[slug] for slug in named.by_version.get(row.pk, ())}) for row in rows]
    return Table(
        keys=keys,
        masks={facet: _masks(each, words[facet]) for facet, each in values.items()},
        words=words,
        orders=_orders(rows, keys, day),
        value_low=_numbers((row.value_low for row in rows), missing=-1),
        value_high=_numbers((row.value_high for row in rows), missing=-1),
        start_dates=tuple(row.start_date for row in rows),
    )


def _rows() -> list[Row]:
    return [
        Row(*each)
        for each in NoticeVersion.objects.current()
        .order_by("pk")
        .values_list(
            "pk",
            "kind",
            "stage",
            "category_slug",
            "start_date",
            "value_low",
            "value_high",
            "questions_close_date",
            "closes_date",
            "is_withdrawal",
            "current_of__published_at",
            Subquery(Category.objects.filter(slug=OuterRef("category_slug")).values("name")[:1]),
        )
    ]


@dataclass
class _Named:
    """The boroughs that versions name, by slug, in the order of their names."""

    by_version: dict[int, list[str]] = field(default_factory=dict)
    boroughs: dict[str, str] = field(default_factory=dict)
    region: dict[str, str] = field(default_factory=dict)

    def add(self, pk: int, slug: str, name: str, region: str) -> None:
        self.by_version.setdefault(pk, []).append(slug)
        self.boroughs[slug] = name
        self.region[slug] = region

    @property
    def sub_regions(self) -> dict[str, str]:
        return {region: region for region in sorted(set(self.region.values()) - {""})}


def _links() -> Iterable[tuple[int, str, str, str]]:
    through = NoticeVersion.boroughs.through._default_manager
    return (
        through.filter(noticeversion__current_of__isnull=False)
        .order_by("borough__name")
        .values_list("noticeversion_id", "borough__slug", "borough__name", "borough__sub_region")
    )


def _words(rows: Sequence[Row]) -> dict[str, dict[str, str]]:
    """The values of each filter in the order in which they are offered, with their words."""
    categories = {row.category: row.category_name for row in rows if row.category_name}
    quarters = sorted({board_facets.quarter_of(row.start_date) for row in rows if row.start_date})
    months = sorted({board_facets.month_of(row.closes_date) for row in rows})
    return {
        "states": dict(PublicState.choices),
        "kinds": dict(Notice.Kind.choices),
        "stages": dict(DemandStage.choices),
        "categories": dict(sorted(categories.items(), key=lambda each: each[1])),
        "values": {name: band[0] for name, band in VALUE_BANDS.items()} | {NOT_PUBLISHED: "Not published"},
        "starts": {name: window[0] for name, window in START_WINDOWS.items()}
        | {PASSED: "Date has passed", NOT_SAID: "Not said"},
        "quarters": {quarter: board_facets.quarter_words(quarter) for quarter in quarters},
        "closings": {month: board_facets.month_words(month) for month in months},
    }


def _masks(values: Sequence[tuple[str, ...]], words: Mapping[str, str]) -> dict[str, Mask]:
    found = {value: np.zeros(len(values), dtype=np.bool_) for value in words}
    for place, own in enumerate(values):
        for value in own:
            if value in found:
                found[value][place] = True
    return found


def _orders(rows: Sequence[Row], keys: Numbers, day: date) -> dict[str, Numbers]:
    """Of what is alike the newer key comes first."""
    newest = -_numbers(int(row.first_published_at.timestamp() * 1_000_000) for row in rows)
    closing = _numbers(row.closes_date.toordinal() for row in rows)
    start = _numbers((row.start_date.toordinal() if row.start_date else None for row in rows), missing=_LAST)
    value = -_numbers((row.value_high for row in rows), missing=-1)
    today = day.toordinal()
    return {
        "newest": np.lexsort((-keys, newest)),
        "changed": np.lexsort((-keys,)),
        # What is past stands behind what is to come.
        "closing": np.lexsort((-keys, closing, closing < today)),
        "start": np.lexsort((-keys, start, (start < today) | (start == _LAST), start == _LAST)),
        "value": np.lexsort((-keys, value)),
    }


def _numbers(values: Iterable[int | None], *, missing: int = 0) -> Numbers:
    return np.array([missing if value is None else value for value in values], dtype=np.int64)


def _state(row: Row, day: date) -> str:
    return state_on(
        day,
        is_withdrawn=row.is_withdrawal,
        questions_close_date=row.questions_close_date,
        closes_date=row.closes_date,
    ).value
