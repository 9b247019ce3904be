"""What a borough has learned from buying in a category: for other boroughs, never for suppliers."""

from django.db import models


class ExperienceQuerySet(models.QuerySet["Experience"]):
    def standing(self) -> "ExperienceQuerySet":
        return self.filter(withdrawn_at__isnull=True)

    def newest_first(self) -> "ExperienceQuerySet":
        return self.order_by("-pk")


class Experience(models.Model):
    borough = models.ForeignKey("boroughs.Borough", on_delete=models.PROTECT, related_name="experiences")
    category = models.ForeignKey("boroughs.Category", on_delete=models.PROTECT, related_name="experiences")
    # What was bought, when, and from whom.
    bought = models.TextField("what was bought")
    bought_year = models.PositiveSmallIntegerField("year of the purchase", null=True, blank=True)
    supplier = models.TextField(blank=True)
    worked = models.TextField("what worked", blank=True)
    avoid = models.TextField("what to avoid", blank=True)
    # Whom to ask, as a role: "Head of housing systems". Not a person's name.
    contact_role = models.TextField("whom to ask")
    revision = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey("boroughs.User", on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ExperienceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.borough.name}: {self.bought}"
