"""Fields and widgets that plain Django has no like of: dates in three parts, pounds, counted text, GOV.UK choices."""

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from boroughs.word_count import count_words

DATE_PARTS = ("day", "month", "year")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
# A pasted number of a million digits would overflow before any limit is asked.
MAX_DIGITS = 10_000
FACTORS = {
    "": 1,
    "k": 1_000,
    "thousand": 1_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "million": 1_000_000,
    "bn": 1_000_000_000,
    "billion": 1_000_000_000,
}
# Commas and spaces stand between groups of three digits; "1,50" may mean a decimal comma, so it is refused.
AMOUNT = re.compile(r"(-?\d{1,3}(?:[,\s]\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?|-?\.\d+)\s*([a-z]*)", re.ASCII)


def _date_in_words(value: datetime.date) -> str:
    return f"{value.day} {MONTHS[value.month - 1].capitalize()} {value.year}"


def upper_first(text: str) -> str:
    """The text as it begins a sentence."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """The text as it stands inside a sentence; "CCTV" and "I agree" keep their capitals."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


# --- choices ------------------------------------------------------------------------------------------------------


class _Choices(forms.widgets.ChoiceWidget):
    """Options with hints; the first takes the field's own id, so that every link to the field lands on it."""

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Any = (),
        *,
        hints: Mapping[str, str] | None = None,
        inline: bool = False,
        small: bool = False,
    ) -> None:
        super().__init__(attrs, choices)
        self.hints = dict(hints or {})
        self.inline = inline
        self.small = small

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        if index is None:
            return ""
        if index == "0" or not id_:
            return id_
        return f"{id_}-{int(index) + 1}" if index.isdigit() else f"{id_}-{index}"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"].update(inline=self.inline, small=self.small)
        return context

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(*args, **kwargs)
        hint = self.hints.get(str(option["value"]))
        if hint:
            option["hint"] = hint
            option["hint_id"] = f"{option['attrs'].get('id', option['name'])}-item-hint"
            option["attrs"]["aria-describedby"] = option["hint_id"]
        return option


class Radios(_Choices, forms.RadioSelect):
    """Radio buttons. `hints` maps a value to the words below its label; `inline` is for two short options."""


class Checkboxes(_Choices, forms.CheckboxSelectMultiple):
    """Several checkboxes. `hints` maps a value to the words below its label; `small` is for filters."""


class AutocompleteSelect(forms.Select):
    """A select that becomes a box to type in where scripts run; for lists of more than about ten options."""

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        return {**super().build_attrs(base_attrs, extra_attrs), "data-autocomplete": True}


# --- text ---------------------------------------------------------------------------------------------------------


class SearchInput(forms.TextInput):
    """A search box."""

    input_type = "search"


class WordLimitedTextarea(forms.Textarea):
    """A text area that tells its limit, and counts down where scripts run. Give words or characters, not both."""

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        *,
        max_words: int | None = None,
        max_characters: int | None = None,
        rows: int = 5,
    ) -> None:
        if (max_words is None) == (max_characters is None):
            raise ValueError("give max_words or max_characters")
        base = {"rows": rows, **(attrs or {})}
        super().__init__({**base, "class": f"govuk-js-character-count {base.get('class', '')}".strip()})
        limit = {
            "data-maxlength": str(max_words or max_characters),
            **({"data-count-type": "words"} if max_words else {}),
        }
        self.group_attrs = {"class": "govuk-character-count", "data-module": "govuk-character-count", **limit}
        self.count_message = (
            f"You can enter up to {max_words or max_characters} {'words' if max_words else 'characters'}"
        )


class WordsField(forms.CharField):
    """Text of at most `max_words` words."""

    def __init__(self, *, max_words: int, rows: int = 5, subject: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("widget", WordLimitedTextarea(max_words=max_words, rows=rows))
        super().__init__(**kwargs)
        self.max_words = max_words
        self.subject = subject

    def validate(self, value: str) -> None:
        super().validate(value)
        if count_words(value) > self.max_words:
            subject = upper_first(self.subject or str(self.label or "text"))
            raise ValidationError(f"{subject} must be {self.max_words} words or fewer", code="max_words")


# --- money --------------------------------------------------------------------------------------------------------


class PoundsInput(forms.TextInput):
    """A text box after a pound sign."""

    template_name = "django/forms/widgets/pounds.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"class": "govuk-input--width-10", "inputmode": "decimal", "spellcheck": "false", **(attrs or {})}
        )


class PoundsField(forms.Field):
    """Whole pounds as an `int`. Understands "£1,200", "250k", "1.2m" and "3 million".

    `subject` is how messages name the field when the label is a question.
    """

    widget = PoundsInput

    def __init__(
        self, *, min_value: int | None = 0, max_value: int | None = 10_000_000_000, subject: str = "", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.min_value = min_value
        self.max_value = max_value
        self.subject = subject

    def _says(self, rest: str, code: str) -> ValidationError:
        return ValidationError(f"{upper_first(self.subject or str(self.label or 'amount'))} {rest}", code=code)

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values or isinstance(value, int):
            return value or (0 if value == 0 else None)
        text = str(value).strip().lower().removeprefix("£").replace("\u00a0", " ").strip()
        if not text:
            return None
        match = AMOUNT.fullmatch(text)
        factor = FACTORS.get(match[2]) if match else None
        if match is None or factor is None:
            raise self._says("must be an amount of money, like 250,000 or 1.2m", "invalid")
        digits = re.sub(r"[,\s]", "", match[1])
        if len(digits) > MAX_DIGITS:
            raise self._says("must be an amount of money, like 250,000 or 1.2m", "invalid")
        amount = Decimal(digits) * factor
        if amount != amount.to_integral_value():
            raise self._says("must be in whole pounds", "pence")
        return int(amount)

    def validate(self, value: int | None) -> None:
        super().validate(value)
        if value is None:
            return
        if self.min_value is not None and value < self.min_value:
            raise self._says(f"must be £{self.min_value:,} or more", "min_value")
        if self.max_value is not None and value > self.max_value:
            raise self._says(f"must be £{self.max_value:,} or less", "max_value")

    def prepare_value(self, value: Any) -> Any:
        return f"{int(value):,}" if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


# --- dates --------------------------------------------------------------------------------------------------------


class DatePartsInput(forms.Widget):
    """Day, month and year in three boxes named `<name>_day`, `<name>_month` and `<name>_year`."""

    template_name = "django/forms/widgets/date_parts.html"
    use_fieldset = True
    is_group_of_inputs = True

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-day" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        attrs = dict(attrs or {})
        wrong = attrs.pop("error_parts", ())
        context = super().get_context(name, None, attrs)
        values = self._parts_of(value)
        context["widget"]["parts"] = [
            {
                "name": f"{name}_{part}",
                "id": f"{context['widget']['attrs'].get('id', name)}-{part}",
                "label": part.capitalize(),
                "value": values.get(part, ""),
                "is_wrong": part in wrong,
                "width": 4 if part == "year" else 2,
            }
            for part in DATE_PARTS
        ]
        return context

    @staticmethod
    def _parts_of(value: Any) -> Mapping[str, Any]:
        if isinstance(value, datetime.date):
            return {"day": value.day, "month": value.month, "year": value.year}
        return value if isinstance(value, Mapping) else {}

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> dict[str, str] | datetime.date | None:
        if not any(f"{name}_{part}" in data for part in DATE_PARTS):
            # Imports and tests hand over a date or its ISO form under the plain name.
            return data.get(name)
        return {part: str(data.get(f"{name}_{part}") or "").strip() for part in DATE_PARTS}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and not any(f"{name}_{part}" in data for part in DATE_PARTS)


class DatePartsField(forms.Field):
    """A `datetime.date` from three boxes; the month may be a number or a name.

    `subject` is how messages name the field when the label is a question: "contract end date". `min_date` and
    `max_date` are dates or functions that give one. Errors carry the names of the wrong parts in `params["parts"]`.
    """

    widget = DatePartsInput

    def __init__(
        self,
        *,
        subject: str = "",
        min_date: datetime.date | Callable[[], datetime.date] | None = None,
        max_date: datetime.date | Callable[[], datetime.date] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("help_text", "For example, 27 3 2027")
        own_required = "required" in (kwargs.get("error_messages") or {})
        super().__init__(**kwargs)
        self.subject = subject
        self.min_date = min_date
        self.max_date = max_date
        if not own_required:
            self.error_messages["required"] = f"Enter the {lower_first(self._subject())}"

    def _subject(self) -> str:
        return self.subject or str(self.label or "date")

    def _says(self, rest: str, code: str, parts: Sequence[str] = DATE_PARTS) -> ValidationError:
        message = f"{upper_first(self._subject())} {rest}".replace("%", "%%")
        return ValidationError(message, code=code, params={"parts": tuple(parts)})

    def to_python(self, value: Any) -> datetime.date | None:
        if value in self.empty_values or isinstance(value, datetime.date):
            return value or None
        if isinstance(value, str):
            return self._from_iso(value)
        missing = [part for part in DATE_PARTS if not value.get(part)]
        if len(missing) == len(DATE_PARTS):
            return None
        if missing:
            raise self._says("must include a " + " and ".join(missing), "incomplete", missing)
        return self._from_parts(value)

    def _from_iso(self, value: str) -> datetime.date:
        try:
            return datetime.date.fromisoformat(value.strip())
        except ValueError as error:
            raise self._says("must be a real date", "invalid") from error

    def _from_parts(self, value: Mapping[str, str]) -> datetime.date:
        day, month, year = _number(value["day"]), _month(value["month"]), _number(value["year"])
        parts = dict(zip(DATE_PARTS, (day, month, year), strict=True))
        wrong = [part for part, number in parts.items() if number is None]
        if day is None or month is None or year is None:
            raise self._says("must be a real date", "invalid", wrong)
        if not 1000 <= year <= 9999:
            raise self._says("must have a year of 4 numbers", "year", ["year"])
        if not 1 <= month <= 12:
            raise self._says("must be a real date", "invalid", ["month"])
        try:
            return datetime.date(year, month, day)
        except ValueError as error:
            raise self._says("must be a real date", "invalid", ["day"] if not 1 <= day <= 31 else DATE_PARTS) from error

    def validate(self, value: datetime.date | None) -> None:
        super().validate(value)
        if value is None:
            return
        low = self.min_date() if callable(self.min_date) else self.min_date
        high = self.max_date() if callable(self.max_date) else self.max_date
        if low and value < low:
            raise self._says(f"must be on or after {_date_in_words(low)}", "min_date")
        if high and value > high:
            raise self._says(f"must be on or before {_date_in_words(high)}", "max_date")


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,4}", text, re.ASCII) else None


def _month(text: str) -> int | None:
    name = text.casefold().rstrip(".")
    if len(name) >= 3 and name.isalpha():
        return next((number for number, month in enumerate(MONTHS, start=1) if month.startswith(name)), None)
    return _number(text)


# --- files --------------------------------------------------------------------------------------------------------


class FileUpload(forms.FileInput):
    """A file box; where scripts run, also a place to drop the file."""

    template_name = "django/forms/widgets/file_upload.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, drop_zone: bool = True) -> None:
        super().__init__(attrs)
        self.drop_zone = drop_zone

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["drop_zone"] = self.drop_zone
        return context
