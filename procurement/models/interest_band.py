"""What everybody may know of how many suppliers have shown interest in a notice; written when the band changes only.

The row is also what those wait for who change how many there are, so that each counts what the one before has left.
"""

from django.db import models


class InterestBand(models.Model):
    notice = models.OneToOneField(
        "procurement.Notice", primary_key=True, on_delete=models.CASCADE, related_name="interest_band"
    )
    # Where the band begins (procurement/disclosure/counts.py); 0 where nothing is told.
    at_least = models.PositiveIntegerField(default=0)
    # How often the band has changed. The board's kept pages are asked for the sum: it grows with each change, whichever
    # of two that began together is seen first.
    changes = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.at_least} or more in {self.notice_id}"
