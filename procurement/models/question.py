"""What a supplier asks about a published notice, and the answer that everybody reads.

What was published of it stands in the notice's versions. The columns here are what people work on, and who asked, which
no page of the boroughs shows: see docs/questions.md.
"""

from django.db import models
from django.db.models import Q

from .confirmable import Confirmable, ConfirmableQuerySet


class QuestionQuerySet(ConfirmableQuerySet["Question"]):
    def waiting(self) -> "QuestionQuerySet":
        """Asked, confirmed, and neither answered nor closed."""
        return self.confirmed().filter(status=Question.Status.WAITING)

    def oldest_first(self) -> "QuestionQuerySet":
        return self.order_by("confirmed_at", "pk")


class Question(Confirmable):
    class Status(models.TextChoices):
        WAITING = "WAITING", "Waiting for an answer"
        ANSWERED = "ANSWERED", "Answered"
        DUPLICATE = "DUPLICATE", "Answered with another question"
        DECLINED = "DECLINED", "Not answered"

    class DeclineReason(models.TextChoices):
        NOT_ABOUT_IT = "NOT_ABOUT_IT", "It is not about this notice"
        CONFIDENTIAL = "CONFIDENTIAL", "The answer would give away what must stay confidential"
        IN_THE_NOTICE = "IN_THE_NOTICE", "The notice says it already"
        NOT_CLEAR = "NOT_CLEAR", "The authorities do not understand what is asked"
        WITHDRAWN = "WITHDRAWN", "The notice is withdrawn"

    TRANSITIONS = {
        "answer": ((Status.WAITING,), Status.ANSWERED),
        "answer_with_another": ((Status.WAITING,), Status.DUPLICATE),
        "decline": ((Status.WAITING,), Status.DECLINED),
    }

    notice = models.ForeignKey("procurement.Notice", on_delete=models.PROTECT, related_name="questions")
    # Who asked; nobody where they had their address deleted. Never on a page, in a file or in the trail.
    subscriber = models.ForeignKey(
        "procurement.Subscriber", null=True, blank=True, on_delete=models.SET_NULL, related_name="questions"
    )
    # As it was asked: for who answers it, never published.
    text = models.TextField()
    # SHA-256 of its folded words: by this a mailbox that asks the same again is known to.
    fingerprint = models.TextField()
    status = models.TextField(choices=Status.choices, default=Status.WAITING)
    # The question and the answer as suppliers are to read them. Begins as the text; who answers takes out what points
    # to who asked.
    public_text = models.TextField()
    answer = models.TextField(blank=True)
    # Who wrote an answer, or the correction of one, that waits for a second person; blank where none waits.
    drafted_by = models.TextField(blank=True)
    # Why a published answer is to be corrected; public once it is.
    correction_reason = models.TextField(blank=True)
    # Counted in each notice, in the order of publication.
    number = models.PositiveIntegerField(null=True, blank=True)
    # The question with which it is answered, or is to be.
    same_as = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates")
    # For who asked alone.
    decline_reason = models.TextField(choices=DeclineReason.choices, blank=True)
    decline_words = models.TextField(blank=True)
    # When that last changed which everybody may know: how many questions wait.
    changed_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="question_once_for_a_subscriber", fields=["subscriber", "notice", "fingerprint"]
            ),
            models.UniqueConstraint(name="question_number_unique", fields=["notice", "number"]),
            models.CheckConstraint(
                name="question_status_known",
                condition=Q(status__in=["WAITING", "ANSWERED", "DUPLICATE", "DECLINED"]),
            ),
            models.CheckConstraint(
                name="question_answered_has_number",
                condition=Q(status="ANSWERED", number__isnull=False) | (~Q(status="ANSWERED") & Q(number__isnull=True)),
            ),
            models.CheckConstraint(
                name="question_duplicate_of_another", condition=~Q(status="DUPLICATE") | Q(same_as__isnull=False)
            ),
            models.CheckConstraint(
                name="question_declined_with_reason",
                condition=(Q(status="DECLINED") & ~Q(decline_reason=""))
                | (~Q(status="DECLINED") & Q(decline_reason="")),
            ),
        ]
        indexes = [
            models.Index(name="question_waiting", fields=["notice", "confirmed_at"], condition=Q(status="WAITING")),
            # What the board's kept pages are asked for.
            models.Index(name="question_changed", fields=["-changed_at"]),
        ]

    def __str__(self) -> str:
        return f"question {self.number or self.pk} on {self.notice_id}"

    @property
    def reference(self) -> str:
        """What the trail calls it: the notice, and a number that says nothing of who asked."""
        return f"{self.notice.reference}/{self.pk}"
