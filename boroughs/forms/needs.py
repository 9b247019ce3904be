"""What a need may say: the one definition of its fields and rules, for the page, the import and the API.

The page holds people to its word limits, which make a need readable. A file comes as it was written somewhere else, so
there only the hard limits count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.formsets import BaseFormSet, formset_factory
from django.forms.utils import ErrorDict
from django.http import QueryDict

from boroughs.actions.needs import NeedContent, RequirementLine
from boroughs.forms.fields import AutocompleteSelect, DatePartsField, PoundsField, Radios
from boroughs.forms.text import LineField, ProseField
from boroughs.models import Borough, Category, Need, Requirement

MAX_REQUIREMENTS = 20
REQUIREMENT_WORDS = 30
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
KIND_HINTS = {
    Need.Kind.SOFTWARE: "A system, with its hosting if the supplier runs it",
    Need.Kind.LICENCES: "More of a named product that you already chose",
    Need.Kind.MANAGED_SERVICE: "People and technology that run something for you",
    Need.Kind.HOSTING: "Somewhere to run systems that you have",
    Need.Kind.HARDWARE: "Devices, cameras, network equipment",
    Need.Kind.CONSULTANCY: "Advice, design, or a team for a piece of work",
    Need.Kind.WORKS: "Cabling, civil works, installation",
    Need.Kind.SUPPORT: "Keeping what you have going",
}


@dataclass(frozen=True)
class Limits:
    """How strict a source is held. Characters for titles; whether the word limits of texts count."""

    title: int
    counts_words: bool
    wants_basis: bool


PAGE = Limits(title=100, counts_words=True, wants_basis=True)
FILE = Limits(title=300, counts_words=False, wants_basis=False)


class CodeField(forms.ChoiceField):
    """A choice given by its code or its label, in any case: "managed service", "MANAGED_SERVICE"."""

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


class WholeNumberField(forms.IntegerField):
    """A whole number; commas and spaces between digits are fine."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> int | None:
        text = "" if value is None else str(value).replace(",", "").replace(" ", "").strip()
        if len(text) > 20 or not text.isascii():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text)


class BudgetField(PoundsField):
    def to_python(self, value: Any) -> int | None:
        # A number of a million digits would be worked on for minutes before it is refused.
        return super().to_python(str(value)[:40] if isinstance(value, str) else value)


def _number(subject: str, low: int, high: int, such_as: str) -> dict[str, str]:
    return {
        "invalid": f"{subject} must be a whole number, such as {such_as}",
        "min_value": f"{subject} must be {low:,} or more",
        "max_value": f"{subject} must be {high:,} or fewer",
    }


def _short(width: int) -> forms.TextInput:
    return forms.TextInput(attrs={"class": f"govuk-input--width-{width}", "inputmode": "numeric"})


class _MayWait(forms.Form):
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


class NeedForm(_MayWait):
    """All that a need says but its requirement lines. Only the title is wanted now, the rest before submitting."""

    title = LineField(
        label="Title",
        max_characters=PAGE.title,
        help_text="A few words that a colleague in another borough would recognise. "
        "For example, “Housing repairs scheduling system”.",
        error_messages={"required": "Enter a title"},
    )
    problem = ProseField(
        label="What problem is to be solved?",
        subject="Problem",
        max_words=200,
        rows=5,
        required=False,
        help_text="What does not work today, and for whom? Leave products out, if you can.",
    )
    users_description = ProseField(
        label="Who are the users, and what do they need?", subject="Users", max_words=100, rows=4, required=False
    )
    description = ProseField(
        label="What outcome do you want?", subject="Outcome", max_words=200, rows=5, required=False
    )
    category = CategoryField(label="Category", required=False, help_text="The kind of work it supports.")
    kind = CodeField(
        label="What kind of thing do you want?",
        choices=Need.Kind.choices,
        widget=Radios(hints={str(code): hint for code, hint in KIND_HINTS.items()}, small=True),
        required=False,
        help_text="The same words can mean a system or the service around it. This keeps the two apart.",
        error_messages={
            "invalid_choice": "Kind must be one of: " + ", ".join(str(kind.label).lower() for kind in Need.Kind)
        },
    )
    users_count = WholeNumberField(
        label="How many people will use it?",
        min_value=0,
        max_value=20_000_000,
        required=False,
        widget=_short(10),
        error_messages=_number("Number of users", 0, 20_000_000, "1200"),
    )
    budget_min = BudgetField(label="Lowest budget", required=False, max_value=100_000_000_000)
    budget_max = BudgetField(label="Highest budget", required=False, max_value=100_000_000_000)
    budget_basis = CodeField(
        label="What is the budget for?",
        choices=Need.BudgetBasis.choices,
        widget=Radios(inline=True),
        required=False,
        error_messages={"invalid_choice": "Budget basis must be one-off, a year or whole life"},
    )
    start_date = DatePartsField(
        label="When must it start at the latest?",
        subject="Latest start",
        required=False,
        min_date=EARLIEST,
        max_date=LATEST,
    )
    months = WholeNumberField(
        label="How many months should the contract run?",
        min_value=1,
        max_value=600,
        required=False,
        widget=_short(4),
        error_messages=_number("Contract length in months", 1, 600, "36"),
    )
    contract_end_date = DatePartsField(
        label="When does your present contract end?",
        subject="End of the present contract",
        required=False,
        min_date=EARLIEST,
        max_date=LATEST,
    )
    incumbent = LineField(
        label="What do you use today?",
        subject="What you use today",
        max_characters=300,
        required=False,
        help_text="The product or supplier, if there is one.",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        categories: Sequence[Category],
        limits: Limits = PAGE,
        checks: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.limits, self.checks = limits, checks
        cast(CategoryField, self.fields["category"]).offer(categories)
        _apply(self, limits)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        low, high = data.get("budget_min"), data.get("budget_max")
        if low is not None and high is not None and low > high:
            self.add_error("budget_max", "Highest budget must be the same as the lowest budget or more")
        has_budget = low is not None or high is not None
        if self.limits.wants_basis and has_budget and "budget_basis" in data and not data["budget_basis"]:
            self.add_error("budget_basis", "Choose what the budget is for: one-off, a year or whole life")
        return data

    def content(self, *, lines: Iterable[RequirementLine], cpv: Iterable[str] = ()) -> NeedContent:
        """What a valid form says."""
        return NeedContent(**self.cleaned_data, cpv=tuple(cpv), requirements=tuple(lines))

    @staticmethod
    def initial_from(content: NeedContent) -> dict[str, Any]:
        return {name: value for name, value in content.fields().items() if name != "cpv"}


class RequirementForm(_MayWait):
    """One requirement line. An empty one counts as not there."""

    mark_optional = False
    label_size = ""

    text = ProseField(
        label="Requirement",
        subject="A requirement",
        max_words=REQUIREMENT_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    priority = CodeField(
        label="Priority",
        choices=Requirement.Priority.choices,
        initial=Requirement.Priority.MUST,
        required=False,
        error_messages={"invalid_choice": "Priority must be must or should"},
    )

    def __init__(self, *args: Any, limits: Limits = PAGE, checks: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checks = checks
        _apply(self, limits)

    def line(self) -> RequirementLine | None:
        """The line that a valid form holds; None where it is empty."""
        text = self.cleaned_data.get("text", "")
        return RequirementLine(text, self.cleaned_data.get("priority") or Requirement.Priority.MUST) if text else None


if TYPE_CHECKING:
    FormSet = BaseFormSet[RequirementForm]
else:
    # Django's own class takes no type parameter when it runs.
    FormSet = BaseFormSet


class RequirementLines(FormSet):
    """The requirement lines of a need on the page."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        # Django would take a row whose text equals what another person has stored there meanwhile for untouched.
        return {**super().get_form_kwargs(index), "empty_permitted": False}

    def clean(self) -> None:
        if len(self.lines()) > MAX_REQUIREMENTS:
            raise ValidationError(f"A need can have {MAX_REQUIREMENTS} requirements at the most: join or remove some")

    def lines(self) -> tuple[RequirementLine, ...]:
        return tuple(line for line in (form.line() for form in self.forms if form.is_valid()) if line)

    @property
    def is_full(self) -> bool:
        return self.total_form_count() >= MAX_REQUIREMENTS


RequirementFormSet = formset_factory(
    # More lines than the page allows may come from an import; they are shown, and refused in words, never cut off.
    RequirementForm,
    RequirementLines,
    extra=3,
    max_num=MAX_REQUIREMENTS,
    absolute_max=200,
)


def one_more_line(data: QueryDict, prefix: str) -> QueryDict:
    """What was typed, with one more empty requirement row."""
    more = data.copy()
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    rows = int(total) if total.isdecimal() and len(total) < 4 else 0
    more[f"{prefix}-TOTAL_FORMS"] = str(max(rows, min(rows + 1, MAX_REQUIREMENTS)))
    return more


class BoroughForm(forms.Form):
    """For people with more than one borough: which one the need is for."""

    borough = forms.ChoiceField(label="Which borough is this for?", error_messages={"required": "Choose a borough"})

    def __init__(self, *args: Any, boroughs: Iterable[Borough], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.boroughs = {borough.slug: borough for borough in boroughs}
        names = [(slug, borough.name) for slug, borough in self.boroughs.items()]
        cast(forms.ChoiceField, self.fields["borough"]).choices = [("", "Choose a borough"), *names]

    def chosen(self) -> Borough:
        return self.boroughs[self.cleaned_data["borough"]]


class ReasonForm(forms.Form):
    """Why a need goes back, or out."""

    reason = ProseField(label="Why?", subject="Reason", max_words=100, rows=4, error_messages={"required": "Say why"})


def _apply(form: forms.Form, limits: Limits) -> None:
    for name, field in form.fields.items():
        if isinstance(field, ProseField):
            field.counts_words = limits.counts_words
        if name == "title" and isinstance(field, LineField):
            field.max_characters = limits.title
