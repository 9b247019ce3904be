"""Quarters of a year, and the present contracts of open needs that end in each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from procurement.picture.facts import Need

# So many quarters of ends of contracts are counted, from that of the snapshot on.
AHEAD = 12


class Quarter(NamedTuple):
    year: int
    # From 1 to 4.
    place: int

    @property
    def first_day(self) -> date:
        return date(self.year, self.place * 3 - 2, 1)

    @property
    def key(self) -> str:
        """ "2027-q1", in the names of figures."""
        return f"{self.year}-q{self.place}"

    @property
    def words(self) -> str:
        return f"quarter {self.place} of {self.year}"

    @property
    def following(self) -> "Quarter":
        return Quarter(self.year, self.place + 1) if self.place < 4 else Quarter(self.year + 1, 1)


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month - 1) // 3 + 1)


def ends(needs: Iterable[Need], today: date) -> Iterator[tuple[Quarter, list[Need]]]:
    """The quarter of `today` and those after it, with the needs whose present contract ends in each, today or later."""
    ending: dict[Quarter, list[Need]] = defaultdict(list)
    for need in needs:
        if need.contract_end_date and need.contract_end_date >= today:
            ending[quarter_of(need.contract_end_date)].append(need)
    quarter = quarter_of(today)
    for _ in range(AHEAD):
        yield quarter, ending[quarter]
        quarter = quarter.following
