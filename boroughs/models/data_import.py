"""A file of needs or contracts on its way into a borough's data, and back out again.

Nothing of the file is in the borough's data before it is applied; its rows stand in ImportRow until then.
"""

from django.db import models
from django.db.models import Q


class DataImportQuerySet(models.QuerySet["DataImport"]):
    def newest_first(self) -> "DataImportQuerySet":
        return self.order_by("-pk")


class DataImport(models.Model):
    class Noun(models.TextChoices):
        NEEDS = "NEEDS", "Needs"
        CONTRACTS = "CONTRACTS", "Contracts"

    class Status(models.TextChoices):
        RECEIVED = "RECEIVED", "Columns to confirm"
        CHECKING = "CHECKING", "Being checked"
        CHECKED = "CHECKED", "Ready to apply"
        APPLYING = "APPLYING", "Being applied"
        APPLIED = "APPLIED", "Applied"
        UNDOING = "UNDOING", "Being undone"
        UNDONE = "UNDONE", "Undone"
        DISCARDED = "DISCARDED", "Discarded"

    # A job that fails goes back to where it was asked for, with the reason in `error`.
    TRANSITIONS = {
        "reshape": ((Status.RECEIVED, Status.CHECKED), Status.RECEIVED),
        "check": ((Status.RECEIVED, Status.CHECKED), Status.CHECKING),
        "finish_check": ((Status.CHECKING,), Status.CHECKED),
        "fail_check": ((Status.CHECKING,), Status.RECEIVED),
        "apply": ((Status.CHECKED,), Status.APPLYING),
        "finish_apply": ((Status.APPLYING,), Status.APPLIED),
        "fail_apply": ((Status.APPLYING,), Status.CHECKED),
        "undo": ((Status.APPLIED,), Status.UNDOING),
        "finish_undo": ((Status.UNDOING,), Status.UNDONE),
        "fail_undo": ((Status.UNDOING,), Status.APPLIED),
        "discard": ((Status.RECEIVED, Status.CHECKED), Status.DISCARDED),
    }

    borough = models.ForeignKey("boroughs.Borough", on_delete=models.PROTECT, related_name="imports")
    noun = models.TextField("what the file holds", choices=Noun.choices)
    status = models.TextField(choices=Status.choices, default=Status.RECEIVED)
    file_name = models.TextField()
    size = models.PositiveBigIntegerField("size in bytes")
    digest = models.TextField("SHA-256 of the file")
    # "CSV", "TSV", "XLSX", "OCDS".
    format = models.TextField()
    sheet = models.TextField(blank=True)
    # Sentences: what was understood of the file, and what was passed over.
    notes = models.JSONField(default=list)
    # Headings of the file, in its order.
    columns = models.JSONField(default=list)
    # Heading of the file: field that it fills.
    mapping = models.JSONField(default=dict)

    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.TextField()
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.TextField(blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.TextField(blank=True)

    # Rows of the job that is being done.
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # Why the last job failed, in words for people.
    error = models.TextField(blank=True)

    objects = DataImportQuerySet.as_manager()

    class Meta:
        verbose_name = "import"
        constraints = [
            models.CheckConstraint(
                name="data_import_status_known",
                condition=Q(
                    status__in=[
                        "RECEIVED",
                        "CHECKING",
                        "CHECKED",
                        "APPLYING",
                        "APPLIED",
                        "UNDOING",
                        "UNDONE",
                        "DISCARDED",
                    ]
                ),
            ),
            models.CheckConstraint(name="data_import_noun_known", condition=Q(noun__in=["NEEDS", "CONTRACTS"])),
            models.CheckConstraint(
                name="data_import_applied_has_time",
                condition=~Q(status__in=["APPLIED", "UNDOING", "UNDONE"]) | Q(applied_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}: {self.file_name}"

    @property
    def check_number(self) -> int | None:
        """By which the last check is told from those before it, as each writes new rows; None where there are none."""
        number: int | None = self.rows.aggregate(number=models.Max("pk"))["number"]
        return number
