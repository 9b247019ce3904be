"""What stands behind a total that was published: the audit of later totals reads it. Never shown; append-only."""

from collections.abc import Collection

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from .notice import Notice

# Notices that hang together: those that told something of these needs, those that told something of a need of theirs,
# and so on.
_CONNECTED = """
WITH RECURSIVE connected(notice_id) AS (
    SELECT id FROM procurement_notice WHERE id = %s
    UNION SELECT notice_id FROM procurement_toldneed WHERE need IN ({places})
    UNION SELECT theirs.notice_id
        FROM connected
        JOIN procurement_toldneed ours ON ours.notice_id = connected.notice_id
        JOIN procurement_toldneed theirs ON theirs.need = ours.need
)
SELECT notice_id FROM connected
"""


class FigureReleaseQuerySet(models.QuerySet["FigureRelease"]):
    def connected_with(self, notice: Notice, needs: Collection[str]) -> "FigureReleaseQuerySet":
        """What can have to do with a total of these needs in this notice, through one need or a chain of them.

        What the notice itself told is always among it.
        """
        # A place that no reference fills, so that the list is never empty.
        sql = _CONNECTED.format(places=", ".join(["%s"] * (len(needs) + 1)))
        return self.filter(version__notice__in=RawSQL(sql, (notice.pk, "", *needs)))  # noqa: S611


class FigureRelease(models.Model):
    class Quantity(models.TextChoices):
        USERS = "USERS", "Users"
        BUDGET_MIN = "BUDGET_MIN", "Least budget"
        BUDGET_MAX = "BUDGET_MAX", "Most budget"

    version = models.ForeignKey("procurement.NoticeVersion", on_delete=models.PROTECT, related_name="releases")
    quantity = models.TextField(choices=Quantity.choices)
    # {borough slug: {need reference: amount}}; whole numbers, users or pounds.
    contributions = models.JSONField()
    # Slugs of the boroughs whose figures were open to everybody when it was published.
    waived = models.JSONField(default=list)
    # The published total lies in low ≤ total < high; an exact one has high = low + 1.
    low = models.PositiveBigIntegerField()
    high = models.PositiveBigIntegerField()
    # False where it cannot be known what stood behind it: the figure was told before releases were kept, and its needs
    # come to something else. The amounts are 0 then, and nothing new is told that has to do with it.
    is_understood = models.BooleanField(default=True)

    objects = FigureReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="figure_release_one_a_quantity", fields=["version", "quantity"]),
            models.CheckConstraint(
                name="figure_release_quantity_known", condition=Q(quantity__in=["USERS", "BUDGET_MIN", "BUDGET_MAX"])
            ),
            models.CheckConstraint(name="figure_release_in_order", condition=Q(high__gt=F("low"))),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.version}"
