"""One borough with all that its pack is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from boroughs.queries.renewal_dates import last_possible_end, notice_by, start_joint_by
from procurement.picture import reckoning
from procurement.picture.answers import NOT_ANSWERED
from procurement.picture.facts import Authority, Contract, Frozen, Need
from procurement.picture.figures import AuthorityFigures, DemandFigures
from procurement.picture.moments import london_day
from procurement.picture.numbers import Number, Unit, number
from procurement.picture.one_report import missing

# What ends within so long is to be decided on now, and what ends within so long to be thought of.
ENDS_AHEAD = timedelta(days=365)
RENEWALS_AHEAD = timedelta(days=2 * 365)


@dataclass(frozen=True)
class Renewal:
    """A present contract that ends: by the register, or else by what a need says."""

    ends: date
    what: str
    # None where the register is silent.
    contract: Contract | None
    # None where nothing is asked for in its place yet.
    need: Need | None

    @property
    def supplier(self) -> str:
        return self.contract.supplier_name if self.contract else ""

    @property
    def latest(self) -> date:
        """Its end with every option to extend taken up."""
        return last_possible_end(self.ends, self.contract.options if self.contract else ())

    @property
    def notice_by(self) -> date | None:
        if self.contract is None:
            return None
        return notice_by(self.ends, months=self.contract.notice_months, days=self.contract.notice_days)

    @property
    def start_joint_by(self) -> date:
        return start_joint_by(self.ends)

    @property
    def about(self) -> str:
        return self.need.reference if self.need else self.contract.entry if self.contract else ""


@dataclass(frozen=True)
class Pack:
    """The borough with all that its report is made from."""

    authority: Authority
    figures: AuthorityFigures
    day: date
    needs: Sequence[Need]
    # Its contracts that end within two years, the first end first.
    renewals: Sequence[Renewal]
    # Those in which it has a need, the widest first; by need.
    demands: Sequence[DemandFigures]
    demand_of: Mapping[str, DemandFigures]
    # Where it stands, by joint demand: its stage.
    stages: Mapping[str, str]
    # How many other authorities have an open need in a category, by slug.
    others: Mapping[str, int]
    categories: Mapping[str, str]

    def count(self, key: str, said: str, needs: Sequence[Need]) -> Number:
        name = f"authority/{self.authority.slug}/{key}"
        return number(name, f"{said} {self.authority.name}", Unit.NEEDS, len(needs), [each.reference for each in needs])

    def of_demands(self, key: str, said: str, demands: Sequence[DemandFigures]) -> Number:
        """With the borough's own needs behind it."""
        held = {each.reference for each in demands}
        behind = [need for need, demand in self.demand_of.items() if demand.reference in held]
        name = f"authority/{self.authority.slug}/{key}"
        return number(name, f"{said} {self.authority.name}", Unit.DEMANDS, len(demands), behind)

    @cached_property
    def ending(self) -> list[Renewal]:
        return [each for each in self.renewals if each.ends <= self.day + ENDS_AHEAD]

    def of_contracts(self, key: str, said: str, renewals: Sequence[Renewal]) -> Number:
        return number(
            f"authority/{self.authority.slug}/{key}",
            f"{said} {self.authority.name}",
            Unit.CONTRACTS,
            len(renewals),
            [each.need.reference for each in renewals if each.need],
            [each.contract.reference for each in renewals if each.contract],
        )

    def leads(self, demand: DemandFigures) -> bool:
        return demand.fact.lead == self.authority.slug

    def joint(self, need: Need | None) -> DemandFigures | None:
        return self.demand_of.get(need.reference) if need else None

    @cached_property
    def needs_in(self) -> Mapping[str, list[Need]]:
        """Its own needs, by the joint demand in which they stand."""
        found: dict[str, list[Need]] = {each.reference: [] for each in self.demands}
        for need in self.needs:
            if joined := self.joint(need):
                found[joined.reference].append(need)
        return found

    @cached_property
    def alone(self) -> list[Need]:
        return [each for each in self.needs if each.reference not in self.demand_of]

    @cached_property
    def stale(self) -> list[Need]:
        """Those of which the borough was asked whether they still hold, and has not said so."""
        return [each for each in self.needs if each.asked_at]

    @cached_property
    def unanswered(self) -> list[DemandFigures]:
        return [each for each in self.demands if self.stages[each.reference] == NOT_ANSWERED and not each.fact.outcome]

    @cached_property
    def due(self) -> list[DemandFigures]:
        """Those on which the borough has still to commit or decline."""
        answered = ("COMMITTED", "DECLINED")
        return [
            each
            for each in self.demands
            if each.fact.decision_date and not each.fact.outcome and self.stages[each.reference] not in answered
        ]


def pack_of(frozen: Frozen, slug: str) -> Pack:
    held = frozen.facts
    authorities = {each.slug: each for each in held.authorities}
    if slug not in authorities:
        raise missing(frozen, "authority", slug, authorities)
    day = london_day(frozen)
    needs = [each for each in held.needs if each.borough == slug]
    own = {each.reference for each in needs}
    demands = [each for each in reckoning.demands(frozen) if own.intersection(each.needs.needs)]
    wanting: dict[str, set[str]] = {}
    for each in held.needs:
        wanting.setdefault(each.category, set()).add(each.borough)
    return Pack(
        authority=authorities[slug],
        figures=reckoning.authority(frozen, slug),
        day=day,
        needs=needs,
        renewals=_renewals(frozen, slug, needs, day),
        demands=demands,
        demand_of={need: each for each in demands for need in each.needs.needs if need in own},
        stages={
            each.reference: next((one.stage for one in each.fact.stances if one.borough == slug), NOT_ANSWERED)
            for each in demands
        },
        others={category: len(boroughs - {slug}) for category, boroughs in wanting.items()},
        categories={each.slug: each.name for each in held.categories},
    )


def _renewals(frozen: Frozen, slug: str, needs: Sequence[Need], today: date) -> list[Renewal]:
    """Those of the register; and those that needs name and the register does not."""
    asked = {need.contract: need for need in needs if need.contract}
    # A need that was typed in says what is in use and when it ends, and not which entry of the register that is.
    said = {(need.incumbent.casefold(), need.contract_end_date): need for need in needs if not need.contract}
    listed = [
        Renewal(end, each.system, each, asked.get(each.reference) or said.get((each.system.casefold(), end)))
        for each in frozen.facts.contracts
        if each.borough == slug and each.is_listed and (end := each.end_date)
    ]
    known = {each.need.reference for each in listed if each.need}
    named = [
        Renewal(need.contract_end_date, need.incumbent, None, need)
        for need in needs
        if need.contract_end_date and need.reference not in known
    ]
    until = today + RENEWALS_AHEAD
    found = [each for each in (*listed, *named) if today <= each.ends <= until]
    return sorted(found, key=lambda each: (each.ends, each.about))
