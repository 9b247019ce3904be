"""A file's way into a borough's data: received, its columns confirmed, checked, applied, and undone if need be.

What people and programs ask for. The jobs that come of it are in import_jobs.py.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from boroughs import audit, permissions
from boroughs.actions import need_batch, register, work
from boroughs.background import Task
from boroughs.exceptions import IllegalMove, NotAcceptable
from boroughs.models import Borough, ColumnMapping, DataImport, ImportFile, ImportRow
from boroughs.permissions import Actor, Permission

Status, Verdict = DataImport.Status, ImportRow.Verdict
LEFT_OUT = "The row was left out, as was chosen."
# Of a job that no worker has taken up yet.
NOT_BEGUN: dict[str, Any] = {"progress_done": 0, "progress_total": 0}
NOTHING_CHECKED: dict[str, Any] = {"new": 0, "changed": 0, "unchanged": 0, "refused": 0}
OTHER_CHECK = "The file was checked again since you looked at it. Look at what would come of it now, then apply it."


@dataclass(frozen=True)
class Shape:
    """What was understood of a file before anybody looked: see boroughs/models/data_import.py."""

    format: str
    columns: tuple[str, ...]
    mapping: Mapping[str, str]
    sheet: str = ""
    notes: tuple[str, ...] = ()


@transaction.atomic
def receive(*, borough: Borough, noun: str, file_name: str, content: bytes, shape: Shape, by: Actor) -> DataImport:
    """Keep a file of the borough's, as it came. Nothing of it is in the borough's data yet."""
    permissions.require(by, permission_for(noun), borough)
    data_import = DataImport.objects.create(
        borough=borough,
        noun=noun,
        file_name=file_name,
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        created_by=audit.name_of(by),
        **_columns(shape),
    )
    ImportFile.objects.create(data_import=data_import, content=content)
    record(data_import, "receive", by, file=file_name, digest=data_import.digest)
    return data_import


@transaction.atomic
def reshape(*, data_import: DataImport, shape: Shape, by: Actor) -> None:
    """Look at another sheet of the same file. What was checked of the one before is forgotten."""
    permissions.require(by, permission_for(data_import.noun), data_import.borough)
    move(data_import, "reshape", **_columns(shape), **NOTHING_CHECKED)
    data_import.rows.all().delete()


@transaction.atomic
def check(*, data_import: DataImport, mapping: Mapping[str, str], remembered: Mapping[str, str], by: Actor) -> None:
    """Have every row checked, with columns of this meaning; `remembered` is what the next file begins with."""
    permissions.require(by, permission_for(data_import.noun), data_import.borough)
    move(data_import, "check", mapping=dict(mapping), **NOT_BEGUN)
    known, _ = ColumnMapping.objects.select_for_update().get_or_create(
        borough=data_import.borough, noun=data_import.noun
    )
    known.targets = known.targets | dict(remembered)
    known.save()
    work.request(task=Task.RUN_IMPORT, key=str(data_import.pk))


@transaction.atomic
def apply(*, data_import: DataImport, by: Actor, keeps_unread: bool = False, seen: int | None = None) -> None:
    """Have what was checked written into the borough's data. Raises NotAcceptable where nothing would be written.

    `seen` is the `check_number` that was looked at; of another check nothing is written. Rows with cells that could not
    be read are written without those where the person says so, or else left out.
    """
    permissions.require(by, permission_for(data_import.noun), data_import.borough)
    # Locked, so that no other check comes between.
    data_import.refresh_from_db(from_queryset=DataImport.objects.select_for_update())
    if data_import.status == Status.CHECKED and seen is not None and seen != data_import.check_number:
        raise NotAcceptable([OTHER_CHECK])
    left_out = [] if keeps_unread else list(data_import.rows.to_decide())
    gone = Counter(row.verdict for row in left_out)
    new, changed = data_import.new - gone[Verdict.NEW], data_import.changed - gone[Verdict.CHANGED]
    if data_import.status == Status.CHECKED and not new + changed:
        rest = " but in the rows that are left out" if left_out else ""
        raise NotAcceptable([f"There is nothing new and nothing changed in this file{rest}."])
    counts: dict[str, Any] = {"new": new, "changed": changed, "refused": data_import.refused + len(left_out)}
    move(data_import, "apply", applied_by=audit.name_of(by), **counts, **NOT_BEGUN)
    for row in left_out:
        row.verdict, row.remarks = Verdict.REFUSED, [*row.remarks, LEFT_OUT]
    ImportRow.objects.bulk_update(left_out, ["verdict", "remarks"], batch_size=500)
    work.request(task=Task.RUN_IMPORT, key=str(data_import.pk))


@transaction.atomic
def undo(*, data_import: DataImport, by: Actor) -> None:
    """Have the whole import taken back. Raises NotAcceptable with what depends on it by now."""
    permissions.require(by, permission_for(data_import.noun), data_import.borough)
    if problems := obstacles(data_import):
        raise NotAcceptable(problems)
    move(data_import, "undo", undone_by=audit.name_of(by), **NOT_BEGUN)
    work.request(task=Task.RUN_IMPORT, key=str(data_import.pk))


@transaction.atomic
def discard(*, data_import: DataImport, by: Actor) -> None:
    """Put a file aside that was not applied, and forget what it holds."""
    permissions.require(by, permission_for(data_import.noun), data_import.borough)
    move(data_import, "discard")
    data_import.rows.all().delete()
    ImportFile.objects.filter(data_import=data_import).delete()
    record(data_import, "discard", by)


def obstacles(data_import: DataImport) -> list[str]:
    """Why an applied import cannot be undone, in words; empty where it can."""
    if data_import.noun == DataImport.Noun.NEEDS:
        return need_batch.obstacles(data_import)
    return register.obstacles(data_import)


def remembered(*, borough: Borough, noun: str) -> dict[str, str]:
    """What the borough's people said last of the columns of such files: heading in small letters, and its field."""
    known = ColumnMapping.objects.filter(borough=borough, noun=noun).first()
    return dict(known.targets) if known else {}


def permission_for(noun: str) -> Permission:
    """What importing asks for in the borough."""
    return Permission.EDIT_NEEDS if noun == DataImport.Noun.NEEDS else Permission.EDIT_CONTRACTS


def move(data_import: DataImport, verb: str, *, error: str = "", **changes: Any) -> None:
    """Move it by compare and swap: of two who try at once, one succeeds and the other is told by IllegalMove."""
    sources, target = DataImport.TRANSITIONS[verb]
    moved = DataImport.objects.filter(pk=data_import.pk, status__in=sources).update(
        status=target, error=error, **changes
    )
    data_import.refresh_from_db()
    if not moved:
        status = data_import.get_status_display().lower()
        raise IllegalMove(f"The import of {data_import.file_name} is {status}; that cannot be done now.")


def _columns(shape: Shape) -> dict[str, Any]:
    return {
        "format": shape.format,
        "sheet": shape.sheet,
        "notes": list(shape.notes),
        "columns": list(shape.columns),
        "mapping": dict(shape.mapping),
    }


def record(data_import: DataImport, verb: str, by: Actor, **details: Any) -> None:
    """Write into the trail what was done with an import."""
    audit.record(
        by=by,
        verb=verb,
        noun="import",
        reference=str(data_import.pk),
        borough=data_import.borough,
        details=details,
    )
