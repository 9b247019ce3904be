"""Lines that a draft of a notice has not, and why: whoever drafts it can put them back.

Of the needs those that a first draft would not take; of a common specification all that the draft lacks, since what
the boroughs agreed is carried word for word. Nothing is stored: it is read anew from what stands behind the notice.
Only who may read a need sees its lines (sharing.py), and only who takes part the differences of a specification.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects

from boroughs import permissions
from boroughs.models import Requirement, User
from boroughs.permissions import Permission
from procurement.models import Notice
from procurement.queries import need_lines, own_words, sharing, specification_lines
from procurement.queries.behind_notice import Behind
from procurement.queries.neutral import Neutral
from procurement.queries.specification import reads_all

CHANGED = "It was changed or taken out in this draft."


@dataclass(frozen=True)
class LeftOut:
    # What it is: "Must", "R3, should" or "Beside R3".
    label: str
    text: str
    # A sentence.
    why: str


@dataclass(frozen=True)
class LeftOutLines:
    lines: tuple[LeftOut, ...]
    # Whether there may be more, in what the reader may not read.
    is_part: bool
    # Lines that more than one authority has said word for word: their figures are no one's.
    agreed: frozenset[str]


def read(notice: Notice, behind: Behind, user: User) -> LeftOutLines:
    """Three queries for who reads every need, of a specification two; for a person of the lead borough four more."""
    neutral = Neutral(behind.everyone)
    here = {need_lines.key(line) for line in (*notice.must_requirements, *notice.should_requirements)}
    if notice.specification is not None:
        whole = reads_all(notice.demand, user)
        found = _of_specification(notice.specification.content, here, notice, neutral, tells_differences=whole)
        agreed = specification_lines.agreed(notice.specification.content, notice.differences)
        return LeftOutLines(tuple(found), is_part=not whole, agreed=agreed)
    needs = sorted(behind.needs, key=lambda need: (-need.demand_member.strength, need.pk))
    prefetch_related_objects(needs, "requirements")
    lines = need_lines.read(needs, neutral)
    readable = {need.pk for need in needs}
    whole = permissions.has(user, Permission.VIEW_SUBMITTED_NEEDS)
    if not whole:
        shared = sharing.shared(user, notice.demand)
        readable = {pk for pk in readable if shared.may_read(pk)}
        whole = len(readable) == len(needs)
    told = (
        LeftOut("Must" if line.is_must else "Should", line.text, line.why)
        for line in lines
        if line.why and line.needs & readable and need_lines.key(line.text) not in here
    )
    agreed = frozenset(line.text for line in lines if len(line.boroughs) > 1)
    return LeftOutLines(tuple(told), is_part=not whole, agreed=agreed)


def _of_specification(
    content: Mapping[str, Any], here: set[str], notice: Notice, neutral: Neutral, *, tells_differences: bool
) -> Iterator[LeftOut]:
    for each in content["requirements"]:
        if need_lines.key(each["text"]) not in here:
            kind = Requirement.Priority(each["priority"]).label.lower()
            yield LeftOut(f"R{each['number']}, {kind}", each["text"], neutral.why_not(each["text"]) or CHANGED)
    if not tells_differences:
        return
    beside = [need_lines.key(line) for line in notice.differences]
    for difference in specification_lines.differences(content):
        if not any(line.endswith(need_lines.key(difference.text)) for line in beside):
            own = own_words.why_own_line(difference.text, asked_by=len(difference.boroughs))
            why = neutral.why_not(difference.text) or own or CHANGED
            yield LeftOut(f"Beside R{difference.number}", difference.text, why)
