"""manage.py run_main_job"""

import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from boroughs.background import Task
from boroughs.models import Work
from boroughs.permissions import COMMAND_LINE
from boroughs.templatetags.formatting import count
from procurement.actions import alignments, demo_coalition, demo_suppliers, main_job, matching, reports
from procurement.models import JointDemand, MatchRun, Notice, Report
from procurement.queries.demand_picture import demand_picture

POLL_SECONDS = 0.3


class Command(BaseCommand):
    help = (
        "Match the open needs, publish a demonstration's first notices, build the picture's report, and compare what "
        "the members of each joint demand ask for: each step by the running worker. Then lets boroughs of a "
        "demonstration come together on one joint demand, and suppliers follow and ask. Prints what stands at the end."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=int, default=300, help="give up on a step after so many seconds")

    def handle(self, *args: Any, seconds: int, **options: Any) -> None:
        self.seconds = seconds
        if demand_picture(exact=False).is_stale:
            matching.request(by=COMMAND_LINE)
        self._wait_for_matcher()
        if main_job.confirm_and_publish_some():
            # The confirmations asked for a run of their own; the report is to show what it found.
            self._wait_for_matcher()
        if alignments.changed():
            alignments.request()
        report = self._report()
        self._wait_for_alignments()
        demo_coalition.build()
        demo_suppliers.build()
        picture = demand_picture(exact=True)
        self.stdout.write(
            f"{count(picture.london_total, 'borough')}, {count(picture.needs_count, 'open need')}, "
            f"{count(len(picture.demands), 'joint demand')}, {count(Notice.objects.published().count(), 'notice')}"
        )
        self.stdout.write(f"Report: {Path(settings.MEDIA_ROOT) / report.path} ({count(report.pages, 'page')})")

    def _wait_for_matcher(self) -> None:
        """Follow the worker until nothing is due; its progress is in the run's row."""
        deadline = time.monotonic() + self.seconds
        while self._is_pending(Task.MATCH_NEEDS, "The matcher"):
            self._show(MatchRun.objects.newest_first().first())
            self._pause(deadline, "matching")
        self._show(None)

    def _wait_for_alignments(self) -> None:
        deadline = time.monotonic() + self.seconds
        while self._is_pending(Task.ALIGN_DEMANDS, "The comparison of requirements"):
            self._line("Comparing requirements")
            self._pause(deadline, "comparing requirements")
        self._line("")

    def _is_pending(self, task: Task, what: str) -> bool:
        if failed := Work.objects.failed().filter(task=task).first():
            raise CommandError(f"{what} failed three times:\n{failed.last_error}")
        return Work.objects.pending().filter(task=task).exists()

    def _report(self) -> Report:
        """The newest report if it still shows the present picture, else a new one."""
        newest = Report.objects.filter(status=Report.Status.READY).newest_first().first()
        run = MatchRun.objects.finished().newest_first().first()
        unchanged = (
            newest is not None
            and newest.built_at is not None
            and (run is None or run.finished_at is None or newest.built_at > run.finished_at)
            and not JointDemand.objects.filter(updated_at__gt=newest.built_at).exists()
            and (Path(settings.MEDIA_ROOT) / newest.path).is_file()
        )
        if newest is not None and unchanged:
            return newest
        report = reports.ask(kind=Report.Kind.PICTURE, by=COMMAND_LINE)
        deadline = time.monotonic() + self.seconds
        while report.status not in (Report.Status.READY, Report.Status.FAILED):
            self._line("Building the report")
            self._pause(deadline, "the report")
            report.refresh_from_db()
        self._line("")
        if report.status == Report.Status.FAILED:
            raise CommandError(f"The report could not be built: {report.error}")
        return report

    def _pause(self, deadline: float, what: str) -> None:
        if time.monotonic() > deadline:
            raise CommandError(f"No end of {what} after {self.seconds} seconds. Is a worker running?")
        time.sleep(POLL_SECONDS)

    def _show(self, run: MatchRun | None) -> None:
        if run is None or run.status != MatchRun.Status.RUNNING:
            self._line("")
            return
        share = run.steps_done / run.steps_total if run.steps_total else 0
        bar = "#" * round(share * 24)
        self._line(f"Matching [{bar:<24}] {run.phase} {run.steps_done}/{run.steps_total}")

    def _line(self, text: str) -> None:
        """One line that is written over itself; nothing where nobody watches."""
        if sys.stdout.isatty():
            self.stdout.write(f"\r\033[K{text}", ending="")
            self.stdout.flush()
