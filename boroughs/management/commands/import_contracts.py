"""manage.py import_contracts PATH [--borough SLUG]"""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from boroughs.actions import imports
from boroughs.forms import release_packages, rows
from boroughs.forms.own_rows import OwnContractReader, rows_of
from boroughs.forms.rows import RawRow, RefusedRow
from boroughs.management.importing import ImportCommand
from boroughs.models import Borough, Category
from boroughs.permissions import COMMAND_LINE
from boroughs.queries.authorities import authority_names


class Command(ImportCommand):
    help = "Take contracts from a file into the boroughs' registers. The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--borough", metavar="SLUG", help="whose contracts these are; rows that name another authority are refused"
        )

    def handle(self, *args: Any, path: str, borough: str | None = None, **options: Any) -> None:
        own = Borough.objects.filter(slug=borough).first() if borough else None
        if borough and own is None:
            raise CommandError(f"There is no authority called “{borough}”. Use its short name, such as camden.")
        self.verbosity = options["verbosity"]
        self.reader = OwnContractReader(authority_names(), list(Category.objects.by_area()), borough=own)
        self.take_in(path, self.reader, lambda rows: imports.take_in_contracts(rows=rows, by=COMMAND_LINE))

    def rows(self, path: str) -> Iterator[RawRow | RefusedRow]:
        """The contracts of an OCDS file; the rows of any other. Raises UnreadableFile."""
        try:
            with Path(path).open("rb") as file:
                head = file.read(release_packages.HEAD_BYTES)
                if not release_packages.is_package(head):
                    return rows.read(Path(path))
                # One byte more than is allowed is enough to be told so.
                content = head + file.read(release_packages.MAX_PACKAGE_BYTES)
        except OSError as error:
            raise rows.UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error
        table = release_packages.read_package(content, path, self.reader.categories)
        self._tell_of(table)
        return rows_of(table, authorities=self.reader.authorities, borough=self.reader.borough)

    def _tell_of(self, table: release_packages.PackageTable) -> None:
        self.stdout.write("An OCDS file: “line” is the contract’s place in it.")
        for note in table.notes:
            self.stdout.write(note)
        if self.verbosity > 1:
            for line, remarks in table.remarks.items():
                self.stdout.write(f"Line {line}: {' '.join(remarks)}")
        elif table.remarks:
            self.stdout.write(f"{len(table.remarks):,} contracts have remarks: --verbosity 2 shows them.")
