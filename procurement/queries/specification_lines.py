"""What a notice carries of a frozen common specification: its requirements word for word, and what is kept beside.

No line that points to one borough goes into a notice: such a requirement, or difference, is left out, and whoever
drafts the notice is told which (`left_out`). What all have agreed may hold a figure; of a difference that only one
authority keeps it would be that one's (own_words.py). A difference is carried without the name of its borough.
"""

from collections.abc import Callable, Mapping
from typing import Any

from boroughs.models import Requirement
from procurement.models import Notice
from procurement.queries import own_words

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def lines(
    content: Mapping[str, Any], *, is_neutral: Callable[[str], bool], one: str, many: str
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Musts, shoulds and differences of a notice. `one` and `many` are what to call the boroughs."""
    by_priority: dict[str, list[str]] = {priority: [] for priority in Requirement.Priority.values}
    # The difference as it is compared → as it was first written, and who keeps it.
    kept: dict[str, tuple[str, set[str]]] = {}
    for requirement in content["requirements"]:
        if is_neutral(requirement["text"]):
            by_priority[requirement["priority"]].append(requirement["text"])
        for difference in requirement["differences"]:
            if is_neutral(difference["text"]):
                written = kept.setdefault(difference["text"].casefold().rstrip("."), (difference["text"], set()))
                written[1].add(difference["slug"])
    beside = [
        _beside(text, len(boroughs), one, many)
        for text, boroughs in kept.values()
        if not own_words.is_own_line(text, asked_by=len(boroughs))
    ]
    return (
        tuple(by_priority[Requirement.Priority.MUST]),
        tuple(by_priority[Requirement.Priority.SHOULD]),
        tuple(beside),
    )


def left_out(notice: Notice) -> tuple[int, ...]:
    """Numbers of the requirements that its common specification has and its draft has not, or no longer."""
    if notice.specification is None:
        return ()
    carried = {*notice.must_requirements, *notice.should_requirements}
    return tuple(each["number"] for each in notice.specification.content["requirements"] if each["text"] not in carried)


def _beside(text: str, count: int, one: str, many: str) -> str:
    number = _WORDS[count] if count < len(_WORDS) else str(count)
    who = f"One {one} also asks for" if count == 1 else f"{number.capitalize()} {many} also ask for"
    return f"{who}: {text}"
