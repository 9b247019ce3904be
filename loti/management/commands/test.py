"""`manage.py test`: the whole suite on SQLite, then on a real PostgreSQL."""

import importlib.util
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loti.supervision import testing

OWN = ("--sqlite-only", "--postgres-only", "-h", "--help")


class Command(BaseCommand):
    help = "Run the tests on SQLite and on PostgreSQL. Everything else on the line goes to pytest."
    requires_system_checks = []

    def run_from_argv(self, argv: list[str]) -> None:
        own = [part for part in argv[2:] if part in OWN]
        rest = [part for part in argv[2:] if part not in OWN]
        super().run_from_argv([*argv[:2], *own, *(["--", *rest] if rest else [])])

    def add_arguments(self, parser: CommandParser) -> None:
        engines = parser.add_mutually_exclusive_group()
        engines.add_argument("--sqlite-only", action="store_true", help="leave PostgreSQL out")
        engines.add_argument("--postgres-only", action="store_true", help="leave SQLite out")
        parser.add_argument("pytest_args", nargs="*", metavar="…", help="arguments of pytest")

    def handle(self, *args: Any, **options: Any) -> None:
        if importlib.util.find_spec("pytest") is None:
            raise CommandError("pytest is not installed here: run `pip install -r requirements-dev.txt`.")
        engines = [
            engine
            for engine, left_out in (("SQLite", options["postgres_only"]), ("PostgreSQL", options["sqlite_only"]))
            if not left_out
        ]
        code = testing.run(engines, options["pytest_args"])
        if code:
            sys.exit(code)
