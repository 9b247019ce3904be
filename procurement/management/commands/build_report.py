"""manage.py build_report"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from boroughs.exceptions import LotiError
from boroughs.permissions import COMMAND_LINE
from boroughs.templatetags.formatting import count
from procurement.actions import reports, snapshots
from procurement.models import Snapshot
from procurement.picture import document, one_document
from procurement.picture.telling import EXACT, TOLD, Telling

# What the subject of each kind is called; the picture is of London.
KINDS = {
    "picture": "",
    "demand": "the reference of a joint demand, such as JD-0001",
    "borough": "the short name of an authority, such as camden",
    "category": "the short name of a category, such as telephony",
}
FORMATS = ("pdf", "json")


class Command(BaseCommand):
    help = (
        "Write a report to a file: the London demand picture, one joint demand, one borough's pack or one category, "
        "of a snapshot or of this moment."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=tuple(KINDS))
        parser.add_argument(
            "subject", nargs="?", default="", help="JD-0001, camden, telephony; nothing for the picture"
        )
        parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the file to write or replace")
        parser.add_argument(
            "--snapshot", metavar="REFERENCE", help="the snapshot to tell of, such as DP-2026-0001; else one is taken"
        )
        parser.add_argument("--format", choices=FORMATS, default="pdf", help="json: the same figures for programs")
        parser.add_argument(
            "--told",
            action="store_true",
            help="names, counts and told totals, as for those who may not see exact figures",
        )

    def handle(
        self,
        *args: Any,
        kind: str,
        subject: str,
        out: Path,
        snapshot: str | None,
        format: str,
        told: bool,
        **options: Any,
    ) -> None:
        _check_subject(kind, subject)
        telling = TOLD if told else EXACT
        try:
            frozen = _snapshot(snapshot)
            if format == "json":
                content, pages = _json(frozen, kind, subject, telling), ""
            else:
                pdf = reports.build_now(
                    kind=kind.upper(), snapshot=frozen, by=COMMAND_LINE, subject=subject, telling=telling
                )
                content, pages = pdf.content, f" {count(pdf.pages, 'page')},"
            reports.write_whole(out.resolve(), content)
        except (LotiError, LookupError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{out} could not be written: {error.strerror or error}") from error
        self.stdout.write(f"{out}: {frozen.reference},{pages} {len(content):,} bytes")


def _check_subject(kind: str, subject: str) -> None:
    if KINDS[kind] and not subject:
        raise CommandError(f"Say which {kind}: {KINDS[kind]}.")
    if subject and not KINDS[kind]:
        raise CommandError(f"The picture is of all London: leave {subject!r} out.")


def _json(snapshot: Snapshot, kind: str, subject: str, telling: Telling) -> bytes:
    content = bytes(snapshot.content)
    if kind != "picture":
        return one_document.write(content, kind=kind.upper(), subject=subject, telling=telling)
    before = snapshot.before()
    return document.write(content, bytes(before.content) if before else None, telling=telling)


def _snapshot(reference: str | None) -> Snapshot:
    if reference is None:
        return snapshots.take(by=COMMAND_LINE)
    found = Snapshot.objects.filter(reference=reference).first()
    if found is None:
        raise CommandError(f"There is no snapshot {reference}.")
    return found
