"""The demand picture page: what London needs and where it overlaps; each of its figures as CSV, and the needs behind
each of its numbers."""

from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from boroughs import permissions
from boroughs.permissions import Permission
from boroughs.templatetags.formatting import pounds
from boroughs.views.signed_in import person
from procurement.models import JointDemand
from procurement.pdf import live_figures
from procurement.pdf.figures import Chart
from procurement.pdf.live_figures import Listed
from procurement.picture.market import BOROUGHS, HIGHLY_CONCENTRATED, LARGEST
from procurement.picture.numbers import Number
from procurement.queries.live_picture import LivePicture
from procurement.views.standing import live_for, standing

# So many joint demands stand on the page; the file beside them has all.
ROWS = 12
# So many joint demands that moved are named.
MOVED = 8
# So many needs behind a number, and contracts, stand on one page.
PAGE = 100


class Drawn(NamedTuple):
    """A figure as the page shows it."""

    slug: str
    caption: str
    chart: Chart | Listed

    @property
    def rows(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Of one that is a table and no drawing: the address of each row, and its cells, each with its heading."""
        if not isinstance(self.chart, Listed):
            return []
        table = self.chart.table
        return [
            (link, list(zip(table.head, row, strict=True)))
            for link, row in zip(self.chart.links, table.rows, strict=True)
        ]


@require_GET
def picture(request: HttpRequest) -> HttpResponse:
    user = person(request)
    live = live_for(user)
    moved = live.changes.demands if live.changes else ()
    demands = live.figures.demands[:ROWS]
    context: dict[str, Any] = {
        **standing(live),
        "moved": moved[:MOVED],
        "moved_left_out": max(0, len(moved) - MOVED),
        "coverage": live.figures.coverage,
        "answers": live.figures.answers,
        "outcomes": live.figures.outcomes,
        "windows": live.figures.windows,
        "market": live.figures.market,
        "market_value": pounds(live.figures.market.value.value),
        "largest_suppliers": LARGEST,
        "least_boroughs": BOROUGHS,
        "high_index": HIGHLY_CONCENTRATED,
        "rows": [
            {
                "demand": demand,
                "budget": live_figures.told_budget(demand, exact=live.telling.exact),
                "users": live_figures.told_users(demand, exact=live.telling.exact),
                "ends": live_figures.ends(demand),
                "status": JointDemand.Status(demand.fact.status).label,
            }
            for demand in demands
        ],
        "drawn": _drawn(live),
        "may_report": permissions.has(user, Permission.BUILD_REPORTS),
    }
    return render(request, "procurement/picture/picture.html", context)


@require_GET
def picture_csv(request: HttpRequest, figure: str) -> HttpResponse:
    """One figure of the page, as a file with the same rows."""
    user = person(request)
    live = live_for(user)
    shown = live_figures.FIGURES.get(figure)
    if shown is None:
        raise Http404
    if shown.is_exact:
        permissions.require(user, Permission.VIEW_EXACT_FIGURES)
    drawn = live_figures.drawn(live, figure)
    if drawn is None:
        raise Http404
    name = f"{figure}-{timezone.localdate(live.at)}.csv"
    return HttpResponse(
        live_figures.table_csv(drawn.table),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_GET
def picture_needs(request: HttpRequest) -> HttpResponse:
    """The needs and the contracts behind one number of the page."""
    user = person(request)
    live = live_for(user)
    number = live.numbers.get(request.GET.get("figure", live.figures.headlines.needs.key))
    if number is None:
        raise Http404
    rows = _needs_behind(live, number)
    return render(
        request,
        "procurement/picture/needs.html",
        {
            "live": live,
            "number": number,
            "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
            "contracts": Paginator(_contracts_behind(live, number), PAGE).get_page(request.GET.get("contracts")),
            "untold": len(number.needs) - len(rows),
            "may_open": permissions.has(user, Permission.VIEW_SUBMITTED_NEEDS),
            "own": {borough.slug for borough in permissions.boroughs_of(user, Permission.VIEW_NEEDS)},
        },
    )


def _drawn(live: LivePicture) -> dict[str, Drawn]:
    """By slug, with underscores for hyphens so that a template can name it."""
    found = {}
    for shown in live_figures.FIGURES.values():
        chart = live_figures.drawn(live, shown.slug) if live.telling.exact or not shown.is_exact else None
        if chart is not None:
            found[shown.slug.replace("-", "_")] = Drawn(shown.slug, shown.caption, chart)
    return found


def _needs_behind(live: LivePicture, number: Number) -> list[dict[str, Any]]:
    """By reference. Of a need in no joint demand others know that it is counted, and no more."""
    standing = {need: demand for demand in live.figures.demands for need in demand.needs.needs}
    needs = {need.reference: need for need in live.facts.needs}
    authorities = {each.slug: each.name for each in live.facts.authorities}
    categories = {each.slug: each.name for each in live.facts.categories}
    return [
        {
            "need": need,
            "authority": authorities[need.borough],
            "category": categories.get(need.category, ""),
            "demand": standing.get(reference),
        }
        for reference in number.needs
        if (need := needs.get(reference)) and (live.telling.exact or reference in standing)
    ]


def _contracts_behind(live: LivePicture, number: Number) -> list[dict[str, Any]]:
    """By reference; of a told picture none."""
    authorities = {each.slug: each.name for each in live.facts.authorities}
    behind = frozenset(number.contracts)
    return [
        {"contract": each, "authority": authorities[each.borough]}
        for each in live.facts.contracts
        if each.reference in behind
    ]
