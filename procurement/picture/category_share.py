"""One category with all that its report is made from, and for whom."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from procurement.picture import reckoning, words
from procurement.picture.facts import Authority, Category, Frozen, Need
from procurement.picture.figures import DemandFigures
from procurement.picture.moments import london_day
from procurement.picture.numbers import Number, Unit, number
from procurement.picture.one_report import missing
from procurement.picture.quarters import ends
from procurement.picture.telling import Telling


@dataclass(frozen=True)
class Share:
    """A category with all that its report is made from."""

    category: Category
    telling: Telling
    day: date
    authorities: Sequence[Authority]
    needs: Sequence[Need]
    # References of its needs that stand in a joint demand, with that.
    demand_of: Mapping[str, DemandFigures]
    # Of the category, the widest first.
    demands: Sequence[DemandFigures]

    def may_name(self, need: Need) -> bool:
        """Of a need in no joint demand others know that it is counted, and no more."""
        return need.reference in self.demand_of or self.telling.is_exact_of(need.borough)

    def count(self, key: str, said: str, needs: Sequence[Need], unit: Unit = Unit.NEEDS) -> Number:
        value = len({need.borough for need in needs}) if unit is Unit.AUTHORITIES else len(needs)
        named = [need.reference for need in needs if self.may_name(need)]
        return number(f"category/{self.category.slug}/{key}", f"{said} {self.category.name}", unit, value, named)

    @cached_property
    def needed(self) -> Number:
        return self.count("needs", "Open needs in", self.needs)

    @cached_property
    def wanting(self) -> Number:
        return self.count("authorities", "Authorities with an open need in", self.needs, Unit.AUTHORITIES)

    @cached_property
    def matched(self) -> Number:
        found = [need for need in self.needs if need.reference in self.demand_of]
        return self.count("matched", "Needs in joint demands, in", found)

    @cached_property
    def joint(self) -> Number:
        behind = [need for demand in self.demands for need in demand.needs.needs]
        name = f"category/{self.category.slug}/demands"
        return number(name, f"Joint demands in {self.category.name}", Unit.DEMANDS, len(self.demands), behind)

    def total(self, key: str, said: str, unit: Unit, values: Mapping[str, int | None]) -> Number:
        """Of those that state it; None where none does."""
        stated = {need: value for need, value in values.items() if value is not None}
        value = sum(stated.values()) if stated else None
        return number(f"category/{self.category.slug}/{key}", f"{said} {self.category.name}", unit, value, stated)

    @cached_property
    def users(self) -> Number:
        return self.total(
            "users", "Users of the needs in", Unit.USERS, {each.reference: each.users for each in self.needs}
        )

    @cached_property
    def lowest(self) -> Number:
        amounts = {each.reference: each.lowest for each in self.needs}
        return self.total("budget-lowest", "Budgets, lower ends, in", Unit.POUNDS, amounts)

    @cached_property
    def highest(self) -> Number:
        amounts = {each.reference: each.highest for each in self.needs}
        return self.total("budget-highest", "Budgets, upper ends, in", Unit.POUNDS, amounts)


def share_of(frozen: Frozen, slug: str, telling: Telling) -> Share:
    held = frozen.facts
    categories = {each.slug: each for each in held.categories}
    if slug not in categories:
        raise missing(frozen, "category", slug, categories)
    demands = reckoning.demands(frozen)
    return Share(
        category=categories[slug],
        telling=telling,
        day=london_day(frozen),
        authorities=sorted(held.authorities, key=lambda each: (each.name, each.slug)),
        needs=[each for each in held.needs if each.category == slug],
        demand_of={need: demand for demand in demands for need in demand.needs.needs},
        demands=[each for each in demands if each.fact.category == slug],
    )


def quarters(share: Share) -> list[tuple[date, Number]]:
    """How many present contracts end in each quarter from that of the snapshot on, by its first day."""
    if not share.telling.exact:
        return []
    found = [
        (each.first_day, share.count(f"ends-{each.key}", f"Present contracts that end in {each.words}, in", needs))
        for each, needs in ends(share.needs, share.day)
    ]
    return found if any(int(ending) for _, ending in found) else []


def quarter_words(first: date) -> str:
    """ "January to March 2027"."""
    return f"{words.MONTHS[first.month - 1]} to {words.MONTHS[first.month + 1]} {first.year}"


def products(share: Share) -> list[tuple[str, str, list[Need]]]:
    """What needs say is in use: what tells it from others, its name, and these needs; those of most needs first.

    Told where all is told exactly.
    """
    if not share.telling.exact:
        return []
    found: dict[str, list[Need]] = defaultdict(list)
    for need in share.needs:
        if need.incumbent:
            found[need.supplier or need.incumbent].append(need)
    named = [(key, _commonest([need.incumbent for need in needs]), needs) for key, needs in found.items()]
    return sorted(named, key=lambda each: (-len(each[2]), each[1], each[0]))


def _commonest(names: Sequence[str]) -> str:
    return min(Counter(names).items(), key=lambda each: (-each[1], each[0]))[0]
