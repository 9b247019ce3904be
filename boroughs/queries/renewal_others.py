"""Which other boroughs have the same in use, and until when.

Told of them is what a published contract register tells: the borough, its system or supplier, how it agrees, and the
quarter in which it ends. Values, references, titles and notes are not even read.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import lru_cache

from boroughs.models import Contract

QUARTERS = ("January to March", "April to June", "July to September", "October to December")
# What registers write where they have no answer; two of these are not the same thing.
NO_ANSWER = {"", "n a", "na", "none", "not applicable", "not known", "other", "tba", "tbc", "unknown", "various"}
Trait = tuple[str, str | int]


class Agreement(IntEnum):
    """What two contracts have in common, the closest first."""

    SYSTEM = 1
    SUPPLIER = 2
    CATEGORY = 3

    @property
    def words(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class OtherBorough:
    name: str
    # What it calls the system, or else the supplier; "" where its register says neither.
    product: str
    # "April to June 2028"
    quarter: str


@dataclass(frozen=True)
class Others:
    """Boroughs whose contract agrees in one way, by name; each stands under its closest agreement alone."""

    agreement: Agreement
    boroughs: tuple[OtherBorough, ...]


@lru_cache(maxsize=20_000)
def key_of(text: str) -> str:
    """The text as it is compared: in small letters, without punctuation; "" where it says nothing."""
    key = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()
    return "" if key in NO_ANSWER else key


def quarter_of(day: date) -> str:
    """ "April to June 2028"."""
    return f"{QUARTERS[(day.month - 1) // 3]} {day.year}"


@dataclass(frozen=True)
class InUse:
    """A contract, as far as other boroughs may know it."""

    borough_pk: int
    borough: str
    system: str
    supplier: str
    # The supplier that the name stands for; None where the register's names were not folded.
    supplier_pk: int | None
    category_pk: int | None
    end_date: date

    def offers(self) -> Iterator[Trait]:
        """By what others find it."""
        system, supplier = key_of(self.system), key_of(self.supplier)
        if system:
            yield ("system", system)
        if supplier:
            yield ("spelling", supplier)
        if supplier and self.supplier_pk is None:
            yield ("unfolded spelling", supplier)
        if self.supplier_pk is not None:
            yield ("supplier", self.supplier_pk)
        if self.category_pk is not None:
            yield ("category", self.category_pk)

    def seeks(self) -> Iterator[tuple[Agreement, Trait]]:
        """By what it finds others, and how it then agrees with them."""
        yield Agreement.SYSTEM, ("system", key_of(self.system))
        # Two names may stand for one supplier and one name for two, so where both were folded the fold decides.
        if self.supplier_pk is None:
            yield Agreement.SUPPLIER, ("spelling", key_of(self.supplier))
        else:
            yield Agreement.SUPPLIER, ("supplier", self.supplier_pk)
            yield Agreement.SUPPLIER, ("unfolded spelling", key_of(self.supplier))
        if self.category_pk is not None:
            yield Agreement.CATEGORY, ("category", self.category_pk)


def in_use_in_london(first: date, last: date) -> Iterator[InUse]:
    """Contracts of every register that end within these days, the one that ends first first. One query."""
    rows = Contract.objects.listed().filter(end_date__range=(first, last)).order_by("end_date", "pk")
    wanted = ("borough_id", "borough__name", "system", "supplier", "supplier_name__supplier", "category_id", "end_date")
    for borough_pk, borough, system, supplier, supplier_pk, category_pk, end in rows.values_list(*wanted):
        if end is not None:
            yield InUse(borough_pk, borough, system, supplier, supplier_pk, category_pk, end)


class OthersInUse:
    """Many contracts by their traits: for each trait, of each borough the one that ends first."""

    def __init__(self, contracts: Iterable[InUse]) -> None:
        self._soonest: dict[Trait, dict[int, InUse]] = defaultdict(dict)
        for each in sorted(contracts, key=lambda each: each.end_date):
            for trait in each.offers():
                self._soonest[trait].setdefault(each.borough_pk, each)

    def beside(self, mine: InUse) -> tuple[Others, ...]:
        """Each other borough once, with its closest contract; of two as close, with the one that ends first."""
        closest: dict[int, tuple[Agreement, InUse]] = {}
        for agreement, trait in mine.seeks():
            for borough, theirs in self._soonest.get(trait, {}).items():
                known = closest.get(borough)
                if known is None or (agreement, theirs.end_date) < (known[0], known[1].end_date):
                    closest[borough] = (agreement, theirs)
        closest.pop(mine.borough_pk, None)
        return tuple(
            Others(agreement, tuple(_told(theirs for how, theirs in closest.values() if how == agreement)))
            for agreement in sorted({how for how, _ in closest.values()})
        )


def _told(contracts: Iterable[InUse]) -> Iterator[OtherBorough]:
    for each in sorted(contracts, key=lambda each: each.borough):
        product = next((text for text in (each.system, each.supplier) if key_of(text)), "")
        yield OtherBorough(each.borough, product, quarter_of(each.end_date))
