"""What moved between two snapshots: needs, joint demands, where boroughs stand, notices, and the headline figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TypeVar

from procurement.picture import words
from procurement.picture.facts import Demand, Frozen, Need, Notice
from procurement.picture.figures import Headlines
from procurement.picture.numbers import Number, Unit, number
from procurement.picture.reckoning import headlines

Known = TypeVar("Known", Demand, Need, Notice)

# The words for where a borough went, and for how a coalition ended.
STAGES = {
    "SUGGESTED": "no answer yet",
    "WATCHING": "watching",
    "INTERESTED": "interested",
    "INTENDING": "intending",
    "COMMITTED": "committed",
    "DECLINED": "declined",
}
OUTCOMES = {
    "REACHED": "the quorum was reached",
    "GONE_ON": "those who committed go on without a quorum",
    "ENDED": "the joint purchase ended without a quorum",
}


@dataclass(frozen=True)
class Moved:
    """A headline figure that is another one now."""

    before: Number
    after: Number


@dataclass(frozen=True)
class DemandChange:
    reference: str
    title: str
    # What became of it, in words; at least one.
    what: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    earlier: str
    earlier_at: datetime
    headlines: tuple[Moved, ...]
    needs_new: Number
    needs_gone: Number
    needs_amended: Number
    demands_new: Number
    demands_gone: Number
    # A borough joined it, or left it.
    demands_wider: Number
    demands_narrower: Number
    demands_confirmed: Number
    # A borough went up or down the ladder, another leads, or the terms are others.
    demands_stepped: Number
    notices_published: Number
    notices_withdrawn: Number
    # By reference.
    demands: tuple[DemandChange, ...]

    @property
    def is_empty(self) -> bool:
        counted = (getattr(self, field.name) for field in fields(self))
        return not (self.headlines or self.demands or any(int(each) for each in counted if isinstance(each, Number)))


@dataclass(frozen=True)
class _Demands:
    """Joint demands that both pictures show, that only the later one shows, and that only the earlier one shows."""

    both: tuple[tuple[Demand, Demand], ...]
    new: tuple[Demand, ...]
    gone: tuple[Demand, ...]


def between(earlier: Frozen, later: Frozen) -> Changes:
    before, after = _by_reference(earlier.facts.needs), _by_reference(later.facts.needs)
    boroughs = {need.reference: need.borough for need in (*earlier.facts.needs, *later.facts.needs)}
    names = {each.slug: each.name for each in (*earlier.facts.authorities, *later.facts.authorities)}
    found = _demands(earlier, later)
    wider = [now for then, now in found.both if _boroughs(now, boroughs) - _boroughs(then, boroughs)]
    narrower = [now for then, now in found.both if _boroughs(then, boroughs) - _boroughs(now, boroughs)]
    confirmed = [now for then, now in found.both if now.status != then.status and now.status == "CONFIRMED"]
    stepped = [now for then, now in found.both if any(_together(then, now, names))]
    amended = [each for each in before.keys() & after.keys() if before[each].revision != after[each].revision]
    return Changes(
        earlier=earlier.reference,
        earlier_at=earlier.taken_at,
        headlines=_headlines(headlines(earlier), headlines(later)),
        needs_new=_needs("new", "Needs that came", after.keys() - before.keys()),
        needs_gone=_needs("gone", "Needs that went", before.keys() - after.keys()),
        needs_amended=_needs("amended", "Needs that were amended", amended),
        demands_new=_counted("new", "Joint demands that are new", found.new),
        demands_gone=_counted("gone", "Joint demands that are gone", found.gone),
        demands_wider=_counted("wider", "Joint demands that a borough joined", wider),
        demands_narrower=_counted("narrower", "Joint demands that a borough left", narrower),
        demands_confirmed=_counted("confirmed", "Joint demands that were confirmed", confirmed),
        demands_stepped=_counted("stepped", "Joint demands on which boroughs took a step", stepped),
        notices_published=_notices("published", "Notices with a version published", _published(earlier, later), later),
        notices_withdrawn=_notices("withdrawn", "Notices that were withdrawn", _withdrawn(earlier, later), later),
        demands=tuple(sorted(_changes(found, boroughs, names), key=lambda change: change.reference)),
    )


def _headlines(before: Headlines, after: Headlines) -> tuple[Moved, ...]:
    pairs = ((getattr(before, field.name), getattr(after, field.name)) for field in fields(after))
    return tuple(
        Moved(then, now)
        for then, now in pairs
        if isinstance(then, Number) and isinstance(now, Number) and then.value != now.value
    )


def _demands(earlier: Frozen, later: Frozen) -> _Demands:
    then = _by_reference(each for each in earlier.facts.demands if each.is_sure)
    now = _by_reference(each for each in later.facts.demands if each.is_sure)
    return _Demands(
        both=tuple((then[reference], now[reference]) for reference in sorted(then.keys() & now.keys())),
        new=tuple(now[reference] for reference in sorted(now.keys() - then.keys())),
        gone=tuple(then[reference] for reference in sorted(then.keys() - now.keys())),
    )


def _changes(found: _Demands, boroughs: Mapping[str, str], names: Mapping[str, str]) -> Iterable[DemandChange]:
    for demand in found.new:
        members = words.listed(sorted(names[slug] for slug in _boroughs(demand, boroughs)))
        yield DemandChange(demand.reference, demand.title, (f"new, with {members}",))
    for demand in found.gone:
        yield DemandChange(demand.reference, demand.title, ("no longer in the picture",))
    for then, now in found.both:
        what = (*_membership(then, now, boroughs, names), *_settled(then, now), *_together(then, now, names))
        if what:
            yield DemandChange(now.reference, now.title, what)


def _membership(then: Demand, now: Demand, boroughs: Mapping[str, str], names: Mapping[str, str]) -> Iterable[str]:
    before, after = _boroughs(then, boroughs), _boroughs(now, boroughs)
    if after - before:
        yield f"{words.listed(sorted(names[slug] for slug in after - before))} joined"
    if before - after:
        yield f"{words.listed(sorted(names[slug] for slug in before - after))} left"
    needs, needs_before = {each.need for each in now.members}, {each.need for each in then.members}
    if before == after and needs != needs_before:
        yield f"{words.count(len(needs - needs_before))} of the boroughs' needs came, {len(needs_before - needs)} went"


def _settled(then: Demand, now: Demand) -> Iterable[str]:
    if then.title != now.title:
        yield f"called “{now.title}” now"
    if then.status != now.status:
        yield "confirmed" if now.status == "CONFIRMED" else "open again"


def _together(then: Demand, now: Demand, names: Mapping[str, str]) -> Iterable[str]:
    before = {each.borough: each.stage for each in then.stances}
    for each in now.stances:
        if before.get(each.borough, "SUGGESTED") != each.stage:
            yield f"{names[each.borough]}: {STAGES[each.stage]}"
    if then.lead != now.lead:
        yield f"{names[now.lead]} leads" if now.lead else "led by nobody now"
    if then.decision_date != now.decision_date and now.decision_date:
        yield f"to be decided by {words.day(now.decision_date)}"
    if then.outcome != now.outcome and now.outcome:
        yield OUTCOMES[now.outcome]


def _published(earlier: Frozen, later: Frozen) -> list[Notice]:
    """Those with a version that the earlier snapshot did not know."""
    before = _by_reference(earlier.facts.notices)
    known = {reference: notice.version for reference, notice in before.items()}
    return [each for each in later.facts.notices if each.is_on_board and each.version > known.get(each.reference, 0)]


def _withdrawn(earlier: Frozen, later: Frozen) -> list[Notice]:
    standing = {each.reference for each in earlier.facts.notices if each.is_on_board}
    return [each for each in later.facts.notices if each.reference in standing and not each.is_on_board]


def _needs(key: str, said: str, references: Iterable[str]) -> Number:
    found = set(references)
    return number(f"since/needs-{key}", said, Unit.NEEDS, len(found), found)


def _counted(key: str, said: str, demands: Iterable[Demand]) -> Number:
    found = tuple(demands)
    members = (member.need for demand in found for member in demand.members)
    return number(f"since/demands-{key}", said, Unit.DEMANDS, len(found), members)


def _notices(key: str, said: str, notices: list[Notice], later: Frozen) -> Number:
    """Behind a notice stand the needs of its joint demand."""
    about = {notice.demand for notice in notices}
    members = (member.need for each in later.facts.demands if each.reference in about for member in each.members)
    return number(f"since/notices-{key}", said, Unit.NOTICES, len(notices), members)


def _boroughs(demand: Demand, boroughs: Mapping[str, str]) -> set[str]:
    return {boroughs[member.need] for member in demand.members}


def _by_reference(rows: Iterable[Known]) -> dict[str, Known]:
    return {row.reference: row for row in rows}
