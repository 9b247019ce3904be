"""What is published about a joint demand: a draft that people work on, and its frozen versions."""

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class NoticeQuerySet(models.QuerySet["Notice"]):
    def published(self) -> "NoticeQuerySet":
        """Notices with at least one version on the public board, withdrawn ones included: their page stays."""
        return self.filter(status__in=Notice.PUBLIC)

    def standing(self) -> "NoticeQuerySet":
        """Notices that keep their joint demand from having another one."""
        return self.exclude(status__in=Notice.OVER)

    def on_board(self) -> "NoticeQuerySet":
        """Published and not withdrawn, whatever is being prepared."""
        return self.filter(status__in=Notice.ON_BOARD)

    def newest_first(self) -> "NoticeQuerySet":
        return self.order_by(F("published_at").desc(nulls_first=True), "-pk")


class Notice(models.Model):
    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        PROPOSED = "PROPOSED", "Waiting for a second person"
        PUBLISHED = "PUBLISHED", "Published"
        CORRECTING = "CORRECTING", "Published, next version in preparation"
        CORRECTION_PROPOSED = "CORRECTION_PROPOSED", "Published, next version waiting for a second person"
        WITHDRAWAL_PROPOSED = "WITHDRAWAL_PROPOSED", "Published, withdrawal waiting for a second person"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"
        DISCARDED = "DISCARDED", "Discarded"

    class Kind(models.TextChoices):
        ENGAGEMENT = "ENGAGEMENT", "Early market engagement"
        PLANNED = "PLANNED", "Planned procurement"
        PIPELINE = "PIPELINE", "Pipeline entry"

    ON_BOARD = (Status.PUBLISHED, Status.CORRECTING, Status.CORRECTION_PROPOSED, Status.WITHDRAWAL_PROPOSED)
    # With a page that everybody may read.
    PUBLIC = (*ON_BOARD, Status.WITHDRAWN)
    # Nothing more comes of it, so its joint demand may have another.
    OVER = (Status.WITHDRAWN, Status.DISCARDED)
    # The working copy may be changed.
    EDITABLE = (Status.DRAFT, Status.CORRECTING)
    # A second person has to say yes or no.
    WAITING = (Status.PROPOSED, Status.CORRECTION_PROPOSED, Status.WITHDRAWAL_PROPOSED)

    TRANSITIONS = {
        "propose": ((Status.DRAFT,), Status.PROPOSED),
        "return_to_draft": ((Status.PROPOSED,), Status.DRAFT),
        "discard": ((Status.DRAFT,), Status.DISCARDED),
        "publish": ((Status.PROPOSED,), Status.PUBLISHED),
        "begin_correction": ((Status.PUBLISHED,), Status.CORRECTING),
        "drop_correction": ((Status.CORRECTING,), Status.PUBLISHED),
        "propose_correction": ((Status.CORRECTING,), Status.CORRECTION_PROPOSED),
        "return_correction": ((Status.CORRECTION_PROPOSED,), Status.CORRECTING),
        "publish_correction": ((Status.CORRECTION_PROPOSED,), Status.PUBLISHED),
        "propose_withdrawal": ((Status.PUBLISHED,), Status.WITHDRAWAL_PROPOSED),
        "keep": ((Status.WITHDRAWAL_PROPOSED,), Status.PUBLISHED),
        "withdraw": ((Status.WITHDRAWAL_PROPOSED,), Status.WITHDRAWN),
    }

    # NT-0001: the address of its public page.
    reference = models.TextField(unique=True)
    demand = models.ForeignKey("procurement.JointDemand", on_delete=models.PROTECT, related_name="notices")
    status = models.TextField(choices=Status.choices, default=Status.DRAFT)
    kind = models.TextField(choices=Kind.choices, default=Kind.ENGAGEMENT)
    lead = models.ForeignKey("boroughs.Borough", on_delete=models.PROTECT, related_name="notices_led")
    # While nobody has chosen it, nobody reads the lead of a draft (procurement/queries/notice_lead.py).
    lead_is_chosen = models.BooleanField(default=False, db_default=False)

    title = models.TextField()
    summary = models.TextField()
    # Why the work is done; the problem to be solved.
    problem = models.TextField()
    users_description = models.TextField("who the users are and what they need", blank=True)
    work_done = models.TextField("work done so far", blank=True)
    market_engagement = models.TextField("market engagement so far", blank=True)
    setup = models.TextField("setup and locations", blank=True)
    buying_together = models.TextField("how the boroughs would buy together", blank=True)
    how_to_respond = models.TextField("how to respond")
    # One requirement a line.
    must_requirements = models.JSONField("the system must", default=list)
    should_requirements = models.JSONField("the system should", default=list)
    # What single boroughs ask for beside that, without their names; one a line.
    differences = models.JSONField("beside that", default=list)
    # Days in London; both end at midnight of that day.
    questions_close_date = models.DateField()
    closes_date = models.DateField()
    start_date = models.DateField("earliest start", null=True, blank=True)
    months = models.PositiveSmallIntegerField("contract length in months", null=True, blank=True)
    # When the lead means to publish the statutory notice that begins the procurement.
    tender_date = models.DateField("planned tender notice", null=True, blank=True)
    # Whom suppliers may write to. In the versions only by a salted hash, so that a person can be erased.
    contact = models.ForeignKey(
        "procurement.NoticeContact", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    # The common specification that the requirements were taken from, where there was one when it was drafted.
    specification = models.ForeignKey(
        "procurement.SpecificationVersion", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()
    drafted_by = models.TextField()
    proposed_by = models.TextField(blank=True)
    # Why the next version corrects or withdraws the notice; public once it is published.
    change_reason = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # What the public reads now. The columns above are the office's working copy and may run ahead of it.
    current = models.OneToOneField(
        "procurement.NoticeVersion", on_delete=models.PROTECT, related_name="current_of", null=True, blank=True
    )
    # What the board's search reads of the current version, folded; it can be made anew when the folding changes.
    search_text = models.TextField(blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notice_status_known",
                condition=Q(
                    status__in=[
                        "DRAFT",
                        "PROPOSED",
                        "PUBLISHED",
                        "CORRECTING",
                        "CORRECTION_PROPOSED",
                        "WITHDRAWAL_PROPOSED",
                        "WITHDRAWN",
                        "DISCARDED",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="notice_questions_close_first", condition=Q(questions_close_date__lte=F("closes_date"))
            ),
            models.CheckConstraint(
                name="notice_published_has_time",
                condition=Q(status__in=["DRAFT", "PROPOSED", "DISCARDED"]) | Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="notice_withdrawn_has_time", condition=~Q(status="WITHDRAWN") | Q(withdrawn_at__isnull=False)
            ),
            # The buyer that the public reads is nobody's placeholder.
            models.CheckConstraint(
                name="notice_on_board_has_chosen_lead", condition=Q(current__isnull=True) | Q(lead_is_chosen=True)
            ),
            # Two people who draft from the same joint demand at once get one notice.
            models.UniqueConstraint(
                name="notice_one_standing_a_demand",
                fields=["demand"],
                condition=~Q(status__in=["WITHDRAWN", "DISCARDED"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class DemandStage(models.TextChoices):
    """How far the boroughs of a notice were when it was published: what suppliers ask first."""

    GATHERING = "GATHERING", "Boroughs may still join"
    TERMS = "TERMS", "Terms of joining are set"
    COMMITTED = "COMMITTED", "Boroughs have committed"


class PublicState(models.TextChoices):
    """What a supplier reads at the top of a notice: computed from the dates, never stored."""

    OPEN = "OPEN", "Open"
    QUESTIONS_CLOSED = "QUESTIONS_CLOSED", "Open, questions closed"
    CLOSED = "CLOSED", "Closed"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


def state_at(at: datetime, *, is_withdrawn: bool, questions_close_date: date, closes_date: date) -> PublicState:
    """The state of a published notice at a moment. Dates are London days and count to their end."""
    return state_on(
        timezone.localdate(at),
        is_withdrawn=is_withdrawn,
        questions_close_date=questions_close_date,
        closes_date=closes_date,
    )


def state_on(day: date, *, is_withdrawn: bool, questions_close_date: date, closes_date: date) -> PublicState:
    """The same for a London day."""
    if is_withdrawn:
        return PublicState.WITHDRAWN
    if day > closes_date:
        return PublicState.CLOSED
    if day > questions_close_date:
        return PublicState.QUESTIONS_CLOSED
    return PublicState.OPEN
