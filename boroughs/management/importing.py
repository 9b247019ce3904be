"""What the import commands share: rows read, checked, written by the hundred, and told in words."""

import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from boroughs.actions.imports import ROWS_TOGETHER, Outcome
from boroughs.forms import import_reading, rows
from boroughs.forms.rows import RawRow, RefusedRow
from boroughs.models import Borough

Row = TypeVar("Row", covariant=True)
# A sign of life this often.
QUIET_SECONDS = 2.0


class Reader(Protocol[Row]):
    """Checks one row after the other."""

    unknown_columns: dict[str, None]
    borough: Borough | None

    def check(self, raw: RawRow) -> Row | RefusedRow: ...


class ImportCommand(BaseCommand):
    """Ends with the line `N new, N changed, N unchanged, N refused`."""

    noun: ClassVar[str]
    verbosity = 1
    # Headings of a table that nothing is read from.
    unread: Sequence[str] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", help="CSV or XLSX with headings of any kind, or JSON lines (.jsonl)")
        parser.add_argument(
            "--borough", metavar="SLUG", help="whose rows these are; rows that name another authority are refused"
        )
        parser.add_argument("--dry-run", action="store_true", help="tell what would come of it, and write nothing")

    def rows(self, path: Path, borough: Borough | None) -> Iterator[RawRow | RefusedRow]:
        """The rows of the file, its columns understood by their headings. Raises UnreadableFile."""
        if rows.is_json_lines(path):
            return rows.read(path)
        content = import_reading.content_of(path)
        described = import_reading.describe(content, path.name, noun=self.noun)
        mapping = described.shape.mapping
        self.unread = [column for column in described.shape.columns if column not in mapping]
        told = [*described.shape.notes, *(f"“{column}” is read as {target}." for column, target in mapping.items())]
        for sentence in (*(told if self.verbosity > 1 else ()), *described.doubts.values()):
            self.stdout.write(sentence)
        return import_reading.rows_in(content, path.name, mapping, noun=self.noun, borough=borough)

    @staticmethod
    def borough(slug: str | None) -> Borough | None:
        """The borough of `--borough`. Raises CommandError where there is none of this name."""
        if slug is None:
            return None
        found = Borough.objects.filter(slug=slug).first()
        if found is None:
            raise CommandError(f"There is no authority called “{slug}”. Use its short name, such as camden.")
        return found

    def take_in(
        self, path: str, reader: Reader[Row], write: Callable[[list[Row]], Outcome], *, dry_run: bool = False
    ) -> None:
        """Read the file, write what is right, tell what is not. Raises CommandError where nothing could be used."""
        outcome = Outcome()
        with transaction.atomic() if dry_run else nullcontext():
            self._write(path, reader, write, outcome)
            if dry_run:
                transaction.set_rollback(True)
                self.stdout.write("This was a dry run: nothing was written.")
        self._tell(outcome, reader)

    def _write(self, path: str, reader: Reader[Row], write: Callable[[list[Row]], Outcome], outcome: Outcome) -> None:
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

    def _checked(self, path: str, reader: Reader[Row], outcome: Outcome) -> Iterator[Row]:
        try:
            for raw in self.rows(Path(path), reader.borough):
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
        if unread := [*self.unread, *reader.unknown_columns]:
            self.stdout.write(f"Columns that are not read: {', '.join(unread)}")
        refused = len(outcome.refused)
        taken = outcome.new + outcome.changed + outcome.unchanged
        self.stdout.write(
            f"{outcome.new} new, {outcome.changed} changed, {outcome.unchanged} unchanged, {refused} refused"
        )
        if refused and not taken:
            # The reasons stand above; a second message would not be the last line.
            raise SystemExit(1)
