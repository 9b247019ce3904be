"""manage.py build_report"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from boroughs.exceptions import LotiError
from boroughs.permissions import COMMAND_LINE
from boroughs.templatetags.formatting import count
from procurement.actions import reports, snapshots
from procurement.models import Report, Snapshot
from procurement.picture import document
from procurement.picture.telling import EXACT

KINDS = {"picture": Report.Kind.PICTURE}
FORMATS = ("pdf", "json")


class Command(BaseCommand):
    help = "Write a report to a file: `picture` is the London demand picture, of a snapshot or of this moment."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(KINDS))
        parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the file to write or replace")
        parser.add_argument(
            "--snapshot", metavar="REFERENCE", help="the snapshot to tell of, such as DP-2026-0001; else one is taken"
        )
        parser.add_argument("--format", choices=FORMATS, default="pdf", help="json: the same figures for programs")

    def handle(self, *args: Any, kind: str, out: Path, snapshot: str | None, format: str, **options: Any) -> None:
        try:
            told = _snapshot(snapshot)
            if format == "json":
                content, pages = _json(told), ""
            else:
                pdf = reports.build_now(kind=KINDS[kind], snapshot=told, by=COMMAND_LINE)
                content, pages = pdf.content, f" {count(pdf.pages, 'page')},"
            reports.write_whole(out.resolve(), content)
        except LotiError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{out} could not be written: {error.strerror or error}") from error
        self.stdout.write(f"{out}: {told.reference},{pages} {len(content):,} bytes")


def _json(snapshot: Snapshot) -> bytes:
    before = snapshot.before()
    return document.write(bytes(snapshot.content), bytes(before.content) if before else None, telling=EXACT)


def _snapshot(reference: str | None) -> Snapshot:
    if reference is None:
        return snapshots.take(by=COMMAND_LINE)
    found = Snapshot.objects.filter(reference=reference).first()
    if found is None:
        raise CommandError(f"There is no snapshot {reference}.")
    return found
