"""Many needs of a borough's own file at once, and back out again: what an import of needs does.

Unlike the import of an analyst (imports.py), it opens nothing: new needs are drafts, and an open need is amended, so
that an approver says yes as to whatever people type.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boroughs.actions import amendments, needs
from boroughs.actions.need_content import NeedContent, References, as_json, content_of, disorder, from_json, over
from boroughs.exceptions import NotAcceptable
from boroughs.models import Amendment, Borough, DataImport, ImportRow, Need
from boroughs.permissions import Actor

Verdict = ImportRow.Verdict
UNDONE = "The import that it came with was undone."
FIRST = "Have that approved or discarded first."


@dataclass(frozen=True)
class Said:
    """What a row of a file says of a need. What it is silent about stays as it is."""

    content: NeedContent
    told: frozenset[str]

    @classmethod
    def of(cls, stored: Mapping[str, Any], *, references: References) -> "Said":
        """From the JSON that the check of the file has kept."""
        return cls(from_json(stored, references=references), frozenset(stored))

    def over(self, before: NeedContent) -> NeedContent:
        """The need as it would read."""
        return over(before, self.content, self.told)


@dataclass(frozen=True)
class Comparison:
    """A row beside what is stored: `content` is what the need would say, `before` what it says now."""

    content: NeedContent
    verdict: Verdict
    stored: Need | None = None
    before: NeedContent | None = None
    remark: str = ""


def compare(said: Mapping[str, Said], *, borough: Borough) -> dict[str, Comparison]:
    """What each need of a file would do, by its identifier there. Five queries at the most."""
    mine = Need.objects.filter(borough=borough).exclude(external_id="")
    stored = {need.external_id: need for need in mine.whole()}
    current = list(Amendment.objects.current().filter(need__in=mine))
    references = References.of([amendment.content for amendment in current], borough=borough)
    amended = {each.need_id: from_json(each.content, references=references) for each in current}
    return {key: _compared(each, stored.get(key), amended) for key, each in said.items()}


def write(rows: Sequence[ImportRow], *, borough: Borough, by: Actor) -> None:
    """Write what is new or changed, in a transaction of the caller's; each row learns what came of it.

    Raises NotAcceptable where a need has changed since the rows were compared.
    """
    references = References.of([row.said for row in rows], borough=borough)
    said = {row.reference: Said.of(row.said, references=references) for row in rows}
    compared = compare(said, borough=borough)
    moved = [f"“{row.title}”" for row in rows if _has_moved(row, compared[row.reference])]
    if moved:
        raise NotAcceptable([f"Changed since this preview: {', '.join(moved)}. Check the file again."])
    for row in rows:
        _write(row, compared[row.reference], borough, by)
    ImportRow.objects.bulk_update(rows, ["target", "revision"], batch_size=100)


def obstacles(data_import: DataImport) -> list[str]:
    """Why the import cannot be undone as a whole, in words; empty where it can."""
    further = [need.reference for row, need, amendment in _written(data_import) if _went_further(row, need, amendment)]
    return [f"A person has taken these further: {', '.join(further)}."] if further else []


def undo(data_import: DataImport, *, by: Actor) -> None:
    """Withdraw the needs that the import began, and let the others say what they said before.

    In a transaction of the caller's. Raises NotAcceptable where a person has taken one of them further.
    """
    if problems := obstacles(data_import):
        raise NotAcceptable(problems)
    written = _written(data_import)
    references = References.of([row.before for row, _, _ in written if row.before], borough=data_import.borough)
    for row, need, amendment in written:
        if amendment is not None:
            amendments.discard(amendment=amendment, by=by)
        elif row.before is None:
            needs.withdraw(need=need, by=by, reason=UNDONE)
            # The next file may bring it again.
            Need.objects.filter(pk=need.pk).update(external_id="")
        else:
            before = from_json(row.before, references=references)
            needs.edit(need=need, content=before, revision=need.revision, by=by)


def _compared(said: Said, stored: Need | None, amended: Mapping[int, NeedContent]) -> Comparison:
    if stored is None:
        return Comparison(said.content, Verdict.NEW)
    before = amended.get(stored.pk) or content_of(stored)
    content = said.over(before)
    if content == before:
        return Comparison(content, Verdict.UNCHANGED, stored, before)
    if stored.pk in amended:
        return Comparison(content, Verdict.REFUSED, stored, before, f"{stored.reference} is being amended. {FIRST}")
    if stored.status not in (Need.Status.DRAFT, Need.Status.OPEN):
        status = stored.get_status_display().lower()
        return Comparison(content, Verdict.REFUSED, stored, before, f"{stored.reference} is {status}.")
    if why := disorder(content):
        return Comparison(content, Verdict.REFUSED, stored, before, f"With this row, {why} in {stored.reference}.")
    return Comparison(content, Verdict.CHANGED, stored, before)


def _has_moved(row: ImportRow, compared: Comparison) -> bool:
    """Whether somebody has changed the need since the preview, which showed what it said then."""
    before = as_json(compared.before) if compared.before and compared.verdict == Verdict.CHANGED else None
    return compared.verdict != row.verdict or before != row.before


def _write(row: ImportRow, compared: Comparison, borough: Borough, by: Actor) -> None:
    if compared.verdict == Verdict.NEW:
        need = needs.log(borough=borough, content=compared.content, by=by, external_id=row.reference)
        row.target, row.revision = need.pk, need.revision
    elif compared.verdict == Verdict.CHANGED and compared.stored and compared.before:
        need = compared.stored
        row.target = need.pk
        if need.status == Need.Status.OPEN:
            row.revision = amendments.begin(need=need, content=compared.content, by=by).revision
        else:
            needs.edit(need=need, content=compared.content, revision=need.revision, by=by)
            row.revision = need.revision


def _written(data_import: DataImport) -> list[tuple[ImportRow, Need, Amendment | None]]:
    """The rows that wrote something, with the need and, where it is open, the amendment that was begun."""
    rows = list(data_import.rows.filter(target__isnull=False).order_by("line"))
    mine = Need.objects.filter(pk__in=data_import.rows.filter(target__isnull=False).values("target"))
    found = {need.pk: need for need in mine.whole()}
    current = {each.need_id: each for each in Amendment.objects.current().filter(need__in=mine)}
    for need_id, amendment in current.items():
        amendment.need = found[need_id]
    return [(row, found[row.target], current.get(row.target)) for row in rows if row.target is not None]


def _went_further(row: ImportRow, need: Need, amendment: Amendment | None) -> bool:
    if row.before is None or need.status == Need.Status.DRAFT:
        return need.status != Need.Status.DRAFT or need.revision != row.revision
    return amendment is None or amendment.status != Amendment.Status.DRAFT or amendment.revision != row.revision
