"""`manage.py verify_publications`: walk the chain of published versions and find what was changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from procurement.queries import chain


class Command(BaseCommand):
    help = "Check that no published version was changed, removed or moved."

    def handle(self, *args: Any, **options: Any) -> None:
        verified = chain.verify()
        count = "1 version verifies" if verified.versions == 1 else f"{verified.versions} versions verify"
        if verified.faults:
            raise CommandError(f"{count}, then: {' '.join(verified.faults)}")
        self.stdout.write(f"{count}.")
        if verified.head:
            self.stdout.write(f"Head: {verified.head}")
