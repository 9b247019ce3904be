from typing import Any

import pytest
from django import forms

from boroughs.forms.counted import SLOT, CountedAutocompleteSelect, CountedCheckboxes, CountedSelect
from boroughs.forms.fields import AutocompleteSelect, Checkboxes

PLAIN = {CountedCheckboxes: Checkboxes, CountedSelect: forms.Select, CountedAutocompleteSelect: AutocompleteSelect}
OPTIONS = [("a", "A & B", 7), ("b", "<B>", 0), ("c", "C", 12)]


def rendered(
    kind: type[Any], value: object, counts: tuple[int, ...] = (7, 0, 12), first: tuple[str, str] | None = None
) -> str:
    extra = [first] if first else []
    widget = kind(choices=[*extra, *((value, f"{label} ({SLOT})") for value, label, _ in OPTIONS)])
    widget.counts = counts
    return str(widget.render("f", value, {"id": "id_f"}))


@pytest.mark.parametrize("kind", list(PLAIN))
@pytest.mark.parametrize("value", [["b"], [], ["a", "c"]])
def test_it_is_what_the_plain_widget_writes(kind: type[Any], value: list[str]) -> None:
    chosen = value if kind is CountedCheckboxes else (value or [""])[0]
    plain = PLAIN[kind](choices=[(value, f"{label} ({count})") for value, label, count in OPTIONS])
    # Twice: the second is put together from what is kept.
    for _ in range(2):
        assert rendered(kind, chosen) == plain.render("f", chosen, {"id": "id_f"})


def test_other_numbers_go_into_the_same_gaps() -> None:
    assert "A &amp; B (7)" in rendered(CountedSelect, "a")
    assert "A &amp; B (31)" in rendered(CountedSelect, "a", (31, 2, 3))


def test_an_option_without_a_number_may_stand_first() -> None:
    assert ">All</option>" in rendered(CountedSelect, "", first=("", "All"))


def test_numbers_that_do_not_fit_the_options_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        rendered(CountedSelect, "a", (1, 2))
