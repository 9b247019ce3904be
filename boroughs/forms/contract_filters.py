"""The filter of a contract register: the same for the page and for the file that is downloaded from it."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms

from boroughs.forms.fields import SearchInput
from boroughs.forms.need_fields import CategoryField
from boroughs.forms.text import LineField
from boroughs.models import Borough, Category

MAX_SEARCH = 200
WITHIN_MONTHS = (6, 12, 18, 24)
ENDS = [
    ("", "At any time"),
    *((str(months), f"Within {months} months") for months in WITHIN_MONTHS),
    ("ended", "Has ended"),
    ("none", "No end date"),
]
SORTS = [("", "First to end"), ("title", "Title"), ("supplier", "Supplier"), ("value", "Highest value a year")]


class ContractFilterForm(forms.Form):
    """All fields may stay empty; a value that is not on offer filters nothing."""

    mark_optional = False

    q = LineField(
        label="Search", max_characters=MAX_SEARCH, required=False, widget=SearchInput(), subject="Search words"
    )
    borough = forms.ChoiceField(label="Borough", required=False)
    category = CategoryField(label="Category", required=False, widget=forms.Select)
    supplier = LineField(label="Supplier", max_characters=MAX_SEARCH, required=False)
    ends = forms.ChoiceField(label="Ends", required=False, choices=ENDS)
    taken_out = forms.ChoiceField(
        label="Show", required=False, choices=[("", "In the register"), ("yes", "Taken out of the register")]
    )
    sort = forms.ChoiceField(label="Order", required=False, choices=SORTS)

    def __init__(self, data: Any, *, categories: Sequence[Category], boroughs: Iterable[Borough]) -> None:
        super().__init__(data)
        cast(CategoryField, self.fields["category"]).offer(categories, empty="All")
        names = [(borough.slug, borough.name) for borough in boroughs]
        cast(forms.ChoiceField, self.fields["borough"]).choices = [("", "All"), *names]
        if len(names) < 2:
            del self.fields["borough"]

    def chosen(self) -> dict[str, Any]:
        """What was asked for and makes sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out of what is in the register."""
        return bool(self.chosen().keys() - {"sort"})
