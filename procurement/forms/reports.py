"""What somebody types who asks for a report: which kind, what it is of, and of which moment."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms

from boroughs.forms.fields import AutocompleteSelect, Radios
from boroughs.templatetags.formatting import day_time
from procurement.models import Report, Snapshot

Kind = Report.Kind

KIND_HINTS = {
    Kind.PICTURE: "What London needs, where it overlaps, when, and what needs a decision.",
    Kind.DEMAND: "One joint demand, ready for a board to decide on.",
    Kind.BOROUGH: "One borough’s needs, partners and renewals, and what to decide by when.",
    Kind.CATEGORY: "One kind of technology in all boroughs.",
}
# What a report of this kind is of, in a sentence.
SUBJECTS = {Kind.DEMAND: "joint demand", Kind.BOROUGH: "borough", Kind.CATEGORY: "category"}
NOW = "This moment"


class KindForm(forms.Form):
    kind = forms.ChoiceField(
        label="What is the report of?",
        widget=Radios(hints={str(kind): hint for kind, hint in KIND_HINTS.items()}),
        error_messages={
            "required": "Choose what the report is of",
            "invalid_choice": "Choose what the report is of from the list",
        },
    )

    def __init__(self, *args: Any, kinds: Sequence[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["kind"]).choices = [(kind.value, kind.label) for kind in kinds]


class ReportForm(forms.Form):
    """Of one kind. `names` are those of all that it may be of, by reference or slug."""

    subject = forms.ChoiceField(widget=AutocompleteSelect)
    snapshot = forms.ChoiceField(
        label="Of which moment?",
        help_text="An earlier one gives the report of a snapshot that was taken then.",
        required=False,
        error_messages={"invalid_choice": "Choose a moment from the list"},
    )

    def __init__(
        self, *args: Any, kind: Kind, names: Mapping[str, str], snapshots: Sequence[Snapshot], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _fill_subject(self, kind, names)
        moments = [(each.reference, f"{day_time(each.taken_at)} ({each.reference})") for each in snapshots]
        cast(forms.ChoiceField, self.fields["snapshot"]).choices = [("", NOW), *moments]


class SubjectForm(forms.Form):
    """The same without a moment."""

    subject = forms.ChoiceField(widget=AutocompleteSelect)

    def __init__(self, *args: Any, kind: Kind, names: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _fill_subject(self, kind, names)


def _fill_subject(form: forms.Form, kind: Kind, names: Mapping[str, str]) -> None:
    if kind == Kind.PICTURE:
        del form.fields["subject"]
        return
    noun = SUBJECTS[kind]
    field = cast(forms.ChoiceField, form.fields["subject"])
    field.label = f"Which {noun}?"
    field.choices = [("", f"Choose a {noun}"), *names.items()]
    field.error_messages |= {
        "required": f"Choose the {noun} that the report is of",
        "invalid_choice": f"There is no {noun} “%(value)s” that you may have a report of at that moment. "
        "Choose one from the list",
    }
    if len(names) == 1:
        field.initial = next(iter(names))
