"""What changed from one text to another, word by word."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum


class Kept(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    kept: Kept
    text: str


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The two texts in one: what stayed, what is gone, what is new. Spaces and line ends count as one space."""
    old, new = before.split(), after.split()
    found: list[Piece] = []
    for move, start, end, new_start, new_end in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if move == "equal":
            found.append(Piece(Kept.SAME, " ".join(old[start:end])))
            continue
        if end > start:
            found.append(Piece(Kept.GONE, " ".join(old[start:end])))
        if new_end > new_start:
            found.append(Piece(Kept.NEW, " ".join(new[new_start:new_end])))
    return tuple(found)
