"""Many entries of one contract register at once, and back out again: what an import of contracts does.

Every entry keeps its revision and its row of the audit trail, as if a person had written it; only the statements are
shared. A revision names the import that wrote it, which is what undoing goes by.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F
from django.db.models.fields.json import KT
from django.utils import timezone

from boroughs import audit
from boroughs.actions import suppliers
from boroughs.actions.contract_content import NAMES, ContractContent, as_json, categories_of, content_of, from_json
from boroughs.exceptions import NotAcceptable
from boroughs.models import Amendment, Borough, Contract, ContractRevision, DataImport, ImportRow
from boroughs.permissions import Actor

Verdict = ImportRow.Verdict
# Rows of one statement.
TOGETHER = 500
# So many of those that stand in the way of undoing are named.
NAMED = 5


@dataclass(frozen=True)
class ContractRow:
    """A contract of a file, checked by boroughs/forms/contract_rows.py."""

    line: int
    borough: Borough
    reference: str
    content: ContractContent
    # The parts that the file speaks of. What it is silent about stays as it is.
    told: frozenset[str] = frozenset(NAMES)
    # Sentences: what was understood in a way that a person may want to see.
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """A row beside what the register says: `stored` is the contract, or None where there is none yet.

    The row's content is what the entry would say, with what the file is silent about as it is stored.
    """

    row: ContractRow
    verdict: Verdict
    stored: Contract | None
    # Why it is refused.
    remark: str = ""


def compare(rows: Sequence[ContractRow], *, borough: Borough, lock: bool = False) -> list[Comparison]:
    """What each row would do to the register, in one query.

    With `lock`, in a transaction of the caller's, nobody else changes an entry until it ends.
    """
    entries = Contract.objects.filter(borough=borough).select_related("category").order_by("pk")
    if lock:
        # Whoever edits an entry now waits, and is then told that it was changed; SQLite holds all writers anyway.
        entries = entries.select_for_update(of=("self",))
    stored = {contract.reference: contract for contract in entries}
    return [_compared(row, stored.get(row.reference)) for row in rows]


def write(comparisons: Sequence[Comparison], *, borough: Borough, by: Actor, data_import: DataImport | None) -> None:
    """Write what is new or changed, in a transaction of the caller's that has compared with `lock`.

    Raises IntegrityError where an entry of the same reference was added in the same moment.
    """
    now = timezone.now()
    new = [each for each in comparisons if each.verdict == Verdict.NEW]
    changed = [each for each in comparisons if each.verdict == Verdict.CHANGED]
    _keep_first([each.stored for each in changed if each.stored is not None], borough)
    entries = _entries((*new, *changed), now)
    Contract.objects.bulk_create(entries[: len(new)], batch_size=TOGETHER)
    _overwrite(entries[len(new) :])
    _keep(entries, by, now, data_import)
    references = [entry.reference for entry in entries]
    audit.record_many(by=by, verb="import", noun="contract", references=references, borough=borough)


def obstacles(data_import: DataImport) -> list[str]:
    """Why the import cannot be undone as a whole, in words; empty where it can. Four queries."""
    written = ContractRevision.objects.filter(data_import=data_import)
    added = Contract.objects.filter(pk__in=written.filter(number=1).values("contract"))
    changed = Contract.objects.filter(revisions__in=written.exclude(number=F("contract__revision")))
    # As text: PostgreSQL compares the JSON value with no reference.
    amended = Amendment.objects.current().annotate(contract_reference=KT("content__contract"))
    amended = amended.filter(need__borough=data_import.borough, contract_reference__in=added.values("reference"))
    found = (
        (changed.values_list("reference", flat=True), "Changed since"),
        (added.filter(needs__isnull=False).values_list("reference", flat=True), "Referred to by a need"),
        (amended.values_list("content__contract", flat=True), "Referred to by an amended need"),
        (
            added.filter(renewal_dismissals__isnull=False).values_list("reference", flat=True),
            "Put off as a renewal",
        ),
    )
    return [f"{what}: {named(sorted(set(references)))}." for references, what in found if references]


def undo(data_import: DataImport, *, by: Actor) -> None:
    """Take out what the import added and let the rest say what it said before, in a transaction of the caller's.

    Raises NotAcceptable where something depends on it or changed since.
    """
    # The entries are the lock: an editor of one waits, and is then told.
    held = Contract.objects.filter(revisions__data_import=data_import).order_by("pk").select_for_update(of=("self",))
    written = list(held.select_related("borough"))
    if problems := obstacles(data_import):
        raise NotAcceptable(problems)
    added = set(data_import.contract_revisions.filter(number=1).values_list("contract", flat=True))
    _restore([contract for contract in written if contract.pk not in added], data_import, by)
    # By subquery: SQLite takes only so many values in one statement.
    Contract.objects.filter(pk__in=data_import.contract_revisions.filter(number=1).values("contract")).delete()
    references = [contract.reference for contract in written]
    audit.record_many(by=by, verb="undo_import", noun="contract", references=references, borough=data_import.borough)


def _compared(row: ContractRow, stored: Contract | None) -> Comparison:
    if stored is None:
        return Comparison(row, Verdict.NEW, None)
    before = content_of(stored)
    after = replace(before, **{name: getattr(row.content, name) for name in row.told})
    row = replace(row, content=after)
    if after == before:
        return Comparison(row, Verdict.UNCHANGED, stored)
    if stored.closed_at is not None:
        out = f"{stored.reference} was taken out of the register. Put it back to change it."
        return Comparison(row, Verdict.REFUSED, stored, out)
    return Comparison(row, Verdict.CHANGED, stored)


def written_suppliers(contents: Iterable[ContractContent]) -> set[suppliers.Written]:
    """The suppliers' names of contracts, as `suppliers.names_for` takes them."""
    return {(content.supplier, content.company_number) for content in contents}


def _entries(comparisons: Sequence[Comparison], now: datetime) -> list[Contract]:
    """The rows that are to stand in the register."""
    names = suppliers.names_for(written=written_suppliers(each.row.content for each in comparisons))
    return [
        Contract(
            borough=row.borough,
            reference=row.reference,
            revision=stored.revision + 1 if stored else 1,
            updated_at=now,
            supplier_name=names.get((row.content.supplier, row.content.company_number)),
            **row.content.fields(),
        )
        for row, stored in ((each.row, each.stored) for each in comparisons)
    ]


def _overwrite(entries: Sequence[Contract]) -> None:
    """The stored entries of the same references say what these say; one statement for many."""
    Contract.objects.bulk_create(
        entries,
        batch_size=TOGETHER,
        update_conflicts=True,
        unique_fields=["borough", "reference"],
        update_fields=[*NAMES, "supplier_name", "revision", "updated_at"],
    )


def _keep(entries: Sequence[Contract], by: Actor, now: datetime, data_import: DataImport | None) -> None:
    ContractRevision.objects.bulk_create(
        (
            ContractRevision(
                contract=entry,
                number=entry.revision,
                content=as_json(content_of(entry)),
                at=now,
                actor=audit.name_of(by),
                data_import=data_import,
            )
            for entry in entries
        ),
        batch_size=TOGETHER,
    )


def _keep_first(entries: Sequence[Contract], borough: Borough) -> None:
    """What entries said that came before revisions were kept."""
    # Of the whole borough: a statement takes only so many values, and a register may have more entries.
    known = set(ContractRevision.objects.filter(contract__borough=borough).values_list("contract", flat=True))
    ContractRevision.objects.bulk_create(
        ContractRevision(
            contract=entry, number=entry.revision, content=as_json(content_of(entry)), at=entry.updated_at, actor=""
        )
        for entry in entries
        if entry.pk not in known
    )


def _restore(contracts: Sequence[Contract], data_import: DataImport, by: Actor) -> None:
    """Let each say what its revision before the present one says, as a new revision."""
    now = timezone.now()
    written = ContractRevision.objects.filter(contract__revisions__data_import=data_import)
    kept = written.filter(number=F("contract__revision") - 1)
    said = {revision.contract_id: revision.content for revision in kept}
    categories = categories_of(said.values())
    comparisons = []
    for contract in contracts:
        content = from_json(said[contract.pk], categories=categories)
        row = ContractRow(line=0, borough=contract.borough, reference=contract.reference, content=content)
        comparisons.append(Comparison(row, Verdict.CHANGED, contract))
    entries = _entries(comparisons, now)
    _overwrite(entries)
    _keep(entries, by, now, None)


def named(references: Sequence[str]) -> str:
    """The first few of them, and how many more there are."""
    more = len(references) - NAMED
    return ", ".join(references[:NAMED]) + (f" and {more} more" if more > 0 else "")
