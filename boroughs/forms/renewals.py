"""The radar's filter, and a "not now"."""

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django import forms

from boroughs.forms.fields import DatePartsField, Radios, SearchInput
from boroughs.forms.text import LineField, ProseField
from boroughs.models import Borough, RenewalDismissal
from boroughs.queries.radar import WINDOW, WINDOWS

Reason = RenewalDismissal.Reason


class RenewalFilterForm(forms.Form):
    """All fields may stay empty; a value that is not on offer filters nothing."""

    mark_optional = False

    q = LineField(label="Search", max_characters=200, required=False, widget=SearchInput(), subject="Search words")
    months = forms.ChoiceField(label="Ends within", choices=[(str(months), f"{months} months") for months in WINDOWS])
    borough = forms.ChoiceField(label="Borough", required=False)

    def __init__(self, data: Any, *, boroughs: Iterable[Borough]) -> None:
        given = data.copy()
        # So that the page shows which one is in force.
        if given.get("months") not in map(str, WINDOWS):
            given["months"] = str(WINDOW)
        super().__init__(given)
        self.boroughs = {borough.slug: borough.pk for borough in boroughs}
        names = [(borough.slug, borough.name) for borough in boroughs]
        cast(forms.ChoiceField, self.fields["borough"]).choices = [("", "All"), *names]
        if len(names) < 2:
            del self.fields["borough"]
        self.is_valid()

    def words(self) -> list[str]:
        """The words that were searched for; none where they are no fit search."""
        return str(self.cleaned_data.get("q", "")).split()[:10]

    def months_ahead(self) -> int:
        return int(self.cleaned_data["months"])

    def chosen_boroughs(self) -> list[int]:
        """Primary keys of the borough that was chosen, or of all that the reader has."""
        chosen = self.cleaned_data.get("borough")
        return [self.boroughs[chosen]] if chosen else list(self.boroughs.values())


class RenewalDismissalForm(forms.Form):
    """Why a contract should stay out of the radar, and up to which day."""

    reason = forms.ChoiceField(
        label="Why not now?",
        choices=Reason.choices,
        widget=Radios(small=True),
        error_messages={"required": "Choose a reason", "invalid_choice": "Choose a reason from the list"},
    )
    note = ProseField(
        label="Anything your colleagues should know",
        subject="Note",
        max_words=50,
        rows=2,
        required=False,
        help_text="Only your borough sees it.",
    )
    until_date = DatePartsField(label="Until when should it stay quiet?", subject="Date")

    def __init__(self, *args: Any, first: date, last: date, **kwargs: Any) -> None:
        """`first` and `last` are the days between which the date must be."""
        super().__init__(*args, **kwargs)
        until = cast(DatePartsField, self.fields["until_date"])
        until.min_date, until.max_date = first, last
        until.help_text = f"The last day on which it is not shown, {last.day} {last:%B %Y} at the latest."
        until.error_messages["required"] = "Enter the day up to which it should stay quiet"

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if data.get("reason") == Reason.OTHER and "note" in data and not data["note"]:
            self.add_error("note", "Say what the reason is")
        return data
