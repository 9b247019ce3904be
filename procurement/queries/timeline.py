"""What the timeline of a joint demand shows: one start in full, all in figures, several where one is not enough.

Drawn from what the reader may know (procurement/queries/joint_start.py) by the planner, with its words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from procurement.picture.terms import RULES
from procurement.planning.explain import Decision, decisions, reason
from procurement.planning.plan import Choice, Plan, Start, Wave
from procurement.planning.situations import Outcome, first_day, month_of
from procurement.queries.disclosure_rule import disclosure_rule
from procurement.queries.joint_start import Member, Timing, WhatIf


@dataclass(frozen=True)
class Row:
    """A borough at the start that is shown."""

    slug: str
    name: str
    needs: tuple[str, ...]
    # The last day of its present contract, and the one with all options; None where no contract is known.
    ends: date | None
    latest_end: date | None
    joins: bool
    bridge: int
    double: int
    # Its bridge needs a benchmarked price and a recorded reason.
    is_flagged: bool
    reason: str
    # The first to come first; () where it cannot join.
    decisions: tuple[Decision, ...]
    # Its end is the one of the what-if.
    is_moved: bool


@dataclass(frozen=True)
class ShownStart:
    month: date
    joining: tuple[Row, ...]
    others: tuple[Row, ...]
    purchase_by: date

    @property
    def bridge(self) -> int:
        return sum(row.bridge for row in self.joining)

    @property
    def double(self) -> int:
        return sum(row.double for row in self.joining)


@dataclass(frozen=True)
class Point:
    """A month of the curve. `hidden` is None where fewer than three of the boroughs that may not be read could join."""

    month: date
    # Could join at no cost, and with a bridge or double running.
    fitting: int
    costing: int
    hidden: int | None


@dataclass(frozen=True)
class ChoiceRow:
    count: int
    best: date
    # Of the boroughs for whom the best start is easiest.
    bridge: int
    double: int
    # Runs of months in which at least so many could join: first and last.
    spans: tuple[tuple[date, date], ...]


@dataclass(frozen=True)
class WaveRow:
    month: date
    names: tuple[str, ...]
    bridge: int
    double: int


@dataclass(frozen=True)
class Summary:
    """A plan in a few figures, to be held beside another."""

    best: date
    joining: int
    bridge: int
    double: int
    waves: tuple[date, ...]


@dataclass(frozen=True)
class Moved:
    """A what-if: whose contract, when it ends now and then, and what the plan was without it."""

    name: str
    ends: date | None
    then: date
    before: Summary


@dataclass(frozen=True)
class Timeline:
    today: date
    # When the joint purchase can begin: today, or a later decision date.
    begins: date
    members: tuple[Member, ...]
    chosen: ShownStart
    curve: tuple[Point, ...]
    choices: tuple[ChoiceRow, ...]
    waves: tuple[WaveRow, ...]
    # Names of those who can join none of the starts.
    left_out: tuple[str, ...]
    summary: Summary
    moved: Moved | None
    # How many boroughs may not be read, and whether they are counted in the curve.
    hidden_count: int
    hidden_told: bool
    declined: tuple[str, ...]
    agreed_start: date | None


def timeline(found: Timing, *, month: int | None = None, what_if: WhatIf | None = None) -> Timeline:
    """With the start of `month` in full; else the one that is agreed, else the best."""
    if month is None and found.agreed_start and month_of(found.agreed_start) in found.months:
        month = month_of(found.agreed_start)
    plan = found.plan(what_if=what_if, up_to=month or 0)
    summary = _summary(plan)
    return Timeline(
        today=found.today,
        begins=found.begins,
        members=found.members,
        chosen=_shown(plan, plan.start_in(month) if month else plan.best, found, what_if),
        curve=tuple(_point(start, found) for start in plan.starts),
        choices=tuple(_choice(each) for each in plan.choices),
        waves=tuple(_wave(plan, each) for each in plan.waves),
        left_out=tuple(plan.situations[place].name for place in plan.left_out),
        summary=summary,
        moved=_moved(found, what_if) if what_if else None,
        hidden_count=found.hidden_count,
        hidden_told=bool(found.hidden),
        declined=found.declined,
        agreed_start=found.agreed_start,
    )


def _moved(found: Timing, what_if: WhatIf) -> Moved:
    member = found.member(what_if.slug)
    ends = member.terms.end_date if member.terms else None
    return Moved(member.name, ends, what_if.end_date, _summary(found.plan()))


def _summary(plan: Plan) -> Summary:
    joining = [each for each in plan.best.outcomes if each.joins]
    return Summary(
        best=first_day(plan.best.month),
        joining=len(joining),
        bridge=sum(each.bridge for each in joining),
        double=sum(each.double for each in joining),
        waves=tuple(first_day(wave.start.month) for wave in plan.waves),
    )


def _shown(plan: Plan, start: Start, found: Timing, what_if: WhatIf | None) -> ShownStart:
    rows = sorted(
        (
            _row(plan, place, outcome, start.month, found.member(situation.key), what_if)
            for place, (situation, outcome) in enumerate(zip(plan.situations, start.outcomes, strict=True))
        ),
        # Whoever has to decide first stands first.
        key=lambda row: (row.decisions[0].by if row.decisions else date.max, row.name),
    )
    return ShownStart(
        month=first_day(start.month),
        joining=tuple(row for row in rows if row.joins),
        others=tuple(row for row in rows if not row.joins),
        purchase_by=first_day(start.month - RULES.lead_months),
    )


def _row(plan: Plan, place: int, outcome: Outcome, month: int, member: Member, what_if: WhatIf | None) -> Row:
    prospects, today = plan.prospects[place], plan.today
    ends = prospects.situation.ends
    return Row(
        slug=member.slug,
        name=member.name,
        needs=member.needs,
        ends=ends[0].last_day if ends else None,
        latest_end=ends[-1].last_day if ends else None,
        joins=outcome.joins,
        bridge=outcome.bridge,
        double=outcome.double,
        is_flagged=outcome.joins and outcome.bridge > RULES.flagged_after,
        reason=reason(prospects, outcome, RULES, today),
        decisions=decisions(prospects, outcome, month=month, rules=RULES, today=today),
        is_moved=what_if is not None and what_if.slug == member.slug,
    )


def _point(start: Start, found: Timing) -> Point:
    fitting = sum(1 for each in start.outcomes if each.joins and not each.weight)
    hidden = found.hidden_joining(start.month)
    return Point(
        month=first_day(start.month),
        fitting=fitting,
        costing=start.joining - fitting,
        hidden=hidden if hidden >= disclosure_rule().minimum_contributors else None,
    )


def _choice(choice: Choice) -> ChoiceRow:
    joining = [each for each in choice.best.outcomes if each.joins]
    easiest = sorted(joining, key=lambda each: each.weight)[: choice.count]
    return ChoiceRow(
        count=choice.count,
        best=first_day(choice.best.month),
        bridge=sum(each.bridge for each in easiest),
        double=sum(each.double for each in easiest),
        spans=tuple(_spans(choice.months)),
    )


def _wave(plan: Plan, wave: Wave) -> WaveRow:
    outcomes = [wave.start.outcomes[place] for place in wave.members]
    return WaveRow(
        month=first_day(wave.start.month),
        names=tuple(plan.situations[place].name for place in wave.members),
        bridge=sum(each.bridge for each in outcomes),
        double=sum(each.double for each in outcomes),
    )


def _spans(months: Sequence[int]) -> Iterable[tuple[date, date]]:
    """Runs of months without a gap."""
    begin = 0
    for place, month in enumerate(months):
        if place + 1 == len(months) or months[place + 1] != month + 1:
            yield first_day(months[begin]), first_day(month)
            begin = place + 1
