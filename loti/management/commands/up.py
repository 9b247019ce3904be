"""`manage.py up`: start everything on this machine."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from loti import env
from loti.supervision import up


class Command(BaseCommand):
    help = "Start LOTI on this machine with all that it needs: broker, database, web, worker, clock. Ctrl-C stops it."
    # The database may not be there yet.
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        port = env.integer("LOTI_PORT", 8000, low=1, high=65535)
        parser.add_argument("--port", type=int, default=port, help="port of the website (LOTI_PORT; default 8000)")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
        parser.add_argument("--once", action="store_true", help="do everything but serve, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        code = up.run(up.Plan(host=options["host"], port=options["port"], once=options["once"]))
        if code:
            sys.exit(code)
