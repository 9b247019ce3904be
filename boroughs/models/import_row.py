"""A row of an imported file: what it says, what would come of it, and, once applied, what came of it."""

from django.db import models
from django.db.models import Q


class ImportRow(models.Model):
    class Verdict(models.TextChoices):
        NEW = "NEW", "New"
        CHANGED = "CHANGED", "Changed"
        UNCHANGED = "UNCHANGED", "Unchanged"
        REFUSED = "REFUSED", "Refused"

    data_import = models.ForeignKey("boroughs.DataImport", on_delete=models.CASCADE, related_name="rows")
    # Counted from 1, as an editor or a spreadsheet shows it.
    line = models.PositiveIntegerField()
    verdict = models.TextField(choices=Verdict.choices)
    # The contract's reference, or the need's identifier in the file.
    reference = models.TextField(blank=True)
    title = models.TextField(blank=True)
    # The contract or need that the row describes, as its action reads it; of a refused row, its cells.
    content = models.JSONField()
    # What a contract said before; empty unless the row changes one.
    before = models.JSONField(null=True, blank=True)
    # Sentences: why the row is refused, or what was understood in a way that a person may want to see.
    remarks = models.JSONField(default=list)
    # Primary key of the contract or need, once there is one, and its revision after the row was applied.
    target = models.PositiveBigIntegerField(null=True, blank=True)
    revision = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="import_row_line_once", fields=["data_import", "line"]),
            models.CheckConstraint(
                name="import_row_verdict_known",
                condition=Q(verdict__in=["NEW", "CHANGED", "UNCHANGED", "REFUSED"]),
            ),
        ]
        indexes = [models.Index(name="import_row_verdict", fields=["data_import", "verdict", "line"])]

    def __str__(self) -> str:
        return f"import {self.data_import_id}, line {self.line}"
