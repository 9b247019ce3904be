"""What the members of a joint demand ask for alike, kept so that only a changed joint demand is aligned anew."""

import hashlib
from collections.abc import Iterable

from django.db import models

# To be raised when procurement/matching/align.py finds other things, or its dataclasses change: all is then aligned
# anew, and what was stored before is read no more.
VERSION = 1


class Alignment(models.Model):
    demand = models.OneToOneField("procurement.JointDemand", on_delete=models.CASCADE, related_name="alignment")
    # Of the members that were read, by `key_of`: where the present members give another, this is out of date.
    key = models.TextField()
    # procurement.matching.align.Alignment, field by field. It repeats what needs say, so whoever shows it has to look
    # at whom each line belongs to.
    content = models.JSONField()
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"What is alike in {self.demand.reference}"


def key_of(members: Iterable[tuple[str, int]]) -> str:
    """SHA-256 of the members' references and revisions, in whichever order they come."""
    listed = "\n".join(f"{reference} {revision}" for reference, revision in sorted(members))
    return hashlib.sha256(f"{VERSION}\n{listed}".encode()).hexdigest()
