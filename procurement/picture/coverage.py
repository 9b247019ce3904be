"""How much of London the picture covers, and how fresh it is. Counts, names and days, without money.

The page of coverage tells the same of the present to everybody signed in, so the live picture tells it too. A report is
handed on, and can be held against the one of the day before: `handed_on` says what of this it tells. A need is stale by
the platform's rule: its borough was asked whether it still holds, and has not answered.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter

from boroughs.queries.register_age import AGEING_AFTER, RegisterAge, register_age
from procurement.picture.facts import Authority, Contract, Frozen, Need
from procurement.picture.moments import day_of, days_between, london_day, median
from procurement.picture.numbers import Number, Unit, number


@dataclass(frozen=True)
class AuthorityCoverage:
    slug: str
    name: str
    has_needs: bool
    # Open needs of which it was asked whether they still hold.
    stale: Number
    contracts: Number
    # Listed although their end has passed.
    ended: Number
    register: RegisterAge
    # The day in London on which somebody last looked after the register.
    kept_on: date | None


@dataclass(frozen=True)
class Coverage:
    # Of London's authorities: those with an open need, those with none, those with a register, and those with one that
    # somebody has looked after within half a year.
    logged: Number
    silent: Number
    registers: Number
    fresh: Number
    ended: Number
    stale: Number
    # When the stale need that was said to hold longest ago was last said to.
    stale_since: date | None
    # Open needs that were said to hold within half a year, and how long ago the middle one of all was.
    recent: Number
    median_days: Number
    # London's, by name.
    authorities: tuple[AuthorityCoverage, ...]

    @property
    def silent_names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.authorities if not each.has_needs)


def coverage(frozen: Frozen) -> Coverage:
    held, at = frozen.facts, frozen.taken_at
    london = sorted((each for each in held.authorities if each.is_london), key=lambda each: (each.name, each.slug))
    needs: dict[str, list[Need]] = defaultdict(list)
    for need in held.needs:
        needs[need.borough].append(need)
    contracts: dict[str, list[Contract]] = defaultdict(list)
    for contract in held.contracts:
        if contract.is_listed:
            contracts[contract.borough].append(contract)
    rows = tuple(_authority(each, needs[each.slug], contracts[each.slug], at, london_day(frozen)) for each in london)
    stale = [need for need in held.needs if need.asked_at]
    with_register = [each for each in rows if each.register != RegisterAge.ABSENT]
    fresh = [each for each in with_register if each.register == RegisterAge.FRESH]
    recent = [need for need in held.needs if need.held_at and at - need.held_at <= AGEING_AFTER]
    since = sorted(need.held_at for need in stale if need.held_at)
    return Coverage(
        logged=_authorities("coverage-logged", "London authorities that have logged a need", rows, needs, logged=True),
        silent=_authorities("coverage-silent", "London authorities without an open need", rows, needs, logged=False),
        registers=_registers("coverage-registers", "London authorities with a contract register here", with_register),
        fresh=_registers("coverage-fresh", "Registers that somebody looked after within half a year", fresh),
        ended=number(
            "coverage-ended",
            "Contracts that are listed although their end has passed",
            Unit.CONTRACTS,
            sum(int(each.ended) for each in rows),
            contracts=(contract for each in rows for contract in each.ended.contracts),
        ),
        stale=_needs("coverage-stale", "Open needs that wait for their borough to say that they still hold", stale),
        stale_since=day_of(since[0]) if since else None,
        recent=_needs("coverage-recent", "Open needs that were said to hold within half a year", recent),
        median_days=_median(held.needs, at),
        authorities=rows,
    )


def handed_on(found: Coverage) -> Coverage:
    """What a report tells who may not see exact figures: who has logged a need, and in what state each register is.

    Everything else here moves by one with one contract or one need: two reports beside each other, of a London where
    few have any, would tell when whose contract began or ended and what a borough has not said to hold.
    """
    return Coverage(
        logged=found.logged,
        silent=found.silent,
        registers=replace(found.registers, contracts=()),
        fresh=replace(found.fresh, contracts=()),
        ended=_untold(found.ended),
        stale=_untold(found.stale),
        stale_since=None,
        recent=_untold(found.recent),
        median_days=_untold(found.median_days),
        authorities=tuple(
            replace(
                each,
                stale=_untold(each.stale),
                contracts=_untold(each.contracts),
                ended=_untold(each.ended),
                kept_on=None,
            )
            for each in found.authorities
        ),
    )


def _untold(number: Number) -> Number:
    return replace(number, value=None, needs=(), contracts=())


def _authority(
    authority: Authority, needs: Sequence[Need], contracts: Sequence[Contract], at: datetime, today: date
) -> AuthorityCoverage:
    key, name, kept_at = f"coverage/{authority.slug}", authority.name, authority.register_kept_at
    ended = [each for each in contracts if each.end_date and each.end_date < today]
    return AuthorityCoverage(
        slug=authority.slug,
        name=name,
        has_needs=bool(needs),
        stale=_needs(f"{key}/stale", f"Needs of {name} that wait to be confirmed", [n for n in needs if n.asked_at]),
        contracts=_contracts(f"{key}/contracts", f"Contracts in the register of {name}", contracts),
        ended=_contracts(f"{key}/ended", f"Contracts in the register of {name} that have ended", ended),
        register=register_age(len(contracts), kept_at, at),
        kept_on=day_of(kept_at) if kept_at else None,
    )


def _median(needs: Sequence[Need], at: datetime) -> Number:
    known = [(days_between(need.held_at, at), need.reference) for need in needs if need.held_at]
    return number(
        "coverage-median-days",
        "Days since the middle one of all open needs was said to hold",
        Unit.DAYS,
        median(days for days, _ in known),
        (reference for _, reference in known),
    )


def _needs(key: str, words: str, needs: Sequence[Need]) -> Number:
    return number(key, words, Unit.NEEDS, len(needs), map(attrgetter("reference"), needs))


def _contracts(key: str, words: str, contracts: Sequence[Contract]) -> Number:
    references = map(attrgetter("reference"), contracts)
    return number(key, words, Unit.CONTRACTS, len(contracts), contracts=references)


def _authorities(
    key: str, words: str, rows: Sequence[AuthorityCoverage], needs: Mapping[str, Sequence[Need]], *, logged: bool
) -> Number:
    found = [each for each in rows if each.has_needs == logged]
    return number(
        key, words, Unit.AUTHORITIES, len(found), (need.reference for each in found for need in needs[each.slug])
    )


def _registers(key: str, words: str, rows: Sequence[AuthorityCoverage]) -> Number:
    contracts = (contract for each in rows for contract in each.contracts.contracts)
    return number(key, words, Unit.AUTHORITIES, len(rows), contracts=contracts)
