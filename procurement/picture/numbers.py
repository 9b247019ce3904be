"""A number of the picture: what it counts, how much, and the needs and the contracts behind it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any


class Unit(StrEnum):
    NEEDS = "needs"
    AUTHORITIES = "authorities"
    DEMANDS = "joint demands"
    NOTICES = "notices"
    USERS = "users"
    POUNDS = "pounds"
    CONTRACTS = "contracts"
    SUPPLIERS = "suppliers"
    CATEGORIES = "categories"
    PERCENT = "per cent"
    # Of the Herfindahl-Hirschman index: procurement/picture/market.py.
    POINTS = "points"
    DAYS = "days"
    ANSWERS = "answers"
    QUESTIONS = "questions"


@dataclass(frozen=True)
class Number:
    # Its name, the same in every snapshot: "open-needs", "authority/camden/needs".
    key: str
    # What it counts, in words that stand alone.
    words: str
    unit: Unit
    # None where nobody stated a figure; that never means nothing.
    value: int | None
    # References of the needs that it was counted or added up from, in order.
    needs: tuple[str, ...]
    # References of the contracts, where it comes from the registers.
    contracts: tuple[str, ...] = ()

    def __int__(self) -> int:
        return self.value or 0


def number(
    key: str, words: str, unit: Unit, value: int | None, needs: Iterable[str] = (), contracts: Iterable[str] = ()
) -> Number:
    return Number(key, words, unit, value, tuple(sorted(set(needs))), tuple(sorted(set(contracts))))


def numbers(value: Any) -> Iterator[Number]:
    """Every number inside dataclasses and tuples, in the order in which they stand there."""
    if isinstance(value, Number):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from numbers(item)
    else:
        kind: Any = type(value)
        for name in _fields(kind):
            yield from numbers(getattr(value, name))


@cache
def _fields(kind: type) -> tuple[str, ...]:
    """Names of the fields of a dataclass; of nothing else."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def each_once(*values: Any) -> tuple[Number, ...]:
    """The numbers inside all of these by their names, the first of each: a figure that moved is named as it is now."""
    found: dict[str, Number] = {}
    for value in values:
        for each in numbers(value):
            found.setdefault(each.key, each)
    return tuple(found.values())
