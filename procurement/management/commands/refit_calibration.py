"""manage.py refit_calibration"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from boroughs.exceptions import NotAcceptable
from boroughs.permissions import COMMAND_LINE
from boroughs.templatetags.formatting import count, percent
from procurement.actions import calibrations
from procurement.actions.calibrations import Fit, Judged
from procurement.matching.calibration import BANDS


class Command(BaseCommand):
    help = (
        "Fit the calibration, which turns the strength of an overlap into a word, to the answers that analysts have "
        "given. Shows before and after; changes nothing without --apply."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        chosen = parser.add_mutually_exclusive_group()
        chosen.add_argument("--apply", action="store_true", help="put the new numbers in force from the next run on")
        chosen.add_argument("--reset", action="store_true", help="go back to the numbers that come with the engine")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reset"]:
            self._reset()
            return
        try:
            fit = calibrations.fit()
        except NotAcceptable as refusal:
            raise CommandError(str(refusal)) from refusal
        self._show(fit)
        if options["apply"]:
            calibrations.apply(fit=fit, by=COMMAND_LINE)
            self.stdout.write("In force from the next run on, which is asked for. --reset takes it back.")
        else:
            self.stdout.write("Nothing is changed. --apply puts it in force.")

    def _reset(self) -> None:
        undone = calibrations.reset(by=COMMAND_LINE)
        self.stdout.write(
            "The numbers that come with the engine are in force from the next run on."
            if undone
            else "The numbers that come with the engine are in force already."
        )

    def _show(self, fit: Fit) -> None:
        self.stdout.write(f"{count(fit.answers, 'answer')}")
        self._line("", "before", "after")
        before, after = fit.before, fit.after
        self._line("slope", f"{before.calibration.slope:g}", f"{after.calibration.slope:g}")
        self._line("offset", f"{before.calibration.offset:g}", f"{after.calibration.offset:g}")
        self._line("expected calibration error", f"{before.error:.3f}", f"{after.error:.3f}")
        for band in BANDS:
            self._line(f"right where it says {band}", _rate(before, band), _rate(after, band))

    def _line(self, name: str, before: str, after: str) -> None:
        self.stdout.write(f"  {name:<30}{before:>16}{after:>16}")


def _rate(judged: Judged, band: str) -> str:
    number, share = judged.bands[band]
    return f"{percent(share)} of {count(number)}" if number else "none"
