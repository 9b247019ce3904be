"""The totals of a notice, as the disclosure rule lets them be published, with what stands behind them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from boroughs.models import Need
from procurement import disclosure
from procurement.models import FigureRelease
from procurement.queries.totals import whole_life

Quantity = FigureRelease.Quantity


@dataclass(frozen=True)
class Released:
    """A total that is published: it lies in low ≤ total < high."""

    contributions: Mapping[str, Mapping[str, int]]
    low: int
    high: int


def released(needs: Iterable[Need]) -> dict[str, Released]:
    """By quantity, what may be published now; a quantity is missing where nothing may."""
    needs = list(needs)
    found = {}
    for quantity, amount_of in _AMOUNTS.items():
        contributions = _contributions(needs, amount_of)
        by_borough = {slug: sum(amounts.values()) for slug, amounts in contributions.items()}
        figure = disclosure.total(by_borough, exact=False, band=_BANDS[quantity])
        if figure.value is not None:
            found[quantity.value] = Released(contributions, figure.value, figure.value + 1)
        elif figure.low is not None and figure.high is not None:
            found[quantity.value] = Released(contributions, figure.low, figure.high)
    return found


def _contributions(needs: Iterable[Need], amount_of: Callable[[Need], int | None]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for need in needs:
        amount = amount_of(need)
        if amount is not None:
            found[need.borough.slug][need.reference] = amount
    return dict(found)


_AMOUNTS: dict[FigureRelease.Quantity, Callable[[Need], int | None]] = {
    Quantity.USERS: lambda need: need.users_count,
    Quantity.BUDGET_MIN: lambda need: whole_life(need, "budget_min"),
    Quantity.BUDGET_MAX: lambda need: whole_life(need, "budget_max"),
}
_BANDS: dict[FigureRelease.Quantity, int | None] = {
    Quantity.USERS: None,
    Quantity.BUDGET_MIN: disclosure.BAND,
    Quantity.BUDGET_MAX: disclosure.BAND,
}
