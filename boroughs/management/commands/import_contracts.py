"""manage.py import_contracts PATH [--borough SLUG] [--dry-run]"""

from typing import Any

from boroughs.actions import imports
from boroughs.forms.contract_rows import ContractReader
from boroughs.management.importing import ImportCommand
from boroughs.models import Category, DataImport
from boroughs.permissions import COMMAND_LINE
from boroughs.queries.authorities import authority_names


class Command(ImportCommand):
    help = "Take contracts from a file into the boroughs' registers. The same file again changes nothing."
    noun = DataImport.Noun.CONTRACTS

    def handle(self, *args: Any, path: str, borough: str | None = None, dry_run: bool = False, **options: Any) -> None:
        self.verbosity = options["verbosity"]
        reader = ContractReader(authority_names(), list(Category.objects.by_area()), self.borough(borough))
        self.take_in(path, reader, lambda rows: imports.take_in_contracts(rows=rows, by=COMMAND_LINE), dry_run=dry_run)
