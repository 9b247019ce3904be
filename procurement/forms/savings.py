"""Forms of estimates: the assumptions of one method, and what was saved in the end."""

from typing import Any

from django import forms

from boroughs.forms.fields import PoundsField
from boroughs.forms.need_fields import WholeNumberField, number_messages, short_box
from boroughs.forms.text import ProseField
from procurement.actions.savings import FURTHEST, NOTE_WORDS
from procurement.queries.savings import TYPED, Assumption, Unit

SUFFIXES = {Unit.PERCENT: ", per cent", Unit.YEARS: ", years"}


class EstimateForm(forms.Form):
    """Its boxes are the method's assumptions. They begin empty: a number in a box would look like a fact."""

    def __init__(self, *args: Any, method: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method = method
        for assumption in TYPED[method]:
            self.fields[assumption.name] = _field(assumption)
        self.fields["note"] = ProseField(
            label="Where the assumptions come from",
            help_text="Read by the office, and by you.",
            max_words=NOTE_WORDS,
            required=False,
            subject="The note",
        )

    def typed(self) -> dict[str, int]:
        return {each.name: self.cleaned_data[each.name] for each in TYPED[self.method]}


class RealisedForm(forms.Form):
    amount = PoundsField(
        label="What was saved",
        help_text="In whole pounds over the contracts’ life; with a minus where it cost more.",
        subject="the amount",
        min_value=-FURTHEST,
        max_value=FURTHEST,
        error_messages={"required": "Enter what was saved"},
    )
    note = ProseField(
        label="How the figure was found",
        help_text="What it is compared with, and from which records.",
        max_words=NOTE_WORDS,
        subject="The note",
        error_messages={"required": "Say how the figure was found"},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput(), min_value=0)


def _field(assumption: Assumption) -> forms.Field:
    label, missing = assumption.label, f"Enter: {assumption.label[:1].lower()}{assumption.label[1:]}"
    if assumption.unit == Unit.POUNDS:
        return PoundsField(
            label=label,
            help_text=assumption.hint,
            subject=label,
            max_value=assumption.most,
            error_messages={"required": missing},
        )
    return WholeNumberField(
        label=label + SUFFIXES.get(assumption.unit, ""),
        help_text=assumption.hint,
        min_value=0,
        max_value=assumption.most,
        widget=short_box(4),
        error_messages=number_messages(label, 0, assumption.most, "5") | {"required": missing},
    )
