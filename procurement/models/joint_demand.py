"""Needs of two or more boroughs that overlap, under a reference that outlives every run."""

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from procurement.models.notice import Notice


class JointDemandQuerySet(models.QuerySet["JointDemand"]):
    def current(self) -> "JointDemandQuerySet":
        return self.exclude(status=JointDemand.Status.RETIRED)

    def confirmed(self) -> "JointDemandQuerySet":
        return self.filter(status=JointDemand.Status.CONFIRMED)

    def sure(self) -> "JointDemandQuerySet":
        return self.filter(certainty=JointDemand.Certainty.SURE)

    def pinned(self) -> "JointDemandQuerySet":
        return self.current().filter(pinned_at__isnull=False)

    def with_notice(self) -> "JointDemandQuerySet":
        """Each with `notice_reference`: of its first notice that was published, None where there is none."""
        published = Notice.objects.published().filter(demand=OuterRef("pk")).order_by("reference")
        return self.annotate(notice_reference=Subquery(published.values("reference")[:1]))

    def by_reference(self) -> "JointDemandQuerySet":
        return self.order_by("pk")


class JointDemand(models.Model):
    class Status(models.TextChoices):
        SUGGESTED = "SUGGESTED", "Suggested"
        CONFIRMED = "CONFIRMED", "Confirmed"
        RETIRED = "RETIRED", "Retired"

    class Certainty(models.TextChoices):
        # The rule is in procurement/queries/certainty.py.
        SURE = "SURE", "Sure enough to show"
        NOT_SURE = "NOT_SURE", "Not sure"

    TRANSITIONS = {
        # Once more where needs have joined since: it takes them in.
        "confirm": ((Status.SUGGESTED, Status.CONFIRMED), Status.CONFIRMED),
        "reopen": ((Status.CONFIRMED,), Status.SUGGESTED),
        # When its members have gone elsewhere, by a run or a person, or were withdrawn.
        "retire": ((Status.SUGGESTED, Status.CONFIRMED), Status.RETIRED),
    }

    # JD-0001: the address of its page, kept when members come and go.
    reference = models.TextField(unique=True)
    status = models.TextField(choices=Status.choices, default=Status.SUGGESTED)
    certainty = models.TextField(choices=Certainty.choices, default=Certainty.SURE)
    title = models.TextField()
    # What the last run that saw it would call it; its title until a person names it.
    suggested_title = models.TextField(blank=True)
    # Set when a person named it: runs leave the title alone from then on.
    titled_by = models.ForeignKey(
        "boroughs.User", on_delete=models.PROTECT, related_name="demands_titled", null=True, blank=True
    )
    category = models.ForeignKey(
        "boroughs.Category", on_delete=models.PROTECT, related_name="demands", null=True, blank=True
    )
    # What most members have in common, as words.
    terms = models.JSONField(default=list)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        "boroughs.User", on_delete=models.PROTECT, related_name="demands_confirmed", null=True, blank=True
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    # While it is pinned no run adds a member or takes one away.
    pinned_at = models.DateTimeField(null=True, blank=True)
    pinned_by = models.ForeignKey(
        "boroughs.User", on_delete=models.PROTECT, related_name="demands_pinned", null=True, blank=True
    )
    pin_reason = models.TextField(blank=True)
    # The joint demand that took this one in: its address leads there.
    merged_into = models.ForeignKey(
        "procurement.JointDemand", on_delete=models.PROTECT, related_name="merged_from", null=True, blank=True
    )

    objects = JointDemandQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="demand_status_known", condition=Q(status__in=["SUGGESTED", "CONFIRMED", "RETIRED"])
            ),
            models.CheckConstraint(name="demand_certainty_known", condition=Q(certainty__in=["SURE", "NOT_SURE"])),
            models.CheckConstraint(
                name="demand_confirmed_has_time", condition=~Q(status="CONFIRMED") | Q(confirmed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="demand_retired_has_time", condition=~Q(status="RETIRED") | Q(retired_at__isnull=False)
            ),
            models.CheckConstraint(
                name="demand_merged_is_retired", condition=Q(merged_into__isnull=True) | Q(status="RETIRED")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def is_settled(self) -> bool:
        """Whether a person has said of the whole that it is one."""
        return self.status == self.Status.CONFIRMED or self.pinned_at is not None
