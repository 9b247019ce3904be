"""Requirement lines of the needs behind a joint demand: what a draft of a notice takes, and why not the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from boroughs.models import Need, Requirement
from procurement.queries import own_words
from procurement.queries.line_limits import LINE_LIMIT, LINE_WORDS, LINES_LIMIT, line_problems
from procurement.queries.neutral import Neutral


@dataclass(frozen=True)
class NeedLine:
    """A line as it was first written. Needs and boroughs that ask for it in these words, by primary keys."""

    text: str
    is_must: bool
    needs: frozenset[int]
    boroughs: frozenset[int]
    # Why a draft leaves it out, as a sentence; "" where it takes it.
    why: str


@dataclass
class _Asked:
    text: str
    is_must: bool = False
    needs: set[int] = field(default_factory=set)
    boroughs: set[int] = field(default_factory=set)


def key(line: str) -> str:
    """How lines are compared: case, spaces and the stop at the end make no other line."""
    return " ".join(line.split()).casefold().rstrip(".;, ")


def read(needs: Iterable[Need], neutral: Neutral) -> tuple[NeedLine, ...]:
    """Lines of all needs, without repetitions: what more boroughs ask for stands first. A must of one is a must."""
    lines = sorted(_asked(needs), key=lambda each: -len(each.boroughs))
    read = [
        NeedLine(
            text=each.text,
            is_must=each.is_must,
            needs=frozenset(each.needs),
            boroughs=frozenset(each.boroughs),
            why=_why_not(each.text, len(each.boroughs), neutral),
        )
        for each in lines
    ]
    room = {True: LINES_LIMIT, False: LINES_LIMIT}
    for place, line in enumerate(read):
        if line.why:
            continue
        if not room[line.is_must]:
            read[place] = replace(line, why=f"A list has {LINES_LIMIT} lines at most, and others stood before it.")
        else:
            room[line.is_must] -= 1
    return tuple(read)


def taken(lines: Sequence[NeedLine]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Musts and shoulds of a draft."""
    kept = [line for line in lines if not line.why]
    return tuple(line.text for line in kept if line.is_must), tuple(line.text for line in kept if not line.is_must)


def _asked(needs: Iterable[Need]) -> list[_Asked]:
    asked: dict[str, _Asked] = {}
    for need in needs:
        for row in sorted(need.requirements.all(), key=lambda row: row.position):
            text = " ".join(row.text.split())
            if key(text):
                line = asked.setdefault(key(text), _Asked(text))
                line.is_must |= row.priority == Requirement.Priority.MUST
                line.needs.add(need.pk)
                line.boroughs.add(need.borough_id)
    return list(asked.values())


def _why_not(line: str, asked_by: int, neutral: Neutral) -> str:
    if line_problems([line], name=""):
        return f"It is longer than {LINE_WORDS} words or {LINE_LIMIT} characters."
    return neutral.why_not(line) or own_words.why_own_line(line, asked_by=asked_by)
