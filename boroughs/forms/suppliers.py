"""Looking for suppliers, and saying which names are one."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from boroughs.forms.fields import SearchInput
from boroughs.forms.text import LineField

NOTHING_CHOSEN = "Choose the names to take out"


class SupplierSearchForm(forms.Form):
    mark_optional = False

    q = LineField(label="Search", max_characters=200, required=False, widget=SearchInput(), subject="Search words")

    def words(self) -> str:
        """What was searched for; empty where it is no fit search."""
        return str(self.cleaned_data["q"]) if self.is_valid() else ""


class FoldForm(forms.Form):
    """The supplier whose names are to be folded."""

    other = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class UnfoldForm(forms.Form):
    """Which of a supplier's names are to be taken out."""

    names = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": NOTHING_CHOSEN, "invalid_choice": NOTHING_CHOSEN}
    )

    def __init__(self, data: Any, *, names: Iterable[int]) -> None:
        super().__init__(data)
        cast(forms.TypedMultipleChoiceField, self.fields["names"]).choices = [(pk, pk) for pk in names]


class SupplierNameForm(forms.Form):
    """The name under which a supplier is shown."""

    name = LineField(
        label="Name",
        max_characters=300,
        help_text="All boroughs see the supplier under it. What each contract says stays as it is.",
        error_messages={"required": "Enter a name"},
    )
