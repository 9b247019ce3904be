"""Disclosure control: when a total may be shown, and how exactly.

The rule counts boroughs, not needs: a borough with five needs is one contributor. A total is shown to those who may not
see exact figures only if at least MINIMUM_CONTRIBUTORS boroughs stand behind it and no borough that contributes could
work out the largest one's figure to within DOMINANCE_PERCENT (the p%-rule of statistical offices: the sum of all but
the two largest must be at least p % of the largest). Money is then shown as a band of BAND pounds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

MINIMUM_CONTRIBUTORS = 3
DOMINANCE_PERCENT = 10
BAND = 50_000


@dataclass(frozen=True)
class Figure:
    """A total as it may be shown. Exactly one of `value`, (`low`, `high`) or `withheld` says what."""

    contributors: int
    value: int | None = None
    # The total lies in low ≤ total < high.
    low: int | None = None
    high: int | None = None
    withheld: bool = False

    @property
    def is_shown(self) -> bool:
        return self.value is not None or self.low is not None

    @property
    def is_banded(self) -> bool:
        return self.low is not None


def may_show(contributions: Mapping[str, int]) -> bool:
    """Whether a total of these figures, one for each borough, may be shown beyond the office."""
    figures = sorted((value for value in contributions.values() if value), reverse=True)
    if len(figures) < MINIMUM_CONTRIBUTORS:
        return False
    return sum(figures[2:]) * 100 >= figures[0] * DOMINANCE_PERCENT


def total(contributions: Mapping[str, int], *, exact: bool, band: int | None = BAND) -> Figure:
    """The total of `contributions` (borough → figure). `exact` for those who may see every figure anyway.

    `band` in the figure's unit; None shows the plain total once the rule is met.
    """
    count = len(contributions)
    amount = sum(contributions.values())
    if exact:
        return Figure(contributors=count, value=amount if count else None)
    if not may_show(contributions):
        return Figure(contributors=count, withheld=count > 0)
    if band is None:
        return Figure(contributors=count, value=amount)
    low = amount // band * band
    return Figure(contributors=count, low=low, high=low + band)
