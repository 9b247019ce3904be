"""Forms that split joint demands and merge them."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from boroughs.forms.fields import Checkboxes, SearchInput
from procurement.actions.demands import TITLE_LIMIT
from procurement.actions.review import REASON_LIMIT
from procurement.queries.demand_picture import PictureMember


def _reason() -> forms.CharField:
    return forms.CharField(
        label="Why?",
        help_text="Kept with the decision, for whoever asks later.",
        max_length=REASON_LIMIT,
        required=False,
        error_messages={"max_length": f"The reason must be {REASON_LIMIT} characters or fewer"},
    )


class SplitForm(forms.Form):
    needs = forms.MultipleChoiceField(
        label="Which needs are split off?",
        help_text="They belong together, and not with the others.",
        widget=Checkboxes(),
        error_messages={
            "required": "Choose the needs to split off",
            "invalid_choice": "One of these needs has left the joint demand meanwhile. Choose again",
        },
    )
    title = forms.CharField(
        label="Title of the new joint demand",
        max_length=TITLE_LIMIT,
        error_messages={
            "required": "Enter a title for the new joint demand",
            "max_length": f"The title must be {TITLE_LIMIT} characters or fewer",
        },
    )
    reason = _reason()

    def __init__(self, *args: Any, members: Iterable[PictureMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.MultipleChoiceField, self.fields["needs"])
        listed = sorted(members, key=lambda member: (member.borough, member.need_reference))
        field.choices = [(member.need_reference, member.title) for member in listed]
        hints = {
            member.need_reference: f"{member.borough}, {member.need_reference}, {member.band_words.lower()}"
            for member in listed
        }
        cast(Checkboxes, field.widget).hints = hints


class MergeSearchForm(forms.Form):
    """Looks for the other joint demand."""

    mark_optional = False

    q = forms.CharField(
        label="Find another joint demand",
        help_text="By its reference or words of its title.",
        max_length=200,
        required=False,
        widget=SearchInput(),
    )


class MergeForm(forms.Form):
    other = forms.CharField(max_length=50, widget=forms.HiddenInput())
    reason = _reason()
