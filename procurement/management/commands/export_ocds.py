"""`manage.py export_ocds --out FILE`: everything ever published as one OCDS release package."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from boroughs.templatetags.formatting import count
from procurement.actions import reports
from procurement.ocds import integrity, package, releases
from procurement.ocds.publisher import Publisher
from procurement.queries import chain


class Command(BaseCommand):
    help = "Write everything ever published as one OCDS release package."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", required=True, metavar="FILE", help="the file to write; - is the standard output")

    def handle(self, *args: Any, out: str, **options: Any) -> None:
        ours = Publisher.of(settings)
        head = chain.head()
        if head is None:
            raise CommandError("Nothing is published yet, so there is nothing to export.")
        found = list(releases.every(publisher=ours, at=timezone.now(), until=head.pk))
        if faults := integrity.faults(found):
            raise CommandError("The export does not hold together:\n" + "\n".join(faults))
        built = package.build(found, uri=ours.packages_url(), publisher=ours)
        text = json.dumps(built, ensure_ascii=False, indent=2) + "\n"
        if out == "-":
            self.stdout.write(text, ending="")
            return
        demands = count(len({release["ocid"] for release in found}), "joint demand")
        try:
            reports.write_whole(Path(out).resolve(), text.encode())
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{count(len(found), 'release')} of {demands} written to {out}")
