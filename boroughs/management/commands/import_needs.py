"""manage.py import_needs PATH [--borough SLUG] [--admit-guests] [--dry-run]"""

from argparse import ArgumentParser
from typing import Any

from boroughs.actions import imports
from boroughs.forms.need_rows import NeedReader
from boroughs.management.importing import ImportCommand
from boroughs.models import Category, DataImport
from boroughs.permissions import COMMAND_LINE
from boroughs.queries.authorities import authority_names


class Command(ImportCommand):
    help = "Take in needs from a file, as open needs. The same file again changes nothing."
    noun = DataImport.Noun.NEEDS

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--admit-guests", action="store_true", help="admit buyers from outside the 33 as guest authorities"
        )

    def handle(
        self,
        *args: Any,
        path: str,
        borough: str | None = None,
        admit_guests: bool = False,
        dry_run: bool = False,
        **options: Any,
    ) -> None:
        self.verbosity = options["verbosity"]
        reader = NeedReader(
            authority_names(), list(Category.objects.by_area()), self.borough(borough), admit_guests=admit_guests
        )
        self.take_in(path, reader, lambda rows: imports.take_in_needs(rows=rows, by=COMMAND_LINE), dry_run=dry_run)
