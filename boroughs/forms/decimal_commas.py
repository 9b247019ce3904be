"""Telling by its amounts whether a column is written the continental way: "1.234,50" for £1,234.50."""

import re
from collections.abc import Iterable, Sequence

from boroughs.forms.grid import TableRow

SIGNS = re.compile(r"[£€$\s]|eur|gbp", re.IGNORECASE)
# 1234,5 and 1.234,50 and 1.234.567; none of them can be British.
CONTINENTAL = re.compile(r"-?(?:\d+,\d{1,2}|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,})", re.ASCII)
BRITISH = re.compile(r"-?(?:\d+\.\d{1,2}|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,})", re.ASCII)
# 1.234 or 1,234: one or the other.
EITHER = re.compile(r"-?\d{1,3}[.,]\d{3}", re.ASCII)


def columns_with_decimal_comma(columns: Sequence[str], rows: Iterable[TableRow], delimiter: str) -> frozenset[str]:
    """The columns whose amounts have decimal commas and no decimal points.

    "1.234" alone decides nothing: in a file with semicolons it follows the other columns, elsewhere it is British.
    """
    continental, british, either = set(), set(), set()
    for row in rows:
        for column, cell in zip(columns, row.cells, strict=False):
            if not isinstance(cell, str) or len(cell) > 40 or not ("," in cell or "." in cell):
                continue
            text = SIGNS.sub("", cell)
            if CONTINENTAL.fullmatch(text):
                continental.add(column)
            elif BRITISH.fullmatch(text):
                british.add(column)
            elif EITHER.fullmatch(text):
                either.add(column)
    found = continental - british
    if delimiter == "semicolon" and found and not british:
        found |= either
    return frozenset(found)
