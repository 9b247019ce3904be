"""A frozen, numbered publication of a notice. The database itself refuses UPDATE and DELETE (migration 0002)."""

import json
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q

from .notice import DemandStage, Notice, PublicState


class NoticeVersionQuerySet(models.QuerySet["NoticeVersion"]):
    def in_order(self) -> "NoticeVersionQuerySet":
        """In the order of publication: a version's key is drawn after its predecessor's row could be read."""
        return self.order_by("pk")

    def whole(self) -> "NoticeVersionQuerySet":
        """With the notices and contacts, in the same query: what reading a version needs."""
        return self.select_related("notice", "contact")

    def current(self) -> "NoticeVersionQuerySet":
        """The newest version of every published notice."""
        return self.filter(current_of__isnull=False)

    def in_states(self, states: Iterable[PublicState], *, today: date) -> "NoticeVersionQuerySet":
        """Versions in any of `states` on a London day; the same rule as `state_at`, in the database."""
        rules = {
            PublicState.WITHDRAWN: Q(is_withdrawal=True),
            PublicState.CLOSED: Q(is_withdrawal=False, closes_date__lt=today),
            PublicState.QUESTIONS_CLOSED: Q(
                is_withdrawal=False, closes_date__gte=today, questions_close_date__lt=today
            ),
            PublicState.OPEN: Q(is_withdrawal=False, closes_date__gte=today, questions_close_date__gte=today),
        }
        wanted = Q(pk__in=[])
        for state in states:
            wanted |= rules[state]
        return self.filter(wanted)


class NoticeVersion(models.Model):
    notice = models.ForeignKey("procurement.Notice", on_delete=models.PROTECT, related_name="versions")
    # Counted from 1 in each notice.
    number = models.PositiveIntegerField()
    # Exactly what the public sees, as canonical JSON (procurement/queries/public_content.py gives the shape): the
    # bytes that the digest is made of, so that nothing has to be written anew to verify them.
    canonical = models.TextField()
    # SHA-256 of the canonical JSON of content, number, reference, time, reason and the previous digest.
    digest = models.TextField(unique=True)
    # Digest of the version that was published before this one, of whichever notice: one chain for the whole board.
    # Unique, so that of two publications at once only one can follow the present head.
    previous_digest = models.TextField(unique=True, blank=True)
    published_at = models.DateTimeField()
    proposed_by = models.TextField()
    approved_by = models.TextField()
    # Why it was corrected or withdrawn; public. Blank in version 1.
    reason = models.TextField(blank=True)

    # Drawn from `content` in the moment of publication, so that the board can search and filter in the database.
    # verify_publications checks that they still agree.
    is_withdrawal = models.BooleanField(default=False)
    title = models.TextField()
    kind = models.TextField(choices=Notice.Kind.choices)
    stage = models.TextField(choices=DemandStage.choices, default=DemandStage.GATHERING)
    category_slug = models.TextField(blank=True)
    questions_close_date = models.DateField()
    closes_date = models.DateField()
    start_date = models.DateField(null=True, blank=True)
    # The most that the boroughs mean to spend together, in whole pounds: low ≤ value < high, as published.
    value_low = models.PositiveBigIntegerField(null=True, blank=True)
    value_high = models.PositiveBigIntegerField(null=True, blank=True)
    contact = models.ForeignKey(
        "procurement.NoticeContact", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    boroughs = models.ManyToManyField("boroughs.Borough", related_name="+")
    # The common specification that its requirements were taken from: for the office, which may come back to it.
    specification = models.ForeignKey(
        "procurement.SpecificationVersion", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = NoticeVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="notice_version_number_unique", fields=["notice", "number"]),
            models.CheckConstraint(name="notice_version_from_one", condition=Q(number__gte=1)),
        ]
        indexes = [models.Index(name="notice_version_published", fields=["-published_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.notice.reference} version {self.number}"

    @cached_property
    def content(self) -> dict[str, Any]:
        """What the public sees."""
        found: dict[str, Any] = json.loads(self.canonical)
        return found
