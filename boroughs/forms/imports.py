"""The forms of an import: the file, and what its columns mean."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from boroughs.forms.fields import FileUpload, Radios
from boroughs.models import Borough, DataImport

MAX_MEGABYTES = 20
NOUN_HINTS = {
    DataImport.Noun.CONTRACTS: "A contract register, or an open contracting (OCDS) package",
    DataImport.Noun.NEEDS: "What the borough wants to be able to do; each becomes a draft",
}


class UploadForm(forms.Form):
    """A file, what it holds, and where the person has several boroughs, whose it is."""

    borough = forms.ChoiceField(label="For which borough?", error_messages={"required": "Choose a borough"})
    noun = forms.ChoiceField(
        label="What does the file hold?",
        choices=DataImport.Noun.choices[::-1],
        initial=DataImport.Noun.CONTRACTS,
        widget=Radios(hints={str(noun): hint for noun, hint in NOUN_HINTS.items()}),
        error_messages={"required": "Choose what the file holds", "invalid_choice": "Choose what the file holds"},
    )
    file = forms.FileField(
        label="File",
        widget=FileUpload,
        allow_empty_file=True,
        help_text=f"CSV or XLSX as it is, with its own headings, or JSON of contracts. At most {MAX_MEGABYTES} MB. "
        "Nothing is written before you have seen what would come of it.",
        error_messages={
            "required": "Choose a file",
            "missing": "Choose a file",
            "invalid": "Choose a file again; it did not arrive",
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

    def clean_file(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_MEGABYTES * 1024 * 1024:
            raise ValidationError(f"The file must be {MAX_MEGABYTES} MB or smaller. Split it, or leave columns out.")
        if not file.size:
            raise ValidationError("The file is empty")
        return file

    def chosen_borough(self) -> Borough:
        only = next(iter(self.boroughs))
        return self.boroughs[self.cleaned_data.get("borough") or only]


class UnreadForm(forms.Form):
    """What becomes of the rows with cells that could not be read; asked only where there are any."""

    KEEP, LEAVE_OUT = "keep", "leave_out"

    unread = forms.ChoiceField(
        label="What should become of the rows with cells that could not be read?",
        choices=[(KEEP, "Take them in without those cells"), (LEAVE_OUT, "Leave these rows out")],
        widget=Radios(
            hints={
                KEEP: "What stands in the cells is shown on each need that says nothing there",
                LEAVE_OUT: "Mend them in the file and import it again; the other rows are then known already",
            }
        ),
        error_messages={"required": "Choose what should become of the rows with cells that could not be read"},
    )

    def keeps(self) -> bool:
        return bool(self.cleaned_data["unread"] == self.KEEP)


class CheckForm(forms.Form):
    """Which check of the file a person has before them, so that no other is applied."""

    check = forms.IntegerField(widget=forms.HiddenInput)

    def seen(self) -> int:
        """Its number; 0, which no check has, where the page did not say it."""
        return int(self.cleaned_data["check"]) if self.is_valid() else 0


class MappingForm(forms.Form):
    """One choice for each column of the file: the field that it fills, or none."""

    mark_optional = False
    label_size = ""

    def __init__(
        self,
        *args: Any,
        columns: Sequence[str],
        mapping: Mapping[str, str],
        targets: Mapping[str, str],
        wanted: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        self.targets = targets
        self.wanted = wanted
        for number, column in enumerate(columns):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=f"What “{column}” means",
                choices=[("", "Leave it out"), *targets.items()],
                initial=mapping.get(column, ""),
                required=False,
                error_messages={"invalid_choice": f"Choose what “{column}” means from the list"},
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        chosen: dict[str, list[int]] = {}
        for number in range(len(self.columns)):
            if target := data.get(f"column-{number}"):
                chosen.setdefault(target, []).append(number)
        for target, numbers in chosen.items():
            for number in numbers[1:]:
                first, label = self.columns[numbers[0]], self.targets[target]
                self.add_error(f"column-{number}", f"“{label}” is read from “{first}” already; choose one of the two")
        # An OCDS package has no columns: its parts have one meaning.
        for target in self.wanted if self.columns else ():
            if target not in chosen:
                self.add_error(None, f"Choose the column that holds “{self.targets[target]}”")
        return data

    def mapping(self) -> dict[str, str]:
        """Heading: field, of the columns that are read."""
        chosen = ((column, self.cleaned_data[f"column-{number}"]) for number, column in enumerate(self.columns))
        return {column: target for column, target in chosen if target}
