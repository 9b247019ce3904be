"""What one borough says to a common requirement: it accepts, keeps a difference of its own beside it, or objects."""

from django.db import models
from django.db.models import Q


class RequirementStance(models.Model):
    class Kind(models.TextChoices):
        ACCEPTS = "ACCEPTS", "Accepts"
        DIFFERS = "DIFFERS", "Keeps a difference"
        OBJECTS = "OBJECTS", "Does not accept"

    requirement = models.ForeignKey("procurement.CommonRequirement", on_delete=models.CASCADE, related_name="stances")
    borough = models.ForeignKey("boroughs.Borough", on_delete=models.PROTECT, related_name="requirement_stances")
    kind = models.TextField(choices=Kind.choices)
    # The difference that it keeps, or why it objects.
    text = models.TextField(blank=True)
    # The wording that it speaks of: where the requirement has another one by now, the borough is asked again.
    wording = models.PositiveIntegerField()
    # How that one went, so that the borough is shown what has changed since.
    wording_text = models.TextField(blank=True)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey("boroughs.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="requirement_stance_one_a_borough", fields=["requirement", "borough"]),
            models.CheckConstraint(
                name="requirement_stance_kind_known", condition=Q(kind__in=["ACCEPTS", "DIFFERS", "OBJECTS"])
            ),
            models.CheckConstraint(name="requirement_stance_says_what", condition=Q(kind="ACCEPTS") | ~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.borough.name} on {self.requirement}: {self.get_kind_display()}"
