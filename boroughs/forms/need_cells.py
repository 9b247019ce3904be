"""From the cells of a row to what the form of a need takes: by column, in the ways in which people write them.

What cannot be read is kept beside it, as it stands in the file, with the reason in words.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from boroughs.actions.imports import UnreadCell
from boroughs.actions.need_content import BUDGETS, TOGETHER, NeedContent, RequirementLine, Volume
from boroughs.forms.cells import NOTHING, read_date, with_point
from boroughs.forms.grid import CellProblem
from boroughs.forms.need_fields import FILE
from boroughs.forms.need_lines import MAX_VOLUMES, RequirementForm, VolumeForm
from boroughs.forms.needs import NeedForm
from boroughs.forms.rows import RawRow
from boroughs.forms.text import clean_block
from boroughs.models import Need

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
DATES = {"earliest_start_date", "start_date", "contract_end_date"}
NUMBERS = {"users_count", "users_tolerance", "months", "budget_min", "budget_max"}
AS_THEY_ARE = {"cpv", "could_lead"}
# In these a dash or "n/a" says that there is nothing; in a text it is what somebody wrote.
MAY_SAY_NOTHING = DATES | NUMBERS | {"cpv", "could_lead", "category", "contract", "kind", "hosting", "personal_data"}
# Words for nothing that are an answer there: no personal data.
ANSWERS = {"personal_data": {Need.PersonalData.NONE.label.casefold()}}
# Cells that end a period, so that of a month alone the last day is meant.
LAST_DAYS = {"contract_end", "contract_end_date", "end"}
MAX_SHOWN = 60
MAX_LINES = 200


class RowProblem(ValueError):
    """One thing that is wrong with a row, in words."""


class NeedCells:
    """The cells of one row on their way into the form, with what is said of them."""

    def __init__(self, raw: RawRow) -> None:
        self.raw = raw
        self.data: dict[str, Any] = {}
        self.remarks: list[str] = []
        self.unread: list[UnreadCell] = []
        # Parts that were read, and say nothing without another that is not there.
        self._alone: set[str] = set()
        # The column that fills a field.
        self._columns: dict[str, str] = {"requirements": "requirements", "volumes": "volumes"}
        for column, name in COLUMNS.items():
            value = raw.values.get(column)
            if value in (None, "") or name in self._columns or _says_nothing(value, name):
                continue
            self._columns[name] = column
            with self._leaving_out(name):
                if (read := self._value(name, column, value)) is not None:
                    self.data[name] = read
        self._is_notice = bool(raw.values.get("buyer") and not raw.values.get("borough"))
        if self._is_notice:
            _adapt_notice(self.data)
        with self._leaving_out("months", "end"):
            self._work_out_months()

    def content_of(self, form: NeedForm) -> NeedContent:
        """What the form and the lists of the row say, without what cannot be read. Raises RowProblem for the title."""
        lines: tuple[RequirementLine, ...] = ()
        volumes: tuple[Volume, ...] = ()
        with self._leaving_out("requirements"):
            lines = _lines_of(_readable(self.raw.values.get("requirements")))
        with self._leaving_out("volumes"):
            volumes = _volumes_of(_readable(self.raw.values.get("volumes")))
        for name, messages in form.errors.items():
            words = " ".join(f"{str(message).rstrip('.')}." for message in messages)
            if name == "title":
                raise RowProblem(f"{self._heading(name)}: {words}")
            self._leave_out(name, words)
        if self.data.get("budget_basis") and form.cleaned_data.get("budget_basis") == "":
            self._alone.add("budget_basis")
            if not self._unread_names().intersection(BUDGETS):
                heading = self._heading("budget_basis")
                self.remarks.append(f"{heading}: There is no budget beside it, so it is left out.")
        return form.content(lines=lines, volumes=volumes)

    def leave_out_companions(self) -> None:
        """Leave out what was read but belongs with something that was not: half of it could say something else.

        Nothing is said of the basis of a budget that is itself left out.
        """
        for group in TOGETHER:
            unread = next((each.heading for each in self.unread if each.name in group), None)
            for name in group if unread is not None else ():
                if name in self.data and name in self._columns and name != "budget_basis":
                    heading, text = self._heading(name), _shown(self.raw.values[self._columns[name]])
                    why = f"“{_short(text)}” belongs with “{unread}”, so it is left out too."
                    self.unread.append(UnreadCell(name, heading, text, f"{heading}: {why}"))

    def left_out(self) -> set[str]:
        """The parts that the row is taken to be silent about."""
        unread = self._unread_names()
        companions = {name for group in TOGETHER if unread.intersection(group) for name in group}
        return unread | companions | self._alone

    def in_order(self) -> tuple[UnreadCell, ...]:
        """What could not be read, column by column as the file has them."""
        places = {heading: place for place, heading in enumerate(self.raw.headings.values())}
        return tuple(sorted(self.unread, key=lambda each: places.get(each.heading, len(places))))

    def _unread_names(self) -> set[str]:
        return {each.name for each in self.unread}

    def _heading(self, name: str) -> str:
        return self.raw.heading(self._columns.get(name, name))

    @contextmanager
    def _leaving_out(self, name: str, column: str = "") -> Iterator[None]:
        try:
            yield
        except RowProblem as problem:
            if name == "title":
                raise
            if column:
                self._columns[name] = column
            self._leave_out(name, str(problem))

    def _leave_out(self, name: str, words: str) -> None:
        heading, value = self._heading(name), self.raw.values.get(self._columns.get(name, name))
        text = _shown(value)
        short = _short(text)
        why = words if not short or short in words else f"“{short}” could not be read. {words}"
        self.data.pop(name, None)
        self.unread.append(UnreadCell(name, heading, text, f"{heading}: {why}"))

    def _value(self, name: str, column: str, value: Any) -> Any:
        _readable(value)
        if name in AS_THEY_ARE:
            return value
        if name in DATES:
            return self._day(column)
        if name not in NUMBERS:
            return text_of(value, self.raw.heading(column))
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise RowProblem("It must be a number.")
        if isinstance(value, str) and column in self.raw.decimal_commas:
            return _with_point(value)
        # Amounts with pence come from systems, not from people: the nearest pound is meant.
        return round(value) if isinstance(value, float) else value

    def _day(self, column: str) -> date | None:
        """A day as people write it here, in a text or as a sheet counts it."""
        value = _readable(self.raw.values.get(column))
        if value in (None, ""):
            return None
        try:
            read = read_date(str(value), at_end=column in LAST_DAYS)
        except ValidationError as refusal:
            raise RowProblem(refusal.messages[0]) from refusal
        if read.value is None and read.remark:
            # "tbc": whoever wrote it meant to come back to it.
            raise RowProblem(f"“{_shown(value)[:MAX_SHOWN]}” is no date.")
        if read.remark:
            self.remarks.append(f"{self.raw.heading(column)}: {read.remark}")
        return read.value

    def _work_out_months(self) -> None:
        """Of a need that tells its start and its end, the length."""
        start, end = self.data.get("start_date"), self._day("end")
        # Of a notice that tells no start, the end is no fault of whoever imports it.
        if end is None or "months" in self.data or (start is None and self._is_notice):
            return
        if start is None:
            is_unread = "start_date" in self._unread_names()
            why = "The start could not be read" if is_unread else "There is no start beside it"
            self.remarks.append(f"{self.raw.heading('end')}: {why}, so the length cannot be worked out.")
            return
        if end < start:
            raise RowProblem("It is before the start.")
        if months := round((end - start).days / 30.44):
            self.data["months"] = months


def _readable(value: Any) -> Any:
    if isinstance(value, CellProblem):
        raise RowProblem(value.text)
    return value


def _with_point(value: str) -> str:
    try:
        return with_point(value, value)
    except ValidationError as refusal:
        raise RowProblem(refusal.messages[0]) from refusal


def _says_nothing(value: Any, name: str) -> bool:
    if name not in MAY_SAY_NOTHING or not isinstance(value, str):
        return False
    text = value.strip().casefold()
    return text in NOTHING and text not in ANSWERS.get(name, ())


def _shown(value: Any) -> str:
    """A cell as the file has it, as far as it is known."""
    if value is None:
        return ""
    if isinstance(value, CellProblem):
        return value.text
    return clean_block(value if isinstance(value, str) else str(value))


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def _adapt_notice(data: dict[str, Any]) -> None:
    """What a procurement notice says in its own way."""
    title, description = data.get("title", ""), data.get("description", "")
    if description.strip() in (".", title.strip()):
        data.pop("description", None)
    # Portals write 0 where the value was not told.
    if data.get("budget_max") == 0:
        del data["budget_max"]
    if "budget_max" in data:
        data.setdefault("budget_basis", "WHOLE_LIFE")


def text_of(value: Any, heading: str) -> str:
    if isinstance(value, CellProblem):
        raise RowProblem(f"{heading}: {value.text}")
    if isinstance(value, bool | list | dict):
        raise RowProblem(f"{heading} must be text.")
    return clean_block(value)


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
        raise RowProblem(_words_of(form))
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
            raise RowProblem(_words_of(form))
        volumes.append(form.said())
    return tuple(volume for volume in volumes if volume)


def _words_of(form: forms.Form) -> str:
    return " ".join(f"{str(message).rstrip('.')}." for messages in form.errors.values() for message in messages)
