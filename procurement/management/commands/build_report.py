"""manage.py build_report"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from boroughs.exceptions import LotiError
from boroughs.permissions import COMMAND_LINE
from boroughs.templatetags.formatting import count
from procurement.actions import reports
from procurement.models import Report

KINDS = {"picture": Report.Kind.PICTURE}


class Command(BaseCommand):
    help = "Write a report to a PDF file: `picture` is the London demand picture."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(KINDS))
        parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the file to write or replace")

    def handle(self, *args: Any, kind: str, out: Path, **options: Any) -> None:
        try:
            pdf = reports.build_now(kind=KINDS[kind], by=COMMAND_LINE)
            reports.write_whole(out.resolve(), pdf.content)
        except LotiError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{out} could not be written: {error.strerror or error}") from error
        self.stdout.write(f"{out}: {count(pdf.pages, 'page')}, {len(pdf.content):,} bytes")
