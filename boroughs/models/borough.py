"""An authority that logs needs: one of the 33, or a guest that an administrator admitted."""

from django.db import models
from django.db.models import F, Q


class BoroughQuerySet(models.QuerySet["Borough"]):
    def london(self) -> "BoroughQuerySet":
        """The 33: 32 boroughs and the City of London."""
        return self.filter(kind=Borough.Kind.LONDON)

    def by_name(self) -> "BoroughQuerySet":
        return self.order_by(F("name").asc(), "pk")


class Borough(models.Model):
    class Kind(models.TextChoices):
        LONDON = "LONDON", "London authority"
        GUEST = "GUEST", "Guest authority"

    kind = models.TextField(choices=Kind.choices, default=Kind.LONDON)
    # E09000001 to E09000033: names the area, so it joins maps and statistics. Guests may have none.
    ons_code = models.TextField("ONS code", blank=True)
    name = models.TextField(unique=True)
    official_name = models.TextField()
    slug = models.SlugField(max_length=100, unique=True)
    # The list GB-LAE of org-id.guide: the stable identifier of the body in open contracting data.
    org_id = models.TextField("organisation identifier", blank=True)
    abbreviation = models.TextField(blank=True)
    # The cell on the tile map, counted from 1 at the top left.
    tile_row = models.PositiveSmallIntegerField(null=True, blank=True)
    tile_column = models.PositiveSmallIntegerField(null=True, blank=True)
    is_inner = models.BooleanField("inner London", default=False)
    region = models.TextField("statistical region", blank=True)
    sub_region = models.TextField("sub-regional partnership", blank=True)
    admitted_at = models.DateTimeField(null=True, blank=True)

    objects = BoroughQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="borough_kind_known", condition=Q(kind__in=["LONDON", "GUEST"])),
            models.UniqueConstraint(name="borough_ons_code_unique", fields=["ons_code"], condition=~Q(ons_code="")),
            models.UniqueConstraint(name="borough_org_id_unique", fields=["org_id"], condition=~Q(org_id="")),
            models.CheckConstraint(
                name="borough_london_is_complete",
                condition=Q(kind="GUEST")
                | (~Q(ons_code="") & ~Q(org_id="") & Q(tile_row__isnull=False) & Q(tile_column__isnull=False)),
            ),
            models.UniqueConstraint(
                name="borough_tile_unique", fields=["tile_row", "tile_column"], condition=Q(tile_row__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name
