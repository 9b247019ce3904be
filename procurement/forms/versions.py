"""Which versions of a notice a reader asks for: two to compare, or the one of a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone


class CompareForm(forms.Form):
    """Two versions; `pair` is the older and the newer one, whichever was chosen first."""

    mark_optional = False

    def __init__(self, given: Mapping[str, str], *, numbers: Sequence[int]) -> None:
        newest = max(numbers)
        super().__init__({"from": given.get("from", max(newest - 1, 1)), "to": given.get("to", newest)})
        choices = [(number, f"Version {number}") for number in numbers]
        for name, label in (("from", "From"), ("to", "To")):
            unknown = f"There is no such version. Choose one of 1 to {newest}."
            self.fields[name] = forms.TypedChoiceField(
                label=label,
                choices=choices,
                coerce=int,
                error_messages={"invalid_choice": unknown, "required": unknown},
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "from" in cleaned and cleaned["from"] == cleaned.get("to"):
            self.add_error("to", "Choose two different versions.")
        return cleaned

    @property
    def pair(self) -> tuple[int, int]:
        first, second = sorted((self.cleaned_data["from"], self.cleaned_data["to"]))
        return first, second


class AsAtForm(forms.Form):
    """A day that is over or has begun, in London."""

    mark_optional = False

    at = forms.DateField(
        label="Day",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "invalid": "Enter a real day as year, month and day, like 2026-11-01.",
            "required": "Enter a day, like 2026-11-01.",
        },
    )

    def clean_at(self) -> date:
        day: date = self.cleaned_data["at"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day is still to come. Enter today or a day before.")
        return day
