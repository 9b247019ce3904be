"""Form of the engagement log."""

from typing import Any

from django import forms

from boroughs.forms.fields import DatePartsField, Radios
from boroughs.forms.text import LineField
from procurement.actions.engagement import MET_CHARACTERS, TOLD_CHARACTERS, EntryContent
from procurement.forms.questions import CountedField
from procurement.models import EngagementEntry


class EntryForm(forms.Form):
    kind = forms.ChoiceField(
        label="What was it?",
        choices=EngagementEntry.Kind.choices,
        widget=Radios(),
        error_messages={"required": "Choose what it was"},
    )
    held_date = DatePartsField(label="When was it?", subject="Day")
    told = CountedField(
        label="What were suppliers told?",
        help_text="Everybody reads it once the lead has published it. Name no supplier.",
        max_characters=TOLD_CHARACTERS,
        subject="What they were told",
        rows=8,
        error_messages={"required": "Write what suppliers were told"},
    )
    met_with = LineField(
        label="Who took part?",
        help_text="Only the authorities of this notice read it.",
        max_characters=MET_CHARACTERS,
        subject="Who took part",
        required=False,
    )
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput())

    def __init__(self, *args: Any, entry: EngagementEntry | None = None, **kwargs: Any) -> None:
        names = ("kind", "held_date", "told", "met_with", "revision")
        kwargs["initial"] = {name: getattr(entry, name) for name in names} if entry else {"revision": 0}
        super().__init__(*args, **kwargs)

    def content(self) -> EntryContent:
        """What the valid form says."""
        said = self.cleaned_data
        kind = EngagementEntry.Kind(said["kind"])
        return EntryContent(kind=kind, held_date=said["held_date"], told=said["told"], met_with=said["met_with"])
