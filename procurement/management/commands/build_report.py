"""manage.py build_report"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from boroughs.exceptions import LotiError
from boroughs.permissions import COMMAND_LINE
from boroughs.templatetags.formatting import count
from procurement.actions import reports, snapshots
from procurement.models import Report, Snapshot

KINDS = {"picture": Report.Kind.PICTURE}


class Command(BaseCommand):
    help = "Write a report to a PDF file: `picture` is the London demand picture, of a snapshot or of this moment."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(KINDS))
        parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the file to write or replace")
        parser.add_argument(
            "--snapshot", metavar="REFERENCE", help="the snapshot to tell of, such as DP-2026-0001; else one is taken"
        )

    def handle(self, *args: Any, kind: str, out: Path, snapshot: str | None, **options: Any) -> None:
        try:
            told = _snapshot(snapshot)
            pdf = reports.build_now(kind=KINDS[kind], snapshot=told, by=COMMAND_LINE)
            reports.write_whole(out.resolve(), pdf.content)
        except LotiError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{out} could not be written: {error.strerror or error}") from error
        self.stdout.write(f"{out}: {told.reference}, {count(pdf.pages, 'page')}, {len(pdf.content):,} bytes")


def _snapshot(reference: str | None) -> Snapshot:
    if reference is None:
        return snapshots.take(by=COMMAND_LINE)
    found = Snapshot.objects.filter(reference=reference).first()
    if found is None:
        raise CommandError(f"There is no snapshot {reference}.")
    return found
