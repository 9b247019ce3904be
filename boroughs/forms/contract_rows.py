"""From a row of an import file to an entry of a contract register, checked by the same form as the page."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from boroughs.actions.contract_content import NAMES
from boroughs.actions.register import ContractRow
from boroughs.forms.contracts import ContractForm
from boroughs.forms.rows import RawRow, RefusedRow
from boroughs.forms.text import clean_line
from boroughs.models import Borough, Category
from boroughs.queries.authorities import AuthorityNames

# Column of the file: field of the form.
COLUMNS = {name: name for name in ContractForm.base_fields} | {
    "extension_months": "extension_options",
    "notice_months": "notice",
}
DATES = ("start_date", "end_date", "review_date")
# By which a row is known again where it has no reference.
STAND_IN = ("title", "supplier", "start_date")


@dataclass
class ContractReader:
    """Checks rows one by one and remembers what only the whole file shows.

    With `borough`, rows that name none are its own, and rows that name another one are refused.
    """

    authorities: AuthorityNames
    categories: Sequence[Category]
    borough: Borough | None = None
    unknown_columns: dict[str, None] = field(default_factory=dict)
    _lines: dict[tuple[int, str], int] = field(default_factory=dict)
    _form: ContractForm = field(init=False)

    def __post_init__(self) -> None:
        # One form for all rows: making one takes longer than checking a row.
        self._form = ContractForm({}, categories=self.categories)

    def check(self, raw: RawRow) -> ContractRow | RefusedRow:
        """The contract that the row describes, or what is wrong with it."""
        unknown = (column for column in raw.values if column not in COLUMNS and column != "borough")
        self.unknown_columns.update(dict.fromkeys(unknown))
        values, remarks = _form_data(raw.values), list(raw.remarks)
        if not values.get("reference"):
            values["reference"] = stand_in(values)
        self._form.data = values
        self._form.full_clean()
        errors = self._form.errors.get_json_data()
        for error in errors.pop("category", ()):
            # A register has categories of its own; they are no reason to refuse a contract.
            remarks.append(f"{error['message']}, so it is left empty.")
            self._form.cleaned_data["category"] = None
        found = self._borough_of(raw)
        problems = [*raw.problems, *([found] if isinstance(found, str) else [])]
        problems += [_in_words(raw, name, error) for name, each in errors.items() for error in each]
        if problems or isinstance(found, str):
            return RefusedRow(raw.line, tuple(dict.fromkeys(problems)))
        reference = self._form.cleaned_data["reference"]
        first = self._lines.setdefault((found.pk, reference), raw.line)
        if first != raw.line:
            return RefusedRow(raw.line, (_twice(values, reference, first),))
        return ContractRow(raw.line, found, reference, self._form.content(), _told(raw.values), tuple(remarks))

    def _borough_of(self, raw: RawRow) -> Borough | str:
        """The borough, or a sentence that says why there is none."""
        name = clean_line(raw.values.get("borough") or "")
        if not name:
            return self.borough or "The row names no borough."
        found = self.authorities.find(name)
        if self.borough is not None and found != self.borough:
            return f"The row is for “{name[:100]}”, not for {self.borough.name}."
        return found or f"“{name[:100]}” is not one of the authorities here."


def _in_words(raw: RawRow, name: str, error: Mapping[str, str]) -> str:
    """What is wrong with a field, by the heading that the person's own file has for it."""
    if error["code"] == "required":
        # A reference is wanted only where there is no title that could stand in for it.
        empty = f"“{raw.headings['title']}” is empty" if "title" in raw.headings else "The row has no title"
        return f"{empty}. A contract cannot be kept without a title."
    words = f"{error['message'].rstrip('.')}."
    heading = next(
        (raw.headings[column] for column, of in COLUMNS.items() if of == name and column in raw.headings), ""
    )
    return f"{heading}: {words}" if heading else words


def _twice(values: Mapping[str, Any], reference: str, first: int) -> str:
    if reference != stand_in(values):
        return f"{reference} is used twice; it stands in line {first:,} already."
    return (
        f"“{clean_line(values['title'])[:100]}” stands in line {first:,} already, with the same supplier and start. "
        "Give each a reference of its own."
    )


def stand_in(values: Mapping[str, Any]) -> str:
    """A reference made from what the row says, the same whenever it says the same; "" where it has no title."""
    if not values.get("title"):
        return ""
    said = "\n".join(str(values.get(name, "")).casefold() for name in STAND_IN)
    return f"R-{hashlib.sha256(said.encode()).hexdigest()[:12]}"


def _told(values: Mapping[str, Any]) -> frozenset[str]:
    """The parts of a contract that the row speaks of, filled or empty; of the rest the file is silent."""
    fields = {COLUMNS[column] for column in values if column in COLUMNS} | {"title"}
    if "notice" in fields:
        fields |= {"notice_months", "notice_days"}
    return frozenset(fields & set(NAMES))


def _form_data(values: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for column, name in COLUMNS.items():
        value = values.get(column)
        if value not in (None, "") and name not in data:
            data[name] = _day(value) if name in DATES else value
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
