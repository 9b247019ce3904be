"""Lines of a need: its requirements, and its volumes other than users."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import QueryDict

from boroughs.actions.need_content import RequirementLine, Volume
from boroughs.forms.need_fields import (
    PAGE,
    CodeField,
    Limits,
    MayWait,
    PercentField,
    WholeNumberField,
    hold_to,
    number_messages,
    short_box,
)
from boroughs.forms.pasted_lists import items
from boroughs.forms.text import LineField, ProseField, clean_block
from boroughs.models import Requirement

MAX_REQUIREMENTS = 20
REQUIREMENT_WORDS = 30
MAX_VOLUMES = 5
# More lines than the page allows may come from an import; they are shown, and refused in words, never cut off.
MOST_SHOWN = 200


class RequirementForm(MayWait):
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
    standard = LineField(
        label="Open standard",
        subject="An open standard",
        max_characters=100,
        required=False,
        help_text="By name, if it asks for one. For example, “UPRN”.",
    )

    def __init__(self, *args: Any, limits: Limits = PAGE, checks: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checks = checks
        hold_to(self, limits)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if data.get("standard") and not data.get("text", "") and "text" not in self.errors:
            self.add_error("text", "Enter the requirement that the open standard belongs to")
        return data

    def said(self) -> RequirementLine | None:
        """The line that a valid form holds; None where it is empty."""
        text = self.cleaned_data.get("text", "")
        if not text:
            return None
        priority = self.cleaned_data.get("priority") or Requirement.Priority.MUST
        return RequirementLine(text, priority, self.cleaned_data.get("standard", ""))


class VolumeForm(MayWait):
    """How much of something. An empty one counts as not there."""

    mark_optional = False
    label_size = ""

    what = LineField(label="What is counted", subject="What is counted", max_characters=100, required=False)
    quantity = WholeNumberField(
        label="How many",
        min_value=0,
        max_value=1_000_000_000_000,
        required=False,
        widget=short_box(10),
        error_messages=number_messages("How many", 0, 1_000_000_000_000, "12,000"),
    )
    tolerance = PercentField(
        label="Per cent more or fewer",
        min_value=0,
        max_value=100,
        required=False,
        error_messages=number_messages("Tolerance in per cent", 0, 100, "10"),
    )

    def __init__(self, *args: Any, checks: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checks = checks

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        what, quantity = data.get("what", ""), data.get("quantity")
        if what and quantity is None and "quantity" not in self.errors:
            self.add_error("quantity", f"Enter how many: “{what}”")
        if not what and "what" not in self.errors and (quantity is not None or data.get("tolerance") is not None):
            self.add_error("what", "Enter what is counted")
        self._name_the_volume(what)
        return data

    def _name_the_volume(self, what: str) -> None:
        """Messages that tell this volume from the others of the page."""
        for name, subject in (("quantity", "How many"), ("tolerance", "Tolerance in per cent")):
            if what and name in self.errors:
                named = f"{subject} of “{what}” must"
                told = [str(message).replace(f"{subject} must", named, 1) for message in self.errors[name]]
                self.errors[name] = self.error_class(told, renderer=self.renderer)

    def said(self) -> Volume | None:
        """What a valid form holds; None where it is empty."""
        what, quantity = self.cleaned_data.get("what", ""), self.cleaned_data.get("quantity")
        return Volume(what, quantity, self.cleaned_data.get("tolerance")) if what and quantity is not None else None


if TYPE_CHECKING:
    FormSet = BaseFormSet[Any]
else:
    # Django's own class takes no type parameter when it runs.
    FormSet = BaseFormSet


class Lines(FormSet):
    """Rows of one kind on a page of the form. `most` may be filled in; `refusal` says so where there are more."""

    most = 0
    refusal = ""
    default_error_messages = {
        "missing_management_form": "The page came without the number of its lines. Open it again and send it once more."
    }

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        # Django would take a row whose text equals what another person has stored there meanwhile for untouched.
        return {**super().get_form_kwargs(index), "empty_permitted": False}

    def clean(self) -> None:
        if len(self.said()) > self.most:
            raise ValidationError(self.refusal)

    def said(self) -> tuple[Any, ...]:
        """What each valid row that is not empty holds."""
        return tuple(each for each in (form.said() for form in self.forms if form.is_valid()) if each)

    @property
    def is_full(self) -> bool:
        return self.total_form_count() >= self.most


class RequirementLines(Lines):
    most = MAX_REQUIREMENTS
    refusal = f"A need can have {MAX_REQUIREMENTS} requirements at the most: join or remove some"


class Volumes(Lines):
    most = MAX_VOLUMES
    refusal = f"A need can have {MAX_VOLUMES} volumes at the most: remove some"


RequirementFormSet = formset_factory(
    RequirementForm, RequirementLines, extra=3, max_num=MAX_REQUIREMENTS, absolute_max=MOST_SHOWN
)
VolumeFormSet = formset_factory(VolumeForm, Volumes, extra=1, max_num=MAX_VOLUMES, absolute_max=MOST_SHOWN)
# What a row of the page sends.
ROW = ("text", "priority", "standard")
# By the name of the need's field.
LINE_SETS = {"requirements": RequirementFormSet, "volumes": VolumeFormSet}


def rows(name: str, data: QueryDict | None, stored: Iterable[Any], *, checks: bool) -> Lines:
    """The rows of a need's field as they are stored, or as they were sent; unchecked with one more empty row."""
    kind = cast(type[Lines], LINE_SETS[name])
    stored = list(stored)
    if data is not None and name == "requirements":
        data = one_item_a_row(data, name, stored={line.text for line in stored})
    if data is not None and not checks:
        data = one_more_line(data, name, kind.most)
    lines = kind(data, prefix=name, initial=[asdict(each) for each in stored], form_kwargs={"checks": checks})
    if data is not None and not checks and lines.forms:
        # The page comes back where the person was.
        first = next(iter(lines.forms[-1].fields.values()))
        first.widget.attrs["autofocus"] = True
    return lines


def one_more_line(data: QueryDict, prefix: str, most: int) -> QueryDict:
    """What was typed, with one more empty requirement row."""
    more = data.copy()
    total = _rows_sent(data, prefix)
    more[f"{prefix}-TOTAL_FORMS"] = str(max(total, min(total + 1, most)))
    return more


def _rows_sent(data: QueryDict, prefix: str) -> int:
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    return int(total) if total.isdecimal() and len(total) < 4 else 0


def one_item_a_row(data: QueryDict, prefix: str, *, stored: Collection[str]) -> QueryDict:
    """What was typed, with a row for each item of a list that was pasted into one box; the others move down.

    A text of several lines that is `stored` came from a file: it stays as it is.
    """
    total = _rows_sent(data, prefix)
    sent = [{name: data.get(f"{prefix}-{place}-{name}", "") for name in ROW} for place in range(total)]
    spread = [row for each in sent for row in _spread(each, stored)]
    if total > MOST_SHOWN or spread == sent:
        return data
    while len(spread) > total and not (spread[-1]["text"] or spread[-1]["standard"]):
        spread.pop()
    if len(spread) > MOST_SHOWN:
        # Too many to be taken, and to be shown: the last box has the rest.
        rest = "\n".join(row["text"] for row in spread[MOST_SHOWN - 1 :])
        spread[MOST_SHOWN - 1 :] = [spread[MOST_SHOWN - 1] | {"text": rest}]
    more = data.copy()
    more[f"{prefix}-TOTAL_FORMS"] = str(len(spread))
    for place, row in enumerate(spread):
        for name, value in row.items():
            more[f"{prefix}-{place}-{name}"] = value
    return more


def _spread(row: dict[str, str], stored: Collection[str]) -> list[dict[str, str]]:
    """The row, or one for each item of its text: all of its priority; an open standard stays with the first.

    One line is no list: "A. Smith" keeps what would be a mark in one.
    """
    text = clean_block(row["text"])
    found = items(text) if "\n" in text and text not in stored else []
    if not found:
        return [row]
    return [row | {"text": text, "standard": "" if place else row["standard"]} for place, text in enumerate(found)]
