"""Fields of a need that are more than text, and how strictly a source is held to them.

The page holds people to its word limits, which make a need readable. A file comes as it was written somewhere else, so
there only the hard limits count.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.utils import ErrorDict

from boroughs.forms.fields import AMOUNT, FACTORS, AutocompleteSelect, PoundsField, Radios
from boroughs.forms.text import SPACES, LineField, ProseField
from boroughs.models import Category, Contract

CPV = re.compile(r"(\d{8})(?:-\d)?", re.ASCII)
# What an answer that was not given is called among radio buttons.
UNSAID = "Not said"
MAX_CPV = 200


@dataclass(frozen=True)
class Limits:
    """How strict a source is held. Characters for titles; whether the word limits of texts count."""

    title: int
    counts_words: bool
    wants_basis: bool


PAGE = Limits(title=100, counts_words=True, wants_basis=True)
FILE = Limits(title=300, counts_words=False, wants_basis=False)


class CodeField(forms.ChoiceField):
    """A choice given by its code or its label, in any case: "managed service", "MANAGED_SERVICE".

    With `unsaid` the last choice takes an answer back.
    """

    def __init__(self, *, choices: Iterable[tuple[str, str]], unsaid: bool = False, **kwargs: Any) -> None:
        super().__init__(choices=[*choices, *([("", UNSAID)] if unsaid else [])], **kwargs)

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value)).strip()
        choices = cast(Iterable[tuple[str, str]], self.choices)
        by_label = {str(label).casefold(): str(code) for code, label in choices}
        code = text.upper().replace(" ", "_").replace("-", "_")
        return by_label.get(text.casefold(), code)


class CategoryField(forms.Field):
    """A category by its slug or its name. The form hands over the categories."""

    widget = AutocompleteSelect
    categories: Sequence[Category] = ()

    def offer(self, categories: Sequence[Category], *, empty: str = "Choose a category") -> None:
        self.categories = categories
        areas: dict[str, list[tuple[str, str]]] = {}
        for category in categories:
            areas.setdefault(category.area, []).append((category.slug, category.name))
        cast(forms.Select, self.widget).choices = [("", empty), *areas.items()]

    def prepare_value(self, value: Any) -> Any:
        return value.slug if isinstance(value, Category) else value

    def to_python(self, value: Any) -> Category | None:
        if value in self.empty_values:
            return None
        wanted = str(value).strip().casefold()
        for category in self.categories:
            if wanted in (category.slug, category.name.casefold()):
                return category
        raise ValidationError(f"There is no category called “{str(value)[:60]}”", code="invalid_choice")


class ContractField(forms.Field):
    """A contract of the borough's register, by its reference there. The form hands over the contracts."""

    widget = AutocompleteSelect
    contracts: Sequence[Contract] = ()

    def offer(self, contracts: Sequence[Contract]) -> None:
        self.contracts = contracts
        names = [(each.reference, _named(each)) for each in contracts]
        cast(forms.Select, self.widget).choices = [("", "None, or not in the register"), *names]

    def prepare_value(self, value: Any) -> Any:
        return value.reference if isinstance(value, Contract) else value

    def to_python(self, value: Any) -> Contract | None:
        if value in self.empty_values:
            return None
        wanted = str(value).strip()
        for contract in self.contracts:
            if contract.reference == wanted:
                return contract
        raise ValidationError(f"There is no contract “{wanted[:60]}” in the borough’s register", code="invalid_choice")


def _named(contract: Contract) -> str:
    """A contract as a list of choices has it. One that is out of the register is there because it was chosen before."""
    gone = ", taken out of the register" if contract.closed_at else ""
    return f"{contract.title} ({contract.reference}{gone})"


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or not said: `True`, `False` or `None`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=[("yes", "Yes"), ("no", "No"), ("", UNSAID)],
            coerce=lambda text: text == "yes",
            empty_value=None,
            widget=Radios(inline=True),
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value

    def to_python(self, value: Any) -> str:
        known = {"true": "yes", "false": "no", "1": "yes", "0": "no", "y": "yes", "n": "no"}
        text = str(super().to_python(value)).strip().casefold()
        return known.get(text, text)


class CpvField(forms.Field):
    """Codes of the Common Procurement Vocabulary: a list, or one text with commas or spaces between them."""

    widget = forms.TextInput(attrs={"spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> tuple[str, ...]:
        parts = value if isinstance(value, list | tuple) else re.split(r"[\s,;|]+", str(value or ""))
        codes: dict[str, None] = {}
        for part in filter(None, (str(part).strip() for part in parts)):
            match = CPV.fullmatch(part)
            if match is None:
                raise ValidationError(f"The CPV code “{part[:30]}” must have eight digits", code="invalid")
            codes[match[1]] = None
        if len(codes) > MAX_CPV:
            raise ValidationError(f"Enter {MAX_CPV} CPV codes or fewer", code="max_codes")
        return tuple(codes)


class WholeNumberField(forms.IntegerField):
    """A whole number, written as amounts of money are: 1,200 and 2.5k; not 1,20, which may mean a decimal comma."""

    widget: type[forms.Widget] = forms.TextInput

    def to_python(self, value: Any) -> int | None:
        text = "" if value is None else SPACES.sub(" ", str(value)).strip().lower()
        if len(text) > 20 or not text.isascii():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        match = AMOUNT.fullmatch(text)
        factor = FACTORS.get(match[2]) if match else None
        if match is None or factor is None:
            return super().to_python(text)
        number = Decimal(re.sub(r"[,\s]", "", match[1])) * factor
        if number != number.to_integral_value():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(number)


class PercentInput(forms.TextInput):
    """A text box before a per cent sign."""

    template_name = "django/forms/widgets/percent.html"

    def __init__(self) -> None:
        super().__init__({"class": "govuk-input--width-3", "inputmode": "numeric"})


class PercentField(WholeNumberField):
    """Whole per cents, with the sign or without it."""

    widget = PercentInput

    def to_python(self, value: Any) -> int | None:
        return super().to_python(str(value).rstrip().removesuffix("%") if isinstance(value, str) else value)


class BudgetField(PoundsField):
    def to_python(self, value: Any) -> int | None:
        # A number of a million digits would be worked on for minutes before it is refused.
        return super().to_python(str(value)[:40] if isinstance(value, str) else value)


def number_messages(subject: str, low: int, high: int, such_as: str) -> dict[str, str]:
    return {
        "invalid": f"{subject} must be a whole number, such as {such_as}",
        "min_value": f"{subject} must be {low:,} or more",
        "max_value": f"{subject} must be {high:,} or fewer",
    }


def short_box(width: int) -> forms.TextInput:
    return forms.TextInput(attrs={"class": f"govuk-input--width-{width}", "inputmode": "numeric"})


class MayWait(forms.Form):
    """A form that shows what was typed without judging it yet, for a button that only adds a line (`checks=False`)."""

    checks = True

    def full_clean(self) -> None:
        if not self.checks:
            self._errors, self.cleaned_data = ErrorDict(), {}
            return
        super().full_clean()
        # In the order of the page, wherever they were found.
        found: dict[str, Any] = dict(self._errors or {})
        self._errors = ErrorDict({name: found[name] for name in (*self.fields, NON_FIELD_ERRORS) if name in found})


def hold_to(form: forms.Form, limits: Limits) -> None:
    for name, field in form.fields.items():
        if isinstance(field, ProseField):
            field.counts_words = limits.counts_words
        if name == "title" and isinstance(field, LineField):
            field.max_characters = limits.title
