"""What the import commands share: rows read, checked, written by the hundred, and told in words."""

import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar

from django.core.management.base import BaseCommand, CommandError

from boroughs.actions.imports import ROWS_TOGETHER, Outcome
from boroughs.forms import rows
from boroughs.forms.rows import RawRow, RefusedRow

Row = TypeVar("Row", covariant=True)
# A sign of life this often.
QUIET_SECONDS = 2.0


class Reader(Protocol[Row]):
    """Checks one row after the other."""

    unknown_columns: dict[str, None]

    def check(self, raw: RawRow) -> Row | RefusedRow: ...


class ImportCommand(BaseCommand):
    """Ends with the line `N new, N changed, N unchanged, N refused`."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", help="a file of JSON lines (.jsonl) or of comma-separated values (.csv), in UTF-8")

    def rows(self, path: str) -> Iterator[RawRow | RefusedRow]:
        """The rows of the file. Raises UnreadableFile."""
        return rows.read(Path(path))

    def take_in(self, path: str, reader: Reader[Row], write: Callable[[list[Row]], Outcome]) -> None:
        """Read the file, write what is right, tell what is not. Raises CommandError where nothing could be used."""
        outcome = Outcome()
        told = time.monotonic()
        batch: list[Row] = []
        for row in self._checked(path, reader, outcome):
            batch.append(row)
            if len(batch) == ROWS_TOGETHER:
                outcome.add(write(batch))
                batch = []
                if time.monotonic() - told > QUIET_SECONDS:
                    told = time.monotonic()
                    self.stdout.write(f"… {outcome.new + outcome.changed + outcome.unchanged} rows")
        if batch:
            outcome.add(write(batch))
        self._tell(outcome, reader)

    def _checked(self, path: str, reader: Reader[Row], outcome: Outcome) -> Iterator[Row]:
        try:
            for raw in self.rows(path):
                row = raw if isinstance(raw, RefusedRow) else reader.check(raw)
                if isinstance(row, RefusedRow):
                    outcome.refused.append((row.line, " ".join(row.problems)))
                else:
                    yield row
        except rows.UnreadableFile as error:
            raise CommandError(str(error)) from error

    def _tell(self, outcome: Outcome, reader: Reader[Any]) -> None:
        for line, problem in sorted(outcome.refused):
            self.stdout.write(f"Line {line}: {problem}")
        if reader.unknown_columns:
            self.stdout.write(f"Columns that are not read: {', '.join(reader.unknown_columns)}")
        refused = len(outcome.refused)
        taken = outcome.new + outcome.changed + outcome.unchanged
        self.stdout.write(
            f"{outcome.new} new, {outcome.changed} changed, {outcome.unchanged} unchanged, {refused} refused"
        )
        if refused and not taken:
            # The reasons stand above; a second message would not be the last line.
            raise SystemExit(1)
