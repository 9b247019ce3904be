"""The London demand picture as a PDF: from the bytes of a snapshot, and nothing else, to templates/pdf/picture.html."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import dateformat

from boroughs.forms.spreadsheet_cells import guarded
from boroughs.templatetags.formatting import count, pounds_range
from procurement.models import JointDemand, Participation
from procurement.pdf import annex, annex_files, figures, picture_chapters, words
from procurement.pdf.job import Attachment, Pdf
from procurement.pdf.render import LIMITS, Limits, render_pdf
from procurement.picture import document, facts, told_facts
from procurement.picture.changes import Changes
from procurement.picture.facts import Frozen, Need, ToldFigure
from procurement.picture.figures import AuthorityFigures, DemandFigures, Figures
from procurement.picture.numbers import Number
from procurement.picture.one_report import days_told
from procurement.picture.sentences import Sentence
from procurement.picture.summary import summary
from procurement.picture.telling import Telling

TITLE = "London technology demand picture"
CSV_NAME = "joint-demands.csv"
NEEDS_CSV_NAME = "needs-by-authority.csv"

# So many joint demands have a section of their own, and so many of its members are listed there.
SECTIONS = 12
MEMBERS = 40

# More sentences are set closer, so that the summary stays on one page.
CROWDED = 15

COLUMNS = (
    "reference",
    "title",
    "status",
    "category",
    "boroughs_count",
    "boroughs",
    "needs_count",
    "need_references",
    "users",
    "budget_min_gbp",
    "budget_max_gbp",
    "earliest_start",
    "first_contract_end",
    "last_contract_end",
    "notice",
)
# In the place of those from "users" on, where the report is told.
TOLD_COLUMNS = (
    "users_low",
    "users_high",
    "users_as_at",
    "budget_min_low_gbp",
    "budget_min_high_gbp",
    "budget_min_as_at",
    "budget_max_low_gbp",
    "budget_max_high_gbp",
    "budget_max_as_at",
    "notice",
)


def render(
    content: bytes,
    *,
    telling: Telling,
    previous: bytes | None = None,
    limits: Limits = LIMITS,
    tick: Callable[[], None] | None = None,
    every: float = 10,
) -> Pdf:
    """The report of a snapshot, by its bytes; with those of the one before it, what moved since.

    The same bytes and telling give the same file, in any process. Raises ValueError where `previous` is not the
    snapshot that `content` names, and PdfFailed; see procurement/pdf/render.py.
    """
    told = context(content, previous, telling=telling)
    taken_at: datetime = told["taken_at"]
    at = taken_at.isoformat()
    shown, since = told["figures"], told["changes"]
    annexes, attachments = annex_files.make(
        told["annex_to_make"],
        template="pdf/picture/annex.html",
        context=told,
        at=at,
        limits=limits,
        tick=tick,
        every=every,
    )
    # In the order of their names, which PDF asks of the list of attached files; those of the annex come first.
    attachments += tuple(
        Attachment(name, text, words, at)
        for name, text, words in (
            (
                annex.FIGURES_CSV_NAME,
                annex.table_csv(shown, since, telling),
                "Every figure with the needs behind it",
            ),
            (CSV_NAME, table_csv(shown, telling), "Every joint demand of this report with the needs behind it"),
            (NEEDS_CSV_NAME, needs_csv(shown), "Open needs of each authority by area of work"),
        )
    )
    return render_pdf(
        template="pdf/picture.html",
        context=told | {"annex_files": annexes},
        attachments=attachments,
        limits=limits,
        tick=tick,
        every=every,
    )


def context(content: bytes, previous: bytes | None = None, *, telling: Telling) -> dict[str, Any]:
    whole = facts.from_json(content)
    # From here on nothing is at hand that may not be told.
    frozen = told_facts.told(whole, telling)
    shown = document.reckoned(whole, telling)
    since = _since(frozen, previous, telling)
    told = document.said(summary(shown, since), telling)
    rows = shown.demands[: annex.ROWS]
    sections = sorted(rows, key=lambda demand: not demand.is_confirmed)[:SECTIONS]
    run = frozen.facts.run
    needs = told_facts.needs(whole, telling)
    names = {each.slug: each.name for each in frozen.facts.authorities}
    every = annex.annex(shown, since, demands=shown.demands, telling=telling)
    sentences = [_linked(sentence) for sentence in (*told.overlaps, *told.changed, *told.decisions)]
    keep = {anchor for sentence in sentences for _, anchor in sentence} | {
        annex.anchor(each.needs) for each in sections
    }
    printed, in_files = annex_files.divided(every, keep=keep)
    return {
        "title": TITLE,
        "exact": telling.exact,
        "own": names.get(telling.own, ""),
        "reference": frozen.reference,
        "digest": hashlib.sha256(content).hexdigest(),
        "previous": frozen.previous,
        "taken_at": frozen.taken_at,
        "run": run,
        "is_stale": bool(run and (run.needs_changed or run.decisions_changed)),
        "board": frozen.facts.board,
        "figures": shown,
        "heads": shown.headlines,
        "changes": since,
        "overlaps": [_linked(sentence) for sentence in told.overlaps],
        "changed": [_linked(sentence) for sentence in told.changed],
        "decisions": [_linked(sentence) for sentence in told.decisions],
        "is_crowded": len(told.overlaps) + len(told.changed) + len(told.decisions) > CROWDED,
        "users": users(shown.headlines.users),
        "rows": [_row(demand, telling) for demand in rows],
        "rows_left_out": len(shown.demands) - len(rows),
        "sections": [_section(demand, needs, names, telling) for demand in sections],
        "others": len(shown.demands) - len(sections),
        "together": [
            _row(demand, telling)
            for demand in rows
            if telling.exact and (int(demand.joining) or demand.lead or demand.notice)
        ],
        "csv_name": CSV_NAME,
        "needs_csv_name": NEEDS_CSV_NAME,
        "figures_csv_name": annex.FIGURES_CSV_NAME,
        "map": figures.borough_map(shown.authorities).svg,
        "categories_chart": figures.category_bars(shown.categories).svg,
        "width_chart": figures.width_bars(shown.demands).svg,
        "quarters_chart": figures.quarter_bars(shown.quarters).svg,
        "quarters": [(figures.quarter(each.first_day), each) for each in shown.quarters],
        "has_ends": any(int(each.ends) for each in shown.quarters),
        "heat": figures.area_heat(shown.areas, shown.authorities).svg,
        "london": _halves([row for row in shown.authorities if row.is_london]),
        "guests": [row for row in shown.authorities if not row.is_london and int(row.needs)],
        "silent": [row.name for row in shown.authorities if row.is_london and not int(row.needs)],
        "annex": printed,
        # Where a figure can lead to: what is in another file cannot be linked to.
        "listed": printed.anchors,
        # Files that stand beside the report; `render` makes them.
        "annex_to_make": in_files,
        "annex_files": (),
    } | picture_chapters.context(shown, telling)


def _since(frozen: Frozen, previous: bytes | None, telling: Telling) -> Changes | None:
    if previous is None:
        return None
    if not frozen.previous or hashlib.sha256(previous).hexdigest() != frozen.previous.digest:
        raise ValueError(f"these are not the bytes of the snapshot before {frozen.reference}")
    return document.moved(facts.from_json(previous), frozen, telling)


def _linked(sentence: Sentence) -> list[tuple[str, str]]:
    """The parts of a sentence, each with where in the annex its needs are; "" for mere words."""
    return [
        (part, "")
        if isinstance(part, str)
        else (part.words, annex.anchor(part.number) if part.number.needs or part.number.contracts else "")
        for part in sentence.parts
    ]


def _row(demand: DemandFigures, telling: Telling) -> dict[str, Any]:
    exact = {"budget": budget(demand.lowest, demand.highest), "users": users(demand.users)}
    return {
        "demand": demand,
        "status": JointDemand.Status(demand.fact.status).label,
        "anchor": annex.anchor(demand.needs),
    } | (exact if telling.exact else _told(demand))


def _told(demand: DemandFigures) -> dict[str, str]:
    """Its told figures and their days, as the pages say them."""
    told = demand.fact.told
    asked, low, high = told.users, told.budget_min, told.budget_max
    return {
        "users": words.users(asked),
        "users_at": days_told(asked),
        "budget": words.budget(low, high),
        "budget_at": days_told(low, high),
        "days": _days(asked, low, high),
    }


def _days(asked: ToldFigure, low: ToldFigure, high: ToldFigure) -> str:
    """For a column: one day where all of them are true of it."""
    named = (("users", asked), ("lowest", low), ("highest", high))
    told = [(name, dateformat.format(each.as_at, "j M Y")) for name, each in named if each.as_at]
    if len({on for _, on in told}) <= 1:
        return told[0][1] if told else ""
    return ", ".join(f"{name} {on}" for name, on in told)


def _section(
    demand: DemandFigures, needs: Mapping[str, Need], names: Mapping[str, str], telling: Telling
) -> dict[str, Any]:
    members = demand.fact.members
    return _row(demand, telling) | {
        "members": [(each, needs[each.need], names[needs[each.need].borough]) for each in members[:MEMBERS]],
        "members_left_out": max(0, len(members) - MEMBERS),
        "stances": [
            (names[each.borough], Participation.Stage(each.stage).label)
            for each in demand.fact.stances
            if each.stage != Participation.Stage.SUGGESTED
        ],
    }


def budget(low: Number, high: Number) -> str:
    return pounds_range(low.value, high.value) or "Not given"


def users(number: Number) -> str:
    return "Not given" if number.value is None else count(number.value)


def _halves(rows: list[AuthorityFigures]) -> list[list[AuthorityFigures]]:
    """Two columns, read downwards."""
    middle = (len(rows) + 1) // 2
    return [half for half in (rows[:middle], rows[middle:]) if half]


def table_csv(shown: Figures, telling: Telling) -> str:
    """All joint demands, one a line; amounts in whole pounds, empty where none is given.

    A told band lies in low ≤ total < high; one that is told plainly stands in both.
    """
    columns = COLUMNS if telling.exact else (*COLUMNS[: COLUMNS.index("users")], *TOLD_COLUMNS)
    return annex.csv_text(
        columns,
        (
            [
                demand.reference,
                guarded(demand.title),
                JointDemand.Status(demand.fact.status).label,
                guarded(demand.category),
                demand.authorities.value,
                guarded("; ".join(demand.boroughs)),
                demand.needs.value,
                "; ".join(demand.needs.needs),
                *(_exact_cells(demand) if telling.exact else _told_cells(demand)),
                demand.notice.reference if demand.notice else "",
            ]
            for demand in shown.demands
        ),
    )


def _exact_cells(demand: DemandFigures) -> list[Any]:
    amounts = (demand.users.value, demand.lowest.value, demand.highest.value)
    return [*amounts, demand.earliest_start, demand.first_end, demand.last_end]


def _told_cells(demand: DemandFigures) -> list[Any]:
    told = demand.fact.told
    return [
        cell
        for each in (told.users, told.budget_min, told.budget_max)
        for cell in (_else(each.value, each.low), _else(each.value, each.high), each.as_at)
    ]


def _else(value: int | None, end: int | None) -> int | None:
    return end if value is None else value


def needs_csv(shown: Figures) -> str:
    """One authority a line: its open needs, those in a joint demand, and its needs in each area of work."""
    head = ("authority", "open_needs", "in_a_joint_demand", *(guarded(row.area) for row in shown.areas))
    return annex.csv_text(
        head,
        (
            [
                guarded(row.name),
                row.needs.value,
                row.matched.value,
                *(area.by_borough[at].value for area in shown.areas),
            ]
            for at, row in enumerate(shown.authorities)
        ),
    )
