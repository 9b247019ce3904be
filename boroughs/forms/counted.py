"""Choices with a number beside each, for filters: made once with gaps, into which each page puts its numbers.

A filter panel offers some hundred and fifty options. What changes from one search to the next are their numbers, so the
rest is written by the template once and kept, for each set of options and what is chosen of them.
"""

from collections.abc import Hashable, Sequence
from typing import Any

from django import forms
from django.utils.safestring import SafeString, mark_safe

from boroughs.forms.fields import AutocompleteSelect, Checkboxes

# Stands in a label where its number goes. No label holds it: it is a control character.
SLOT = "\x1a"
KEPT = 512


# By what it was made of: the pieces between the gaps. Assigning and reading are one step each; two threads that miss at
# the same moment make the same.
_kept: dict[Hashable, list[str]] = {}


class Counted(forms.widgets.ChoiceWidget):
    """A widget for choices whose labels have a SLOT each, but for one without a value. `counts` are in their order."""

    counts: Sequence[int] = ()

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        chosen = tuple(value) if isinstance(value, list) else value
        made_of = (type(self), name, chosen, tuple(self.choices), tuple((attrs or {}).items()))
        pieces = _kept.get(made_of)
        if pieces is None:
            pieces = super().render(name, value, attrs, renderer).split(SLOT)
            if len(_kept) >= KEPT:
                _kept.clear()
            _kept[made_of] = pieces
        numbers = [*map(str, self.counts), ""]
        filled = "".join(piece + number for piece, number in zip(pieces, numbers, strict=True))
        return mark_safe(filled)  # noqa: S308 - what the template wrote, and whole numbers


class CountedCheckboxes(Counted, Checkboxes):
    pass


class CountedSelect(Counted, forms.Select):
    pass


class CountedAutocompleteSelect(Counted, AutocompleteSelect):
    pass
