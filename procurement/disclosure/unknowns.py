"""What is published, and what somebody who reads all of it would have to work out."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

# Borough → need → amount.
Contributions = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, order=True)
class Unknown:
    """An amount that a need states. Until it is amended, it is the same one in every version of every notice."""

    quantity: str
    borough: str
    need: str
    amount: int


@dataclass(frozen=True)
class Release:
    """A total that was told: everybody has read that low ≤ total < high."""

    # Where: the notice, or the joint demand itself, to the people of the authorities. The audit makes no difference.
    notice: str
    # Of the notice; 0 of a joint demand, which has none.
    version: int
    contributions: Contributions
    low: int
    # low + 1 where the total is told plainly: amounts are whole.
    high: int
    quantity: str = "total"
    # Whose amounts were open when it was published. They stay known.
    waived: frozenset[str] = frozenset()
    # False where it is known which needs stand behind it at most, and not what they stated.
    is_understood: bool = True

    def __post_init__(self) -> None:
        if self.is_understood and not self.low <= self.total < self.high:
            raise ValueError(f"a total that is published as {self.low} to {self.high} must lie between them")

    @property
    def total(self) -> int:
        return sum(sum(needs.values()) for needs in self.contributions.values())

    @property
    def is_exact(self) -> bool:
        return self.high - self.low == 1

    @property
    def needs(self) -> frozenset[tuple[str, str]]:
        """Whose they are, and which: those that state nothing too."""
        return frozenset((borough, need) for borough, needs in self.contributions.items() for need in needs)

    @cached_property
    def by_need(self) -> Mapping[tuple[str, str], int]:
        return {
            (borough, need): amount
            for borough, needs in self.contributions.items()
            for need, amount in needs.items()
            if amount
        }

    @cached_property
    def unknowns(self) -> frozenset[Unknown]:
        return frozenset(Unknown(self.quantity, *place, amount) for place, amount in self.by_need.items())

    def says_the_same_as(self, other: "Release") -> bool:
        return (self.low, self.high, self.unknowns) == (other.low, other.high, other.unknowns)


def stated(contributions: Contributions) -> Contributions:
    """Without the boroughs and needs that state nothing: they contribute nothing."""
    kept = {
        borough: {need: amount for need, amount in sorted(needs.items()) if amount}
        for borough, needs in sorted(contributions.items())
    }
    return {borough: needs for borough, needs in kept.items() if needs}


def changes_between(
    now: Mapping[tuple[str, str], int], then: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], int]:
    """By borough and need what moved from one total to the other. A need that was amended counts by its change alone,
    since whoever takes one total from the other takes most of it away.
    """
    changes = {place: now.get(place, 0) - then.get(place, 0) for place in now.keys() | then.keys()}
    return {place: change for place, change in changes.items() if change}
