"""From a row of an import file to an entry of a contract register, checked by the same form as the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from boroughs.actions.register import ContractRow
from boroughs.forms.contracts import ContractForm
from boroughs.forms.rows import RawRow, RefusedRow
from boroughs.forms.text import clean_line
from boroughs.models import Category
from boroughs.queries.authorities import AuthorityNames

# Column of the file: field of the form.
COLUMNS = {name: name for name in ContractForm.base_fields} | {
    "extension_months": "extension_options",
    "notice_months": "notice",
}
DATES = ("start_date", "end_date", "review_date")


@dataclass
class ContractReader:
    """Checks rows one by one and remembers what only the whole file shows."""

    authorities: AuthorityNames
    categories: Sequence[Category]
    unknown_columns: dict[str, None] = field(default_factory=dict)
    _lines: dict[tuple[str, str], int] = field(default_factory=dict)

    def check(self, raw: RawRow) -> ContractRow | RefusedRow:
        """The contract that the row describes, or what is wrong with it."""
        unknown = (column for column in raw.values if column not in COLUMNS and column != "borough")
        self.unknown_columns.update(dict.fromkeys(unknown))
        name = clean_line(raw.values.get("borough") or "")
        borough = self.authorities.find(name) if name else None
        form = ContractForm(_form_data(raw.values), categories=self.categories)
        problems = [message.rstrip(".") for messages in form.errors.values() for message in map(str, messages)]
        if borough is None:
            problems.insert(
                0, f"“{name[:100]}” is not one of the authorities here" if name else "The row names no borough"
            )
        if borough is None or problems:
            return RefusedRow(raw.line, tuple(f"{problem}." for problem in problems))
        reference = form.cleaned_data["reference"]
        first = self._lines.setdefault((borough.slug, reference), raw.line)
        if first != raw.line:
            return RefusedRow(raw.line, (f"{reference} is used twice; it stands in line {first} already.",))
        return ContractRow(line=raw.line, borough=borough, reference=reference, content=form.content())


def _form_data(values: Mapping[str, Any]) -> dict[str, Any]:
    data = {}
    for column, name in COLUMNS.items():
        value = values.get(column)
        if value not in (None, "") and name not in data:
            data[name] = _day(value) if name in DATES else str(value)
    return data


def _day(value: Any) -> Any:
    """dd/mm/yyyy, which spreadsheets write, as a date; all else as it is, for the field to read."""
    if isinstance(value, date):
        return value
    try:
        # A day on a calendar: no time, no zone.
        return datetime.strptime(str(value).strip(), "%d/%m/%Y").date()  # noqa: DTZ007
    except ValueError:
        return str(value)
