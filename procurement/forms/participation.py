"""Forms of a coalition: where a borough stands, its offer to lead, its word on an offer, the terms."""

from typing import Any, cast

from django import forms

from boroughs.forms.fields import DatePartsField, Radios
from boroughs.forms.text import ProseField
from boroughs.models import Need
from procurement.actions.coalitions import Terms
from procurement.actions.participation import CHOICES, Standing
from procurement.models import Coalition, Participation
from procurement.queries.quorum import DEPTHS

Stage = Participation.Stage

STAGE_HINTS = {
    Stage.WATCHING: "We accept that our need belongs here, and look on",
    Stage.INTERESTED: "We would like to join, if it fits",
    Stage.INTENDING: "We plan with it; others may count on us, though we are not bound yet",
    Stage.COMMITTED: "We are in. Only an approver can say so, and only an approver can take it back",
    Stage.DECLINED: "We do not take part",
}
DEPTH_CHOICES = [(str(depth), str(Need.Depth(depth).label)) for depth in DEPTHS]


class StandingForm(forms.Form):
    # Whether depth and reason are wanted depends on the stage; their hints say so.
    mark_optional = False

    stage = forms.ChoiceField(
        label="Where does the borough stand?",
        choices=[(str(stage), str(stage.label)) for stage in CHOICES],
        widget=Radios(hints={str(stage): hint for stage, hint in STAGE_HINTS.items()}),
        error_messages={"required": "Say where the borough stands", "invalid_choice": "Choose a stage from the list"},
    )
    depth = forms.ChoiceField(
        label="How far would it go together?",
        help_text="Only where it is interested, intending or committed. Each step holds those before it.",
        choices=DEPTH_CHOICES,
        required=False,
        widget=Radios(small=True),
    )
    reason = forms.ChoiceField(
        label="Why does it decline?",
        help_text="Only where it declines. Boroughs that take part, and the office, read it.",
        choices=Participation.DeclineReason.choices,
        required=False,
        widget=Radios(small=True),
    )
    comment = ProseField(
        label="In your own words (optional)",
        help_text="Read by the office, by the lead and by your own colleagues.",
        max_words=100,
        required=False,
        subject="The comment",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput(), min_value=0)

    def __init__(self, *args: Any, may_commit: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_commit:
            field = cast(forms.ChoiceField, self.fields["stage"])
            field.choices = [(str(stage), str(stage.label)) for stage in CHOICES if stage != Stage.COMMITTED]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        stage = data.get("stage")
        if stage in Participation.JOINING and not data.get("depth") and "depth" not in self.errors:
            self.add_error("depth", "Say how far the borough would go together")
        if stage == Stage.DECLINED and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say why the borough declines")
        return data

    def standing(self) -> Standing:
        data = self.cleaned_data
        stage = Stage(data["stage"])
        return Standing(
            stage=stage,
            depth=data["depth"] if stage in Participation.JOINING else "",
            reason=data["reason"] if stage == Stage.DECLINED else "",
            comment=data["comment"],
        )


class OfferForm(forms.Form):
    note = ProseField(
        label="Why could your borough lead?",
        help_text="The boroughs that join read it.",
        max_words=100,
        required=False,
        subject="The note",
    )


class VoteForm(forms.Form):
    agrees = forms.ChoiceField(
        label="Do you agree?",
        choices=[("yes", "Yes, it can lead for us"), ("no", "No")],
        widget=Radios(),
        error_messages={"required": "Say yes or no", "invalid_choice": "Say yes or no"},
    )
    note = ProseField(label="In your own words", max_words=100, required=False, subject="The note")


class TermsForm(forms.Form):
    quorum = forms.IntegerField(
        label="How many boroughs does it take?",
        help_text="Committed, and as far as you say below.",
        min_value=2,
        error_messages={
            "required": "Say how many boroughs it takes",
            "invalid": "Enter a whole number of boroughs",
            "min_value": "It takes two boroughs at least",
        },
    )
    depth = forms.ChoiceField(
        label="How far do they go together?",
        choices=DEPTH_CHOICES,
        widget=Radios(small=True),
        error_messages={"required": "Say how far they go together"},
    )
    decision_date = DatePartsField(label="Decision date", help_text="At the end of this day the quorum is counted.")
    joining_closes_date = DatePartsField(
        label="Joining closes",
        help_text="After this day, who joins or leaves needs the lead’s yes. Empty: the decision date.",
        required=False,
    )
    if_missed = forms.ChoiceField(
        label="What happens if the quorum is missed?",
        choices=Coalition.IfMissed.choices,
        widget=Radios(small=True),
        error_messages={"required": "Say what happens if the quorum is missed"},
    )
    start_date = DatePartsField(
        label="Start of the joint contract",
        help_text="Where it is agreed. The timeline shows which months fit.",
        required=False,
    )
    revision = forms.IntegerField(widget=forms.HiddenInput(), min_value=0)

    def terms(self) -> Terms:
        return Terms(**{name: self.cleaned_data[name] for name in Terms.__dataclass_fields__})
