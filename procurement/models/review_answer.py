"""One answer of an analyst, in the review queue or on a joint demand's page, with what it changed, so that it can be
taken back whole."""

from django.db import models
from django.db.models import Q


class ReviewAnswerQuerySet(models.QuerySet["ReviewAnswer"]):
    def standing(self) -> "ReviewAnswerQuerySet":
        return self.filter(undone_at__isnull=True)

    def newest_first(self) -> "ReviewAnswerQuerySet":
        return self.order_by("-pk")


class ReviewAnswer(models.Model):
    class Kind(models.TextChoices):
        BELONGS = "BELONGS", "Belongs"
        REMOVED = "REMOVED", "Does not belong"
        ACCEPTED = "ACCEPTED", "Accepted from outside"
        CONFIRMED = "CONFIRMED", "All of them belong"
        NOT_SURE = "NOT_SURE", "Not sure"
        SPLIT = "SPLIT", "Split"
        MERGED = "MERGED", "Merged"
        REOPENED = "REOPENED", "Confirmation taken back"
        RESTORED = "RESTORED", "Removal taken back"
        RENAMED = "RENAMED", "Renamed"
        UNNAMED = "UNNAMED", "Suggested title used"
        PINNED = "PINNED", "Pinned"
        UNPINNED = "UNPINNED", "Unpinned"

    # What the queue asks for; the others are said on pages of their own.
    ASKED = (Kind.BELONGS, Kind.REMOVED, Kind.ACCEPTED, Kind.CONFIRMED, Kind.NOT_SURE)
    # How a joint demand is called and held: they rule nothing of its needs.
    OWN = (Kind.RENAMED, Kind.UNNAMED, Kind.PINNED, Kind.UNPINNED)

    demand = models.ForeignKey("procurement.JointDemand", on_delete=models.CASCADE, related_name="review_answers")
    # Empty where the answer is about the joint demand as a whole.
    need = models.ForeignKey("boroughs.Need", on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    kind = models.TextField(choices=Kind.choices)
    reason = models.TextField(blank=True)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey("boroughs.User", on_delete=models.PROTECT, related_name="review_answers")
    # Rulings made and undone by it, and the joint demands with their members as they were: see actions/review.py.
    before = models.JSONField()
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="review_answer_kind_known",
                condition=Q(
                    kind__in=[
                        "BELONGS",
                        "REMOVED",
                        "ACCEPTED",
                        "CONFIRMED",
                        "NOT_SURE",
                        "SPLIT",
                        "MERGED",
                        "REOPENED",
                        "RESTORED",
                        "RENAMED",
                        "UNNAMED",
                        "PINNED",
                        "UNPINNED",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id}: {self.get_kind_display()}"
