"""What the columns of a borough's files mean, as its people confirmed it last."""

from django.db import models


class ColumnMapping(models.Model):
    borough = models.ForeignKey("boroughs.Borough", on_delete=models.CASCADE, related_name="column_mappings")
    noun = models.TextField(choices=[("NEEDS", "Needs"), ("CONTRACTS", "Contracts")])
    # Heading, in small letters and without punctuation: the field that it fills, or "" for none.
    targets = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="column_mapping_once", fields=["borough", "noun"])]

    def __str__(self) -> str:
        return f"{self.borough_id} {self.noun}"
