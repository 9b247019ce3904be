"""From a row of a table to what the contract form takes, once it is settled which column is which."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from boroughs.forms import cells
from boroughs.forms.cell_periods import read_notice, read_options, unit_in
from boroughs.forms.cells import Read
from boroughs.forms.grid import Cell, TableRow
from boroughs.forms.tables import Table

# What Contracts Finder packs into one cell: [name|address|kind of number|number|SME|VCSE], once for each supplier.
PACKED = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\|([^\[\]|]*)\|([^\[\]|]*)\|[^\[\]|]*\|[^\[\]|]*\]")
COMPANIES_HOUSE = "COMPANIES_HOUSE"
COMPANY_DIGITS = 8
MAX_TITLE = 300


@dataclass(frozen=True)
class RowValues:
    """What a row says: values for `ContractForm` and `borough`, sentences that refuse it, and remarks on the rest."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


Reader = Callable[[Cell, str, Table], Read[Any]]


def contract_values(table: Table, fields: Mapping[str, str], row: TableRow) -> RowValues:
    """The row by `fields`, a mapping of heading to field. Columns without a field are not looked at.

    Where no title is told, the system is the title, or else the first line of the description.
    """
    values: dict[str, Any] = {}
    problems, remarks = [row.problem] if row.problem else [], []
    for column, cell in zip(table.columns, row.cells, strict=True):
        name = fields.get(column, "")
        if name not in READERS:
            continue
        try:
            read = READERS[name](cell, column, table)
        except ValidationError as error:
            problems.append(f"{column}: {error.messages[0]}")
            continue
        if read.value is not None and read.value != "":
            values[name] = read.value
        if read.remark:
            remarks.append(f"{column}: {read.remark}")
    _unpack_supplier(values, remarks)
    _find_title(values, remarks)
    return RowValues(values, tuple(problems), tuple(remarks))


def _line(cell: Cell, column: str, table: Table) -> Read[Any]:
    return cells.read_line(cell)


def _text(cell: Cell, column: str, table: Table) -> Read[Any]:
    return cells.read_text(cell)


def _company_number(cell: Cell, column: str, table: Table) -> Read[Any]:
    return Read(_padded(cells.read_line(cell).value))


def _padded(number: str) -> str:
    """Spreadsheets take the leading zeros of company numbers away."""
    return number.zfill(COMPANY_DIGITS) if number.isdecimal() and 4 <= len(number) < COMPANY_DIGITS else number


def _first_day(cell: Cell, column: str, table: Table) -> Read[Any]:
    return cells.read_date(cell)


def _last_day(cell: Cell, column: str, table: Table) -> Read[Any]:
    return cells.read_date(cell, at_end=True)


def _options(cell: Cell, column: str, table: Table) -> Read[Any]:
    return read_options(cell, unit=unit_in(column) if unit_in(column) in ("m", "y") else "")


def _notice(cell: Cell, column: str, table: Table) -> Read[Any]:
    return read_notice(cell, unit=unit_in(column))


def _a_year(cell: Cell, column: str, table: Table) -> Read[Any]:
    return cells.read_money(cell, decimal_comma=column in table.decimal_commas, yearly=True)


def _whole_term(cell: Cell, column: str, table: Table) -> Read[Any]:
    return cells.read_money(cell, decimal_comma=column in table.decimal_commas, yearly=False)


READERS: dict[str, Reader] = {
    "reference": _line,
    "borough": _line,
    "title": _line,
    "description": _text,
    "system": _line,
    "supplier": _text,
    "company_number": _company_number,
    "department": _line,
    "category": _line,
    "start_date": _first_day,
    "end_date": _last_day,
    "review_date": _first_day,
    "extension_options": _options,
    "notice": _notice,
    "annual_value": _a_year,
    "total_value": _whole_term,
    "ocid": _line,
}


def _unpack_supplier(values: dict[str, Any], remarks: list[str]) -> None:
    text = values.get("supplier", "")
    packed = PACKED.findall(text)
    if packed:
        name, _, kind, number = (part.strip() for part in packed[0])
        values["supplier"] = name
        if kind.upper() == COMPANIES_HOUSE and number:
            values.setdefault("company_number", _padded(number))
        others = [part[0].strip() for part in packed[1:]]
        if others:
            remarks.append(f"{len(packed)} suppliers are named; “{name}” is kept, not {', '.join(others)[:300]}.")
        return
    first, _, rest = text.partition("\n")
    if rest:
        values["supplier"] = first
        remarks.append(f"Of the supplier’s details, the first line is kept: “{first[:100]}”.")


def _find_title(values: dict[str, Any], remarks: list[str]) -> None:
    if values.get("title"):
        return
    for name, said in (("system", "the system"), ("description", "the description")):
        text = str(values.get(name, "")).partition("\n")[0]
        if text:
            values["title"] = text if len(text) <= MAX_TITLE else f"{text[: MAX_TITLE - 1]}…"
            remarks.append(f"The title is taken from {said}.")
            return
