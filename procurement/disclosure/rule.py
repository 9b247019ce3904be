"""The rule for one total by itself: when it may be shown, and how exactly."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

MINIMUM_CONTRIBUTORS = 3
DOMINANCE_PERCENT = 10
BAND = 50_000
PROTECTION_PERCENT = 10


@dataclass(frozen=True)
class Rule:
    """The parameters. The defaults are the least that the settings accept."""

    # So many boroughs stand behind a total, and behind the difference of two.
    minimum_contributors: int = MINIMUM_CONTRIBUTORS
    # All but the two largest come to so much of the largest (the p%-rule of statistical offices).
    dominance_percent: int = DOMINANCE_PERCENT
    # A total is told as a band of so many of its units; None tells it plainly.
    band: int | None = BAND
    # From everything that is published, nobody may bound a borough's figure more closely than so much to either side.
    protection_percent: int = PROTECTION_PERCENT

    def __post_init__(self) -> None:
        if self.minimum_contributors < 1 or not 0 <= self.dominance_percent <= 100:
            raise ValueError("a total has at least one contributor, and no part of it is more than the whole")
        if not 0 <= self.protection_percent < 100 or (self.band is not None and self.band < 1):
            raise ValueError("a protection is part of a figure, and a band is at least one unit wide")

    def plainly(self) -> "Rule":
        """The same rule for a quantity that is told without a band."""
        return replace(self, band=None)


@dataclass(frozen=True)
class Figure:
    """A total as it may be shown. Exactly one of `value`, (`low`, `high`) or `withheld` says what."""

    # Boroughs behind it; 0 where that is not told.
    contributors: int = 0
    value: int | None = None
    # The total lies in low ≤ total < high.
    low: int | None = None
    high: int | None = None
    withheld: bool = False
    # The day of which it is true; None where it is true of this moment, or of a version.
    as_at: date | None = None

    @property
    def is_shown(self) -> bool:
        return self.value is not None or self.low is not None

    @property
    def is_banded(self) -> bool:
        return self.low is not None


DEFAULT = Rule()


def may_show(contributions: Mapping[str, int], rule: Rule = DEFAULT) -> bool:
    """Whether a total of these figures, one for each borough, may be shown beyond the office."""
    figures = sorted((value for value in contributions.values() if value), reverse=True)
    if len(figures) < rule.minimum_contributors:
        return False
    return sum(figures[2:]) * 100 >= figures[0] * rule.dominance_percent


def total(contributions: Mapping[str, int]) -> Figure:
    """The total of `contributions` (borough → figure) for those who may see every figure anyway."""
    return Figure(contributors=len(contributions), value=sum(contributions.values()) if contributions else None)
