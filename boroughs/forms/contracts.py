"""What an entry of a contract register may say: one definition of its fields and rules for page, import and API."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from boroughs.actions.contract_content import ContractContent
from boroughs.forms.fields import DatePartsField, PoundsField
from boroughs.forms.need_fields import CategoryField
from boroughs.forms.text import LineField, ProseField, clean_line
from boroughs.models import Category, Contract

EARLIEST, LATEST = date(1980, 1, 1), date(2100, 12, 31)
MAX_OPTIONS, MAX_OPTION_MONTHS = 20, 240
MAX_NOTICE_MONTHS, MAX_NOTICE_DAYS = 60, 1000
MAX_POUNDS = 100_000_000_000
OPTION = re.compile(r"(?:(\d{1,2})\s*[x×]\s*)?(\d{1,3})(?:\s*(m|months?|y|yrs?|years?))?", re.IGNORECASE | re.ASCII)
NOTICE = re.compile(r"(\d{1,4})\s*(m|months?|w|weeks?|d|days?)?", re.IGNORECASE | re.ASCII)
MONTHS_AND_DAYS = re.compile(r"(\d{1,4})\s*months?(?:\s*,|\s+and)?\s*(\d{1,4})\s*days?", re.IGNORECASE | re.ASCII)


class ExtensionField(forms.CharField):
    """Options to extend as a tuple of months, in their order: "12 + 12", "2 x 12 months", "1 year, 6 months"."""

    def to_python(self, value: Any) -> tuple[int, ...]:  # type: ignore[override]
        if isinstance(value, list | tuple):
            options = [self._whole(each) for each in value]
        else:
            options = self._read(clean_line("" if value is None else value))
        if len(options) > MAX_OPTIONS or any(not 0 < each <= MAX_OPTION_MONTHS for each in options):
            raise self._says()
        return tuple(options)

    def _read(self, text: str) -> list[int]:
        if not text or text.casefold() in ("none", "0"):
            return []
        options: list[int] = []
        for part in re.split(r"\s*(?:\+|,|;|\band\b)\s*", text):
            match = OPTION.fullmatch(part)
            if match is None:
                raise self._says()
            months = int(match[2]) * (12 if (match[3] or "m")[0].casefold() == "y" else 1)
            options += [months] * int(match[1] or 1)
        return options

    def _whole(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._says()
        return value

    def _says(self) -> ValidationError:
        return ValidationError(
            f"{self.label} must be months for each option, such as 12 + 12 (at most {MAX_OPTIONS} options of "
            f"{MAX_OPTION_MONTHS} months)"
        )

    def prepare_value(self, value: Any) -> Any:
        return " + ".join(map(str, value)) if isinstance(value, list | tuple) else value


class NoticeField(forms.CharField):
    """A notice period as (months, days): "3 months", "90 days", "12 weeks", "3 months and 10 days"."""

    def to_python(self, value: Any) -> tuple[int, int]:  # type: ignore[override]
        if isinstance(value, tuple):
            months, days = value
        else:
            text = clean_line("" if value is None else value)
            if not text or text.casefold() == "none":
                return 0, 0
            months, days = self._read(text)
        if not (0 <= months <= MAX_NOTICE_MONTHS and 0 <= days <= MAX_NOTICE_DAYS):
            raise self._says()
        return months, days

    def _read(self, text: str) -> tuple[int, int]:
        if both := MONTHS_AND_DAYS.fullmatch(text):
            return int(both[1]), int(both[2])
        match = NOTICE.fullmatch(text)
        if match is None:
            raise self._says()
        number, unit = int(match[1]), (match[2] or "m")[0].casefold()
        return (number, 0) if unit == "m" else (0, number * (7 if unit == "w" else 1))

    def _says(self) -> ValidationError:
        return ValidationError(
            f"{self.label} must be a time such as 3 months, 12 weeks or 90 days, at most {MAX_NOTICE_MONTHS} months"
        )

    def prepare_value(self, value: Any) -> Any:
        return notice_in_words(*value) if isinstance(value, tuple) else value


def notice_in_words(months: int, days: int) -> str:
    """A notice period as people say it; "" where there is none."""
    parts = [f"{number} {unit}{'s' * (number != 1)}" for number, unit in ((months, "month"), (days, "day")) if number]
    return " and ".join(parts)


def _box(width: int) -> forms.TextInput:
    return forms.TextInput(attrs={"class": f"govuk-input--width-{width}"})


def _date(label: str, hint: str = "") -> DatePartsField:
    more = {"help_text": hint} if hint else {}
    return DatePartsField(label=label, subject=label, required=False, min_date=EARLIEST, max_date=LATEST, **more)


class ContractForm(forms.Form):
    """An entry of a contract register. Reference and title are wanted; what is not known may stay empty."""

    reference = LineField(
        label="Reference",
        max_characters=100,
        help_text="The number that your register has for it. It stays the same for good.",
        error_messages={"required": "Enter the contract’s reference"},
    )
    title = LineField(label="Title", max_characters=300, error_messages={"required": "Enter a title"})
    description = ProseField(label="What it provides", max_words=500, rows=4, required=False)
    system = LineField(
        label="System or product",
        max_characters=300,
        required=False,
        help_text="What people call it, for example “Mosaic”.",
    )
    supplier = LineField(label="Supplier", max_characters=300, required=False, help_text="As the contract names it.")
    company_number = LineField(
        label="Supplier’s company number",
        max_characters=20,
        required=False,
        widget=_box(10),
        help_text="It tells companies of the same name apart.",
    )
    department = LineField(label="Department responsible", max_characters=200, required=False)
    category = CategoryField(required=False, label="Category", help_text="The kind of work it supports.")
    start_date = _date("Start date")
    end_date = _date("End date", "The last day of the present term, before any option to extend is used.")
    review_date = _date("Review date")
    extension_options = ExtensionField(
        label="Options to extend",
        required=False,
        widget=_box(20),
        help_text="Months of each option that is left. For example, 12 + 12 for two options of a year.",
    )
    notice = NoticeField(
        label="Notice period",
        required=False,
        widget=_box(20),
        help_text="How long before the end notice must be given. For example, 3 months or 90 days.",
    )
    annual_value = PoundsField(label="Value a year", required=False, max_value=MAX_POUNDS)
    total_value = PoundsField(label="Value over the whole term", required=False, max_value=MAX_POUNDS)
    ocid = LineField(
        label="OCID", max_characters=200, required=False, help_text="The open contracting identifier, if it has one."
    )

    def __init__(self, *args: Any, categories: Iterable[Category], of: Contract | None = None, **kwargs: Any) -> None:
        """`of` is the entry that is changed; its reference stays, and is not asked for."""
        if of is not None:
            kwargs.setdefault("initial", self.initial_of(of))
        super().__init__(*args, **kwargs)
        if of is not None:
            del self.fields["reference"]
        category = self.fields["category"]
        if isinstance(category, CategoryField):
            category.offer(list(categories))

    @classmethod
    def initial_of(cls, contract: Contract) -> dict[str, Any]:
        """What the form shows of a stored contract."""
        shown = {name: getattr(contract, name) for name in cls.base_fields if name != "notice"}
        return shown | {"notice": (contract.notice_months, contract.notice_days)}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        start, end = data.get("start_date"), data.get("end_date")
        if start and end and end < start:
            self.add_error("end_date", "End date must be the same as the start date or later")
        return data

    def content(self) -> ContractContent:
        """What a valid form says, without the reference."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("reference", "notice")}
        months, days = self.cleaned_data["notice"]
        return ContractContent(**values, notice_months=months, notice_days=days)
