"""A demand picture that was frozen. The database itself refuses UPDATE and DELETE (migration 0023)."""

import hashlib

from django.db import models

from procurement.picture import facts
from procurement.picture.facts import Frozen


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def newest_first(self) -> "SnapshotQuerySet":
        return self.order_by("-pk")

    def listed(self) -> "SnapshotQuerySet":
        """Without the bytes, of which a large London has millions."""
        return self.defer("content")


class Snapshot(models.Model):
    # DP-2026-0001: counted from 1 in each year.
    reference = models.TextField(unique=True)
    taken_at = models.DateTimeField()
    taken_by = models.TextField()
    # All that was true then, as canonical JSON (procurement/picture/facts.py gives the shape): the bytes that the
    # digest is made of, and that every report of this snapshot is made from.
    content = models.BinaryField()
    # SHA-256 of the bytes.
    digest = models.TextField(unique=True)
    # The match run that its joint demands come from; none before the first.
    run = models.ForeignKey("procurement.MatchRun", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    # Digest of the snapshot before it, which the bytes name; "" in the first one. Of two that are taken at once only
    # one can follow.
    previous_digest = models.TextField(unique=True, blank=True)

    objects = SnapshotQuerySet.as_manager()

    def __str__(self) -> str:
        return self.reference

    @property
    def is_whole(self) -> bool:
        """Whether the bytes are still those that the digest was made of."""
        return hashlib.sha256(bytes(self.content)).hexdigest() == self.digest

    def frozen(self) -> Frozen:
        """What the bytes say."""
        return facts.from_json(bytes(self.content))

    def before(self) -> "Snapshot | None":
        """The snapshot before it; None of the first one."""
        return Snapshot.objects.filter(digest=self.previous_digest).first() if self.previous_digest else None
