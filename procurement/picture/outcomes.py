"""What was joined up, and what came of it: outcomes of boroughs' decisions, savings, and the notices so far.

Savings and interest are for those alone who may see exact figures; which joint demands were decided, and what stands on
the board, are names and counts. Estimates of one joint demand by several methods may tell of the same pounds, so they
are not added up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from procurement.picture.answers import WAITING
from procurement.picture.facts import Frozen, Notice, Result, Saving
from procurement.picture.moments import day_of
from procurement.picture.numbers import Number, Unit, number


@dataclass(frozen=True)
class Estimate:
    """A range over the contracts' life by a method, and what was saved; None where that is not known yet."""

    method: str
    low: Number
    high: Number
    saved: Number


@dataclass(frozen=True)
class Outcome:
    reference: str
    title: str
    # A key of changes.OUTCOMES; "" while nothing is decided.
    outcome: str
    decided_on: date | None
    committed: Number
    # Names, in order.
    boroughs: tuple[str, ...]
    estimates: tuple[Estimate, ...]


@dataclass(frozen=True)
class NoticeRow:
    """A notice with a version, on the board or withdrawn since."""

    fact: Notice
    published_on: date | None
    # Suppliers that show interest, and questions.
    interested: Number
    questions: Number
    waiting: Number

    @property
    def reference(self) -> str:
        return self.fact.reference


@dataclass(frozen=True)
class Outcomes:
    decided: Number
    reached: Number
    gone_on: Number
    ended: Number
    # Joint demands with an estimate, and with a saving that was found in the end; and these savings together.
    estimated: Number
    realised: Number
    saved: Number
    # The last decided first, then those that are not.
    rows: tuple[Outcome, ...]
    # By reference.
    notices: tuple[NoticeRow, ...]


def outcomes(frozen: Frozen) -> Outcomes:
    held = frozen.facts
    decided = [each for each in held.results if each.outcome]
    realised = [each for each in held.results if any(saving.realised is not None for saving in each.savings)]
    amounts = [saving.realised for each in realised for saving in each.savings if saving.realised is not None]
    names = {each.slug: each.name for each in held.authorities}
    members = {each.reference: [member.need for member in each.members] for each in held.demands}
    rows = [_outcome(each, names) for each in held.results]
    rows.sort(key=lambda each: each.reference)
    rows.sort(key=lambda each: each.decided_on or date.min, reverse=True)

    def of(outcome: str) -> list[Result]:
        return [each for each in decided if each.outcome == outcome]

    return Outcomes(
        decided=_demands("outcomes-decided", "Joint demands that were decided on", decided),
        reached=_demands("outcomes-reached", "Joint demands that reached their quorum", of("REACHED")),
        gone_on=_demands("outcomes-gone-on", "Joint demands that go on without a quorum", of("GONE_ON")),
        ended=_demands("outcomes-ended", "Joint demands that ended without a quorum", of("ENDED")),
        estimated=_demands(
            "outcomes-estimated", "Joint demands with an estimate of savings", [e for e in held.results if e.savings]
        ),
        realised=_demands("outcomes-realised", "Joint demands of which it is known what was saved", realised),
        saved=number(
            "outcomes-saved",
            "Savings that were found in the end",
            Unit.POUNDS,
            sum(amounts) if amounts else None,
            (need for each in realised for need in each.needs),
        ),
        rows=tuple(rows),
        notices=tuple(_notice(each, members.get(each.demand, ())) for each in held.notices if each.version),
    )


def _outcome(result: Result, names: Mapping[str, str]) -> Outcome:
    key = f"outcomes/{result.demand}"
    return Outcome(
        reference=result.demand,
        title=result.title,
        outcome=result.outcome,
        decided_on=day_of(result.decided_at) if result.decided_at else None,
        committed=number(
            f"{key}/committed",
            f"Boroughs that have committed to {result.demand}",
            Unit.AUTHORITIES,
            len(result.committed),
            result.needs,
        ),
        boroughs=tuple(sorted(names.get(slug, slug) for slug in result.committed)),
        estimates=tuple(_estimate(f"{key}/estimate-{place}", result, e) for place, e in enumerate(result.savings, 1)),
    )


def _estimate(key: str, result: Result, saving: Saving) -> Estimate:
    def pounds(name: str, words: str, value: int | None) -> Number:
        return number(f"{key}/{name}", f"{words} of {result.demand}", Unit.POUNDS, value, result.needs)

    return Estimate(
        method=saving.method,
        low=pounds("low", "Estimated savings, lower end,", saving.low),
        high=pounds("high", "Estimated savings, upper end,", saving.high),
        saved=pounds("saved", "Savings found in the end,", saving.realised),
    )


def _notice(notice: Notice, needs: Sequence[str]) -> NoticeRow:
    """Behind it stand the needs of its joint demand."""
    key, name = f"notices/{notice.reference}", notice.reference
    waiting = [each for each in notice.questions if each.status == WAITING]
    shown = notice.interest.suppliers if notice.interest else 0
    return NoticeRow(
        fact=notice,
        published_on=day_of(notice.published_at) if notice.published_at else None,
        interested=number(f"{key}/interested", f"Suppliers interested in {name}", Unit.SUPPLIERS, shown, needs),
        questions=number(f"{key}/questions", f"Questions on {name}", Unit.QUESTIONS, len(notice.questions), needs),
        waiting=number(f"{key}/waiting", f"Questions on {name} that wait", Unit.QUESTIONS, len(waiting), needs),
    )


def _demands(key: str, words: str, results: Sequence[Result]) -> Number:
    return number(key, words, Unit.DEMANDS, len(results), (need for each in results for need in each.needs))
