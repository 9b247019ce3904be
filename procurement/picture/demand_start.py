"""When the boroughs of one joint demand could start together: for those alone who may see exact figures.

The same plan as the page of the joint demand shows them (docs/planning.md), from the dates that the snapshot keeps.
"""

from collections.abc import Iterator

from procurement.picture import words
from procurement.picture.demand_case import Case
from procurement.picture.facts import Stance
from procurement.picture.one_report import Cell, Column, Kind, Table, table
from procurement.picture.sentences import Sentence, of, sentence, verb
from procurement.picture.terms import RULES
from procurement.picture.windows import FEWEST
from procurement.planning import explain
from procurement.planning.plan import Plan, Start
from procurement.planning.situations import first_day, month_of


def _planned(case: Case) -> tuple[Plan, Start] | None:
    """The plan, and the start that the boroughs have agreed; else the one that most could join, at the least cost."""
    if not case.telling.exact or not case.is_open:
        return None
    planned = case.plan
    if not any(each.ends or each.earliest or each.latest for each in planned.situations):
        return None
    agreed = case.fact.start_date
    start = planned.start_in(month_of(agreed)) if agreed else planned.best
    return planned, start


def sentences(case: Case) -> Iterator[Sentence]:
    found = _planned(case)
    if found is None:
        return
    planned, start = found
    able = [each.key for each, outcome in zip(planned.situations, start.outcomes, strict=True) if outcome.joins]
    stances = [Stance(slug, "", "") for slug in able]
    joining = case.boroughs("could-start", "Boroughs that could start together, of", stances)
    everybody = case.boroughs(
        "may-start", "Boroughs that have not declined, of", [Stance(each.key, "", "") for each in planned.situations]
    )
    when = first_day(start.month)
    if int(joining) < FEWEST and not case.fact.start_date:
        yield sentence("By the dates given, no two of its boroughs could start together.")
        return
    could = f" that {verb(everybody, 'has', 'have')} not declined could start together on {words.day(when)}"
    yield sentence(of(joining), " of the ", of(everybody, "borough"), f"{could}, by the dates given.")
    begin = first_day(start.month - RULES.lead_months)
    had = "should have begun" if begin < case.day else "has to begin"
    yield sentence(f"For that the joint purchase {had} by {words.day(begin)}.")


def steps(case: Case) -> tuple[Table, ...]:
    """What the start means for each borough, and what it has to decide for it."""
    found = _planned(case)
    if found is None:
        return ()
    planned, start = found
    columns = (
        Column("authority", "Authority", Kind.LABEL),
        Column("joins", "Could start", Kind.LABEL),
        Column("why", "Why, and at what cost"),
        Column("decide", "What it decides next"),
        Column("by", "By", Kind.DAY),
    )
    rows: list[tuple[Cell, ...]] = []
    for prospects, outcome in zip(planned.prospects, start.outcomes, strict=True):
        due = [each for each in explain.of_the_contract(prospects, outcome, planned.today) if each.by >= case.day]
        first = min(due, key=lambda each: (each.by, each.words), default=None)
        rows.append(
            (
                prospects.situation.name,
                "Yes" if outcome.joins else "No",
                explain.reason(prospects, outcome, RULES, planned.today),
                first.words if first else "Nothing by its contract",
                first.by if first else "No date",
            )
        )
    rows.sort(key=lambda row: str(row[0]))
    caption = f"A start on {words.day(first_day(start.month))}, borough by borough"
    return table("common-start", caption, columns, rows)
