"""The figures of the demand picture's page: each drawn, with the same as a table, for who may see it.

One list serves the page and the files beside it: a file has the rows of the table that the page shows.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from boroughs.forms.spreadsheet_cells import guarded
from boroughs.templatetags.formatting import count, day, listed, month, pounds
from procurement.charts import drawing, heat, timeline
from procurement.charts.drawing import Table
from procurement.charts.timeline import Lane
from procurement.models import Coalition, JointDemand, Notice
from procurement.pdf import figures, picture_chapters, words
from procurement.pdf.figures import Chart
from procurement.pdf.picture import budget, users
from procurement.picture import document
from procurement.picture.facts import Notice as NoticeFact
from procurement.picture.figures import DemandFigures
from procurement.picture.market import Held
from procurement.picture.numbers import Number
from procurement.picture.one_report import days_told
from procurement.picture.outcomes import Outcome
from procurement.queries.live_picture import LivePicture

# Numbers that a list of its own shows: its route, and what picks these out of it.
LISTS = {
    "joint-demands": ("demand-list", ""),
    "confirmed-demands": ("demand-list", "?status=CONFIRMED"),
    "unsure-demands": ("demand-list", "#not-sure"),
    "london-authorities": ("coverage", ""),
    "notices-on-board": ("board", ""),
}
# So many common starts stand in the table beside the chart.
STARTS = 100
# Of a drawing with a column for each authority.
WIDEST = 1000
# So many categories stand in the table of categories and authorities, those with most needs.
CATEGORIES = 25


class Listed(NamedTuple):
    """A figure that is a table and no drawing. `links` are the addresses of what its rows are about."""

    table: Table
    links: Sequence[str]


@dataclass(frozen=True)
class Shown:
    """A figure of the page. `slug` is the name of its file."""

    slug: str
    caption: str
    draw: Callable[[LivePicture], Chart | Listed | None]
    # For those alone who may see exact figures.
    is_exact: bool = False


def drawn(live: LivePicture, slug: str) -> Chart | Listed | None:
    """None where there is nothing to draw. What was drawn once is kept with the picture."""
    if slug not in live.drawn:
        live.drawn[slug] = FIGURES[slug].draw(live)
    found: Chart | Listed | None = live.drawn[slug]
    return found


def table_csv(table: Table) -> str:
    """The table as the page shows it, with the mark by which Excel knows UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([guarded(cell) for cell in table.head])
    writer.writerows([guarded(cell) for cell in row] for row in table.rows)
    return "\ufeff" + buffer.getvalue()


def behind(number: Number) -> str:
    """The address of what a number is made of; "" where nothing is behind it."""
    if not int(number) or not (number.needs or number.contracts):
        return ""
    if number.key in LISTS:
        route, rest = LISTS[number.key]
        return reverse(route) + rest
    if number.key.startswith("demand/"):
        return _demand(number.key.split("/")[1])
    return f"{reverse('picture-needs')}?{urlencode({'figure': number.key})}"


def told_budget(demand: DemandFigures, *, exact: bool) -> tuple[str, str]:
    """The whole-life budget of a joint demand as it may be told, and the day of which it is true; "" for now."""
    if exact:
        return budget(demand.lowest, demand.highest), ""
    low, high = demand.fact.told.budget_min, demand.fact.told.budget_max
    return words.budget(low, high), days_told(low, high)


def told_users(demand: DemandFigures, *, exact: bool) -> tuple[str, str]:
    """The same of its users."""
    if exact:
        return users(demand.users), ""
    figure = demand.fact.told.users
    return words.users(figure), days_told(figure)


def ends(of: DemandFigures | Held) -> str:
    """ "March 2027 to October 2027"."""
    if of.first_end is None or of.last_end is None:
        return "Not given"
    first, last = month(of.first_end), month(of.last_end)
    return first if first == last else f"{first} to {last}"


def _map(live: LivePicture) -> Chart:
    return figures.borough_map(live.figures.authorities, address=_demands_of)


def _categories(live: LivePicture) -> Chart | None:
    shown = figures.category_bars(live.figures.categories)
    return shown if shown.table.rows else None


def _heat(live: LivePicture) -> Chart | None:
    """Categories against authorities. Others know of a need in no joint demand that it is counted, and no more, so a
    told picture has those in joint demands alone."""
    names = {each.slug: each.name for each in live.facts.categories}
    joint = document.named(live.figures)
    needs = [each for each in live.facts.needs if each.category and (live.telling.exact or each.reference in joint)]
    counted = Counter(names[need.category] for need in needs)
    rows = sorted(counted, key=lambda name: (-counted[name], name))[:CATEGORIES]
    if not rows:
        return None
    having = {need.borough for need in needs}
    authorities = [each for each in live.figures.authorities if each.is_london or each.slug in having]
    short = {each.slug: each.abbreviation for each in authorities}
    full = {each.slug: each.name for each in authorities}
    cells = Counter((names[need.category], need.borough) for need in needs)
    values: Mapping[tuple[str, str], float] = {
        (name, short[slug]): float(value) for (name, slug), value in cells.items() if name in set(rows)
    }
    named = {(name, full[slug]): float(value) for (name, slug), value in cells.items()}
    what = "Open needs" if live.telling.exact else "Needs in joint demands"
    title = f"{what} by category and authority"
    return Chart(
        heat.svg(rows, list(short.values()), values, title=title, width=WIDEST),
        heat.rows(rows, list(full.values()), named, corner="Category"),
        heat.narrow(rows, list(short.values()), values, title=title),
    )


def _quarters(live: LivePicture) -> Chart | None:
    if not any(int(each.ends) for each in live.figures.quarters):
        return None
    shown = figures.quarter_bars(live.figures.quarters)
    rows = [
        (figures.quarter(each.first_day), count(int(each.ends)), count(int(each.matched)))
        for each in live.figures.quarters
    ]
    return shown._replace(table=Table(("Quarter", "Contracts that end", "Of needs in joint demands"), rows))


def _lanes(live: LivePicture) -> Chart | None:
    """From the first to the last end of a present contract, of the joint demands in which one ends soonest."""
    today = live.figures.day
    ahead = [
        (max(demand.first_end, today), demand.reference, demand.last_end, demand.title)
        for demand in live.figures.demands
        if demand.first_end and demand.last_end and demand.last_end >= today
    ]
    rows = sorted(ahead)[: timeline.LANES]
    if not rows:
        return None
    lanes = [
        Lane(f"{reference} {title}", first, last, href=_demand(reference)) for first, reference, last, title in rows
    ]
    title = "When present contracts end, from the first to the last, by joint demand"
    return Chart(
        timeline.svg(lanes, title=title, today=today),
        Table(
            ("Joint demand", "First contract ends", "Last contract ends"),
            [(lane.label, day(lane.start), day(lane.end)) for lane in lanes],
        ),
        timeline.svg(lanes, title=title, today=today, width=drawing.NARROW),
    )


def _demands(live: LivePicture) -> Listed | None:
    """All joint demands, the widest first."""
    exact = live.telling.exact
    head = ("Joint demand", "Reference", "Authorities", "Needs", "Users", "Whole-life budget", "Status")
    rows = [
        (
            demand.title,
            demand.reference,
            count(int(demand.authorities)),
            count(int(demand.needs)),
            " ".join(filter(None, told_users(demand, exact=exact))),
            " ".join(filter(None, told_budget(demand, exact=exact))),
            JointDemand.Status(demand.fact.status).label,
            *((ends(demand),) if exact else ()),
        )
        for demand in live.figures.demands
    ]
    table = Table((*head, *(("Contracts end",) if exact else ())), rows)
    return Listed(table, [_demand(each.reference) for each in live.figures.demands]) if rows else None


def _flow(live: LivePicture) -> Chart | None:
    return figures.need_flow(live.figures.flow) if int(live.figures.headlines.needs) else None


def _starts(live: LivePicture) -> Chart | None:
    """Of each joint demand the start that most could join, what is due first coming first."""
    windows = live.figures.windows
    if not windows.rows:
        return None
    shown = figures.start_lanes(windows, today=live.figures.day, address=_demand)
    head = ("Joint demand", "Best start", "Could join", "Begin by", "Due first from a borough", "Could not join")
    rows = [
        (
            f"{each.reference} {each.title}",
            month(each.start),
            f"{int(each.joining)} of {int(each.boroughs)}",
            day(each.begin_by),
            f"{each.due.borough}, by {day(each.due.by)}: {each.due.words}" if each.due else "Nothing",
            listed(each.left_out) or "None",
        )
        for each in windows.rows[:STARTS]
    ]
    return shown._replace(table=Table(head, rows))


def _market(live: LivePicture) -> Chart | None:
    market = live.figures.market
    if not int(market.valued):
        return None
    head = ("Category", "Contracts", "Boroughs", "Suppliers", "Value a year")
    rows = [
        (
            each.name,
            count(int(each.contracts)),
            count(int(each.boroughs)),
            count(int(each.suppliers)),
            pounds(each.value.value) or "Not given",
            each.shares[0].supplier if each.shares else "Not given",
            _percent(each.first),
            _percent(each.first_three),
            count(each.index.value) or "Not given",
        )
        for each in market.categories
    ]
    table = Table((*head, "Largest supplier", "Its share", "Three largest", "Index"), rows)
    return figures.concentration_bars(market)._replace(table=table)


def _products(live: LivePicture) -> Listed | None:
    """Products that three boroughs or more use alone, those of most boroughs first."""
    held = [(category, each) for category in live.figures.market.categories for each in category.held]
    held.sort(key=lambda row: (-int(row[1].count), row[0].name, row[1].product))
    head = ("Product", "Category", "Boroughs", "Which", "Contracts end")
    rows = [
        (each.product, category.name, count(int(each.count)), listed(each.boroughs), ends(each))
        for category, each in held
    ]
    return Listed(Table(head, rows), [behind(each.count) for _, each in held]) if rows else None


def _outcomes(live: LivePicture) -> Listed | None:
    """Joint demands that were decided on, or of which savings are estimated."""
    found = live.figures.outcomes.rows
    head = ("Joint demand", "Outcome", "Committed", "Savings over the contracts’ life, as estimated")
    rows = [
        (
            f"{each.reference} {each.title}",
            ", ".join(filter(None, (_outcome(each), day(each.decided_on) if each.decided_on else ""))),
            count(int(each.committed)),
            _sentence("; ".join(map(picture_chapters.estimate, each.estimates))) or "Not estimated",
        )
        for each in found
    ]
    return Listed(Table(head, rows), [_demand(each.reference) for each in found]) if rows else None


def _notices(live: LivePicture) -> Listed | None:
    """Every notice with a version; to who may see exact figures also how many suppliers show interest."""
    found = live.figures.outcomes.notices
    exact = live.telling.exact
    head = ("Notice", "Joint demand", "Kind", "Status", "Published", "Closes")
    rows = [
        (
            f"{each.reference} {each.fact.title}",
            each.fact.demand,
            Notice.Kind(each.fact.kind).label,
            _standing(each.fact, exact=exact),
            day(each.published_on),
            day(each.fact.closes_date),
            *((count(int(each.interested)), count(int(each.questions))) if exact else ()),
        )
        for each in found
    ]
    table = Table((*head, *(("Suppliers interested", "Questions") if exact else ())), rows)
    return Listed(table, [reverse("notice-detail", args=[each.reference]) for each in found]) if rows else None


def _standing(notice: NoticeFact, *, exact: bool) -> str:
    """What others read on the board; to the office also what is in preparation."""
    if exact or not notice.is_on_board:
        return Notice.Status(notice.status).label
    return "On the board"


def _outcome(outcome: Outcome) -> str:
    return Coalition.Outcome(outcome.outcome).label if outcome.outcome else "Not decided yet"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _percent(number: Number) -> str:
    return "Not given" if number.value is None else f"{number.value}%"


def _demand(reference: str) -> str:
    return reverse("demand-detail", args=[reference])


def _demands_of(slug: str) -> str:
    return f"{reverse('demand-list')}?borough={slug}"


FIGURES = {
    shown.slug: shown
    for shown in (
        Shown("authorities", "Open needs of each authority", _map),
        Shown("categories", "Needs in joint demands, by category", _categories),
        Shown("categories-by-authority", "Needs by category and authority", _heat),
        Shown("ends-by-quarter", "Present contracts of open needs that end, by quarter", _quarters, is_exact=True),
        Shown("ends-by-joint-demand", "From the first to the last contract that ends", _lanes, is_exact=True),
        Shown("common-starts", "From the beginning of joint purchases to their best start", _starts, is_exact=True),
        Shown("joint-demands", "Joint demands, those of most authorities first", _demands),
        Shown("flow", "What becomes of open needs", _flow),
        Shown("notices", "Notices that were published", _notices),
        Shown("outcomes", "Decisions, and savings", _outcomes, is_exact=True),
        Shown("market", "Share of value with the three largest suppliers, by category", _market, is_exact=True),
        Shown("products", "Products that several boroughs use alone", _products, is_exact=True),
    )
}
