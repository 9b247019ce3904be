"""The form of a new API token."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from boroughs.forms.fields import Radios
from boroughs.forms.text import LineField
from boroughs.models import Borough

DAYS = {"30": "30 days", "90": "90 days", "365": "A year"}


class ApiTokenForm(forms.Form):
    """What the token is for and how long it is good; where the person has several boroughs, for which one."""

    borough = forms.ChoiceField(label="For which borough?", error_messages={"required": "Choose a borough"})
    name = LineField(
        label="What is it for?",
        subject="What it is for",
        max_characters=100,
        help_text="The program that will use it. For example, “Contract register”.",
        error_messages={"required": "Enter what it is for"},
    )
    days = forms.ChoiceField(
        label="How long is it good?",
        choices=list(DAYS.items()),
        initial="90",
        widget=Radios(small=True),
        error_messages={
            "required": "Choose how long it is good",
            "invalid_choice": "Choose how long it is good from the list",
        },
    )

    def __init__(self, *args: Any, boroughs: Iterable[Borough], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.boroughs = {borough.slug: borough for borough in boroughs}
        if len(self.boroughs) == 1:
            del self.fields["borough"]
        else:
            names = [(slug, borough.name) for slug, borough in self.boroughs.items()]
            cast(forms.ChoiceField, self.fields["borough"]).choices = [("", "Choose a borough"), *names]

    def chosen_borough(self) -> Borough:
        only = next(iter(self.boroughs))
        return self.boroughs[self.cleaned_data.get("borough") or only]

    def chosen_days(self) -> int:
        return int(self.cleaned_data["days"])
