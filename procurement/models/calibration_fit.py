"""The calibration's two numbers, fitted to people's answers: the newest that stands replaces the shipped ones."""

from django.db import models


class CalibrationFitQuerySet(models.QuerySet["CalibrationFit"]):
    def standing(self) -> "CalibrationFitQuerySet":
        return self.filter(undone_at__isnull=True).order_by("-pk")


class CalibrationFit(models.Model):
    # See procurement/matching/calibration.py.
    slope = models.FloatField()
    offset = models.FloatField()
    fitted_at = models.DateTimeField()
    fitted_by = models.TextField()
    answers = models.PositiveIntegerField("answers that it was fitted to")
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = CalibrationFitQuerySet.as_manager()

    def __str__(self) -> str:
        return f"calibration {self.pk}: slope {self.slope}, offset {self.offset}"
