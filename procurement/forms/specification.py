"""Forms of the common specification: a requirement, a borough's word on it, and the lead's reasons."""

from collections.abc import Iterable
from typing import Any

from django import forms

from boroughs.forms.fields import Checkboxes, Radios
from boroughs.forms.text import ProseField
from boroughs.models import Requirement
from procurement.actions.common_requirements import RequirementContent
from procurement.actions.requirement_words import DIFFERENCE_WORDS
from procurement.models import RequirementStance
from procurement.queries import open_standards
from procurement.queries.line_limits import LINE_WORDS

Kind = RequirementStance.Kind


class WordingForm(forms.Form):
    """The text of a requirement, and whether it is a must."""

    text = ProseField(
        label="Requirement",
        subject="The requirement",
        help_text="One thing that can be tested, in words that any borough could use.",
        max_words=LINE_WORDS,
        rows=3,
        error_messages={"required": "Write the requirement"},
    )
    priority = forms.ChoiceField(
        label="Must or should?",
        choices=Requirement.Priority.choices,
        widget=Radios(inline=True, small=True),
        error_messages={"required": "Say whether it is a must or a should"},
    )


class RequirementForm(WordingForm):
    """The lead's form. `suggested` are codes of open standards that the sources name."""

    standards = forms.MultipleChoiceField(
        label="Open standards",
        help_text="Only those that the requirement asks for.",
        choices=[],
        required=False,
        widget=Checkboxes(small=True),
    )
    # What the person read; 0 of a requirement that is not there yet.
    revision = forms.IntegerField(widget=forms.HiddenInput(), min_value=0)

    def __init__(self, *args: Any, suggested: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = list(suggested)
        ordered = sorted(open_standards.register().values(), key=lambda each: each.code not in first)
        hints = {
            each.code: f"{each.purpose}. {each.owner}{'. Named by a borough' if each.code in first else ''}"
            for each in ordered
        }
        field = self.fields["standards"]
        field.widget = Checkboxes(small=True, hints=hints)
        field.choices = [(each.code, each.name) for each in ordered]  # type: ignore[attr-defined]

    def content(self) -> RequirementContent:
        data = self.cleaned_data
        return RequirementContent(data["text"], data["priority"], tuple(data["standards"]))


class ProposalForm(WordingForm):
    reason = ProseField(
        label="Why?",
        help_text="The boroughs that take part read it.",
        max_words=100,
        rows=3,
        required=False,
        subject="The reason",
    )

    def content(self) -> RequirementContent:
        return RequirementContent(self.cleaned_data["text"], self.cleaned_data["priority"])


class AnswerForm(forms.Form):
    kind = forms.ChoiceField(
        label="What does the borough say?",
        choices=[
            (str(Kind.ACCEPTS), "We accept it as it is worded"),
            (str(Kind.DIFFERS), "We accept it, and keep a difference of our own beside it"),
            (str(Kind.OBJECTS), "We do not accept it"),
        ],
        widget=Radios(
            hints={
                str(Kind.DIFFERS): "What we need as well, or instead, in our contract",
                str(Kind.OBJECTS): "It cannot be agreed until it is worded anew, or we change our word",
            }
        ),
        error_messages={"required": "Say what the borough thinks", "invalid_choice": "Choose an answer from the list"},
    )
    text = ProseField(
        label="What differs, or why not",
        help_text="Needed unless you accept it as it is. A difference goes with the requirement to suppliers, "
        "without the name of the borough.",
        max_words=DIFFERENCE_WORDS,
        rows=3,
        required=False,
        subject="The text",
    )
    wording = forms.IntegerField(widget=forms.HiddenInput(), min_value=1)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        kind = data.get("kind")
        if kind in (Kind.DIFFERS, Kind.OBJECTS) and not data.get("text") and "text" not in self.errors:
            words = "Say what the borough needs instead" if kind == Kind.DIFFERS else "Say why it is not accepted"
            self.add_error("text", words)
        return data


class SettleForm(forms.Form):
    how = ProseField(
        label="How is it settled?",
        help_text="What the boroughs have agreed, and why. If that changes the wording, word it anew as well.",
        max_words=100,
        subject="The answer",
        error_messages={"required": "Say how the clash is settled"},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput(), min_value=1)


class DropForm(forms.Form):
    reason = ProseField(
        label="Why is it dropped?",
        help_text="The boroughs that take part read it.",
        max_words=100,
        subject="The reason",
        error_messages={"required": "Say why it is dropped"},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput(), min_value=1)


class FreezeForm(forms.Form):
    reason = ProseField(
        label="What is new, in your own words",
        help_text="What changed against the version before is shown with it anyway.",
        max_words=100,
        rows=3,
        required=False,
        subject="The text",
    )
