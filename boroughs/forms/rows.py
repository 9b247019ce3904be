"""Reading the rows of an import file: JSON lines, or CSV with a heading line, in UTF-8 with or without a mark.

A row that cannot be read is given as refused, with its line, and the reading goes on.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boroughs.exceptions import LotiError
from boroughs.forms.spreadsheet_cells import unguarded

MAX_FILE_BYTES = 200 * 1024 * 1024
MAX_CELL_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class RawRow:
    # Counted from 1, as an editor shows it: where the row begins.
    line: int
    # Column names in small letters, with "_" for blanks.
    values: dict[str, Any]


@dataclass(frozen=True)
class RefusedRow:
    line: int
    problems: tuple[str, ...]


class UnreadableFile(LotiError):
    """The file as a whole cannot be read."""


def read(path: Path) -> Iterator[RawRow | RefusedRow]:
    """The rows of the file, one after the other. Raises UnreadableFile."""
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise UnreadableFile(f"{path} is larger than {MAX_FILE_BYTES // 1024 // 1024} MB. Split it.")
        return _csv_rows(path) if _is_csv(path) else _json_rows(path)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error


def _is_csv(path: Path) -> bool:
    if path.suffix.lower() in (".csv", ".jsonl", ".ndjson", ".json"):
        return path.suffix.lower() == ".csv"
    with path.open("rb") as file:
        return not file.read(200).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


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


def _csv_rows(path: Path) -> Iterator[RawRow | RefusedRow]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path} is not UTF-8. Save it as “CSV UTF-8” and try again.") from error
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        columns = [_column(name) for name in next(reader, [])]
    except csv.Error as error:
        raise UnreadableFile(f"The heading line of {path} cannot be read: {error}.") from error
    doubles = sorted({name for name in columns if name and columns.count(name) > 1})
    if doubles:
        raise UnreadableFile(f"{path} has two columns called {', '.join(doubles)}.")
    return _csv_body(reader, columns)


def _csv_body(reader: Any, columns: list[str]) -> Iterator[RawRow | RefusedRow]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield RefusedRow(line, (f"The line cannot be read as CSV: {error}.",))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns):
            yield RefusedRow(line, (f"The row has {len(cells)} cells, but the file has {len(columns)} columns.",))
            continue
        texts = (unguarded(cell) if cell.strip() else None for cell in cells)
        values = dict(zip(columns, texts, strict=False))
        yield RawRow(line, {name: value for name, value in values.items() if name})


def _column(name: str) -> str:
    return name.strip().casefold().replace(" ", "_")
