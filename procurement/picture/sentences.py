"""Sentences in plain English of which every figure names the number that it is, and what they are made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from procurement.picture import words
from procurement.picture.numbers import Number


@dataclass(frozen=True)
class Said:
    """A figure as a sentence says it."""

    words: str
    number: Number


@dataclass(frozen=True)
class Sentence:
    parts: tuple[str | Said, ...]

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.words for part in self.parts)

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Those that it says, in their order."""
        return tuple(part.number for part in self.parts if isinstance(part, Said))


def sentence(*parts: str | Said) -> Sentence:
    return Sentence(parts)


def of(number: Number, noun: str = "") -> Said:
    """A count as a sentence says it."""
    return Said(words.count(int(number), noun), number)


def pounds_of(low: Number, high: Number) -> tuple[Said, ...] | tuple[Said, str, Said]:
    """A range of money, each end with the needs behind it."""
    first, last = Said(words.pounds(int(low)), low), Said(words.pounds(int(high)), high)
    return (last,) if first.words == last.words else (first, " to ", last)


def verb(number: Number, one: str, many: str) -> str:
    return one if number.value == 1 else many


def plain(sentences: Iterable[Sentence]) -> list[dict[str, Any]]:
    """For JSON: the text, and the names of the figures in it."""
    return [{"text": each.text, "figures": [number.key for number in each.numbers]} for each in sentences]
