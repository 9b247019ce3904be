"""Whether a reader may read single figures beside all the totals that were told.

What was told stays told. When boroughs agree afterwards to show each other their figures, who reads these takes them
from the total, and what is left is of those that have not agreed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from procurement.disclosure.audit import exposed_to
from procurement.disclosure.rule import Rule, may_show
from procurement.disclosure.unknowns import Release, Unknown, changes_between

# What a total, or what changed between two, is made of: by borough and need.
Parts = Mapping[tuple[str, str], int]
Knows = Callable[[tuple[str, str]], bool]


@dataclass(frozen=True)
class Reading:
    """What one reader would know besides the totals."""

    # Boroughs of which it knows every figure anyway.
    own: frozenset[str]
    # References of the needs of other boroughs whose figures it would read.
    read: frozenset[str]
    # Boroughs of which it may have read a figure, now or at any time before.
    ever: frozenset[str]

    def reads(self, place: tuple[str, str]) -> bool:
        return place[0] not in self.own and place[1] in self.read

    def knows(self, place: tuple[str, str]) -> bool:
        return place[0] in self.own or place[1] in self.read

    def may_know(self, place: tuple[str, str]) -> bool:
        return self.knows(place) or place[0] in self.ever


def may_read(releases: Sequence[Release], rule: Rule, reading: Reading) -> bool:
    """Whether all that the reader then does not know stays protected; `releases` are of one quantity, oldest first.

    Of each total that it reads a part of, and of each difference of two, the rule is asked of what is left without the
    reader's own figure: so many boroughs, or none.
    """
    if not all(release.is_understood or all(map(reading.knows, release.needs)) for release in releases):
        return False
    opened = frozenset(each for release in releases for each in release.unknowns if each.borough in release.waived)
    if not all(_is_left_alone(parts, reading, rule) for parts in _parts(releases, opened)):
        return False
    return not any(
        exposed_to(releases, rule, frozenset(each for each in _unknowns(releases) if knows((each.borough, each.need))))
        for knows in (reading.knows, reading.may_know)
    )


def _parts(releases: Sequence[Release], opened: frozenset[Unknown]) -> Iterator[Parts]:
    """Each total, and what each two that have a need in common do not."""
    hidden: list[Parts] = [
        {(each.borough, each.need): each.amount for each in release.unknowns - opened} for release in releases
    ]
    yield from hidden
    for then, now in combinations(hidden, 2):
        if not now.keys().isdisjoint(then):
            yield changes_between(now, then)


def _is_left_alone(parts: Parts, reading: Reading, rule: Rule) -> bool:
    """Whether the rule is met by what the reader does not know of it; what it reads no part of is as it was."""
    if not any(map(reading.reads, parts)) or all(map(reading.knows, parts)):
        return True
    return all(may_show(_without(parts, knows), rule) for knows in (reading.knows, reading.may_know))


def _without(parts: Parts, knows: Knows) -> dict[str, int]:
    """By borough what it comes to without what is known: what a borough moved the total by up and down cancels out."""
    sums: dict[str, int] = {}
    for place, amount in parts.items():
        if not knows(place):
            sums[place[0]] = sums.get(place[0], 0) + amount
    return {borough: abs(amount) for borough, amount in sums.items()}


def _unknowns(releases: Sequence[Release]) -> frozenset[Unknown]:
    return frozenset(each for release in releases for each in release.unknowns)
