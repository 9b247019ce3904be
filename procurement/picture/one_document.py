"""A report about one thing as JSON: what its PDF tells, for programs.

format, kind     1; DEMAND, BOROUGH or CATEGORY
subject, title   reference of the joint demand, slug of the authority or category; its name
reference, digest, taken_at, previous    of the snapshot, and of the one before it
told             {"exact", "own"}: whether every figure is here as it is; else whose own figures are, or null
figures          [{"figure", "what", "unit", "value", "needs", "contracts"}]; null where nobody stated one
points           [{"name", "said", "figure"}]: the large figures of the summary
summary          [{"heading", "sentences"}], a sentence being {"text", "figures"}
chapters         [{"chapter", "title", "sentences", "tables"}], a table being {"table", "caption", "columns",
                 "rows"}; a row has each column by its name, null where nobody stated it, and lacks a column that
                 may not be told
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from procurement import canonical_json
from procurement.picture import facts, one_borough, one_category, one_demand
from procurement.picture.facts import Frozen
from procurement.picture.numbers import Number, each_once
from procurement.picture.one_report import NOT_TOLD, Cell, OneReport, Table
from procurement.picture.sentences import plain
from procurement.picture.telling import Telling

# Raised when a field changes its meaning.
FORMAT = 1
KINDS: Mapping[str, Callable[[Frozen, str, Telling], OneReport]] = {
    "DEMAND": one_demand.report,
    "BOROUGH": one_borough.report,
    "CATEGORY": one_category.report,
}


def write(content: bytes, *, kind: str, subject: str, telling: Telling) -> bytes:
    """The report of this kind of a snapshot, by its bytes. Raises LookupError where it knows no such subject."""
    return canonical_json.dump(document(content, kind=kind, subject=subject, telling=telling))


def document(content: bytes, *, kind: str, subject: str, telling: Telling) -> dict[str, Any]:
    """The same before it is written."""
    frozen = facts.from_json(content)
    shown = KINDS[kind](frozen, subject, telling)
    return {
        "format": FORMAT,
        "kind": kind,
        "subject": shown.subject,
        "title": shown.title,
        "reference": frozen.reference,
        "digest": hashlib.sha256(content).hexdigest(),
        "taken_at": canonical_json.moment(frozen.taken_at),
        "previous": frozen.previous.reference if frozen.previous else None,
        "told": {"exact": shown.telling.exact, "own": shown.telling.own or None},
        "figures": [
            {
                "figure": each.key,
                "what": each.words,
                "unit": each.unit.value,
                "value": each.value,
                "needs": list(each.needs),
                "contracts": list(each.contracts),
            }
            for each in each_once(shown)
        ],
        "points": [
            {"name": each.name, "said": each.figure, "figure": each.number.key if each.number else None}
            for each in shown.points
        ],
        "summary": [{"heading": each.heading, "sentences": plain(each.sentences)} for each in shown.groups],
        "chapters": [
            {
                "chapter": each.key,
                "title": each.title,
                "sentences": plain(each.sentences),
                "tables": [_table(table) for table in each.tables],
            }
            for each in shown.chapters
        ],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "table": table.key,
        "caption": table.caption,
        "columns": [{"column": each.key, "head": each.head, "kind": each.kind.value} for each in table.columns],
        "rows": [
            {column.key: _plain(cell) for column, cell in zip(table.columns, row, strict=True) if cell is not NOT_TOLD}
            for row in table.rows
        ],
    }


def _plain(cell: Cell) -> Any:
    if isinstance(cell, Number):
        return cell.value
    return cell.isoformat() if isinstance(cell, date) else cell
