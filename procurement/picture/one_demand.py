"""One joint demand, ready for a decision: what is asked, who is in it, how much, when, and what nobody knows yet.

Who may not see exact figures reads who is in it and how surely, the terms, and the totals as they were told: never
another borough's users, budget, dates or product, nor where it stands, leads or not; nor what came of it all.
"""

from collections.abc import Callable, Iterator
from datetime import date

from procurement.picture import demand_start, labels, words
from procurement.picture import demand_tables as tables
from procurement.picture.changes import OUTCOMES
from procurement.picture.demand_case import Case, case_of
from procurement.picture.facts import Frozen, Need
from procurement.picture.one_report import (
    Chapter,
    Group,
    OneReport,
    Point,
    Table,
    budget_told,
    chapters,
    days_told,
    groups,
    users_told,
)
from procurement.picture.sentences import Said, Sentence, of, pounds_of, sentence, verb
from procurement.picture.telling import Telling

KIND = "Joint demand"
LEDE = (
    "What is asked of boards, who is in it, how strongly the needs overlap, how much, by when, and what is not known."
)
# What a need may leave open: the figure's name, its words, how a sentence says it, and when it does.
LACKING: tuple[tuple[str, str, str, Callable[[Need], bool]], ...] = (
    ("no-users", "Needs that state no users, of", "a number of users", lambda need: need.users is None),
    (
        "no-budget",
        "Needs without a budget that can be added up, of",
        "a budget that can be added up",
        lambda need: need.highest is None,
    ),
    (
        "no-end",
        "Needs that name no end of a present contract, of",
        "an end of a present contract",
        lambda need: need.contract_end_date is None,
    ),
)


def report(frozen: Frozen, reference: str, telling: Telling) -> OneReport:
    """Raises LookupError where the snapshot shows no such joint demand."""
    case = case_of(frozen, reference, telling)
    return OneReport(
        subject=reference,
        known_as=reference,
        title=case.figures.title,
        kind=KIND,
        lede=LEDE,
        day=case.day,
        telling=telling,
        points=tuple(_points(case)),
        groups=groups(
            Group("What is asked", tuple(_asked(case))),
            Group("Where it stands", tuple(_state(case))),
            Group("What is not known", tuple(_unknown(case))),
        ),
        chapters=chapters(
            Chapter("authorities", "Who is in it", (_strength(case),), tables.members(case)),
            Chapter("quantities", "How much", (), (*tables.told(case), *tables.quantities(case))),
            Chapter("timing", "When", (*_ends(case), *demand_start.sentences(case)), _when(case)),
            Chapter("stands", "Where each borough stands", (), tables.stands(case)),
            Chapter("terms", "On what terms, and what comes next", (), (*tables.terms(case), *tables.dates(case))),
            Chapter("notices", "Notices", (), tables.notices(case)),
            Chapter("reasons", "Why the needs belong together", (), tables.reasons(case)),
        ),
        caveats=CAVEATS,
    )


CAVEATS = (
    "The overlap of a need is how well it fits the other needs here, by the matcher's calibration: strong, likely or "
    "possible. “Confirmed” means that an analyst has said that the need belongs here.",
    "Budgets are what authorities stated, over the whole life: one by the year counts for the length of the contract, "
    "and is left out where no length is stated. A need that states one figure counts with it at both ends.",
)


def _points(case: Case) -> Iterator[Point]:
    figures, fact = case.figures, case.fact
    yield Point(words.count(int(figures.authorities)), "authorities with an open need in it", figures.authorities)
    yield Point(words.count(int(figures.needs)), "open needs", figures.needs)
    if case.telling.exact:
        if figures.users.value is not None:
            yield Point(words.count(figures.users.value), "users stated", figures.users)
        if figures.highest.value is not None:
            amount = words.pounds_range(int(figures.lowest), figures.highest.value)
            yield Point(amount, "whole-life budget", figures.highest)
        quorum = f" of {fact.quorum}" if fact.quorum else ""
        yield Point(f"{words.count(int(figures.committed))}{quorum}", "boroughs committed", figures.committed)
    else:
        told = fact.told
        if users := users_told(told.users):
            yield Point(users, f"users, {days_told(told.users)}")
        if budget := budget_told(told.budget_min, told.budget_max):
            yield Point(budget, f"whole-life budget, {days_told(told.budget_min, told.budget_max)}")
    if case.decides_by:
        yield Point(words.day(case.decides_by), "the day by which boroughs decide")


def _asked(case: Case) -> Iterator[Sentence]:
    fact, figures = case.fact, case.figures
    if not figures.is_confirmed:
        yield sentence(
            "An analyst is asked to say whether these ",
            of(figures.needs, "need"),
            " belong together. The matcher proposes it.",
        )
    elif fact.is_waiting:
        yield sentence("An analyst is asked to look again: needs have joined or moved since it was confirmed.")
    if not case.telling.exact:
        yield from _terms_told(case)
        return
    if not case.is_open:
        yield sentence(f"The boroughs have decided: {labels.said(OUTCOMES, fact.outcome)}.")
        return
    if not fact.lead:
        asked = of(figures.authorities, "authority,authorities")
        yield sentence("One of the ", asked, " is asked to lead. None does yet.")
    yield _to_decide(case)
    yield from _of_single_boroughs(case)


def _terms_told(case: Case) -> Iterator[Sentence]:
    """True whatever has come of it."""
    fact = case.fact
    if fact.quorum is None:
        return
    by = f", by {words.day(fact.decision_date)}" if fact.decision_date and case.tells_day else ""
    depth, takes = labels.said(labels.DEPTHS, fact.depth), words.count(fact.quorum, "borough")
    yield sentence(f"By the terms each borough commits to “{depth}” or further, or declines{by}. It takes {takes}.")


def _to_decide(case: Case) -> Sentence:
    fact, committed = case.fact, case.figures.committed
    if fact.decision_date is None:
        who = f"{case.figures.lead} is asked" if fact.lead else "Whoever leads is asked"
        return sentence(f"{who} to set terms: how many boroughs it takes, how far they go together, and by when.")
    on, depth = words.day(fact.decision_date), labels.said(labels.DEPTHS, fact.depth)
    if fact.decision_date < case.day:
        return sentence(f"The decision was due by {on}, and no outcome is recorded: the quorum has to be counted.")
    asked = f"Each borough is asked to commit to “{depth}” or further, or to decline, by {on}"
    takes = words.count(fact.quorum or 0)
    have = verb(committed, "has", "have")
    return sentence(f"{asked}: ", of(committed), f" of the {takes} that it takes {have} committed.")


def _of_single_boroughs(case: Case) -> Iterator[Sentence]:
    waiting = [each for each in case.stances if each.stage == "SUGGESTED"]
    silent = case.boroughs("silent", "Boroughs that have not answered on", waiting)
    if silent.value:
        asked = words.listed([case.names[each.borough] for each in waiting])
        yield sentence(of(silent, "borough"), f" {verb(silent, 'is', 'are')} asked for a first answer: {asked}.")
    proposed = [each.reference for each in case.notices if each.is_proposed]
    if proposed:
        yield sentence(f"A second person is asked to approve or send back {words.listed(proposed)}.")


def _state(case: Case) -> Iterator[Sentence]:
    figures = case.figures
    category = f" in {figures.category}" if figures.category else ""
    has, fits = verb(figures.authorities, "has", "have"), verb(figures.needs, "fits", "fit together")
    yield sentence(
        of(figures.authorities, "authority,authorities"),
        f" {has} ",
        of(figures.needs, "open need"),
        f"{category} that {fits}: {words.listed(figures.boroughs)}.",
    )
    if case.telling.exact:
        yield from _amounts(case)
        if figures.joining.value:
            would = verb(figures.joining, "says that it would join", "say that they would join")
            parts = (of(figures.joining, "borough"), f" {would}; ", of(figures.committed))
            yield sentence(*parts, f" {verb(figures.committed, 'has', 'have')} committed.")
    if figures.lead and case.tells_lead:
        yield sentence(f"{figures.lead} leads.")
    if figures.notice:
        closes = words.day(figures.notice.closes_date)
        version = f"version {figures.notice.version}"
        yield sentence(f"{figures.notice.reference} is on the notice board ({version}, closing on {closes}).")


def _amounts(case: Case) -> Iterator[Sentence]:
    figures = case.figures
    if figures.users.value is not None:
        found = [need for need in case.needs if need.users is not None]
        stated = case.count("users-stated", "Needs that state users, of", found)
        says = verb(stated, "states", "state")
        yield sentence(of(stated, "need"), f" {says} users: together ", of(figures.users), ".")
    if figures.highest.value is not None:
        found = [need for need in case.needs if need.highest is not None]
        stated = case.count("budget-stated", "Needs with a budget that can be added up, of", found)
        amount = pounds_of(figures.lowest, figures.highest)
        says = verb(stated, "states", "state")
        yield sentence(
            of(stated, "need"), f" {says} a budget that can be added up: together ", *amount, " over the whole life."
        )


def _unknown(case: Case) -> Iterator[Sentence]:
    """What the data lacks, and what makes it less sure."""
    if case.telling.exact:
        for key, said, what, lacks in LACKING:
            found = case.count(key, said, [need for need in case.needs if lacks(need)])
            if found.value:
                yield sentence(of(found, "need"), f" {verb(found, 'does', 'do')} not state {what}.")
    moved = [need for member, need in case.members if member.has_moved]
    changed = case.count("moved", "Needs that say something else since an analyst looked at", moved)
    if changed.value:
        yield sentence(
            of(changed, "need"), f" {verb(changed, 'says', 'say')} something else than when an analyst looked."
        )
    weak = [need for member, need in case.members if member.band == "POSSIBLE" and not member.is_confirmed]
    possible = case.count("only-possible", "Needs whose overlap is possible and not confirmed, in", weak)
    if possible.value:
        yield sentence(
            "The overlap of ", of(possible, "need"), " is possible and no more, and nobody has confirmed it."
        )
    run = case.frozen.facts.run
    if run and (run.needs_changed or run.decisions_changed):
        yield sentence("Needs or rulings have changed since the matcher last ran: who belongs here may change.")
    if not case.telling.exact:
        yield sentence("What single boroughs state of users, money and dates, and where they stand, is not told here.")


def _strength(case: Case) -> Sentence:
    parts: list[str | Said] = []
    for band, label in labels.BANDS.items():
        found = [need for member, need in case.members if member.band == band]
        counted = case.count(f"band-{band.lower()}", f"Needs whose overlap is {label.lower()}, in", found)
        if counted.value:
            parts += [
                "; " if parts else "The overlap with the others is ",
                f"{label.lower()} for ",
                of(counted, "need"),
            ]
    return sentence(*parts, ".")


def _ends(case: Case) -> Iterator[Sentence]:
    figures = case.figures
    if case.fact.start_date:
        yield sentence(f"The boroughs have agreed that the joint contract starts on {words.day(case.fact.start_date)}.")
    if not case.telling.exact or figures.first_end is None or figures.last_end is None:
        return
    found = [need for need in case.needs if need.contract_end_date]
    stated = case.count("ends-stated", "Needs that name the end of a present contract, of", found)
    if figures.first_end == figures.last_end:
        when = f": {words.day(figures.first_end)}"
    else:
        apart = apart_words(figures.first_end, figures.last_end)
        when = f": from {words.day(figures.first_end)} to {words.day(figures.last_end)}, {apart} apart"
    yield sentence(of(stated, "need"), f" {verb(stated, 'names', 'name')} the end of a present contract{when}.")
    past = [need for need in found if need.contract_end_date and need.contract_end_date < case.day]
    over = case.count("ends-past", "Needs whose present contract has ended by their own date, of", past)
    if over.value:
        yield sentence("By the dates given, the present contract of ", of(over, "need"), " has ended already.")


def _when(case: Case) -> tuple[Table, ...]:
    return (*tables.timing(case), *demand_start.steps(case))


def apart_words(first: date, last: date) -> str:
    """ "3 months", or "12 days" under a month."""
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return words.count(months, "month") if months else words.count((last - first).days, "day")
