"""What a borough's own program shows to be let in. The secret is never kept: only its digest, and how it begins."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def valid(self, *, at: datetime) -> "ApiTokenQuerySet":
        """Those that let a program in at this moment."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=at)

    def newest_first(self) -> "ApiTokenQuerySet":
        return self.order_by("-created_at", "-pk")


class ApiToken(models.Model):
    borough = models.ForeignKey("boroughs.Borough", on_delete=models.PROTECT, related_name="api_tokens")
    # What the borough calls the program that uses it.
    name = models.TextField()
    # The beginning of the secret: enough to tell tokens apart, too little to be let in.
    prefix = models.TextField(unique=True)
    # SHA-256 of the whole secret, in hexadecimal.
    digest = models.TextField(unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        "boroughs.User", on_delete=models.PROTECT, related_name="api_tokens_created", null=True, blank=True
    )
    expires_at = models.DateTimeField()
    # Exact to the hour: written at most once an hour.
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        "boroughs.User", on_delete=models.PROTECT, related_name="api_tokens_revoked", null=True, blank=True
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "API token"
        constraints = [
            models.CheckConstraint(
                name="api_token_expires_after_it_began", condition=Q(expires_at__gt=F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
