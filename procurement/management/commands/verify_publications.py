"""`manage.py verify_publications`: walk the chains of published versions and of snapshots and find what was changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from boroughs.templatetags.formatting import count
from procurement.queries import snapshot_check, verification


class Command(BaseCommand):
    help = "Check that no published version and no snapshot was changed, removed or moved."

    def handle(self, *args: Any, **options: Any) -> None:
        verified = verification.verify()
        found = f"{count(verified.versions, 'version')} {'verifies' if verified.versions == 1 else 'verify'}"
        if verified.faults:
            raise CommandError(f"{found}, then: {' '.join(verified.faults)}")
        self.stdout.write(f"{found}.")
        if verified.head:
            self.stdout.write(f"Head: {verified.head}")
        snapshots, fault = snapshot_check.verify()
        if fault:
            raise CommandError(f"{count(snapshots, 'snapshot')} verify, then: {fault}")
        if snapshots:
            self.stdout.write(f"{count(snapshots, 'snapshot')} {'verifies' if snapshots == 1 else 'verify'}.")
