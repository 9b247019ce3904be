"""The calibration's two numbers, fitted to people's answers: the newest that stands replaces the shipped ones.

They are for the scores of one engine; under another the shipped ones hold until somebody fits anew.
"""

from django.db import models


class CalibrationFitQuerySet(models.QuerySet["CalibrationFit"]):
    def standing(self, engine_version: str) -> "CalibrationFitQuerySet":
        """Those that hold for the scores of an engine."""
        return self.filter(undone_at__isnull=True, engine_version=engine_version).order_by("-pk")


class CalibrationFit(models.Model):
    # See procurement/matching/calibration.py.
    slope = models.FloatField()
    offset = models.FloatField()
    fitted_at = models.DateTimeField()
    fitted_by = models.TextField()
    # Empty of those made before this was kept.
    engine_version = models.TextField(blank=True, default="")
    answers = models.PositiveIntegerField("answers that it was fitted to")
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = CalibrationFitQuerySet.as_manager()

    def __str__(self) -> str:
        return f"calibration {self.pk}: slope {self.slope}, offset {self.offset}"
