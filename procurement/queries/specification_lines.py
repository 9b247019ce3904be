"""What a notice carries of a frozen common specification: its requirements word for word, and what is kept beside.

No line that points to one borough goes into a notice: such a requirement, or difference, is left out, and whoever
drafts the notice is told which and why (left_out_lines.py). What all have agreed may hold a figure; of a difference
that only one authority keeps it would be that one's (own_words.py). A difference is carried without the name of its
borough.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from boroughs.models import Requirement
from procurement.queries import own_words

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass
class Kept:
    """A difference as it was first written."""

    # Of the requirement that it stands beside first.
    number: int
    text: str
    # Slugs of the boroughs that keep it.
    boroughs: set[str] = field(default_factory=set)


def lines(
    content: Mapping[str, Any], *, is_neutral: Callable[[str], bool], one: str, many: str
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Musts, shoulds and differences of a notice. `one` and `many` are what to call the boroughs."""
    by_priority: dict[str, list[str]] = {priority: [] for priority in Requirement.Priority.values}
    for requirement in content["requirements"]:
        if is_neutral(requirement["text"]):
            by_priority[requirement["priority"]].append(requirement["text"])
    beside = [
        _beside(kept.text, len(kept.boroughs), one, many)
        for kept in differences(content)
        if is_neutral(kept.text) and not own_words.is_own_line(kept.text, asked_by=len(kept.boroughs))
    ]
    return (
        tuple(by_priority[Requirement.Priority.MUST]),
        tuple(by_priority[Requirement.Priority.SHOULD]),
        tuple(beside),
    )


def differences(content: Mapping[str, Any]) -> list[Kept]:
    """Each once, with all who keep it in the same words."""
    found: dict[str, Kept] = {}
    for requirement in content["requirements"]:
        for each in requirement["differences"]:
            compared = each["text"].casefold().rstrip(".")
            found.setdefault(compared, Kept(requirement["number"], each["text"])).boroughs.add(each["slug"])
    return list(found.values())


def agreed(content: Mapping[str, Any], beside: Iterable[str]) -> frozenset[str]:
    """Lines that are no one's own: what all have agreed, and those `beside` it in a notice that two or more keep."""
    many = tuple(f": {kept.text}" for kept in differences(content) if len(kept.boroughs) > 1)
    return frozenset((*(each["text"] for each in content["requirements"]), *(x for x in beside if x.endswith(many))))


def _beside(text: str, count: int, one: str, many: str) -> str:
    number = _WORDS[count] if count < len(_WORDS) else str(count)
    who = f"One {one} also asks for" if count == 1 else f"{number.capitalize()} {many} also ask for"
    return f"{who}: {text}"
