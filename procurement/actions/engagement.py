"""The engagement log: what one supplier was told, written by one person and told to all by another."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from boroughs import audit
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.permissions import Actor
from boroughs.templatetags.formatting import day
from procurement.actions import additions
from procurement.models import EngagementEntry, Notice, NoticeVersion
from procurement.queries import answering

Status = EngagementEntry.Status
NAME = "engagement"
TOLD_CHARACTERS = 3_000
MET_CHARACTERS = 500


@dataclass(frozen=True)
class EntryContent:
    kind: EngagementEntry.Kind
    held_date: date
    told: str
    # For the authorities alone.
    met_with: str = ""


@transaction.atomic
def write(*, notice: Notice, content: EntryContent, by: Actor) -> EngagementEntry:
    """Write down what suppliers were told. Raises NotAcceptable with what is wrong, by field."""
    _require_writer(by, notice)
    additions.take(notice)
    _require_acceptable(content)
    entry = EngagementEntry.objects.create(
        notice=notice, written_by=audit.name_of(by), written_at=timezone.now(), **vars(content)
    )
    _record(entry, "write", by)
    return entry


@transaction.atomic
def edit(*, entry: EngagementEntry, content: EntryContent, revision: int, by: Actor) -> EngagementEntry:
    """Change what is not published yet. Whoever changed it last has written it."""
    _require_writer(by, entry.notice)
    _require_acceptable(content)
    _move(entry, revision, written_by=audit.name_of(by), written_at=timezone.now(), **vars(content))
    _record(entry, "edit", by)
    return entry


@transaction.atomic
def drop(*, entry: EngagementEntry, revision: int, by: Actor) -> EngagementEntry:
    """Give an entry up that is not published."""
    _require_writer(by, entry.notice)
    _move(entry, revision, status=Status.DROPPED)
    _record(entry, "drop", by)
    return entry


@transaction.atomic
def tell(*, entry: EngagementEntry, revision: int, by: Actor) -> NoticeVersion:
    """Publish it with the notice's next version. Raises PermissionRefused for who wrote it."""
    if not answering.may_publish(by, entry.notice):
        raise PermissionRefused("Approvers of the lead authority, and analysts, publish what suppliers were told.")
    last = additions.take(entry.notice)
    entry.refresh_from_db()
    additions.require_another(by, entry.written_by)
    entries = list(last.content.get(NAME, ()))
    number = 1 + max((each["number"] for each in entries), default=0)
    _move(entry, revision, status=Status.TOLD, number=number)
    _record(entry, "tell", by, number=number)
    told = {"number": number, "kind": entry.kind, "held_on": entry.held_date.isoformat(), "told": entry.told}
    return additions.publish(
        notice=entry.notice,
        name=NAME,
        entries=[*entries, told],
        last=last,
        by=by,
        drafted_by=entry.written_by,
        reason=f"What suppliers were told on {day(entry.held_date)} added.",
    )


def _require_writer(by: Actor, notice: Notice) -> None:
    if not answering.may_draft(by, notice):
        raise PermissionRefused("Authorities that the notice names, and analysts, keep its engagement log.")


def _require_acceptable(content: EntryContent) -> None:
    found: dict[str, str] = {}
    if content.held_date > timezone.localdate():
        found["held_date"] = "The day must be today or in the past"
    if not content.told:
        found["told"] = "Write what suppliers were told"
    elif len(content.told) > TOLD_CHARACTERS:
        found["told"] = f"What they were told must be {TOLD_CHARACTERS:,} characters or fewer"
    if len(content.met_with) > MET_CHARACTERS:
        found["met_with"] = f"Who took part must be {MET_CHARACTERS} characters or fewer"
    if found:
        raise NotAcceptable(list(found.values()), {name: [words] for name, words in found.items()})


def _move(entry: EngagementEntry, revision: int, **values: Any) -> None:
    """Compare and swap what is not published yet."""
    changed = EngagementEntry.objects.filter(pk=entry.pk, revision=revision, status=Status.WRITTEN)
    moved = changed.update(revision=F("revision") + 1, **values)
    entry.refresh_from_db()
    if moved:
        return
    if entry.status != Status.WRITTEN:
        raise IllegalMove("This entry is published or given up already.")
    raise ChangedMeanwhile("A colleague has changed this entry since you opened it.")


def _record(entry: EngagementEntry, verb: str, by: Actor, **details: Any) -> None:
    reference = f"{entry.notice.reference}/{entry.pk}"
    audit.record(by=by, verb=verb, noun="engagement", reference=reference, details=details)
