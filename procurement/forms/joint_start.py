"""What is asked of a joint demand's timeline: a start, and what if a contract ended on another day."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast

from django import forms

from boroughs.forms.fields import AutocompleteSelect, DatePartsField
from procurement.planning.situations import first_day, month_of
from procurement.queries.joint_start import Member, WhatIf


def as_parameter(month: date) -> str:
    """A month as it stands in an address: 2028-04."""
    return f"{month:%Y-%m}"


def month_from_parameter(given: str) -> date | None:
    """The first day of the month that `as_parameter` wrote; None where it is none."""
    try:
        return date.fromisoformat(f"{given}-01")
    except ValueError:
        return None


class JointStartForm(forms.Form):
    """All may stay empty; a borough and the new end of its contract go together."""

    mark_optional = False

    start = forms.ChoiceField(
        label="Start",
        required=False,
        widget=AutocompleteSelect(),
        error_messages={"invalid_choice": "Choose a start from the list"},
    )
    borough = forms.ChoiceField(
        label="Whose contract",
        required=False,
        error_messages={"invalid_choice": "Choose a borough from the list"},
    )
    end = DatePartsField(label="Ends then on", subject="New end of the contract", required=False)

    def __init__(self, data: Any = None, *, months: Sequence[int], members: Iterable[Member], **more: Any) -> None:
        super().__init__(data, **more)
        self.offer(first_day(month) for month in months)
        names = [(each.slug, each.name) for each in members]
        cast(forms.ChoiceField, self.fields["borough"]).choices = [("", "Nobody’s"), *names]
        end = cast(DatePartsField, self.fields["end"])
        # As far as starts are looked at, and the longest double running beyond.
        end.min_date, end.max_date = first_day(months[0] - 60), first_day(months[-1] + 12)

    def offer(self, months: Iterable[date]) -> None:
        """List these starts. Once the form is read, the page lists no more than it shows."""
        starts = [(as_parameter(month), f"{month:%B %Y}") for month in months]
        cast(forms.ChoiceField, self.fields["start"]).choices = [("", "The best one"), *starts]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if data.get("borough") and "end" in data and not data["end"]:
            self.add_error("end", "Enter the day on which the contract ends then")
        if data.get("end") and "borough" in data and not data["borough"]:
            self.add_error("borough", "Choose whose contract ends then")
        return data

    def month(self) -> int | None:
        """The start that was asked for; None where none was, or one that is not on offer."""
        chosen = self.cleaned_data.get("start") if self.is_bound and not self.errors.get("start") else ""
        return month_of(date.fromisoformat(f"{chosen}-01")) if chosen else None

    def what_if(self) -> WhatIf | None:
        if not (self.is_bound and self.is_valid() and self.cleaned_data["borough"]):
            return None
        return WhatIf(self.cleaned_data["borough"], self.cleaned_data["end"])
