"""manage.py load_reference"""

from typing import Any

from django.core.management.base import BaseCommand

from boroughs.actions import reference, suppliers


class Command(BaseCommand):
    help = "Load the 33 authorities and the categories. Run it after each upgrade; it changes only what differs."

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = reference.load()
        self.stdout.write(f"{loaded.boroughs} boroughs, {loaded.categories} categories")
        # Contracts from before suppliers were known.
        if adopted := suppliers.adopt():
            self.stdout.write(f"{adopted} contracts joined with their suppliers")
