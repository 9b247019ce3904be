"""The board in figures: what is published about each category, where, and when it comes.

All of it is counted from what the versions publish. A sum of values is given only where each notice publishes one, and
then as wide as the bands that it is made of: it says nothing that adding up the notices by hand would not say.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from boroughs.models import Borough
from boroughs.queries.renewal_dates import months_after
from procurement.queries.board_facets import (
    COMING,
    NOT_SAID,
    PASSED,
    Filters,
    Options,
    month_of,
    month_words,
    quarter_of,
    quarter_words,
)
from procurement.queries.board_table import Mask, Table

# So far ahead a period without a notice has its place, too.
QUARTERS = 8
MONTHS = 12


@dataclass(frozen=True)
class BoroughCount:
    """One of the 33, and where it is on the map of tiles."""

    slug: str
    name: str
    abbreviation: str
    row: int
    column: int
    count: int


@dataclass(frozen=True)
class Period:
    """A quarter or a month, or what has none. `value` is that of the board's filter."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Coming:
    """What comes when. Periods follow each other without a gap, from the present one."""

    starts: tuple[Period, ...]
    closings: tuple[Period, ...]
    # Values of the filter `start`.
    passed: int
    not_said: int


@dataclass(frozen=True)
class CategoryFigures:
    slug: str
    name: str
    notices: int
    authorities: int
    # Notices that publish a value; the sum is there only where all of them do.
    valued: int
    low: int | None
    high: int | None
    # Of those that are still to come.
    next_start: date | None


@dataclass(frozen=True)
class BoardFigures:
    notices: int
    authorities: int
    valued: int
    categories: tuple[CategoryFigures, ...]
    coming: Coming


def by_borough(options: Options) -> tuple[BoroughCount, ...]:
    """The number of notices that name each of the 33, by name, as the filter of boroughs counts them. One query."""
    counts = {option.value: option.count for option in options.boroughs}
    places = Borough.objects.london().by_name()
    return tuple(
        BoroughCount(
            slug=borough.slug,
            name=borough.name,
            abbreviation=borough.abbreviation,
            row=borough.tile_row or 0,
            column=borough.tile_column or 0,
            count=counts.get(borough.slug, 0),
        )
        for borough in places
    )


def figures(table: Table, *, today: date) -> BoardFigures:
    """Of the notices that are still open."""
    is_open = table.passing(Filters(states=COMING))
    categories = tuple(
        _category(table, slug, mask & is_open, today=today)
        for slug, mask in table.masks["categories"].items()
        if (mask & is_open).any()
    )
    return BoardFigures(
        notices=int(np.count_nonzero(is_open)),
        authorities=_authorities(table, is_open),
        valued=int(np.count_nonzero(is_open & (table.value_low >= 0))),
        categories=categories,
        coming=coming(table, is_open, today=today),
    )


def coming(table: Table, passed: Mask, *, today: date) -> Coming:
    """When what passed the filters starts and closes."""
    starts = {value: int(np.count_nonzero(mask & passed)) for value, mask in table.masks["starts"].items()}
    quarters = [months_after(today.replace(day=1), 3 * place) for place in range(QUARTERS)]
    months = [months_after(today.replace(day=1), place) for place in range(MONTHS)]
    return Coming(
        starts=_row(table, "quarters", passed, {quarter_of(day): quarter_words(quarter_of(day)) for day in quarters}),
        closings=_row(table, "closings", passed, {month_of(day): month_words(month_of(day)) for day in months}),
        passed=starts[PASSED],
        not_said=starts[NOT_SAID],
    )


def _category(table: Table, slug: str, mask: Mask, *, today: date) -> CategoryFigures:
    notices = int(np.count_nonzero(mask))
    valued = mask & (table.value_low >= 0)
    is_whole = bool(notices) and int(np.count_nonzero(valued)) == notices
    starts = (table.start_dates[place] for place in np.flatnonzero(mask))
    ahead = [start for start in starts if start and start >= today]
    return CategoryFigures(
        slug=slug,
        name=table.words["categories"][slug],
        notices=notices,
        authorities=_authorities(table, mask),
        valued=int(np.count_nonzero(valued)),
        low=int(table.value_low[mask].sum()) if is_whole else None,
        high=int(table.value_high[mask].sum()) if is_whole else None,
        next_start=min(ahead, default=None),
    )


def _authorities(table: Table, passed: Mask) -> int:
    return sum(bool((mask & passed).any()) for mask in table.masks["boroughs"].values())


def _row(table: Table, facet: str, passed: Mask, near: dict[str, str]) -> tuple[Period, ...]:
    """The near periods, up to the last with a notice, and whatever comes later."""
    masks, first = table.masks[facet], min(near)
    counts = {value: int(np.count_nonzero(mask & passed)) for value, mask in masks.items() if value >= first}
    used = [value for value, count in counts.items() if count]
    values = [value for value in near if used and value <= max(used)]
    values += [value for value in used if value > max(near)]
    words = near | dict(table.words[facet])
    return tuple(Period(value, words[value], counts.get(value, 0)) for value in values)
