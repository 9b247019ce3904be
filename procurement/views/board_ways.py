"""Ways into the board beside its list: the map of London, what is coming when, and the board in figures."""

import csv
import io
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from boroughs.forms.spreadsheet_cells import guarded
from procurement.charts import bar, drawing, tiles
from procurement.charts.bar import Bar
from procurement.charts.drawing import Svg
from procurement.charts.tiles import Cell
from procurement.forms.board import read
from procurement.queries import board, board_figures, board_table
from procurement.queries.board_facets import COMING, NOT_SAID, PASSED
from procurement.queries.board_figures import BoardFigures, Period
from procurement.views import board_address
from procurement.views.kept import kept
from procurement.views.public import open_data, public, stamp_of

COLUMNS = ("about", "name", "notices", "authorities", "value_from", "value_to", "next_start", "list")


@public
@kept
def board_map(request: HttpRequest) -> HttpResponseBase:
    """How many notices name each of the 33, under the filters of the list."""
    stamp = stamp_of(request)
    offered = board.options(stamp)
    query = read(request.GET, offered)
    listing = board.search(query.filters, stamp=stamp)
    rows = [
        (row, board_address.listed(request, borough=row.slug) if row.count else "")
        for row in board_figures.by_borough(listing.options)
    ]
    cells = [Cell(row.abbreviation, row.name, row.row, row.column, row.count, href=address) for row, address in rows]
    context = {
        "rows": rows,
        "map": tiles.svg(cells, title="Map of London in tiles: notices that name each authority", unit="Notices"),
        "chosen": board_address.chosen(request, query, offered),
        "list_url": board_address.with_filters(request, "board"),
        "notes": query.notes,
    }
    return render(request, "procurement/board/map.html", context)


@public
@kept
def board_timeline(request: HttpRequest) -> HttpResponseBase:
    """When what is on the list starts and closes, under its filters."""
    stamp = stamp_of(request)
    offered = board.options(stamp)
    query = read(request.GET, offered)
    listing = board.search(query.filters, stamp=stamp)
    coming = board_figures.coming(board_table.table(stamp), listing.matching, today=stamp.day)
    starts = [(period, board_address.listed(request, quarter=period.value)) for period in coming.starts]
    closings = [(period, board_address.listed(request, closing=period.value)) for period in coming.closings]
    context = {
        "coming": coming,
        "count": len(listing),
        "starts": _bars(starts, title="Bar chart: notices, by the quarter of the earliest start"),
        "closings": _bars(closings, title="Bar chart: notices, by the month in which they close"),
        "passed_url": board_address.listed(request, start=PASSED),
        "not_said_url": board_address.listed(request, start=NOT_SAID),
        "chosen": board_address.chosen(request, query, offered),
        "list_url": board_address.with_filters(request, "board"),
        "notes": query.notes,
    }
    return render(request, "procurement/board/timeline.html", context)


@public
@kept
def board_in_figures(request: HttpRequest) -> HttpResponseBase:
    """What is open, by category, and when it comes."""
    found = _figures(request)
    context = {
        "found": found,
        "open_url": _open(),
        "categories": [(row, _open(category=row.slug)) for row in found.categories],
        "starts": [(row, _open(quarter=row.value)) for row in found.coming.starts if row.count],
        "closings": [(row, _open(closing=row.value)) for row in found.coming.closings if row.count],
        "passed_url": _open(start=PASSED),
        "not_said_url": _open(start=NOT_SAID),
    }
    return render(request, "procurement/board/figures.html", context)


@open_data
@public
@kept
def board_figures_csv(request: HttpRequest) -> HttpResponseBase:
    """What the page of figures shows, one figure a line."""
    # With the mark by which Excel knows UTF-8.
    return HttpResponse(
        "\ufeff" + _csv(_figures(request)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="demand-board-{stamp_of(request).day}.csv"'},
    )


def _figures(request: HttpRequest) -> BoardFigures:
    stamp = stamp_of(request)
    return board_figures.figures(board_table.table(stamp), today=stamp.day)


def _open(**values: str) -> str:
    """The list of open notices with these filters."""
    asked = [("state", state.value) for state in COMING] + list(values.items())
    return f"{reverse('board')}?{urlencode(asked)}"


def _bars(rows: Sequence[tuple[Period, str]], *, title: str) -> dict[str, Svg]:
    """The chart, wide and narrow. A period without a notice is no link."""
    bars = [Bar(period.label, period.count, href=address if period.count else "") for period, address in rows]
    return {
        name: bar.svg(bars, title=title, width=width)
        for name, width in (("wide", drawing.WIDE), ("narrow", drawing.NARROW))
    }


def _csv(found: BoardFigures) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in found.categories:
        writer.writerow(
            [
                "category",
                guarded(row.name),
                row.notices,
                row.authorities,
                "" if row.low is None else row.low,
                "" if row.high is None else row.high,
                row.next_start or "",
                settings.SITE_URL + _open(category=row.slug),
            ]
        )
    periods = [("start", "quarter", period) for period in found.coming.starts]
    periods += [("closing", "closing", period) for period in found.coming.closings]
    for about, name, period in periods:
        address = settings.SITE_URL + _open(**{name: period.value})
        writer.writerow([about, period.label, period.count, "", "", "", "", address])
    return buffer.getvalue()
