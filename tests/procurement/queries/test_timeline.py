"""What the timeline shows of one start, of all, and of several."""

from datetime import date

import pytest

from procurement.picture.terms import RULES, Terms
from procurement.planning.situations import Prospects, Situation, month_of
from procurement.queries.joint_start import Member, Timing, WhatIf
from procurement.queries.timeline import timeline

TODAY = date(2026, 11, 29)


def member(slug: str, end: date | None, *options: int, latest: date | None = None, notice: int = 0) -> Member:
    terms = Terms(end, options, notice_months=notice) if end else None
    return Member(slug, slug.title(), (f"N-{slug}",), terms, None, latest)


def known(*members: Member, hidden: int = 0, agreed: date | None = None) -> Timing:
    """With so many boroughs that may not be read; these could start from January 2029 on."""
    unread = Situation("x", "X", earliest=date(2029, 1, 1))
    prospects = tuple(Prospects(unread, RULES, TODAY) for _ in range(hidden))
    return Timing(TODAY, TODAY, members, prospects, hidden, (), agreed, may_set_terms=False)


CAMDEN = member("camden", date(2028, 3, 31), 12, notice=6)
BRENT = member("brent", date(2028, 5, 31))
LAMBETH = member("lambeth", date(2034, 1, 31))
LATE = member("late", None, latest=date(2027, 1, 1))


def test_shown_start_is_the_best_the_agreed_or_the_one_asked_for() -> None:
    members = (CAMDEN, BRENT, LAMBETH)
    assert timeline(known(*members)).chosen.month == date(2028, 6, 1)
    assert timeline(known(*members, agreed=date(2029, 4, 15))).chosen.month == date(2029, 4, 1)
    asked = timeline(known(*members, agreed=date(2029, 4, 15)), month=month_of(date(2028, 4, 1)))
    assert asked.chosen.month == date(2028, 4, 1)


@pytest.mark.parametrize("agreed", [date(2027, 6, 1), date(2040, 1, 1)])
def test_agreed_start_that_is_not_looked_at_is_only_named(agreed: date) -> None:
    shown = timeline(known(CAMDEN, agreed=agreed))
    assert (shown.chosen.month, shown.agreed_start) == (date(2028, 4, 1), agreed)


def test_whoever_decides_first_stands_first_and_who_cannot_join_apart() -> None:
    shown = timeline(known(BRENT, CAMDEN, LAMBETH, LATE), month=month_of(date(2029, 4, 1)))
    assert [(row.name, row.decisions[0].by) for row in shown.chosen.joining] == [
        ("Camden", date(2027, 9, 30)),
        ("Brent", date(2028, 4, 1)),
    ]
    assert [row.name for row in shown.chosen.others] == ["Lambeth", "Late"]
    assert (shown.chosen.bridge, shown.chosen.double, shown.chosen.purchase_by) == (10, 0, date(2028, 4, 1))
    assert not any(row.is_flagged for row in shown.chosen.joining)
    assert shown.left_out == ("Late",)


def test_long_bridge_is_flagged_and_a_refused_one_is_not() -> None:
    shown = timeline(known(BRENT), month=month_of(date(2029, 7, 1)))
    assert shown.chosen.joining[0].is_flagged
    beyond = timeline(known(BRENT), month=month_of(date(2030, 7, 1)))
    assert not beyond.chosen.others[0].is_flagged


def test_curve_tells_who_fits_who_pays_and_three_or_more_unread() -> None:
    shown = timeline(known(CAMDEN, BRENT, hidden=3))
    points = {point.month: (point.fitting, point.costing, point.hidden) for point in shown.curve}
    assert points[date(2028, 4, 1)] == (1, 1, None)
    assert points[date(2028, 5, 1)] == (0, 2, None)
    assert points[date(2029, 1, 1)] == (0, 2, 3)
    assert len(points) == 36


def test_curve_reaches_the_start_that_is_asked_for() -> None:
    shown = timeline(known(CAMDEN), month=month_of(date(2034, 4, 1)))
    assert shown.curve[-1].month == date(2034, 4, 1)


def test_choices_name_the_months_in_which_so_many_could_join() -> None:
    shown = timeline(known(CAMDEN, BRENT))
    assert [(row.count, row.best, row.bridge, row.double) for row in shown.choices] == [
        (1, date(2028, 4, 1), 0, 0),
        (2, date(2028, 6, 1), 2, 0),
    ]
    # Both, until the longest bridge of the one without an option.
    assert shown.choices[1].spans == ((date(2027, 12, 1), date(2030, 6, 1)),)


def test_waves_name_who_joins_which_start() -> None:
    shown = timeline(known(CAMDEN, BRENT, LAMBETH))
    assert [(row.month, row.names, row.bridge, row.double) for row in shown.waves] == [
        (date(2028, 6, 1), ("Brent", "Camden"), 2, 0),
        (date(2034, 2, 1), ("Lambeth",), 0, 0),
    ]


def test_what_if_shows_the_plan_with_and_without_it() -> None:
    shown = timeline(known(CAMDEN, BRENT, LAMBETH), what_if=WhatIf("lambeth", date(2028, 5, 31)))
    assert shown.moved is not None
    assert (shown.moved.name, shown.moved.ends, shown.moved.then) == ("Lambeth", date(2034, 1, 31), date(2028, 5, 31))
    assert (shown.moved.before.joining, shown.moved.before.waves) == (2, (date(2028, 6, 1), date(2034, 2, 1)))
    assert (shown.summary.joining, shown.summary.waves) == (3, (date(2028, 6, 1),))
    assert {row.name for row in shown.chosen.joining if row.is_moved} == {"Lambeth"}
    assert timeline(known(CAMDEN)).moved is None
