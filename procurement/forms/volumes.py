"""The what-if of volume tiers: up to three of them as a supplier might offer them, and who is in."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.forms import BoundField

from boroughs.forms.fields import PoundsInput, Radios
from boroughs.forms.need_fields import WholeNumberField, number_messages, short_box
from procurement.queries.volume_tiers import Tier
from procurement.queries.volumes import Group

ROWS = (1, 2, 3)
MOST = 1_000_000_000_000


class PriceField(forms.DecimalField):
    """Pounds and pence a unit, with or without the sign."""

    widget = PoundsInput

    def to_python(self, value: Any) -> Any:
        return super().to_python(str(value or "").strip().removeprefix("£").replace(",", "")[:40])


class TiersForm(forms.Form):
    """Sent by its address, so that what it shows can be shared; nothing is kept."""

    mark_optional = False

    group = forms.ChoiceField(
        label="Who is in?",
        choices=[(str(group), group.words) for group in Group],
        widget=Radios(small=True),
        error_messages={"required": "Say who is in", "invalid_choice": "Say who is in"},
    )
    measure = forms.ChoiceField(label="What is counted?", error_messages={"invalid_choice": "Choose one of the list"})

    def __init__(self, *args: Any, measures: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["measure"]).choices = list(measures)
        for row in ROWS:
            self.fields[f"start_{row}"] = WholeNumberField(
                label="From how many",
                min_value=0,
                max_value=MOST,
                required=False,
                widget=short_box(10),
                error_messages=number_messages(f"Where tier {row} begins", 0, MOST, "1000"),
            )
            self.fields[f"price_{row}"] = PriceField(
                label="Price of one",
                min_value=0,
                max_digits=12,
                decimal_places=2,
                required=False,
                error_messages=_amount_messages(f"The price of tier {row}", "12.50"),
            )
            self.fields[f"discount_{row}"] = forms.DecimalField(
                label="Or per cent off",
                min_value=0,
                max_value=100,
                max_digits=5,
                decimal_places=2,
                required=False,
                widget=short_box(4),
                error_messages=_amount_messages(f"The discount of tier {row}", "7.5"),
            )

    def rows(self) -> list[tuple[int, list[BoundField]]]:
        """For the page: each tier's number and its boxes."""
        return [(row, [self[f"{name}_{row}"] for name in ("start", "price", "discount")]) for row in ROWS]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        before: int | None = None
        for row in ROWS:
            start = data.get(f"start_{row}")
            self._check_row(row, start)
            if start is not None and before is not None and start <= before:
                self.add_error(f"start_{row}", f"Tier {row} must begin above the one before it")
            before = start if start is not None else before
        if before is None and not self.errors:
            self.add_error("start_1", "Enter one tier at least: from how many, and its price or discount")
        return data

    def _check_row(self, row: int, start: int | None) -> None:
        names = [f"{name}_{row}" for name in ("start", "price", "discount")]
        if any(name in self.errors for name in names):
            return
        price, discount = (self.cleaned_data.get(name) for name in names[1:])
        if price is not None and discount is not None:
            self.add_error(names[2], f"Tier {row} has a price or a discount, not both")
        elif start is None and (price is not None or discount is not None):
            self.add_error(names[0], f"Enter from how many tier {row} holds")
        elif start is not None and price is None and discount is None:
            self.add_error(names[1], f"Enter the price or the discount of tier {row}")

    def who(self) -> Group:
        return Group(self.cleaned_data["group"])

    def tiers(self) -> list[Tier]:
        data = self.cleaned_data
        return [
            Tier(data[f"start_{row}"], data[f"price_{row}"], data[f"discount_{row}"])
            for row in ROWS
            if data[f"start_{row}"] is not None
        ]


def _amount_messages(subject: str, such_as: str) -> dict[str, str]:
    wrong = f"{subject} must be a number, such as {such_as}"
    return {
        "invalid": wrong,
        "max_digits": wrong,
        "max_decimal_places": f"{subject} must have two decimal places at the most",
        "max_whole_digits": wrong,
        "min_value": f"{subject} must be 0 or more",
        "max_value": f"{subject} must be 100 or less",
    }
