"""`manage.py verify_publications`: walk the chain of published versions and find what was changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from boroughs.templatetags.formatting import count
from procurement.queries import verification


class Command(BaseCommand):
    help = "Check that no published version was changed, removed or moved."

    def handle(self, *args: Any, **options: Any) -> None:
        verified = verification.verify()
        found = f"{count(verified.versions, 'version')} {'verifies' if verified.versions == 1 else 'verify'}"
        if verified.faults:
            raise CommandError(f"{found}, then: {' '.join(verified.faults)}")
        self.stdout.write(f"{found}.")
        if verified.head:
            self.stdout.write(f"Head: {verified.head}")
