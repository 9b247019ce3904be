"""What becomes of open needs: in a joint demand, in a confirmed one, in one that is led, in one with a notice.

Counts of needs, without money. How many are led is told to those alone who may see exact figures. The rest is told to
everybody who reads the picture, on its page and in a report: it follows from which needs are in which joint demand,
whether that is confirmed and whether it is on the board, and all of this they read. The stages are no ladder: a joint
demand can have a notice before the boroughs have agreed who leads.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from procurement.picture.facts import Demand, Frozen
from procurement.picture.numbers import Number, Unit, number


@dataclass(frozen=True)
class Stage:
    # "In a joint demand"; once in the flow.
    name: str
    needs: Number
    # Whether it is on the way to a notice.
    goes_on: bool


@dataclass(frozen=True)
class Step:
    """Needs of one stage that are at the other on the next level. The names are those of the stages."""

    source: str
    target: str
    needs: Number


@dataclass(frozen=True)
class NeedFlow:
    # From open needs to notices.
    levels: tuple[tuple[Stage, ...], ...]
    # All, also those that no need takes.
    steps: tuple[Step, ...]


# Of each level under that of open needs: the stage on the way, and the other one. Key and name.
ALL = ("open", "Open needs")
LEVELS = (
    (("matched", "In a joint demand"), ("alone", "In none")),
    (("confirmed", "Confirmed by an analyst"), ("suggested", "Suggested")),
    (("led", "Led by a borough"), ("not-led", "Led by nobody yet")),
    (("notice", "With a notice on the board"), ("no-notice", "Without a notice")),
)


def flow(frozen: Frozen) -> NeedFlow:
    held = frozen.facts
    sure = [demand for demand in held.demands if demand.is_sure]
    matched = _needs(sure)
    on_board = {each.demand for each in held.notices if each.is_on_board}
    ways = (
        matched,
        _needs(demand for demand in sure if demand.status == "CONFIRMED"),
        _needs(demand for demand in sure if demand.lead),
        _needs(demand for demand in sure if demand.reference in on_board),
    )
    every = frozenset(need.reference for need in held.needs)
    # Who is in no joint demand goes nowhere from there.
    found: list[tuple[tuple[tuple[str, str], frozenset[str]], ...]] = [((ALL, every),)]
    for way, (strong, other) in zip(ways, LEVELS, strict=True):
        of = every if way is matched else matched
        found.append(((strong, way), (other, of - way)))
    levels = tuple(
        tuple(_stage(*name, needs, goes_on=place == 0) for place, (name, needs) in enumerate(each)) for each in found
    )
    steps = tuple(
        _step(source, target, of & into)
        for above, below in pairwise(found)
        for source, of in above
        for target, into in below
        if source[0] != "alone"
    )
    return NeedFlow(levels, steps)


def without_lead(found: NeedFlow) -> NeedFlow:
    """The same without the level of those that are led: what everybody may read."""
    opened, joint, settled, led, board = found.levels
    hidden = {stage.name for stage in led}
    steps = tuple(step for step in found.steps if not hidden & {step.source, step.target})
    past = (_past(source, target) for source in settled for target in board)
    return NeedFlow((opened, joint, settled, board), (*steps, *past))


def _past(source: Stage, target: Stage) -> Step:
    keys = (source.needs.key.rpartition("/")[2], target.needs.key.rpartition("/")[2])
    needs = frozenset(source.needs.needs) & frozenset(target.needs.needs)
    return _step((keys[0], source.name), (keys[1], target.name), needs)


def _needs(demands: Iterable[Demand]) -> frozenset[str]:
    return frozenset(member.need for demand in demands for member in demand.members)


def _stage(key: str, name: str, needs: frozenset[str], goes_on: bool) -> Stage:
    words = name if key == ALL[0] else f"Open needs: {name[0].lower()}{name[1:]}"
    return Stage(name, number(f"flow/{key}", words, Unit.NEEDS, len(needs), needs), goes_on)


def _step(source: tuple[str, str], target: tuple[str, str], needs: frozenset[str]) -> Step:
    key, words = f"flow/{source[0]}/{target[0]}", f"Open needs: {source[1]}, then {target[1].lower()}"
    return Step(source[1], target[1], number(key, words, Unit.NEEDS, len(needs), needs))
