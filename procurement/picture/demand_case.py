"""One joint demand with all that its report is made from, and for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from procurement.picture import reckoning
from procurement.picture.facts import Demand, Frozen, Member, Need, Notice, Stance
from procurement.picture.figures import DemandFigures
from procurement.picture.moments import london_day
from procurement.picture.numbers import Number, Unit, number
from procurement.picture.one_report import missing
from procurement.picture.telling import Telling
from procurement.picture.windows import plan_of
from procurement.planning.plan import Plan


@dataclass(frozen=True)
class Case:
    """The joint demand with all that its report is made from."""

    frozen: Frozen
    figures: DemandFigures
    telling: Telling
    day: date
    names: Mapping[str, str]
    # Those of its members, in their order.
    needs: Sequence[Need]
    # About it, as far as they may be told.
    notices: Sequence[Notice]

    @property
    def fact(self) -> Demand:
        return self.figures.fact

    @property
    def is_open(self) -> bool:
        """Whether its boroughs still have to decide."""
        return not self.fact.outcome

    @property
    def tells_lead(self) -> bool:
        """Who leads is where a borough stands."""
        return self.telling.is_exact_of(self.fact.lead)

    @property
    def tells_day(self) -> bool:
        """The day of the decision is for the boroughs that are asked to decide."""
        return any(self.telling.is_exact_of(need.borough) for need in self.needs)

    @property
    def decides_by(self) -> date | None:
        """The day of the decision that is still to come, as it may be told. Who may not read what came of it reads the
        day in any case, or its absence would tell."""
        is_told = self.tells_day and (self.is_open or not self.telling.exact)
        return self.fact.decision_date if is_told else None

    def count(self, key: str, said: str, needs: Sequence[Need]) -> Number:
        name = f"demand/{self.fact.reference}/{key}"
        return number(name, f"{said} {self.fact.reference}", Unit.NEEDS, len(needs), [each.reference for each in needs])

    def boroughs(self, key: str, said: str, stances: Sequence[Stance]) -> Number:
        slugs = {each.borough for each in stances}
        behind = [need.reference for need in self.needs if need.borough in slugs]
        name = f"demand/{self.fact.reference}/{key}"
        return number(name, f"{said} {self.fact.reference}", Unit.AUTHORITIES, len(slugs), behind)

    @cached_property
    def members(self) -> list[tuple[Member, Need]]:
        return list(zip(self.fact.members, self.needs, strict=True))

    @cached_property
    def by_authority(self) -> list[Need]:
        return sorted(self.needs, key=lambda need: (self.names[need.borough], need.reference))

    @cached_property
    def stances(self) -> list[Stance]:
        """One of each borough with a need here, by name; who has said nothing has not answered yet."""
        said = {each.borough: each for each in self.fact.stances}
        slugs = sorted({need.borough for need in self.needs}, key=lambda slug: self.names[slug])
        return [said.get(slug) or Stance(slug, "SUGGESTED", "") for slug in slugs]

    @cached_property
    def plan(self) -> Plan:
        """When its boroughs could start together."""
        return plan_of(self.fact, self.frozen)


def case_of(frozen: Frozen, reference: str, telling: Telling) -> Case:
    found = {each.reference: each for each in reckoning.demands(frozen)}
    if reference not in found:
        if any(each.reference == reference for each in frozen.facts.demands):
            raise LookupError(
                f"The matcher is not sure of {reference}: no report tells of it before an analyst has looked at it."
            )
        raise missing(frozen, "joint demand", reference, found)
    needs = {need.reference: need for need in frozen.facts.needs}
    return Case(
        frozen=frozen,
        figures=found[reference],
        telling=telling,
        day=london_day(frozen),
        names={each.slug: each.name for each in frozen.facts.authorities},
        needs=[needs[member.need] for member in found[reference].fact.members],
        notices=[
            each for each in frozen.facts.notices if each.demand == reference and (telling.exact or each.is_on_board)
        ],
    )
