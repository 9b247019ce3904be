"""What stands behind a total that was told: the audit of later totals reads it. Never shown; append-only."""

from collections.abc import Collection

from django.db import models
from django.db.models import F, Max, Q
from django.db.models.expressions import RawSQL

from .joint_demand import JointDemand

# Joint demands that hang together: those of which something was told of these needs, those of which something was told
# of a need of theirs, and so on.
_CONNECTED = """
WITH RECURSIVE connected(demand_id) AS (
    SELECT id FROM procurement_jointdemand WHERE id = %s
    UNION SELECT demand_id FROM procurement_toldneed WHERE need IN ({places})
    UNION SELECT theirs.demand_id
        FROM connected
        JOIN procurement_toldneed ours ON ours.demand_id = connected.demand_id
        JOIN procurement_toldneed theirs ON theirs.need = ours.need
)
SELECT demand_id FROM connected
"""


class FigureReleaseQuerySet(models.QuerySet["FigureRelease"]):
    def connected_with(self, demand: JointDemand, needs: Collection[str]) -> "FigureReleaseQuerySet":
        """What can have to do with a total of these needs in this joint demand, through one need or a chain of them.

        What was told of the joint demand itself, and by its notices, is always among it.
        """
        # A place that no reference fills, so that the list is never empty.
        sql = _CONNECTED.format(places=", ".join(["%s"] * (len(needs) + 1)))
        return self.filter(demand__in=RawSQL(sql, (demand.pk, "", *needs)))  # noqa: S611

    def of_demands(self) -> "FigureReleaseQuerySet":
        """Those that no notice published: the told figures of joint demands."""
        return self.filter(version__isnull=True)

    def newest_of(self, demands: Collection[int]) -> "FigureReleaseQuerySet":
        """The told figures of these joint demands, by primary key, that hold now: the last one of each quantity."""
        told = self.of_demands().filter(demand__in=demands)
        last = told.order_by().values("demand", "quantity").annotate(last=Max("number"))
        return self.filter(number__in=last.values("last"))


class FigureRelease(models.Model):
    class Quantity(models.TextChoices):
        USERS = "USERS", "Users"
        BUDGET_MIN = "BUDGET_MIN", "Least budget"
        BUDGET_MAX = "BUDGET_MAX", "Most budget"

    # One more than that of the last one that was read for the decision. Of two that read the same ones, the database
    # lets one follow them.
    number = models.PositiveBigIntegerField(unique=True)
    # The joint demand of whose needs it is the total.
    demand = models.ForeignKey("procurement.JointDemand", on_delete=models.PROTECT, related_name="releases")
    # The version of a notice that told it; None where it was told of the joint demand, to who is signed in.
    version = models.ForeignKey(
        "procurement.NoticeVersion", on_delete=models.PROTECT, related_name="releases", null=True, blank=True
    )
    told_at = models.DateTimeField()
    quantity = models.TextField(choices=Quantity.choices)
    # {borough slug: {need reference: amount}}; whole numbers, users or pounds.
    contributions = models.JSONField()
    # Slugs of the boroughs whose figures were open to everybody when it was published.
    waived = models.JSONField(default=list)
    # The told total lies in low ≤ total < high; an exact one has high = low + 1.
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
        indexes = [
            models.Index(
                name="figure_release_of_demand",
                fields=["demand", "quantity", "number"],
                condition=Q(version__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.version or self.demand}"
