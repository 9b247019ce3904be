"""What a confirmed member said when a person confirmed it, and what it says now: for those who rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from boroughs.models import Need, NeedRevision
from procurement.models import DemandMember

# The texts that the matcher reads.
FIELDS = ("title", "problem", "users_description", "description")
LABELS = {
    "title": "Title",
    "problem": "Problem",
    "users_description": "Users",
    "description": "Description",
    "requirements": "Requirements",
}


@dataclass(frozen=True)
class Passage:
    """One text that differs, then and now."""

    label: str
    then: str
    now: str


@dataclass(frozen=True)
class MovedText:
    confirmed_at: datetime
    passages: tuple[Passage, ...]


def moved_texts(reference: str) -> dict[int, MovedText]:
    """Of the members of this joint demand whose text has moved far since, by the need's key. Three queries at most."""
    rows = DemandMember.objects.filter(
        demand__reference=reference, moved_at__isnull=False, need__status=Need.Status.OPEN
    )
    moved = {row.need_id: row for row in rows.select_related("need").prefetch_related("need__requirements")}
    if not moved:
        return {}
    read = {
        each.need_id: each.content
        for each in NeedRevision.objects.filter(need__in=moved)
        if each.number == moved[each.need_id].confirmed_revision
    }
    return {
        need_id: MovedText(row.confirmed_at, _passages(read[need_id], row.need))
        for need_id, row in moved.items()
        if row.confirmed_at is not None and need_id in read
    }


def _passages(then: Mapping[str, Any], need: Need) -> tuple[Passage, ...]:
    texts = [(name, str(then.get(name) or ""), getattr(need, name)) for name in FIELDS]
    lines = sorted(need.requirements.all(), key=lambda line: line.position)
    before = "\n".join(line["text"] for line in then.get("requirements", ()))
    texts.append(("requirements", before, "\n".join(line.text for line in lines)))
    return tuple(Passage(LABELS[name], old, new) for name, old, new in texts if old != new)
