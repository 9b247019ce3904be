"""Forms on the pages of joint demands."""

from collections.abc import Iterable

from django import forms

from boroughs.forms.fields import AutocompleteSelect, SearchInput
from boroughs.models import Category
from procurement.actions.demands import TITLE_LIMIT
from procurement.models import JointDemand, ReviewAnswer


class DemandFilterForm(forms.Form):
    """The list's filters. All are optional; what is not understood is left out, and the list says so."""

    mark_optional = False

    q = forms.CharField(label="Search", max_length=200, required=False, widget=SearchInput())
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "All"), *[choice for choice in JointDemand.Status.choices if choice[0] != "RETIRED"]],
    )
    borough = forms.ChoiceField(label="Borough", required=False, widget=AutocompleteSelect())
    category = forms.ModelChoiceField(
        label="Category",
        queryset=Category.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label="All",
        widget=AutocompleteSelect(),
    )

    def __init__(self, *args: object, boroughs: Iterable[tuple[str, str]], **kwargs: object) -> None:
        """`boroughs` are slugs and names, in the order of the list."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["borough"].choices = [("", "All"), *boroughs]  # type: ignore[attr-defined]
        self.fields["category"].queryset = Category.objects.by_area()  # type: ignore[attr-defined]


class RenameForm(forms.Form):
    title = forms.CharField(
        label="Title",
        max_length=TITLE_LIMIT,
        error_messages={
            "required": "Enter a title",
            "max_length": f"The title must be {TITLE_LIMIT} characters or fewer",
        },
    )
    reason = forms.CharField(
        label="Why is it renamed?",
        help_text="Kept with the decision, for whoever asks later.",
        max_length=500,
        required=False,
        error_messages={"max_length": "The reason must be 500 characters or fewer"},
    )


class AnswerForm(forms.Form):
    """An answer in the review queue: what, of which need, why, and of which need it has been asked for twice.

    What was shown of the needs is in fields besides, one for each (queries/shown.py).
    """

    kind = forms.ChoiceField(choices=[(kind, kind.label) for kind in ReviewAnswer.ASKED])
    # Its length is for the action to refuse, in words.
    reason = forms.CharField(required=False)
    need = forms.CharField(max_length=50, required=False)
    sure_of = forms.CharField(max_length=50, required=False)


class PinForm(forms.Form):
    reason = forms.CharField(
        label="Why is it pinned?",
        help_text="Kept with the pin, for whoever asks later.",
        max_length=500,
        required=False,
        error_messages={"max_length": "The reason must be 500 characters or fewer"},
    )


class RemoveMemberForm(forms.Form):
    reason = forms.CharField(
        label="Why does it not belong here?",
        help_text="Kept with the decision, for whoever asks later.",
        max_length=500,
        required=False,
        error_messages={"max_length": "The reason must be 500 characters or fewer"},
    )
