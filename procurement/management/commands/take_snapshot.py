"""`manage.py take_snapshot`: freeze the demand picture of this moment."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from boroughs.exceptions import LotiError
from boroughs.permissions import COMMAND_LINE
from boroughs.templatetags.formatting import day_time
from procurement.actions import snapshots


class Command(BaseCommand):
    help = "Freeze the demand picture of this moment; where nothing has changed, name the last snapshot."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            snapshot = snapshots.take(by=COMMAND_LINE)
        except LotiError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{snapshot.reference}, taken {day_time(snapshot.taken_at)}, SHA-256 {snapshot.digest}")
