"""`manage.py export_ocds --out FILE`: everything ever published as one OCDS release package."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from procurement.actions import reports
from procurement.ocds import integrity, package, release
from procurement.ocds.publisher import Publisher
from procurement.queries import published


class Command(BaseCommand):
    help = "Write the OCDS release package of everything published."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", required=True, metavar="FILE", help="the file to write; - is the standard output")

    def handle(self, *args: Any, out: str, **options: Any) -> None:
        ours = Publisher.of(settings)
        notices = published.read(published.releases().order_by("pk"), at=timezone.now())
        if not notices:
            raise CommandError("Nothing is published yet, so there is nothing to export.")
        first = published.first_versions(notice.demand for notice in notices)
        releases = [
            release.build(notice, publisher=ours, is_first=first[notice.demand] == notice.version_id)
            for notice in notices
        ]
        if faults := integrity.faults(releases):
            raise CommandError("The export does not hold together:\n" + "\n".join(faults))
        built = package.build(releases, uri=ours.packages_url(), publisher=ours)
        text = json.dumps(built, ensure_ascii=False, indent=2) + "\n"
        if out == "-":
            self.stdout.write(text, ending="")
            return
        try:
            reports.write_whole(Path(out).resolve(), text.encode())
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{len(releases)} releases of {len(first)} joint demands written to {out}")
