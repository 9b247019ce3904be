"""One borough's pack: what it has to decide by when, its needs, with whom they fit, and which contracts end.

It is made to be handed to that borough: whoever asks for it, the borough's own figures are exact, and of others it
tells names, counts and the terms that they have agreed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from procurement.picture import labels, reckoning, words
from procurement.picture.facts import Authority, Frozen, Need
from procurement.picture.figures import AuthorityFigures, DemandFigures
from procurement.picture.numbers import Number, Unit, number
from procurement.picture.one_report import (
    Chapter,
    Column,
    Group,
    Kind,
    OneReport,
    Point,
    Table,
    chapters,
    groups,
    missing,
    of,
    sentence,
    table,
    verb,
)
from procurement.picture.summary import Sentence
from procurement.picture.telling import Telling

KIND = "Borough pack"
LEDE = "What to decide by when, what is needed, with whom it could be bought, and which contracts end."
# Contracts that end within so long are to be decided on now; needs that nobody has touched for so long, confirmed.
ENDS_AHEAD = timedelta(days=365)
STALE_AFTER = timedelta(days=365)
NOT_ANSWERED = "SUGGESTED"

CAVEATS = (
    "Whether a need still holds is asked where nobody has changed it for a year.",
    "A joint demand can still gain or lose needs until it is confirmed, and after that by rulings of people.",
)


@dataclass(frozen=True)
class Pack:
    """The borough with all that its report is made from."""

    frozen: Frozen
    authority: Authority
    figures: AuthorityFigures
    day: date
    needs: Sequence[Need]
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

    @property
    def ending(self) -> list[Need]:
        until = self.day + ENDS_AHEAD
        return [each for each in self.needs if each.contract_end_date and self.day <= each.contract_end_date <= until]

    @property
    def alone(self) -> list[Need]:
        return [each for each in self.needs if each.reference not in self.demand_of]

    @property
    def stale(self) -> list[Need]:
        before = self.frozen.taken_at - STALE_AFTER
        return [each for each in self.needs if each.updated_at < before]

    @property
    def unanswered(self) -> list[DemandFigures]:
        return [each for each in self.demands if self.stages[each.reference] == NOT_ANSWERED and not each.fact.outcome]

    @property
    def due(self) -> list[DemandFigures]:
        """Those on which the borough has still to commit or decline."""
        answered = ("COMMITTED", "DECLINED")
        return [
            each
            for each in self.demands
            if each.fact.decision_date and not each.fact.outcome and self.stages[each.reference] not in answered
        ]


def report(frozen: Frozen, slug: str, telling: Telling | None = None) -> OneReport:
    """Told to that borough, whatever `telling` says. Raises LookupError where the snapshot knows no such authority."""
    pack = pack_of(frozen, slug)
    return OneReport(
        subject=slug,
        known_as=pack.authority.name,
        title=pack.authority.name,
        kind=KIND,
        lede=LEDE,
        day=pack.day,
        telling=Telling(own=slug),
        points=tuple(_points(pack)) if pack.needs else (),
        groups=groups(Group("Where it stands", tuple(_state(pack))), Group("What to decide", tuple(_to_decide(pack)))),
        chapters=chapters(
            Chapter("decide", "What to decide, by when", (), _decisions(pack), is_urgent=True),
            Chapter("needs", "What is needed", (), _needs(pack)),
            Chapter("partners", "With whom it could be bought", (), _partners(pack)),
            Chapter("renewals", "Which contracts end", (), _renewals(pack)),
            Chapter("alone", "Needs without partners", (), _alone(pack)),
            Chapter("stale", "Needs to confirm", (), _stale(pack)),
        ),
        caveats=CAVEATS if pack.needs else (),
    )


def pack_of(frozen: Frozen, slug: str) -> Pack:
    held = frozen.facts
    authorities = {each.slug: each for each in held.authorities}
    if slug not in authorities:
        raise missing(frozen, "authority", slug, authorities)
    shown = reckoning.figures(frozen)
    needs = [each for each in held.needs if each.borough == slug]
    own = {each.reference for each in needs}
    demands = [each for each in shown.demands if own.intersection(each.needs.needs)]
    wanting: dict[str, set[str]] = {}
    for each in held.needs:
        wanting.setdefault(each.category, set()).add(each.borough)
    return Pack(
        frozen=frozen,
        authority=authorities[slug],
        figures=next(each for each in shown.authorities if each.slug == slug),
        day=shown.day,
        needs=needs,
        demands=demands,
        demand_of={need: each for each in demands for need in each.needs.needs if need in own},
        stages={
            each.reference: next((one.stage for one in each.fact.stances if one.borough == slug), NOT_ANSWERED)
            for each in demands
        },
        others={category: len(boroughs - {slug}) for category, boroughs in wanting.items()},
        categories={each.slug: each.name for each in held.categories},
    )


def _points(pack: Pack) -> Iterator[Point]:
    yield _point(pack.figures.needs, "open needs")
    yield _point(pack.figures.matched, "of them fit with another authority's")
    yield _point(_joint(pack), "joint demands with a need of yours")
    yield _point(_due(pack), "joint demands on which to commit or decline")
    yield _point(_ending(pack), "present contracts that end within a year")
    yield _point(_stale_count(pack), "needs to confirm or close")


def _point(figure: Number, name: str) -> Point:
    return Point(words.count(int(figure)), name, figure)


def _joint(pack: Pack) -> Number:
    return pack.of_demands("demands", "Joint demands with a need of", pack.demands)


def _due(pack: Pack) -> Number:
    return pack.of_demands("to-decide", "Joint demands with a decision date, not decided yet by", pack.due)


def _ending(pack: Pack) -> Number:
    return pack.count("ends-within-a-year", "Needs whose present contract ends within a year, of", pack.ending)


def _stale_count(pack: Pack) -> Number:
    return pack.count("to-confirm", "Needs that nobody has changed for a year, of", pack.stale)


def _state(pack: Pack) -> Iterator[Sentence]:
    name, figures = pack.authority.name, pack.figures
    if not pack.needs:
        yield sentence(f"{name} has no open need in this snapshot, so there is nothing to decide and nobody to join.")
        return
    yield sentence(f"{name} has ", of(figures.needs, "open need"), ".")
    if not pack.demands:
        yield sentence("None of them fits with a need of another authority yet, as far as the matcher can tell.")
        return
    fits = verb(figures.matched, "fits with a need", "fit with needs")
    yield sentence(
        of(figures.matched), f" of them {fits} of other authorities, in ", of(_joint(pack), "joint demand"), "."
    )
    widest = pack.demands[0]
    named = words.named(widest.title, widest.reference)
    yield sentence(f"The widest is {named}, with ", of(widest.authorities, "authority,authorities"), ".")
    led = pack.of_demands("leads", "Joint demands led by", [each for each in pack.demands if _leads(pack, each)])
    if led.value:
        yield sentence(f"{name} leads ", of(led, "joint demand"), ".")


def _leads(pack: Pack, demand: DemandFigures) -> bool:
    return demand.fact.lead == pack.authority.slug


def _to_decide(pack: Pack) -> Iterator[Sentence]:
    unanswered = pack.of_demands("unanswered", "Joint demands without an answer of", pack.unanswered)
    if unanswered.value:
        yield sentence("Say where you stand on ", of(unanswered, "joint demand"), ": nobody has answered for you yet.")
    if pack.due:
        first = min(pack.due, key=lambda each: (each.fact.decision_date or date.max, each.reference))
        on = first.fact.decision_date or date.max
        by = f"by {words.day(on)}" if on >= pack.day else f"(due since {words.day(on)})"
        yield sentence(
            "Commit or decline on ",
            of(_due(pack), "joint demand"),
            f", first on {words.named(first.title, first.reference)} {by}.",
        )
    ending = _ending(pack)
    if ending.value:
        first_need = min(pack.ending, key=lambda each: (each.contract_end_date or date.max, each.reference))
        on = first_need.contract_end_date or date.max
        yield sentence(
            "Decide what follows ",
            of(ending, "present contract"),
            f" that {verb(ending, 'ends', 'end')} within a year, the first on {words.day(on)}.",
        )
    stale = _stale_count(pack)
    if stale.value:
        yield sentence("Confirm or close ", of(stale, "need"), " that nobody has changed for a year.")


def _decisions(pack: Pack) -> tuple[Table, ...]:
    columns = (
        Column("date", "By", Kind.DAY),
        Column("what", "What to decide"),
        Column("about", "About", Kind.REFERENCE),
        Column("title", "Title"),
    )
    found = sorted(_dated(pack), key=lambda row: (row[0] or date.max, row[2], row[1]))
    return table(
        "decisions",
        "The next first; what has no date comes last",
        columns,
        ((on or "No date", *rest) for on, *rest in found),
    )


def _dated(pack: Pack) -> Iterator[tuple[date | None, str, str, str]]:
    for each in pack.due:
        late = " (the day has passed)" if (each.fact.decision_date or pack.day) < pack.day else ""
        yield each.fact.decision_date, f"Commit or decline{late}", each.reference, each.title
    for each in pack.demands:
        if each in pack.unanswered and each not in pack.due:
            yield None, "Say where you stand", each.reference, each.title
        if _leads(pack, each) and not each.fact.decision_date:
            yield None, "You lead: set the terms", each.reference, each.title
        if each.notice and each.notice.closes_date >= pack.day:
            yield (
                each.notice.closes_date,
                f"{each.notice.reference} closes: say what it should still ask",
                each.reference,
                each.title,
            )
    for need in pack.ending:
        joined = pack.demand_of.get(need.reference)
        how = f"join {joined.reference}, extend or buy alone" if joined else "extend or buy alone"
        yield need.contract_end_date, f"Present contract ends: {how}", need.reference, need.title
    for need in pack.stale:
        yield None, "Confirm that it still holds, or close it", need.reference, need.title


def _needs(pack: Pack) -> tuple[Table, ...]:
    columns = (
        Column("need", "Need", Kind.REFERENCE),
        Column("title", "What is needed"),
        Column("category", "Category", Kind.LABEL),
        Column("users", "Users", Kind.COUNT),
        Column("budget_lowest", "Budget, lower end", Kind.POUNDS),
        Column("budget_highest", "Budget, upper end", Kind.POUNDS),
        Column("start", "Start by", Kind.DAY),
        Column("joint_demand", "Joint demand", Kind.REFERENCE),
    )
    return table(
        "needs",
        "All open needs, budgets over the whole life",
        columns,
        (
            (
                need.reference,
                need.title,
                pack.categories.get(need.category, "None"),
                need.users,
                need.lowest,
                need.highest,
                need.start_date,
                pack.demand_of[need.reference].reference if need.reference in pack.demand_of else "None yet",
            )
            for need in pack.needs
        ),
    )


def _partners(pack: Pack) -> tuple[Table, ...]:
    columns = (
        Column("joint_demand", "Joint demand", Kind.REFERENCE),
        Column("title", "Title"),
        Column("needs", "Your needs", Kind.COUNT),
        Column("partners", "Partners"),
        Column("stage", "Where you stand", Kind.LABEL),
        Column("lead", "Led by", Kind.LABEL),
        Column("decision", "Decision by", Kind.DAY),
    )
    return table(
        "partners",
        "Joint demands, those of most authorities first",
        columns,
        (
            (
                each.reference,
                each.title,
                _own_needs(pack, each),
                words.listed([name for name in each.boroughs if name != pack.authority.name]),
                labels.said(labels.STAGES, pack.stages[each.reference]),
                each.lead or "Nobody yet",
                each.fact.decision_date or "Not set",
            )
            for each in pack.demands
        ),
    )


def _own_needs(pack: Pack, demand: DemandFigures) -> Number:
    own = [need for need in pack.needs if pack.demand_of.get(need.reference) is demand]
    return pack.count(f"needs-in-{demand.reference}", f"Needs in {demand.reference} of", own)


def _renewals(pack: Pack) -> tuple[Table, ...]:
    columns = (
        Column("ends", "Ends", Kind.DAY),
        Column("need", "Need", Kind.REFERENCE),
        Column("title", "What is needed"),
        Column("in_use", "In use today", Kind.LABEL),
        Column("earliest_start", "Start at the earliest", Kind.DAY),
        Column("joint_demand", "Joint demand", Kind.REFERENCE),
    )
    found = [(end, need) for need in pack.needs if (end := need.contract_end_date)]
    return table(
        "renewals",
        "Present contracts that open needs would replace, the first end first",
        columns,
        (
            (
                end,
                need.reference,
                need.title,
                need.incumbent or None,
                need.earliest_start_date,
                pack.demand_of[need.reference].reference if need.reference in pack.demand_of else "None yet",
            )
            for end, need in sorted(found, key=lambda each: (each[0], each[1].reference))
        ),
    )


def _alone(pack: Pack) -> tuple[Table, ...]:
    columns = (
        Column("need", "Need", Kind.REFERENCE),
        Column("title", "What is needed"),
        Column("category", "Category", Kind.LABEL),
        Column("others", "Other authorities with a need in the category", Kind.COUNT),
    )
    return table(
        "needs-without-partners",
        "Needs in no joint demand",
        columns,
        (
            (
                need.reference,
                need.title,
                pack.categories.get(need.category, "None"),
                pack.others.get(need.category, 0) if need.category else 0,
            )
            for need in pack.alone
        ),
    )


def _stale(pack: Pack) -> tuple[Table, ...]:
    columns = (
        Column("changed", "Last changed", Kind.DAY),
        Column("need", "Need", Kind.REFERENCE),
        Column("title", "What is needed"),
    )
    found = sorted(pack.stale, key=lambda need: (need.updated_at, need.reference))
    return table(
        "needs-to-confirm",
        "Needs that nobody has changed for a year",
        columns,
        ((need.updated_at.astimezone(reckoning.LONDON).date(), need.reference, need.title) for need in found),
    )
