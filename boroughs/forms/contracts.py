"""The filter of a contract register."""

from django import forms

from boroughs.forms.fields import SearchInput
from boroughs.forms.text import LineField


class ContractFilterForm(forms.Form):
    mark_optional = False

    q = LineField(label="Search", max_characters=200, required=False, widget=SearchInput(), subject="Search words")

    def words(self) -> list[str]:
        """The words that were searched for; none where they are no fit search."""
        return str(self.cleaned_data["q"]).split()[:10] if self.is_valid() else []
