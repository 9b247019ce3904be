"""One category across London: who needs it, what is joined up, when present contracts end, and what is in use today.

Who may not see exact figures reads counts and names, and of needs only those in joint demands: never what single
authorities pay, use or are bound to.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from procurement.picture import labels, reckoning, words
from procurement.picture.facts import Authority, Category, Frozen, Need
from procurement.picture.figures import CategoryFigures, DemandFigures
from procurement.picture.numbers import Number, Unit, number
from procurement.picture.one_report import (
    NOT_TOLD,
    Cell,
    Chapter,
    Column,
    Group,
    Kind,
    OneReport,
    Point,
    Table,
    budget_told,
    chapters,
    groups,
    missing,
    of,
    pounds_of,
    sentence,
    table,
    users_told,
    verb,
)
from procurement.picture.summary import Sentence
from procurement.picture.telling import Telling

KIND = "Category across London"
# So many quarters of ends of contracts are counted, from that of the snapshot on.
QUARTERS = reckoning.QUARTERS
LEDE = "Who needs it, what could be bought together, when present contracts end, and what is in use today."
CAVEATS = (
    "A joint demand has the category of most of its needs; a need of this category can stand in one of another.",
    "What is in use today is what needs say of it: a product that no open need names is not counted.",
)


@dataclass(frozen=True)
class Share:
    """A category with all that its report is made from."""

    frozen: Frozen
    category: Category
    # None where no open need has it.
    figures: CategoryFigures | None
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

    @property
    def needed(self) -> Number:
        return self.count("needs", "Open needs in", self.needs)

    @property
    def wanting(self) -> Number:
        return self.count("authorities", "Authorities with an open need in", self.needs, Unit.AUTHORITIES)

    @property
    def matched(self) -> Number:
        found = [need for need in self.needs if need.reference in self.demand_of]
        return self.count("matched", "Needs in joint demands, in", found)

    @property
    def joint(self) -> Number:
        behind = [need for demand in self.demands for need in demand.needs.needs]
        name = f"category/{self.category.slug}/demands"
        return number(name, f"Joint demands in {self.category.name}", Unit.DEMANDS, len(self.demands), behind)

    def total(self, key: str, said: str, unit: Unit, values: Mapping[str, int | None]) -> Number:
        """Of those that state it; None where none does."""
        stated = {need: value for need, value in values.items() if value is not None}
        value = sum(stated.values()) if stated else None
        return number(f"category/{self.category.slug}/{key}", f"{said} {self.category.name}", unit, value, stated)

    @property
    def users(self) -> Number:
        return self.total(
            "users", "Users of the needs in", Unit.USERS, {each.reference: each.users for each in self.needs}
        )

    @property
    def lowest(self) -> Number:
        amounts = {each.reference: each.lowest for each in self.needs}
        return self.total("budget-lowest", "Budgets, lower ends, in", Unit.POUNDS, amounts)

    @property
    def highest(self) -> Number:
        amounts = {each.reference: each.highest for each in self.needs}
        return self.total("budget-highest", "Budgets, upper ends, in", Unit.POUNDS, amounts)


def report(frozen: Frozen, slug: str, telling: Telling) -> OneReport:
    """Raises LookupError where the snapshot knows no such category."""
    share = share_of(frozen, slug, telling)
    return OneReport(
        subject=slug,
        known_as=f"{share.category.name}, {share.category.area}",
        title=share.category.name,
        kind=KIND,
        lede=LEDE,
        day=share.day,
        telling=telling,
        points=tuple(_points(share)) if share.needs else (),
        groups=groups(
            Group("Where London stands", tuple(_state(share))), Group("What needs a decision", tuple(_to_decide(share)))
        ),
        chapters=chapters(
            Chapter("authorities", "Who needs it", (), _authorities(share)),
            Chapter("demands", "What could be bought together", (), _demands(share)),
            Chapter(
                "timing", "When present contracts end", tuple(_ends(share)), (*_by_quarter(share), *_timing(share))
            ),
            Chapter("products", "What is in use today", (), _products(share)),
            Chapter("needs", "The needs", tuple(_unnamed(share)), _needs(share)),
        ),
        caveats=CAVEATS if share.needs else (),
    )


def share_of(frozen: Frozen, slug: str, telling: Telling) -> Share:
    held = frozen.facts
    categories = {each.slug: each for each in held.categories}
    if slug not in categories:
        raise missing(frozen, "category", slug, categories)
    shown = reckoning.figures(frozen)
    return Share(
        frozen=frozen,
        category=categories[slug],
        figures=next((each for each in shown.categories if each.needs.key == f"category/{slug}/needs"), None),
        telling=telling,
        day=shown.day,
        authorities=sorted(held.authorities, key=lambda each: (each.name, each.slug)),
        needs=[each for each in held.needs if each.category == slug],
        demand_of={need: demand for demand in shown.demands for need in demand.needs.needs},
        demands=[each for each in shown.demands if each.fact.category == slug],
    )


def _points(share: Share) -> Iterator[Point]:
    yield Point(words.count(int(share.needed)), "open needs", share.needed)
    yield Point(words.count(int(share.wanting)), "authorities with an open need", share.wanting)
    yield Point(words.count(int(share.matched)), "needs that fit with another authority's", share.matched)
    yield Point(words.count(int(share.joint)), "joint demands", share.joint)
    if not share.telling.exact:
        return
    if share.users.value is not None:
        yield Point(words.count(share.users.value), "users stated", share.users)
    if share.highest.value is not None:
        amount = words.pounds_range(int(share.lowest), share.highest.value)
        yield Point(amount, "whole-life budgets stated", share.highest)


def _state(share: Share) -> Iterator[Sentence]:
    name = share.category.name
    if not share.needs:
        yield sentence(f"No authority has an open need in {name} in this snapshot.")
        return
    have = verb(share.wanting, "has", "have")
    yield sentence(
        of(share.wanting, "authority,authorities"), f" {have} ", of(share.needed, "open need"), f" in {name}."
    )
    if not share.matched.value:
        yield sentence("None of them fits with a need of another authority yet, as far as the matcher can tell.")
    else:
        fits = verb(share.matched, "fits", "fit")
        yield sentence(of(share.matched), f" of them {fits} with a need of another authority.")
    yield from _widest(share)
    if share.telling.exact and share.highest.value is not None:
        budgeted = share.count("budgeted", "Needs with a budget that can be added up, in", _budgeted(share))
        amount = pounds_of(share.lowest, share.highest)
        states = verb(budgeted, "states", "state")
        yield sentence(
            of(budgeted, "need"),
            f" {states} a budget that can be added up: together ",
            *amount,
            " over the whole life.",
        )


def _budgeted(share: Share) -> list[Need]:
    return [need for need in share.needs if need.highest is not None]


def _widest(share: Share) -> Iterator[Sentence]:
    if not share.demands:
        return
    first = share.demands[0]
    have = verb(share.joint, "There is ", "There are ")
    parts = (
        have,
        of(share.joint, "joint demand"),
        f"; the widest is {words.named(first.title, first.reference)}, with ",
    )
    yield sentence(*parts, of(first.authorities, "authority,authorities"), ".")


def _to_decide(share: Share) -> Iterator[Sentence]:
    open_ones = [each for each in share.demands if not each.fact.outcome]
    found = (
        (
            "waiting",
            [each for each in share.demands if each.fact.is_waiting],
            "waits for an analyst",
            "wait for an analyst",
        ),
        (
            "without-lead",
            [each for each in open_ones if each.is_confirmed and not each.fact.lead],
            "is confirmed and led by nobody",
            "are confirmed and led by nobody",
        ),
    )
    for key, demands, one, many in found:
        behind = [need for each in demands for need in each.needs.needs]
        name = f"category/{share.category.slug}/{key}"
        what = f"Joint demands in {share.category.name} that {many}"
        counted = number(name, what, Unit.DEMANDS, len(demands), behind)
        if counted.value:
            yield sentence(of(counted, "joint demand"), f" {verb(counted, one, many)}.")
    for each in sorted(open_ones, key=lambda each: (each.fact.decision_date or date.max, each.reference))[:3]:
        if each.fact.decision_date and each.fact.decision_date >= share.day:
            on = words.day(each.fact.decision_date)
            yield sentence(f"The boroughs of {words.named(each.title, each.reference)} decide by {on}.")


def _authorities(share: Share) -> tuple[Table, ...]:
    columns = (
        Column("authority", "Authority"),
        Column("needs", "Open needs", Kind.COUNT),
        Column("matched", "In a joint demand", Kind.COUNT),
    )
    by_borough: dict[str, list[Need]] = defaultdict(list)
    for need in share.needs:
        by_borough[need.borough].append(need)
    return table(
        "authorities",
        "Authorities with an open need",
        columns,
        (
            (
                each.name,
                share.count(f"needs-of-{each.slug}", f"Open needs of {each.name} in", held),
                share.count(
                    f"matched-of-{each.slug}",
                    f"Needs of {each.name} in joint demands, in",
                    [need for need in held if need.reference in share.demand_of],
                ),
            )
            for each in share.authorities
            if (held := by_borough[each.slug])
        ),
    )


def _demands(share: Share) -> tuple[Table, ...]:
    exact = share.telling.exact
    columns = (
        Column("joint_demand", "Joint demand", Kind.REFERENCE),
        Column("title", "Title"),
        Column("authorities", "Authorities", Kind.COUNT),
        Column("needs", "Needs", Kind.COUNT),
        Column("users", "Users", Kind.COUNT) if exact else Column("users", "Users, as told"),
        Column("budget", "Whole-life budget" if exact else "Whole-life budget, as told"),
        Column("status", "Status", Kind.LABEL),
        Column("lead", "Led by", Kind.LABEL),
        Column("decision", "Decision by", Kind.DAY),
    )
    return table(
        "joint-demands",
        "Joint demands, those of most authorities first",
        columns,
        (
            (
                each.reference,
                each.title,
                each.authorities,
                each.needs,
                each.users if exact else users_told(each.fact.told.users) or "Not told",
                _budget(each)
                if exact
                else budget_told(each.fact.told.budget_min, each.fact.told.budget_max) or "Not told",
                labels.said(labels.STATUSES, each.fact.status),
                each.lead or "Nobody yet",
                each.fact.decision_date or "Not set",
            )
            for each in share.demands
        ),
    )


def _budget(demand: DemandFigures) -> Cell:
    if demand.lowest.value is None or demand.highest.value is None:
        return None
    return words.pounds_range(demand.lowest.value, demand.highest.value)


def _ends(share: Share) -> Iterator[Sentence]:
    if not share.telling.exact:
        return
    found = [need for need in share.needs if need.contract_end_date]
    stated = share.count("ends-stated", "Needs that name the end of a present contract, in", found)
    if stated.value:
        names = verb(stated, "names", "name")
        yield sentence(of(stated), " of ", of(share.needed, "need"), f" {names} the end of a present contract.")


def _timing(share: Share) -> tuple[Table, ...]:
    columns = (
        Column("ends", "Ends", Kind.DAY),
        Column("authority", "Authority"),
        Column("need", "Need", Kind.REFERENCE),
        Column("in_use", "In use today"),
        Column("joint_demand", "Joint demand", Kind.REFERENCE),
    )
    names = {each.slug: each.name for each in share.authorities}
    found = [
        (end, need)
        for need in share.needs
        if (end := need.contract_end_date) and share.telling.is_exact_of(need.borough)
    ]
    return table(
        "contract-ends",
        "Present contracts that open needs would replace, the first end first",
        columns,
        (
            (end, names[need.borough], need.reference, need.incumbent or None, _joined(share, need))
            for end, need in sorted(found, key=lambda each: (each[0], each[1].reference))
        ),
    )


def _joined(share: Share, need: Need) -> str:
    demand = share.demand_of.get(need.reference)
    return demand.reference if demand else "None yet"


def quarters(share: Share) -> list[tuple[date, Number]]:
    """How many present contracts end in each quarter from that of the snapshot on, by its first day."""
    if not share.telling.exact:
        return []
    first = _quarter(share.day)
    found = []
    for place in range(first, first + QUARTERS):
        year, rest = divmod(place, 4)
        ending = [
            need
            for need in share.needs
            if need.contract_end_date
            and need.contract_end_date >= share.day
            and _quarter(need.contract_end_date) == place
        ]
        said = f"Present contracts that end in quarter {rest + 1} of {year}, in"
        found.append((date(year, rest * 3 + 1, 1), share.count(f"ends-{year}-q{rest + 1}", said, ending)))
    return found if any(int(ends) for _, ends in found) else []


def _quarter(day: date) -> int:
    return day.year * 4 + (day.month - 1) // 3


def quarter_words(first: date) -> str:
    """ "January to March 2027"."""
    return f"{words.MONTHS[first.month - 1]} to {words.MONTHS[first.month + 1]} {first.year}"


def _by_quarter(share: Share) -> tuple[Table, ...]:
    columns = (Column("quarter", "Quarter"), Column("ends", "Contracts that end", Kind.COUNT))
    return table(
        "ends-by-quarter",
        "Contracts that end, by quarter",
        columns,
        ((quarter_words(first), ends) for first, ends in quarters(share)),
    )


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


def _products(share: Share) -> tuple[Table, ...]:
    columns = (
        Column("product", "In use today"),
        Column("needs", "Needs", Kind.COUNT),
        Column("authorities", "Authorities", Kind.COUNT),
        Column("names", "Which"),
    )
    names = {each.slug: each.name for each in share.authorities}
    return table(
        "in-use-today",
        "Products and suppliers that open needs would replace",
        columns,
        (
            (
                product,
                share.count(f"in-use/{key}", f"Needs that would replace {product}, in", needs),
                share.count(
                    f"in-use/{key}/authorities", f"Authorities that use {product}, in", needs, Unit.AUTHORITIES
                ),
                words.listed(sorted({names[need.borough] for need in needs})),
            )
            for key, product, needs in products(share)
        ),
    )


def _unnamed(share: Share) -> Iterator[Sentence]:
    hidden = [need for need in share.needs if not share.may_name(need)]
    if hidden:
        more = share.count("not-named", "Needs in no joint demand, which are not named here, in", hidden)
        yield sentence(
            of(more, "more need"), f" in no joint demand {verb(more, 'is', 'are')} counted and not named here."
        )


def _needs(share: Share) -> tuple[Table, ...]:
    columns = (
        Column("authority", "Authority"),
        Column("need", "Need", Kind.REFERENCE),
        Column("title", "What is needed"),
        Column("users", "Users", Kind.COUNT),
        Column("budget_lowest", "Budget, lower end", Kind.POUNDS),
        Column("budget_highest", "Budget, upper end", Kind.POUNDS),
        Column("joint_demand", "Joint demand", Kind.REFERENCE),
    )
    names = {each.slug: each.name for each in share.authorities}
    rows: list[tuple[Cell, ...]] = []
    for need in sorted(share.needs, key=lambda need: (names[need.borough], need.reference)):
        if share.may_name(need):
            stated = (need.users, need.lowest, need.highest)
            told = stated if share.telling.is_exact_of(need.borough) else (NOT_TOLD, NOT_TOLD, NOT_TOLD)
            rows.append((names[need.borough], need.reference, need.title, *told, _joined(share, need)))
    return table("needs", "Open needs by authority, budgets over the whole life", columns, rows)
