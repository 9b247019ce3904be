"""Who has a register and needs here, as a sentence, as a map and as a file. No order but the alphabet's, no money."""

import csv
import io

from django.utils import timezone

from boroughs.forms.spreadsheet_cells import guarded
from boroughs.queries.coverage import BoroughCoverage, Coverage
from boroughs.templatetags.formatting import count
from procurement.charts import tiles
from procurement.charts.drawing import Svg
from procurement.charts.tiles import Cell

COLUMNS = ("authority", "register", "contracts", "last_looked_after", "open_needs", "people")
# What a tile says, and what its shade means: of the two, a register and open needs, how many are here.
KEY = {0: "nothing yet", 1: "a register or open needs", 2: "both"}


def summary(shown: Coverage) -> str:
    """ "12 of 33 authorities have a contract register here, and 30 have an open need." """
    total = count(len(shown.boroughs), "authority,authorities")
    first = f"{shown.with_register} of {total} {_have(shown.with_register)} a contract register here"
    return f"{first}, and {shown.with_needs} {_have(shown.with_needs)} an open need."


def coverage_map(shown: Coverage) -> Svg:
    """Each of the 33 as a tile that leads to its row of the table."""
    cells = [
        Cell(*spot, row.has_register + (row.open_needs > 0), shown=_tile(row), href=f"#{row.slug}")
        for row, spot in tiles.spots(shown.boroughs)
    ]
    title = "Map of London in tiles: which authorities have a contract register and open needs here"
    return tiles.svg(cells, title=title, show=lambda value: KEY[int(value)])


def people(row: BoroughCoverage) -> str:
    """Who of the borough can act here, in words."""
    if row.has_editors or row.has_approvers:
        return " and ".join(
            word for word, here in (("Editors", row.has_editors), ("approvers", row.has_approvers)) if here
        ).capitalize()
    return "Readers" if row.has_people else "Not here yet"


def table_csv(shown: Coverage) -> str:
    """What the page's table says, one authority a line, by name; dates as the calendar's of London."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in shown.boroughs:
        kept_date = timezone.localdate(row.kept_at) if row.kept_at and row.has_register else ""
        writer.writerow(
            [
                guarded(row.name),
                row.register.value,
                row.contracts,
                kept_date,
                row.open_needs,
                people(row),
            ]
        )
    return buffer.getvalue()


def _tile(row: BoroughCoverage) -> str:
    if row.has_register:
        return "Both" if row.open_needs else "Register"
    return "Needs" if row.open_needs else "–"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"
