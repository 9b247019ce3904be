"""From a row of an import file to an entry of a contract register."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms

from boroughs.actions.imports import ContractRow
from boroughs.forms.need_fields import BudgetField, CategoryField, WholeNumberField
from boroughs.forms.rows import RawRow, RefusedRow
from boroughs.forms.text import LineField
from boroughs.models import Borough, Category
from boroughs.queries.authorities import AuthorityNames

COLUMNS = (
    "reference",
    "borough",
    "title",
    "system",
    "supplier",
    "category",
    "start_date",
    "end_date",
    "extension_months",
    "notice_months",
    "annual_value",
    "ocid",
)
DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]


def _months(subject: str) -> WholeNumberField:
    message = f"{subject} must be a whole number of months, such as 12"
    return WholeNumberField(
        required=False,
        min_value=0,
        max_value=600,
        error_messages={
            "invalid": message,
            "min_value": message,
            "max_value": f"{subject} must be 600 months or fewer",
        },
    )


def _date(subject: str) -> forms.DateField:
    message = f"{subject} must be a real date, such as 2027-04-01"
    return forms.DateField(required=False, input_formats=DATE_FORMATS, error_messages={"invalid": message})


class ContractRowForm(forms.Form):
    reference = LineField(
        label="Reference", max_characters=100, error_messages={"required": "The row has no reference"}
    )
    borough = LineField(label="Borough", max_characters=200, error_messages={"required": "The row names no borough"})
    title = LineField(label="Title", max_characters=300, error_messages={"required": "The row has no title"})
    system = LineField(label="System", max_characters=300, required=False)
    supplier = LineField(label="Supplier", max_characters=300, required=False)
    category = CategoryField(required=False)
    start_date = _date("Start date")
    end_date = _date("End date")
    extension_months = _months("Extension")
    notice_months = _months("Notice period")
    annual_value = BudgetField(label="Annual value", required=False, max_value=100_000_000_000)
    ocid = LineField(label="OCID", max_characters=200, required=False)

    def __init__(self, data: dict[str, Any], *, authorities: AuthorityNames, categories: Sequence[Category]) -> None:
        super().__init__(data)
        self.authorities = authorities
        category = self.fields["category"]
        if isinstance(category, CategoryField):
            category.offer(categories)

    def clean_borough(self) -> Borough:
        name: str = self.cleaned_data["borough"]
        borough = self.authorities.find(name)
        if borough is None:
            raise forms.ValidationError(f"“{name[:100]}” is not one of the authorities here")
        return borough

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        start, end = data.get("start_date"), data.get("end_date")
        if start and end and end < start:
            self.add_error("end_date", "End date must be the same as the start date or later")
        return data


@dataclass
class ContractReader:
    """Checks rows one by one and remembers what only the whole file shows."""

    authorities: AuthorityNames
    categories: Sequence[Category]
    unknown_columns: dict[str, None] = field(default_factory=dict)
    _lines: dict[tuple[str, str], int] = field(default_factory=dict)

    def check(self, raw: RawRow) -> ContractRow | RefusedRow:
        """The contract that the row describes, or what is wrong with it."""
        self.unknown_columns.update(dict.fromkeys(column for column in raw.values if column not in COLUMNS))
        data = {name: value if value is None else str(value) for name, value in raw.values.items() if name in COLUMNS}
        form = ContractRowForm(data, authorities=self.authorities, categories=self.categories)
        if not form.is_valid():
            messages = [str(message) for messages in form.errors.values() for message in messages]
            return RefusedRow(raw.line, tuple(f"{message.rstrip('.')}." for message in messages))
        row = ContractRow(line=raw.line, **{name: form.cleaned_data[name] for name in COLUMNS} | _months_of(form))
        first = self._lines.setdefault((row.borough.slug, row.reference), raw.line)
        if first != raw.line:
            return RefusedRow(raw.line, (f"{row.reference} is used twice; it stands in line {first} already.",))
        return row


def _months_of(form: forms.Form) -> dict[str, int]:
    return {name: form.cleaned_data[name] or 0 for name in ("extension_months", "notice_months")}
