"""A schedule of reports as it is typed: how often, and to whom."""

import re
from typing import Any

from django import forms

from boroughs.forms.fields import Radios
from boroughs.models import User
from procurement.actions.report_schedules import MOST_RECIPIENTS
from procurement.forms.reports import SubjectForm
from procurement.models import ReportSchedule

Frequency = ReportSchedule.Frequency

MOST_CHARACTERS = 20_000
HINTS = {
    Frequency.MONTHLY: "On the 1st, at 6 in the morning.",
    Frequency.QUARTERLY: "On 1 January, 1 April, 1 July and 1 October, at 6 in the morning.",
}


class ScheduleForm(SubjectForm):
    frequency = forms.ChoiceField(
        label="How often?",
        choices=Frequency.choices,
        widget=Radios(hints={str(each): hint for each, hint in HINTS.items()}),
        error_messages={"required": "Choose how often", "invalid_choice": "Choose how often from the list"},
    )
    recipients = forms.CharField(
        label="Who is it for?",
        help_text="E-mail addresses of people with an account here, one on a line. Each is sent a link to the report "
        "that they may have.",
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={
            "required": "Enter at least one address",
            "max_length": f"Too many addresses: a schedule sends to {MOST_RECIPIENTS} people at the most",
        },
    )

    # Addresses that nobody here has. The action refuses them together with those of people whom it is not for.
    unknown: tuple[str, ...] = ()

    def clean_recipients(self) -> list[User]:
        """The people, each once."""
        typed = [address.lower() for address in re.split(r"[\s,;]+", self.cleaned_data["recipients"]) if address]
        wanted = list(dict.fromkeys(typed))
        found = {user.email.lower(): user for user in User.objects.filter(email__in=wanted, is_active=True)}
        self.unknown = tuple(address for address in wanted if address not in found)
        return [found[address] for address in wanted if address in found]


class ScheduleChangeForm(ScheduleForm):
    """What it is of stays."""

    revision = forms.IntegerField(widget=forms.HiddenInput(), min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("subject", None)
