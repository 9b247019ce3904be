"""manage.py match"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from boroughs.permissions import COMMAND_LINE
from boroughs.templatetags.formatting import count
from procurement.actions import matching
from procurement.models import MatchRun


class Command(BaseCommand):
    help = (
        "Run the matcher over the open needs now, in this process. Where a worker is at it already, it is left to it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        matching.request(by=COMMAND_LINE)
        run = matching.run()
        if run is None:
            raise CommandError("A worker is matching already, or the last run failed a moment ago. See the runs page.")
        if run.status != MatchRun.Status.FINISHED:
            raise CommandError(f"The run did not finish: {run.error or run.get_status_display()}")
        for warning in run.warnings:
            self.stderr.write(warning)
        self.stdout.write(
            f"{count(run.needs_count, 'need')}, {count(run.demands_count, 'joint demand')}, "
            f"{count(run.matched_count, 'need')} in one of them"
        )
