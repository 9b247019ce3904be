"""What the search knows of one notice: everything that a supplier may read of its current version."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Field(IntEnum):
    """Where a word stands, as a place in WEIGHTS."""

    TITLE = 0
    CATEGORY = 1
    SUMMARY = 2
    PROBLEM = 3
    USERS = 4
    REQUIREMENTS = 5
    REST = 6
    AUTHORITIES = 7
    ANSWERS = 8

    @property
    def words(self) -> str:
        return _IN_WORDS[self]


_IN_WORDS = {
    Field.TITLE: "in the title",
    Field.CATEGORY: "in the category",
    Field.SUMMARY: "in the summary",
    Field.PROBLEM: "in the problem",
    Field.USERS: "in what is said of the users",
    Field.REQUIREMENTS: "in the requirements",
    Field.REST: "further down in the notice",
    Field.AUTHORITIES: "among the authorities",
    Field.ANSWERS: "in what suppliers asked and were told",
}
# What one word counts, by field: a title is chosen with care, requirements are long and much alike.
WEIGHTS = (5.0, 2.0, 2.0, 1.5, 0.5, 1.0, 0.5, 1.0, 0.5)


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a notice. `id` names the version, so that a correction is another document."""

    id: int
    # Of Field, in this order; several lines are parted by line breaks.
    fields: tuple[str, ...]
    # Addresses that are typed whole: the notice's reference and its joint demand's.
    references: tuple[str, ...] = ()
    # Eight digits each.
    cpv: tuple[str, ...] = ()
    category: str = ""
    # Names of the boroughs that take part.
    boroughs: tuple[str, ...] = ()

    @property
    def passages(self) -> tuple[str, ...]:
        """The texts whose meaning is compared: short, as the model was trained with."""
        title = self.fields[Field.TITLE]
        summary = self.fields[Field.SUMMARY].strip()
        problem = self.fields[Field.PROBLEM].strip()
        return tuple(dict.fromkeys((title, f"{title}. {summary}" if summary else title, problem or title)))
