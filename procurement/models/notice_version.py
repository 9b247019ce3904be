"""A frozen, numbered publication of a notice. The database itself refuses UPDATE and DELETE (migrations 0002, 0003)."""

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import Q

from .notice import Notice, PublicState


class NoticeVersionQuerySet(models.QuerySet["NoticeVersion"]):
    def in_order(self) -> "NoticeVersionQuerySet":
        """In the order of publication: a version's key is drawn after its predecessor's row could be read."""
        return self.order_by("pk")

    def whole(self) -> "NoticeVersionQuerySet":
        """With the notices, in the same query: what reading a version needs."""
        return self.select_related("notice")

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
    # Exactly what the public sees (procurement/queries/public_content.py gives the shape).
    content = models.JSONField()
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
    kind = models.TextField(choices=Notice.Kind.choices)
    category_slug = models.TextField(blank=True)
    questions_close_date = models.DateField()
    closes_date = models.DateField()
    boroughs = models.ManyToManyField("boroughs.Borough", related_name="+")

    objects = NoticeVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="notice_version_number_unique", fields=["notice", "number"]),
            models.CheckConstraint(name="notice_version_from_one", condition=Q(number__gte=1)),
        ]
        indexes = [models.Index(name="notice_version_published", fields=["-published_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.notice.reference} version {self.number}"
