"""Checking, applying and undoing an import: what a worker does when a person or a program has asked for it.

The import's status says which job is due (boroughs/models/data_import.py). A worker claims it and writes everything in
one transaction, so that one that dies leaves nothing half done and another does it again. How a file is read is handed
in by the task, because what a file may say is known to the forms.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from boroughs.actions import data_imports, need_batch, register, suppliers, work
from boroughs.actions.contract_content import as_json, categories_of, content_of, from_json
from boroughs.actions.imports import UnreadCell
from boroughs.actions.need_content import References
from boroughs.actions.need_content import as_json as need_as_json
from boroughs.actions.register import ContractRow
from boroughs.actions.work import Claim
from boroughs.background import Task
from boroughs.exceptions import LeaseLost, LotiError, NotAcceptable
from boroughs.models import Borough, DataImport, ImportRow, User, Work
from boroughs.models.import_row import UNREAD
from boroughs.models.work import MAX_ATTEMPTS
from boroughs.permissions import Actor, System

logger = logging.getLogger(__name__)

Noun, Status, Verdict = DataImport.Noun, DataImport.Status, ImportRow.Verdict
# Rows between two signs of life.
TICK = 250
TOGETHER = 1_000
FAULT = "It could not be done because of a fault in the platform. The log says which. Nothing was written."


@dataclass(frozen=True)
class CheckedRow:
    """A row as the forms read it.

    `content` is JSON, of the parts of a contract or need that the file speaks of; of a refused row, its cells.
    """

    line: int
    content: Mapping[str, Any]
    reference: str = ""
    title: str = ""
    remarks: tuple[str, ...] = ()
    is_refused: bool = False
    unread: tuple[UnreadCell, ...] = ()


@dataclass(frozen=True)
class Reading:
    """The rows of a file, read one by one while they are asked for."""

    total: int
    rows: Iterator[CheckedRow]
    # Sentences of what was passed over.
    notes: tuple[str, ...] = ()


Reader = Callable[[DataImport, bytes], Reading]


def run(*, key: str, read: Reader) -> None:
    """Claim the import whose primary key is `key` and do the job that its status says. Nothing where none is due."""
    claim = work.claim(task=Task.RUN_IMPORT, key=key)
    if claim is None:
        return
    data_import = DataImport.objects.select_related("borough").get(pk=int(key))
    try:
        match data_import.status:
            case Status.CHECKING:
                _check(data_import, claim, read)
            case Status.APPLYING:
                _apply(data_import, claim)
            case Status.UNDOING:
                _undo(data_import, claim)
            case _:
                work.finish(claim=claim)
    except LeaseLost:
        # The worker that took over does it again; what this one computed was not written.
        logger.warning("Import %s lost its lease", key)
    except Exception as error:  # noqa: BLE001 - whatever went wrong belongs on the import's page, where a person can act on it
        _give_up(data_import, claim, error)


def _check(data_import: DataImport, claim: Claim, read: Reader) -> None:
    reading = read(data_import, bytes(data_import.file.content))
    checked: list[CheckedRow] = []
    for row in reading.rows:
        checked.append(row)
        _tick(data_import, claim, len(checked), reading.total)
    rows = _judged(data_import, checked)
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in Verdict}
    with transaction.atomic():
        # First, so that of two workers the second waits here, and then finds its lease gone.
        work.finish(claim=claim)
        data_import.rows.all().delete()
        ImportRow.objects.bulk_create(rows, batch_size=TOGETHER)
        data_imports.move(
            data_import,
            "finish_check",
            notes=list(reading.notes) or data_import.notes,
            new=counts[Verdict.NEW],
            changed=counts[Verdict.CHANGED],
            unchanged=counts[Verdict.UNCHANGED],
            refused=counts[Verdict.REFUSED],
        )


def _judged(data_import: DataImport, checked: Sequence[CheckedRow]) -> list[ImportRow]:
    """Each row with what it would do to the borough's data as they are now."""
    judge = _judged_needs if data_import.noun == Noun.NEEDS else _judged_contracts
    judgements = judge(data_import.borough, [row for row in checked if not row.is_refused])
    return [
        ImportRow(
            data_import=data_import,
            line=row.line,
            reference=row.reference,
            title=row.title,
            content=_kept(row),
            **judgements.get(row.line, {"verdict": Verdict.REFUSED, "remarks": list(row.remarks)}),
        )
        for row in checked
    ]


def _kept(row: CheckedRow) -> dict[str, Any]:
    cells = [{"name": each.name, "heading": each.heading, "text": each.text} for each in row.unread]
    return {**row.content, **({UNREAD: cells} if cells else {})}


def _judged_contracts(borough: Borough, checked: Sequence[CheckedRow]) -> dict[int, dict[str, Any]]:
    remarks = {row.line: list(row.remarks) for row in checked}
    return {
        each.row.line: {
            "verdict": each.verdict,
            "before": as_json(content_of(each.stored)) if each.stored and each.verdict == Verdict.CHANGED else None,
            "target": each.stored.pk if each.stored else None,
            "remarks": [*remarks[each.row.line], *([each.remark] if each.remark else [])],
        }
        for each in register.compare(_contract_rows(borough, checked), borough=borough)
    }


def _judged_needs(borough: Borough, checked: Sequence[CheckedRow]) -> dict[int, dict[str, Any]]:
    references = References.of([row.content for row in checked], borough=borough)
    said = {row.reference: need_batch.Said.of(row.content, references=references) for row in checked}
    compared = need_batch.compare(said, borough=borough)
    judgements = {}
    for row in checked:
        each = compared[row.reference]
        judgements[row.line] = {
            "verdict": each.verdict,
            "before": need_as_json(each.before) if each.before and each.verdict == Verdict.CHANGED else None,
            "remarks": [*row.remarks, *([each.remark] if each.remark else [])],
        }
    return judgements


def _contract_rows(borough: Borough, rows: Sequence[CheckedRow] | Sequence[ImportRow]) -> list[ContractRow]:
    categories = categories_of(row.content for row in rows)
    return [
        ContractRow(
            row.line, borough, row.reference, from_json(row.content, categories=categories), frozenset(row.content)
        )
        for row in rows
    ]


def _apply(data_import: DataImport, claim: Claim) -> None:
    by = _person(data_import.applied_by)
    rows = list(data_import.rows.filter(verdict__in=[Verdict.NEW, Verdict.CHANGED]).order_by("line"))
    _tick(data_import, claim, 0, len(rows), always=True)
    write = _apply_needs if data_import.noun == Noun.NEEDS else _apply_contracts
    if data_import.noun == Noun.CONTRACTS:
        # In a transaction of its own: another import that meets the same new names waits for moments only.
        said = (row.content for row in _contract_rows(data_import.borough, rows))
        suppliers.names_for(written=register.written_suppliers(said))
    with transaction.atomic():
        work.finish(claim=claim)
        write(data_import, rows, by)
        data_imports.move(data_import, "finish_apply", applied_at=timezone.now(), progress_done=len(rows))
        data_imports.record(data_import, "apply", by, new=data_import.new, changed=data_import.changed)


def _apply_contracts(data_import: DataImport, rows: Sequence[ImportRow], by: Actor) -> None:
    borough = data_import.borough
    compared = register.compare(_contract_rows(borough, rows), borough=borough, lock=True)
    moved = [
        row.reference
        for row, each in zip(rows, compared, strict=True)
        if each.verdict != row.verdict or (each.stored and as_json(content_of(each.stored)) != row.before)
    ]
    if moved:
        raise NotAcceptable([f"Changed since this preview: {register.named(moved)}. Check the file again."])
    register.write(compared, borough=borough, by=by, data_import=data_import)


def _apply_needs(data_import: DataImport, rows: Sequence[ImportRow], by: Actor) -> None:
    need_batch.write(rows, borough=data_import.borough, by=by)


def _undo(data_import: DataImport, claim: Claim) -> None:
    by = _person(data_import.undone_by)
    with transaction.atomic():
        work.finish(claim=claim)
        (need_batch if data_import.noun == Noun.NEEDS else register).undo(data_import, by=by)
        data_imports.move(data_import, "finish_undo", undone_at=timezone.now())
        data_imports.record(data_import, "undo", by)


def _give_up(data_import: DataImport, claim: Claim, error: Exception) -> None:
    in_words = isinstance(error, LotiError)
    last = in_words or Work.objects.filter(pk=claim.work_id, attempts__gte=MAX_ATTEMPTS).exists()
    try:
        with transaction.atomic():
            # Raises where another worker does it by now: that one decides how it ends.
            work.renew(claim=claim)
            if not last:
                work.fail(claim=claim, error=error)
                return
            # The page tells that it failed; a person asks again.
            work.finish(claim=claim)
            verb = {Status.CHECKING: "fail_check", Status.APPLYING: "fail_apply", Status.UNDOING: "fail_undo"}
            words = str(error) if in_words else FAULT
            data_imports.move(data_import, verb[Status(data_import.status)], error=words)
    except LeaseLost:
        logger.warning("Import %d failed after its lease was lost", data_import.pk)
        return
    if not in_words:
        logger.error("Import %d failed for good", data_import.pk, exc_info=error)


def _tick(data_import: DataImport, claim: Claim, done: int, total: int, *, always: bool = False) -> None:
    """A sign of life for the page and for the lease, now and then."""
    if always or done % TICK == 0:
        work.renew(claim=claim)
        DataImport.objects.filter(pk=data_import.pk).update(progress_done=done, progress_total=total)


def _person(name: str) -> Actor:
    """Whoever asked: a person, whose roles are asked again, or a borough's program, which was let in then."""
    return User.objects.filter(email=name).first() or System(name)
