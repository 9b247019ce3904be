"""Entries of contract registers as a file: the columns are those that an import reads, so it can be taken in again."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Any

from boroughs.forms.contracts import ContractForm, notice_in_words
from boroughs.forms.spreadsheet_cells import guarded
from boroughs.models import Category, Contract

COLUMNS = ("borough", *ContractForm.base_fields)
# Without it, spreadsheets take UTF-8 for an older code.
MARK = "\ufeff"


def written(contracts: Iterable[Contract]) -> str:
    """One contract a line; amounts in whole pounds, dates as 2027-04-01, the category by its slug."""
    buffer = io.StringIO()
    buffer.write(MARK)
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for contract in contracts:
        shown = ContractForm.initial_of(contract)
        writer.writerow([guarded(contract.borough.name), *(guarded(_cell(shown[name])) for name in COLUMNS[1:])])
    return buffer.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Category):
        return value.slug
    if isinstance(value, tuple):
        return notice_in_words(*value)
    return " + ".join(map(str, value)) if isinstance(value, list) else str(value)
