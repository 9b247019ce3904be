"""What needs add up to, borough by borough: users, and money over the whole life."""

from collections import defaultdict
from collections.abc import Iterable

from boroughs.models import Need


def whole_life(need: Need, column: str) -> int | None:
    """A need's budget over its whole life in pounds, from `budget_min` or `budget_max`.

    A budget a year counts for the contract's length; without a length it cannot be added to others and is left out.
    Where only one end is stated it stands for both, so that the two totals are of the same needs.
    """
    other = "budget_max" if column == "budget_min" else "budget_min"
    amount: int | None = getattr(need, column)
    if amount is None:
        amount = getattr(need, other)
    if amount is None or need.budget_basis != Need.BudgetBasis.PER_YEAR:
        return amount
    return amount * need.months // 12 if need.months else None


def users_by_borough(needs: Iterable[Need]) -> dict[str, int]:
    figures: dict[str, int] = defaultdict(int)
    for need in needs:
        if need.users_count is not None:
            figures[need.borough.slug] += need.users_count
    return dict(figures)


def budget_by_borough(needs: Iterable[Need], column: str) -> dict[str, int]:
    figures: dict[str, int] = defaultdict(int)
    for need in needs:
        amount = whole_life(need, column)
        if amount is not None:
            figures[need.borough.slug] += amount
    return dict(figures)
