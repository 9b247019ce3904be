"""The board's list to take along: as CSV and as a workbook, of exactly the filters of the page."""

import csv
import io
import tempfile
from collections.abc import Iterator
from datetime import UTC, date
from typing import IO, Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import add_never_cache_headers
from xlsxwriter import Workbook

from boroughs.forms.spreadsheet_cells import guarded
from procurement.forms.board import read
from procurement.queries import board, published
from procurement.queries.board_listing import Listing
from procurement.queries.published_notice import PublishedNotice
from procurement.views import board_columns
from procurement.views.board_columns import Value
from procurement.views.open_data import open_data
from procurement.views.public import public, stamp_of

# So many notices are in memory at once.
CHUNK = 200
# So many bytes of a workbook are sent at once.
BYTES = 64 * 1024
# More does not fit into a cell of a workbook.
CELL_CHARACTERS = 32_767
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@open_data
@public
def board_notices_csv(request: HttpRequest) -> HttpResponseBase:
    """One row a notice, in the order of the page, all pages."""
    listing = _listing(request)
    kind = "text/csv; charset=utf-8"
    response: HttpResponseBase = HttpResponse(content_type=kind)
    if request.method == "GET":
        response = StreamingHttpResponse(_csv(request, listing), content_type=kind)
    return _named(response, request, listing, "csv")


@open_data
@public
def board_notices_xlsx(request: HttpRequest) -> HttpResponseBase:
    """A sheet with a row a notice, and one with a row for each borough of each."""
    listing = _listing(request)
    response: HttpResponseBase = HttpResponse(content_type=WORKBOOK)
    if request.method == "GET":
        response = StreamingHttpResponse(_workbook(request, listing), content_type=WORKBOOK)
    return _named(response, request, listing, "xlsx")


def _listing(request: HttpRequest) -> Listing:
    stamp = stamp_of(request)
    return board.search(read(request.GET, board.options(stamp)).filters, stamp=stamp)


def _named(response: HttpResponseBase, request: HttpRequest, listing: Listing, kind: str) -> HttpResponseBase:
    name = f"demand-board-notices-{stamp_of(request).day}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if not listing.is_final:
        # The same question may be answered better in a moment.
        add_never_cache_headers(response)
    return response


def _notices(request: HttpRequest, listing: Listing) -> Iterator[PublishedNotice]:
    for start in range(0, len(listing), CHUNK):
        yield from published.read(listing[start : start + CHUNK], at=stamp_of(request).at)


def _csv(request: HttpRequest, listing: Listing) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    # With the mark by which Excel knows UTF-8.
    buffer.write("\ufeff")
    writer.writerow(board_columns.NOTICE)
    for notice in _notices(request, listing):
        writer.writerow([guarded(value) if isinstance(value, str) else value for value in board_columns.row(notice)])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _workbook(request: HttpRequest, listing: Listing) -> Iterator[bytes]:
    """Made on the disk when the first bytes are asked for; the file goes with the answer, read to its end or not."""
    with tempfile.TemporaryFile() as file:
        _write(file, request, listing)
        file.seek(0)
        while part := file.read(BYTES):
            yield part


def _write(file: IO[bytes], request: HttpRequest, listing: Listing) -> None:
    """Row by row: a sheet lies on the disk as soon as it is written, so the second sheet reads the list once more."""
    with Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        # Of the state of the board, so that the same list is the same bytes.
        book.set_properties({"created": stamp_of(request).changed_at.astimezone(UTC).replace(tzinfo=None)})
        bold = book.add_format({"bold": True})
        notices = book.add_worksheet("Notices")
        _head(notices, list(board_columns.NOTICE), bold)
        for place, notice in enumerate(_notices(request, listing), start=1):
            _row(notices, place, board_columns.row(notice))
        boroughs = book.add_worksheet("Boroughs")
        _head(boroughs, list(board_columns.BOROUGH), bold)
        rows = (row for notice in _notices(request, listing) for row in board_columns.borough_rows(notice))
        for place, row in enumerate(rows, start=1):
            _row(boroughs, place, row)


def _head(sheet: Any, headings: list[str], bold: Any) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(headings) - 1, 18)
    sheet.write_row(0, 0, headings, bold)


def _row(sheet: Any, place: int, values: list[Value]) -> None:
    """By the type of each value: a text is a text, whatever it begins with, and never a formula or a link."""
    for column, value in enumerate(values):
        if isinstance(value, str):
            sheet.write_string(place, column, value[:CELL_CHARACTERS])
        elif isinstance(value, date):
            sheet.write_datetime(place, column, value)
        elif value is not None:
            sheet.write_number(place, column, value)
