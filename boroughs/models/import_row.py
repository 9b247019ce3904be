"""A row of an imported file: what it says, what would come of it, and, once applied, what came of it."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from boroughs.models import Need

# Beside the parts of a need in `content`: the cells that could not be read, each with the part that it would have
# filled (`name`), its heading and what stands in it.
UNREAD = "unread"


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def with_unread(self) -> "ImportRowQuerySet":
        """Rows that were taken, or say what is stored already, but for cells that could not be read."""
        return self.filter(verdict__in=["NEW", "CHANGED", "UNCHANGED"], content__has_key=UNREAD)

    def to_decide(self) -> "ImportRowQuerySet":
        """Rows that would be written without cells that could not be read, as a person has to know."""
        return self.with_unread().exclude(verdict="UNCHANGED")

    def unread_of(self, need: "Need") -> "ImportRowQuerySet":
        """Rows that came to this need without some of their cells, the newest first."""
        imports = need.borough.imports.filter(noun="NEEDS", status="APPLIED")
        return self.to_decide().filter(data_import__in=imports, target=need.pk).order_by("-pk")


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

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="import_row_line_once", fields=["data_import", "line"]),
            models.CheckConstraint(
                name="import_row_verdict_known",
                condition=Q(verdict__in=["NEW", "CHANGED", "UNCHANGED", "REFUSED"]),
            ),
        ]
        indexes = [
            models.Index(name="import_row_verdict", fields=["data_import", "verdict", "line"]),
            # Rows are kept for good, and the page of a need looks for its own.
            models.Index(name="import_row_target", fields=["target"], condition=Q(target__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"import {self.data_import_id}, line {self.line}"

    @property
    def said(self) -> dict[str, Any]:
        """The parts of the contract or need that the row speaks of."""
        content: dict[str, Any] = self.content
        return {name: value for name, value in content.items() if name != UNREAD} if self.unread else content

    @property
    def unread(self) -> list[dict[str, str]]:
        """The cells that could not be read."""
        cells = self.content.get(UNREAD)
        # Of a row that was refused, `content` is its cells, and any of them may be called so.
        return cells if isinstance(cells, list) else []
