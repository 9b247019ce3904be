"""The London demand picture as a PDF: from the frozen picture to the context of templates/pdf/picture.html."""

import csv
import io
from collections.abc import Callable
from typing import Any

from boroughs.forms.spreadsheet_cells import guarded
from procurement.pdf import figures, words
from procurement.pdf.job import Attachment, Pdf
from procurement.pdf.render import LIMITS, Limits, render_pdf
from procurement.queries.chain import Head
from procurement.queries.demand_picture import DemandPicture, PictureDemand
from procurement.queries.picture_rows import BoroughRow

TITLE = "London technology demand picture"
CSV_NAME = "joint-demands.csv"
NEEDS_CSV_NAME = "needs-by-authority.csv"

# So many joint demands have a section of their own, and so many of its members are listed there.
SECTIONS = 12
MEMBERS = 40
# A table of more rows makes a report that nobody leafs through; the attached file has them all.
ROWS = 250

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


def render(
    picture: DemandPicture,
    *,
    head: Head | None = None,
    limits: Limits = LIMITS,
    tick: Callable[[], None] | None = None,
    every: float = 10,
) -> Pdf:
    """The report, with the head of the notice board where one is given. The same picture gives the same bytes.

    Raises PdfFailed; see procurement/pdf/render.py.
    """
    at = picture.at.isoformat()
    attachments = [
        Attachment(CSV_NAME, table_csv(picture), "Every joint demand of this report with the needs behind it", at),
        Attachment(NEEDS_CSV_NAME, needs_csv(picture), "Open needs of each authority by area of work", at),
    ]
    return render_pdf(
        template="pdf/picture.html",
        context=context(picture) | {"head": head},
        attachments=attachments,
        limits=limits,
        tick=tick,
        every=every,
    )


def context(picture: DemandPicture) -> dict[str, Any]:
    shown = picture.demands[:ROWS]
    sections = sorted(shown, key=lambda demand: not demand.is_confirmed)[:SECTIONS]
    return {
        "title": TITLE,
        "picture": picture,
        "summary": words.summary(picture),
        "budget": words.budget(picture.budget_min, picture.budget_max),
        "users": words.users(picture.users),
        "rows": [_row(demand) for demand in shown],
        "rows_left_out": len(picture.demands) - len(shown),
        "sections": [_row(demand) for demand in sections],
        "others": len(picture.demands) - len(sections),
        "csv_name": CSV_NAME,
        "needs_csv_name": NEEDS_CSV_NAME,
        "map": figures.borough_map(picture).svg,
        "categories_chart": figures.category_bars(picture).svg,
        "categories": picture.categories,
        "width_chart": figures.width_bars(picture).svg,
        "heat": figures.area_heat(picture).svg,
        "london": _halves([row for row in picture.boroughs if row.is_london]),
        "guests": [row for row in picture.boroughs if not row.is_london and row.needs],
        "silent": [row.name for row in picture.boroughs if row.is_london and not row.needs],
    }


def _row(demand: PictureDemand) -> dict[str, Any]:
    return {
        "demand": demand,
        "members": demand.members[:MEMBERS],
        "members_left_out": max(0, demand.needs_count - MEMBERS),
        "budget": words.budget(demand.budget_min, demand.budget_max),
        "users": words.users(demand.users),
    }


def _halves(rows: list[BoroughRow]) -> list[list[BoroughRow]]:
    """Two columns, read downwards."""
    middle = (len(rows) + 1) // 2
    return [half for half in (rows[:middle], rows[middle:]) if half]


def table_csv(picture: DemandPicture) -> str:
    """All joint demands, one a line; amounts in whole pounds, empty where none is given or it may not be shown."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for demand in picture.demands:
        writer.writerow(
            [
                demand.reference,
                guarded(demand.title),
                demand.status_words,
                guarded(demand.category),
                len(demand.boroughs),
                guarded("; ".join(demand.boroughs)),
                demand.needs_count,
                "; ".join(member.need_reference for member in demand.members),
                demand.users.value,
                demand.budget_min.value,
                demand.budget_max.value,
                demand.earliest_start,
                demand.first_contract_end,
                demand.last_contract_end,
                demand.notice_reference,
            ]
        )
    return buffer.getvalue()


def needs_csv(picture: DemandPicture) -> str:
    """One authority a line: its open needs, those in a joint demand, and its needs in each area of work."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(["authority", "open_needs", "in_a_joint_demand", *(guarded(row.area) for row in picture.areas)])
    for at, borough in enumerate(picture.boroughs):
        counts = [row.by_borough[at] for row in picture.areas]
        writer.writerow([guarded(borough.name), borough.needs, borough.matched, *counts])
    return buffer.getvalue()
