"""manage.py load_demo"""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from boroughs.actions import demo
from boroughs.actions.reference import DATA
from boroughs.exceptions import PermissionRefused
from boroughs.models import Need


class Command(BaseCommand):
    help = "Load the demonstration: people of each role, and needs and contracts of all 33 boroughs. Not in production."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            people = demo.load_people()
        except PermissionRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{people} demonstration people added")
        if Need.objects.exists():
            self.stdout.write("There are needs already; the demonstration's are left out.")
            return
        # All or nothing: after a start that was stopped half-way, the next one finds no needs and loads them all.
        with transaction.atomic():
            for path in sorted((DATA / "demo").glob("contracts_*.csv")):
                self._from(path.name)
                call_command("import_contracts", str(path), stdout=self.stdout)
            for path in sorted((DATA / "demo").glob("needs_*.jsonl")):
                self._from(path.name)
                call_command("import_needs", str(path), stdout=self.stdout)
            drafts = demo.load_drafts()
        self.stdout.write(f"{drafts} needs left as drafts or waiting for approval")

    def _from(self, name: str) -> None:
        """What the next line counts."""
        self.stdout.write(f"{name}:", ending=" ")
