"""Reads a labelled JSON Lines file, needs or notices, into items and, apart from them, the true groups."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from procurement.matching.items import Item


class LabelledFileError(ValueError):
    """The file cannot be read as labelled needs or notices; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Items without any label, and the true group of each item id.

    ``families`` gives the family of each item id, a set of true groups that are easily taken for each other; it is the
    item's own group where the file names none.
    """

    items: tuple[Item, ...]
    gold: dict[str, str]
    families: dict[str, str] = field(default_factory=dict)

    @property
    def owners(self) -> dict[str, str]:
        """The owner of each item id."""
        return {item.id: item.owner for item in self.items}

    def judged_on(self, ids: Collection[str]) -> Labelled:
        """Return all the items with the labels of ``ids`` alone: figures count only items that have a label."""
        return Labelled(
            self.items,
            {id: group for id, group in self.gold.items() if id in ids},
            {id: family for id, family in self.families.items() if id in ids},
        )


def read(path: Path) -> Labelled:
    """Read ``path``; raises ``LabelledFileError`` with the number of the line at fault."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise LabelledFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise LabelledFileError(f"{path} is not a UTF-8 text file.") from error
    items: list[Item] = []
    gold: dict[str, str] = {}
    families: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        row = _row(line, number)
        item = _item(row, number)
        if item.id in gold:
            raise LabelledFileError(f"Line {number}: the id {item.id!r} is used twice.")
        items.append(item)
        gold[item.id] = str(row["cluster"])
        families[item.id] = str(row.get("family") or row["cluster"])
    if not items:
        raise LabelledFileError(f"{path} holds no rows.")
    return Labelled(tuple(items), gold, families)


def _row(line: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise LabelledFileError(f"Line {number}: not JSON ({error}).") from error
    if not isinstance(row, dict):
        raise LabelledFileError(f"Line {number}: expected one JSON object a line.")
    if not row.get("cluster"):
        raise LabelledFileError(f'Line {number}: no label (the field "cluster" is missing or empty).')
    if not row.get("id") or not row.get("title"):
        raise LabelledFileError(f'Line {number}: the fields "id" and "title" are both needed.')
    if not (row.get("borough") or row.get("buyer")):
        raise LabelledFileError(f'Line {number}: no authority (neither "borough" nor "buyer").')
    return row


def _item(row: Mapping[str, Any], number: int) -> Item:
    try:
        return _need(row) if row.get("borough") else _notice(row)
    except (TypeError, ValueError) as error:
        raise LabelledFileError(f"Line {number}: {error}.") from error


def _need(row: Mapping[str, Any]) -> Item:
    return Item(
        id=str(row["id"]),
        owner=str(row["borough"]),
        title=str(row["title"]),
        problem=str(row.get("problem") or ""),
        description="\n".join(str(row[field]) for field in ("users_description", "description") if row.get(field)),
        requirements=_requirements(row.get("requirements")),
        category=row.get("category") or row.get("category_hint") or None,
        kind=str(row["kind"]) if row.get("kind") else None,
        cpv=_strings(row.get("cpv")),
        users=_whole(row.get("users")),
        budget_min=_whole(row.get("budget_min")),
        budget_max=_whole(row.get("budget_max")),
        start=_date(row.get("start")),
        months=_whole(row.get("months")),
        contract_end=_date(row.get("contract_end")),
        incumbent=str(row.get("incumbent") or ""),
    )


def _notice(row: Mapping[str, Any]) -> Item:
    title, description = str(row["title"]), str(row.get("description") or "")
    if description.strip() in {".", title.strip()}:
        description = ""
    start, end = _date(row.get("start")), _date(row.get("end"))
    months = round((end - start).days / 30.44) if start and end and end > start else None
    return Item(
        id=str(row["id"]),
        owner=str(row["buyer"]),
        title=title,
        description=description,
        cpv=_strings(row.get("cpv")),
        budget_max=_whole(row.get("value")),
        start=start,
        months=months,
    )


def _requirements(value: object) -> tuple[str, ...]:
    """Read lines which are texts, or objects that carry theirs in ``text``."""
    if isinstance(value, list):
        value = [line.get("text", "") if isinstance(line, Mapping) else line for line in value]
    return _strings(value)


def _strings(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValueError("expected a list of texts")
    return tuple(str(part) for part in value if str(part).strip())


def _whole(value: object) -> int | None:
    return None if value is None else round(float(str(value)))


def _date(value: object) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
