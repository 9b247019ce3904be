"""What a person is, and where: a role in one borough, or an office role for all of London."""

from django.db import models
from django.db.models import Q


class Role(models.TextChoices):
    BOROUGH_READER = "BOROUGH_READER", "Borough reader"
    BOROUGH_EDITOR = "BOROUGH_EDITOR", "Borough editor"
    BOROUGH_APPROVER = "BOROUGH_APPROVER", "Borough approver"
    LOTI_ANALYST = "LOTI_ANALYST", "LOTI analyst"
    CDO_READER = "CDO_READER", "CDO office reader"
    ADMINISTRATOR = "ADMINISTRATOR", "Administrator"


BOROUGH_ROLES = (Role.BOROUGH_READER, Role.BOROUGH_EDITOR, Role.BOROUGH_APPROVER)
OFFICE_ROLES = (Role.LOTI_ANALYST, Role.CDO_READER, Role.ADMINISTRATOR)


class Membership(models.Model):
    user = models.ForeignKey("boroughs.User", on_delete=models.CASCADE, related_name="memberships")
    borough = models.ForeignKey(
        "boroughs.Borough", on_delete=models.PROTECT, related_name="memberships", null=True, blank=True
    )
    role = models.TextField(choices=Role.choices)
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="membership_one_role_a_borough", fields=["user", "borough"]),
            models.UniqueConstraint(
                name="membership_office_role_once", fields=["user", "role"], condition=Q(borough__isnull=True)
            ),
            models.CheckConstraint(
                name="membership_role_fits_place",
                condition=Q(borough__isnull=False, role__in=[str(role) for role in BOROUGH_ROLES])
                | Q(borough__isnull=True, role__in=[str(role) for role in OFFICE_ROLES]),
            ),
        ]

    def __str__(self) -> str:
        place = self.borough.name if self.borough else "London"
        return f"{self.user}: {self.get_role_display()}, {place}"
