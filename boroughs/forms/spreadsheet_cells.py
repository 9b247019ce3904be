"""Texts in files that spreadsheets open: marked so that none is taken for a formula, and read back without the mark.

The mark is the apostrophe by which spreadsheets know text. What has it already gets another, so that every text comes
back as it was. After OWASP, "CSV Injection".
"""

import re

FORMULA = re.compile(r"'*[=+\-@\t\r]")


def guarded(text: str) -> str:
    """The text for a cell."""
    return f"'{text}" if FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """The text of a cell that `guarded` wrote."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell, 1) else cell
