"""From a row of an import file to a need: columns of several shapes, checked by the same form as the page.

Known shapes: a borough's own needs (`borough`, `title`, `problem`, `requirements` …) and notices of other authorities
(`buyer`, `title`, `description`, `value`, `start`, `end` …). Columns that say what a labelled set holds to be right are
never read.

A need without a title, or of no borough, is refused. Any other cell that cannot be read leaves the rest of the row as
it is: it is handed on as an `UnreadCell`, for a person to decide, where there is one to ask (`keeps_unread`).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from boroughs.actions.imports import NeedRow
from boroughs.actions.need_content import NAMES, NeedContent
from boroughs.forms.need_cells import COLUMNS, NeedCells, RowProblem, text_of
from boroughs.forms.need_fields import FILE
from boroughs.forms.needs import NeedForm
from boroughs.forms.rows import RawRow, RefusedRow
from boroughs.forms.text import clean_line
from boroughs.models import Borough, Category, Contract
from boroughs.queries.authorities import AuthorityNames, key_of

READ_ELSEWHERE = {"id", "external_id", "source_id", "borough", "buyer", "requirements", "volumes", "end"}
# Labels and provenance of labelled sets.
PASSED_OVER = {
    "cluster",
    "cluster_size",
    "family",
    "double",
    "note",
    "confidence",
    "buyer_is_council",
    "published",
    "notice_type",
    "source",
    "text_origin",
}
# By which a row is known again where it has no identifier.
STAND_IN = ("title",)


@dataclass
class NeedReader:
    """Checks rows one by one and remembers what only the whole file shows: unknown columns and ids used twice."""

    authorities: AuthorityNames
    categories: Sequence[Category]
    # Rows that name no borough are its own, and rows that name another one are refused.
    borough: Borough | None = None
    admit_guests: bool = False
    # Whether a row is given with cells that cannot be read. Where nobody is asked about them, it is refused.
    keeps_unread: bool = False
    unknown_columns: dict[str, None] = field(default_factory=dict)
    _lines: dict[tuple[str, str], int] = field(default_factory=dict)

    def check(self, raw: RawRow) -> NeedRow | RefusedRow:
        """The need that the row describes, or what is wrong with it."""
        for column in raw.values:
            if column not in COLUMNS and column not in READ_ELSEWHERE and column not in PASSED_OVER:
                self.unknown_columns[column] = None
        if raw.problems:
            return RefusedRow(raw.line, raw.problems)
        try:
            row = self._row(raw)
        except RowProblem as problem:
            return RefusedRow(raw.line, (str(problem),))
        if row.unread and not self.keeps_unread:
            return RefusedRow(raw.line, tuple(each.problem for each in row.unread))
        return row

    def _row(self, raw: RawRow) -> NeedRow:
        values = raw.values
        name = text_of(values.get("borough") or values.get("buyer") or "", raw.heading("borough"))
        borough = self._borough_of(name, values)
        _require_title(raw)
        external_id = _external_id(raw)
        authority = borough.slug if borough else key_of(name)
        first = self._lines.setdefault((authority, external_id), raw.line)
        if first != raw.line:
            raise RowProblem(_twice(raw, external_id, name or str(borough), first))
        cells = NeedCells(raw)
        # A file that is taken in again may name what was taken out of the register since.
        kept = Q(needs__external_id=external_id)
        contracts = contract_named(values.get("contract"), borough, or_else=kept)
        form = NeedForm(cells.data, categories=self.categories, contracts=contracts, limits=FILE)
        content = cells.content_of(form)
        if self.keeps_unread:
            cells.leave_out_companions()
        unread = cells.in_order()
        return NeedRow(
            line=raw.line,
            external_id=external_id,
            content=content,
            borough=borough,
            guest_name="" if borough else name[:200],
            told=_told(values, content) - cells.left_out(),
            remarks=(*(each.problem for each in unread), *cells.remarks),
            unread=unread,
        )

    def _borough_of(self, name: str, values: Mapping[str, Any]) -> Borough | None:
        """None for one that is to be admitted as a guest. Raises RowProblem."""
        if not name:
            if self.borough is None:
                raise RowProblem("The row names no borough.")
            return self.borough
        found = self.authorities.find(name)
        if self.borough is not None and found != self.borough:
            raise RowProblem(f"The row is for “{name[:100]}”, not for {self.borough.name}.")
        if found is None and (values.get("borough") or not self.admit_guests):
            raise RowProblem(f"“{name[:100]}” is not one of the authorities here.")
        return found


def contract_named(reference: Any, borough: Borough | None, *, or_else: Q | None = None) -> list[Contract]:
    """The one contract of the borough's register that a row or a request names; none where it names none.

    One that was taken out of the register is not there to be chosen, unless it is among `or_else`.
    """
    # Cleaned, because the database looks no text up that holds a NUL.
    wanted = clean_line(reference) if isinstance(reference, str) else ""
    if not wanted or borough is None:
        return []
    offered = Q(closed_at__isnull=True) | (or_else or Q(pk=None))
    return list(Contract.objects.filter(offered, borough=borough, reference=wanted).distinct())


def _told(values: Mapping[str, Any], content: NeedContent) -> frozenset[str]:
    """The parts of a need that the row speaks of, filled or empty; of the rest the file is silent."""
    spoken = {COLUMNS[column] for column in values if column in COLUMNS} | {"requirements", "volumes"} & set(values)
    filled = {name for name in NAMES if getattr(content, name) not in (None, "", ())}
    return frozenset(spoken & set(NAMES) | filled)


def stand_in(values: Mapping[str, Any]) -> str:
    """An identifier made from what the row says, the same whenever it says the same."""
    said = "\n".join(str(values.get(name) or "").casefold() for name in STAND_IN)
    return f"R-{hashlib.sha256(said.encode()).hexdigest()[:12]}"


def _require_title(raw: RawRow) -> None:
    if not text_of(raw.values.get("title") or "", raw.heading("title")):
        empty = f"“{raw.headings['title']}” is empty" if "title" in raw.headings else "The row has no title"
        raise RowProblem(f"{empty}. A need cannot be kept without a title.")


def _external_id(raw: RawRow) -> str:
    column = next((name for name in ("id", "external_id", "source_id") if raw.values.get(name)), "")
    if not column:
        return stand_in(raw.values)
    text = clean_line(text_of(raw.values[column], raw.heading(column)))
    if not text or len(text) > 200:
        raise RowProblem(f"{raw.heading(column)} must have 1 to 200 characters.")
    return text


def _twice(raw: RawRow, external_id: str, borough: str, first: int) -> str:
    if external_id == stand_in(raw.values):
        return (
            f"A need called “{clean_line(raw.values['title'])[:100]}” stands in line {first:,} already. "
            "Give one of the two another title, or each an identifier."
        )
    column = next(name for name in ("id", "external_id", "source_id") if raw.values.get(name))
    return f"{raw.heading(column)}: {external_id} is used twice for {borough}; it stands in line {first:,} already."
