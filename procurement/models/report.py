"""A PDF that somebody asked for: what of, how far it is, where it lies."""

from django.db import models
from django.db.models import Q

from procurement.models.snapshot import Snapshot
from procurement.picture.telling import EXACT, TOLD
from procurement.picture.telling import Telling as Told

PENDING = ["ASKED", "BUILDING"]


def title(kind: str, subject_name: str) -> str:
    """What a report is called: "Borough pack: Camden"."""
    words = str(Report.Kind(kind).label)
    return f"{words}: {subject_name}" if subject_name else words


class ReportQuerySet(models.QuerySet["Report"]):
    def pending(self) -> "ReportQuerySet":
        """Asked for and not yet there."""
        return self.filter(status__in=PENDING)

    def same(self, *, kind: str, subject: str, telling: str, own: str, snapshot: "Snapshot | None") -> "ReportQuerySet":
        """Those that the same person could be handed in place of each other."""
        return self.filter(kind=kind, subject=subject, telling=telling, own=own, snapshot=snapshot)

    def listed(self) -> "ReportQuerySet":
        """With their snapshots, but without the bytes of these."""
        return self.select_related("snapshot").defer("snapshot__content")

    def newest_first(self) -> "ReportQuerySet":
        return self.order_by("-pk")


class Report(models.Model):
    class Kind(models.TextChoices):
        PICTURE = "PICTURE", "London demand picture"
        DEMAND = "DEMAND", "Joint demand"
        BOROUGH = "BOROUGH", "Borough pack"
        CATEGORY = "CATEGORY", "Category across London"

    class Telling(models.TextChoices):
        EXACT = "EXACT", "Exact figures"
        TOLD = "TOLD", "Names, counts and told figures"
        # As TOLD, and of one borough all that is its own.
        OWN = "OWN", "Exact for one borough"

    class Status(models.TextChoices):
        ASKED = "ASKED", "Waiting"
        BUILDING = "BUILDING", "Being built"
        READY = "READY", "Ready"
        FAILED = "FAILED", "Failed"

    TRANSITIONS = {
        "start": ((Status.ASKED, Status.BUILDING), Status.BUILDING),
        "finish": ((Status.BUILDING,), Status.READY),
        "try again": ((Status.BUILDING,), Status.ASKED),
        "fail": ((Status.BUILDING,), Status.FAILED),
    }

    kind = models.TextField(choices=Kind.choices, default=Kind.PICTURE)
    # The joint demand's reference, or the slug of the borough or the category; "" for all of London.
    subject = models.TextField(blank=True)
    # What its snapshot calls it.
    subject_name = models.TextField(blank=True)
    # What it may say, and so who may have it; procurement/queries/reportable.py has the rule.
    telling = models.TextField(choices=Telling.choices, default=Telling.EXACT)
    # Slug of the borough whose own figures are exact in it.
    own = models.TextField(blank=True)
    status = models.TextField(choices=Status.choices, default=Status.ASKED)
    # What it is made from; none in reports from before there were snapshots.
    snapshot = models.ForeignKey(
        "procurement.Snapshot", on_delete=models.PROTECT, related_name="reports", null=True, blank=True
    )
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    built_at = models.DateTimeField(null=True, blank=True)
    # Below MEDIA_ROOT; the file is written whole under another name first, so it is either there or not.
    path = models.TextField(blank=True)
    digest = models.TextField("SHA-256 of the file", blank=True)
    pages = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField("size in bytes", default=0)
    # Versions of what made the file: another one may make other bytes of the same snapshot.
    engine = models.TextField(blank=True)
    # Why it failed, or why it is tried once more; what to do then.
    error = models.TextField(blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="report_status_known", condition=Q(status__in=["ASKED", "BUILDING", "READY", "FAILED"])
            ),
            models.CheckConstraint(
                name="report_kind_known", condition=Q(kind__in=["PICTURE", "DEMAND", "BOROUGH", "CATEGORY"])
            ),
            models.CheckConstraint(
                name="report_has_its_subject",
                condition=Q(kind="PICTURE", subject="") | (~Q(kind="PICTURE") & ~Q(subject="")),
            ),
            models.CheckConstraint(
                name="report_tells_one_way",
                condition=Q(telling__in=["EXACT", "TOLD"], own="") | (Q(telling="OWN") & ~Q(own="")),
            ),
            # Asked for twice at once, it is built once.
            models.UniqueConstraint(
                name="report_pending_once",
                fields=["kind", "subject", "telling", "own", "snapshot"],
                condition=Q(status__in=PENDING),
            ),
            models.CheckConstraint(
                name="report_ready_is_complete",
                condition=~Q(status="READY") | (Q(built_at__isnull=False) & ~Q(path="") & ~Q(digest="")),
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}: {self.get_kind_display()}"

    @property
    def title(self) -> str:
        return title(self.kind, self.subject_name)

    @property
    def is_pending(self) -> bool:
        return self.status in PENDING

    @property
    def told(self) -> Told:
        """What it may say, as procurement/pdf takes it."""
        if self.telling == self.Telling.OWN:
            return Told(own=self.own)
        return EXACT if self.telling == self.Telling.EXACT else TOLD
