"""From a row of an import file to a need: columns of several shapes, checked by the same form as the page.

Known shapes: a borough's own needs (`borough`, `title`, `problem`, `requirements` …) and notices of other authorities
(`buyer`, `title`, `description`, `value`, `start`, `end` …). Columns that say what a labelled set holds to be right are
never read.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Q

from boroughs.actions.imports import NeedRow
from boroughs.actions.need_content import NAMES, NeedContent, RequirementLine, Volume
from boroughs.forms.need_fields import FILE
from boroughs.forms.need_lines import MAX_VOLUMES, RequirementForm, VolumeForm
from boroughs.forms.needs import NeedForm
from boroughs.forms.rows import RawRow, RefusedRow
from boroughs.forms.text import clean_block, clean_line
from boroughs.models import Borough, Category, Contract
from boroughs.queries.authorities import AuthorityNames, key_of

# Column of the file → field of the form. Of several columns for one field, the first that is filled counts.
COLUMNS = {
    "title": "title",
    "problem": "problem",
    "users_description": "users_description",
    "description": "description",
    "category": "category",
    "category_hint": "category",
    "kind": "kind",
    "users": "users_count",
    "users_count": "users_count",
    "budget_min": "budget_min",
    "budget_max": "budget_max",
    "value": "budget_max",
    "budget_basis": "budget_basis",
    "users_tolerance": "users_tolerance",
    "earliest_start_date": "earliest_start_date",
    "start": "start_date",
    "start_date": "start_date",
    "months": "months",
    "contract_end": "contract_end_date",
    "contract_end_date": "contract_end_date",
    "incumbent": "incumbent",
    "contract": "contract",
    "cpv": "cpv",
    "integrations": "integrations",
    "hosting": "hosting",
    "personal_data": "personal_data",
    "constraints": "constraints",
    "depth": "depth",
    "could_lead": "could_lead",
    "supplier_disclosure": "supplier_disclosure",
    "musts_reason": "musts_reason",
}
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
DATES = {"earliest_start_date", "start_date", "contract_end_date"}
NUMBERS = {"users_count", "users_tolerance", "months", "budget_min", "budget_max"}
AS_THEY_ARE = {"cpv", "could_lead"}
MAX_LINES = 200
# By which a row is known again where it has no identifier.
STAND_IN = ("title",)


class RowProblem(ValueError):
    """One thing that is wrong with a row, in words."""


@dataclass
class NeedReader:
    """Checks rows one by one and remembers what only the whole file shows: unknown columns and ids used twice."""

    authorities: AuthorityNames
    categories: Sequence[Category]
    # Rows that name no borough are its own, and rows that name another one are refused.
    borough: Borough | None = None
    admit_guests: bool = False
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
            return self._row(raw)
        except RowProblem as problem:
            return RefusedRow(raw.line, (str(problem),))
        except _Problems as found:
            return RefusedRow(raw.line, found.problems)

    def _row(self, raw: RawRow) -> NeedRow:
        values = raw.values
        name = _text(values.get("borough") or values.get("buyer") or "", "borough")
        borough = self._borough_of(name, values)
        external_id = _external_id(values)
        authority = borough.slug if borough else key_of(name)
        first = self._lines.setdefault((authority, external_id), raw.line)
        if first != raw.line:
            raise RowProblem(
                f"The id {external_id} is used twice for {name or borough}; it stands in line {first} already."
            )
        # A file that is taken in again may name what was taken out of the register since.
        kept = Q(needs__external_id=external_id)
        contracts = contract_named(values.get("contract"), borough, or_else=kept)
        form = NeedForm(_form_data(values), categories=self.categories, contracts=contracts, limits=FILE)
        lines = _lines_of(values.get("requirements"))
        if not form.is_valid():
            raise _Problems(form)
        content = form.content(lines=lines, volumes=_volumes_of(values.get("volumes")))
        return NeedRow(
            line=raw.line,
            external_id=external_id,
            content=content,
            borough=borough,
            guest_name="" if borough else name[:200],
            told=_told(values, content),
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


class _Problems(Exception):
    def __init__(self, form: forms.Form) -> None:
        super().__init__()
        self.problems = tuple(
            f"{message.rstrip('.')}." for messages in form.errors.values() for message in map(str, messages)
        )


def _form_data(values: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for column, name in COLUMNS.items():
        value = values.get(column)
        if value in (None, "") or name in data:
            continue
        data[name] = _value(name, column, value)
    if values.get("buyer") and not values.get("borough"):
        _adapt_notice(data, values)
    return data


def _value(name: str, column: str, value: Any) -> Any:
    if name in AS_THEY_ARE:
        return value
    if name in DATES:
        return _date(value, column)
    if name not in NUMBERS:
        return _text(value, column)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise RowProblem(f"{column} must be a number.")
    # Amounts with pence come from systems, not from people: the nearest pound is meant.
    return round(value) if isinstance(value, float) else value


def _adapt_notice(data: dict[str, Any], values: Mapping[str, Any]) -> None:
    """What a procurement notice says in its own way."""
    title, description = data.get("title", ""), data.get("description", "")
    if description.strip() in (".", title.strip()):
        data.pop("description", None)
    # Portals write 0 where the value was not told.
    if data.get("budget_max") == 0:
        del data["budget_max"]
    if "budget_max" in data:
        data.setdefault("budget_basis", "WHOLE_LIFE")
    start, end = data.get("start_date"), _date(values.get("end"), "end")
    if start and end and end < start:
        raise RowProblem("end is before start.")
    if start and end and "months" not in data and (months := round((end - start).days / 30.44)):
        data["months"] = months


def _told(values: Mapping[str, Any], content: NeedContent) -> frozenset[str]:
    """The parts of a need that the row speaks of, filled or empty; of the rest the file is silent."""
    spoken = {COLUMNS[column] for column in values if column in COLUMNS} | {"requirements", "volumes"} & set(values)
    filled = {name for name in NAMES if getattr(content, name) not in (None, "", ())}
    return frozenset(spoken & set(NAMES) | filled)


def stand_in(values: Mapping[str, Any]) -> str:
    """An identifier made from what the row says, the same whenever it says the same."""
    said = "\n".join(str(values.get(name) or "").casefold() for name in STAND_IN)
    return f"R-{hashlib.sha256(said.encode()).hexdigest()[:12]}"


def _external_id(values: Mapping[str, Any]) -> str:
    found = values.get("id") or values.get("external_id") or values.get("source_id")
    if found is None and values.get("title"):
        return stand_in(values)
    if found is None or isinstance(found, bool | list | dict):
        raise RowProblem("The row has no id.")
    text = clean_line(found)
    if not text or len(text) > 200:
        raise RowProblem("The id must have 1 to 200 characters.")
    return text


def _text(value: Any, column: str) -> str:
    if isinstance(value, bool | list | dict):
        raise RowProblem(f"{column} must be text.")
    return clean_block(value)


def _date(value: Any, column: str) -> date | None:
    """ISO dates, with or without a time, and the dd/mm/yyyy that spreadsheets write."""
    if value in (None, ""):
        return None
    text = str(value).strip()
    for pattern, part in (("%Y-%m-%d", text[:10]), ("%d/%m/%Y", text)):
        try:
            # A day on a calendar: no time, no zone.
            return datetime.strptime(part, pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise RowProblem(f"{column} must be a real date, such as 2027-04-01, not “{text[:30]}”.")


def _lines_of(value: Any) -> tuple[RequirementLine, ...]:
    """A list of texts or of {"text", "priority"}, or one text with a requirement a line or between bars."""
    if value is None:
        return ()
    parts = re.split(r"[\n|]", value) if isinstance(value, str) else value
    if not isinstance(parts, list):
        raise RowProblem("requirements must be a list.")
    if len(parts) > MAX_LINES:
        raise RowProblem(f"A need can have {MAX_LINES} requirements at the most.")
    lines = (_line(part) for part in parts)
    return tuple(line for line in lines if line)


def _line(part: Any) -> RequirementLine | None:
    given = part if isinstance(part, dict) else {"text": part}
    data = {name: given.get(name) for name in ("text", "priority", "standard")}
    if any(isinstance(value, bool | list | dict) for value in data.values()):
        raise RowProblem("A requirement must be text.")
    form = RequirementForm(data, limits=FILE)
    if not form.is_valid():
        raise _Problems(form)
    return form.said()


def _volumes_of(value: Any) -> tuple[Volume, ...]:
    """A list of {"what", "quantity", "tolerance"}."""
    if value in (None, ""):
        return ()
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise RowProblem("volumes must be a list of things with “what”, “quantity” and “tolerance”.")
    if len(value) > MAX_VOLUMES:
        raise RowProblem(f"A need can have {MAX_VOLUMES} volumes at the most.")
    volumes = []
    for part in value:
        form = VolumeForm({name: part.get(name) for name in ("what", "quantity", "tolerance")})
        if not form.is_valid():
            raise _Problems(form)
        volumes.append(form.said())
    return tuple(volume for volume in volumes if volume)
