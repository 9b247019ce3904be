"""Reading the rows of an import file of JSON lines, and what a row is before it is checked.

A row that cannot be read is given as refused, with its line, and the reading goes on. Tables are read by tables.py.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boroughs.exceptions import LotiError

MAX_FILE_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True)
class RawRow:
    # Counted from 1, as an editor shows it: where the row begins.
    line: int
    # By column, in small letters with "_" for blanks, or by the field that the column fills.
    values: dict[str, Any]
    # Sentences: what is wrong with cells already, and what was understood in a way that a person may want to see.
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    # By field, the heading as the file has it; none where the file itself speaks in fields, as JSON does.
    headings: Mapping[str, str] = field(default_factory=dict)
    # Fields in whose columns a comma parts pounds from pence.
    decimal_commas: frozenset[str] = frozenset()

    def heading(self, column: str) -> str:
        """What the person's own file calls it."""
        return self.headings.get(column, column)


@dataclass(frozen=True)
class RefusedRow:
    line: int
    problems: tuple[str, ...]


class UnreadableFile(LotiError):
    """The file as a whole cannot be read."""


def read(path: Path) -> Iterator[RawRow | RefusedRow]:
    """The rows of a file of JSON lines, one after the other. Raises UnreadableFile."""
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise UnreadableFile(f"{path} is larger than {MAX_FILE_BYTES // 1024 // 1024} MB. Split it.")
        return _json_rows(path)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error


def is_json_lines(path: Path) -> bool:
    """Whether the name of the file says that it holds JSON lines."""
    return path.suffix.lower() in (".jsonl", ".ndjson")


def _json_rows(path: Path) -> Iterator[RawRow | RefusedRow]:
    with path.open("rb") as file:
        for line, raw in enumerate(file, start=1):
            text = raw.removeprefix(b"\xef\xbb\xbf") if line == 1 else raw
            if text.strip():
                yield _json_row(line, text)


def _json_row(line: int, raw: bytes) -> RawRow | RefusedRow:
    try:
        values = json.loads(raw.decode(), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        return RefusedRow(line, ("The line is not UTF-8.",))
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "a value that cannot be read"
        return RefusedRow(line, (f"The line is not JSON: {reason}.",))
    if not isinstance(values, dict):
        return RefusedRow(line, ("The line must be one JSON object, in braces.",))
    return RawRow(line, {_column(name): value for name, value in values.items()})


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _column(name: str) -> str:
    return name.strip().casefold().replace(" ", "_")
