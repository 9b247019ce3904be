"""When boroughs could start together: of each joint demand the best month, who could join, and what is due first.

Planned as the page of a joint demand does (procurement/planning, docs/planning.md) for those who may see exact figures,
and for them alone: contracts' ends and wishes of single boroughs stand behind every month. A joint demand that has come
to an outcome is left out, and so is one of which neither an end of a contract nor a wanted start is known.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from procurement.picture.facts import Contract, Demand, Frozen, Need
from procurement.picture.moments import london_day
from procurement.picture.numbers import Number, Unit, number
from procurement.picture.terms import RULES, Terms, Timed, latest_start, possible_ends, tightest
from procurement.planning import explain
from procurement.planning.plan import Plan, Start, plan
from procurement.planning.situations import Situation, first_day

# Joint purchases that have to be begun within so long are counted.
AHEAD = timedelta(days=183)
DECLINED = "DECLINED"
# A start for one borough is no joint one.
FEWEST = 2


@dataclass(frozen=True)
class Due:
    """What one borough has to decide for the common start."""

    by: date
    borough: str
    # "Give notice that the contract ends on 31 March 2028".
    words: str


@dataclass(frozen=True)
class Window:
    reference: str
    title: str
    # The first day of the joint contract that most could join, at the least cost to them.
    start: date
    # By when the joint purchase begins for that.
    begin_by: date
    # Boroughs that could join, of those that have not declined.
    joining: Number
    boroughs: Number
    # Names of those that could not, in order.
    left_out: tuple[str, ...]
    # What is due first beside the purchase itself; None where no borough has to give notice or take up an option.
    due: Due | None
    # As the boroughs agreed; None where they have not.
    agreed: date | None


@dataclass(frozen=True)
class Windows:
    # Joint demands that two boroughs or more could start together, and those that all of them could.
    demands: Number
    whole: Number
    # Of them, those to be begun within half a year.
    soon: Number
    # Joint demands of which no date is known.
    unknown: Number
    # What is due first comes first.
    rows: tuple[Window, ...]


@dataclass(frozen=True)
class _Known:
    needs: Mapping[str, Need]
    contracts: Mapping[str, Contract]
    names: Mapping[str, str]
    today: date


def windows(frozen: Frozen) -> Windows:
    held, today = frozen.facts, london_day(frozen)
    known = _known(frozen)
    undecided = [demand for demand in held.demands if demand.is_sure and not demand.outcome]
    situations = {demand.reference: _situations(demand, known) for demand in undecided}
    is_dated = {reference: any(map(_is_dated, found.values())) for reference, found in situations.items()}
    dated = [each for each in undecided if is_dated[each.reference]]
    found = [_window(demand, situations[demand.reference], known) for demand in dated]
    rows = [each for each in found if each is not None]
    rows.sort(key=lambda each: (each.due.by if each.due else each.begin_by, -int(each.joining), each.reference))
    whole = [each for each in rows if int(each.joining) == int(each.boroughs)]
    soon = [each for each in rows if each.begin_by <= today + AHEAD]
    silent = [demand for demand in undecided if not is_dated[demand.reference]]
    return Windows(
        demands=_demands("windows-demands", "Joint demands that two boroughs or more could start together", rows),
        whole=_demands("windows-whole", "Joint demands that all of their boroughs could start together", whole),
        soon=_demands("windows-soon", "Joint purchases to be begun within half a year for the best start", soon),
        unknown=number(
            "windows-unknown",
            "Joint demands of which no contract's end and no wanted start is known",
            Unit.DEMANDS,
            len(silent),
            (member.need for demand in silent for member in demand.members),
        ),
        rows=tuple(rows),
    )


def plan_of(demand: Demand, frozen: Frozen) -> Plan:
    """The plan of one joint demand: its boroughs, but for those that have declined."""
    known = _known(frozen)
    return _plan(demand, _situations(demand, known), known)


def _known(frozen: Frozen) -> _Known:
    held = frozen.facts
    return _Known(
        needs={need.reference: need for need in held.needs},
        contracts={each.reference: each for each in held.contracts},
        names={each.slug: each.name for each in held.authorities},
        today=london_day(frozen),
    )


def _situations(demand: Demand, known: _Known) -> dict[str, Situation]:
    """By slug of the borough."""
    declined = {stance.borough for stance in demand.stances if stance.stage == DECLINED}
    by_borough: dict[str, list[Need]] = {}
    for member in demand.members:
        need = known.needs[member.need]
        if need.borough not in declined:
            by_borough.setdefault(need.borough, []).append(need)
    return {slug: _situation(slug, needs, known) for slug, needs in by_borough.items()}


def _situation(slug: str, needs: Iterable[Need], known: _Known) -> Situation:
    timed = tightest(_timed(need, known.contracts.get(need.contract)) for need in needs)
    return Situation(
        key=slug,
        name=known.names[slug],
        ends=possible_ends(timed.terms) if timed.terms else (),
        earliest=timed.earliest,
        latest=timed.latest,
    )


def _timed(need: Need, contract: Contract | None) -> Timed:
    """By the register where the need names an entry of it that is listed and has an end; else as the need says."""
    ends = (need.contract_end_date, contract.end_date if contract else None)
    terms = Terms(need.contract_end_date) if need.contract_end_date else None
    if contract and contract.end_date and contract.is_listed:
        notice = (contract.notice_months, contract.notice_days)
        terms = Terms(contract.end_date, contract.options, *notice, contract.start_date)
    return Timed(terms, need.earliest_start_date, latest_start(need.start_date, ends))


def _is_dated(situation: Situation) -> bool:
    return bool(situation.ends or situation.earliest or situation.latest)


def _plan(demand: Demand, situations: Mapping[str, Situation], known: _Known) -> Plan:
    begins = max(known.today, demand.decision_date or known.today)
    return plan(situations.values(), rules=RULES, today=known.today, begins=begins)


def _window(demand: Demand, situations: Mapping[str, Situation], known: _Known) -> Window | None:
    """None where no two boroughs could start together."""
    planned = _plan(demand, situations, known)
    best = planned.best
    if best.joining < FEWEST:
        return None
    could = {each.key for each, outcome in zip(planned.situations, best.outcomes, strict=True) if outcome.joins}
    key, name = f"windows/{demand.reference}", f"of {demand.reference}"
    return Window(
        reference=demand.reference,
        title=demand.title,
        start=first_day(best.month),
        begin_by=first_day(best.month - RULES.lead_months),
        joining=_boroughs(f"{key}/joining", f"Boroughs {name} that could start together", demand, could, known),
        boroughs=_boroughs(
            f"{key}/authorities", f"Boroughs {name} that have not declined", demand, situations.keys(), known
        ),
        left_out=tuple(sorted(each.name for each in planned.situations if each.key not in could)),
        due=_due(planned, best),
        agreed=demand.start_date,
    )


def _due(planned: Plan, best: Start) -> Due | None:
    """Whoever cannot join has nothing to decide. Days that have passed are not due."""
    found = [
        Due(decision.by, prospects.situation.name, decision.words)
        for prospects, outcome in zip(planned.prospects, best.outcomes, strict=True)
        for decision in explain.of_the_contract(prospects, outcome, planned.today)
        if decision.by >= planned.today
    ]
    return min(found, key=lambda each: (each.by, each.borough, each.words), default=None)


def _boroughs(key: str, words: str, demand: Demand, slugs: Iterable[str], known: _Known) -> Number:
    counted = set(slugs)
    needs = [need for member in demand.members if (need := known.needs[member.need]).borough in counted]
    contracts = (need.contract for need in needs if need.contract in known.contracts)
    return number(key, words, Unit.AUTHORITIES, len(counted), (need.reference for need in needs), contracts)


def _demands(key: str, words: str, rows: Sequence[Window]) -> Number:
    needs = (need for each in rows for need in each.boroughs.needs)
    contracts = (contract for each in rows for contract in each.boroughs.contracts)
    return number(key, words, Unit.DEMANDS, len(rows), needs, contracts)
