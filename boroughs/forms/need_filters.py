"""The filter of the list of needs."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms

from boroughs.forms.fields import SearchInput
from boroughs.forms.need_fields import CategoryField
from boroughs.forms.text import LineField
from boroughs.models import Borough, Category, Need

MAX_SEARCH = 200


class NeedFilterForm(forms.Form):
    """All fields may stay empty; a value that is not on offer filters nothing."""

    mark_optional = False

    q = LineField(
        label="Search", max_characters=MAX_SEARCH, required=False, widget=SearchInput(), subject="Search words"
    )
    status = forms.ChoiceField(label="Status", required=False, choices=[("", "All"), *Need.Status.choices])
    category = CategoryField(label="Category", required=False, widget=forms.Select)
    borough = forms.ChoiceField(label="Borough", required=False)

    def __init__(self, data: Any, *, categories: Sequence[Category], boroughs: Iterable[Borough]) -> None:
        super().__init__(data)
        category = cast(CategoryField, self.fields["category"])
        category.offer(categories, empty="All")
        names = [(borough.slug, borough.name) for borough in boroughs]
        cast(forms.ChoiceField, self.fields["borough"]).choices = [("", "All"), *names]
        if len(names) < 2:
            del self.fields["borough"]

    def chosen(self) -> dict[str, Any]:
        """What was asked for and makes sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
