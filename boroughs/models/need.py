"""What one borough wants to be able to do, logged by it."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce


class NeedQuerySet(models.QuerySet["Need"]):
    def open(self) -> "NeedQuerySet":
        """Needs that an approver has said yes to: the ones that are matched."""
        return self.filter(status=Need.Status.OPEN)

    def standing(self) -> "NeedQuerySet":
        """Neither withdrawn nor expired: what they ask for is being written, asked for or there."""
        return self.exclude(status__in=[Need.Status.WITHDRAWN, Need.Status.EXPIRED])

    def whole(self) -> "NeedQuerySet":
        """With all that a need says, in two queries whatever their number."""
        return self.select_related("borough", "category", "contract").prefetch_related("requirements")

    def going_stale(self, *, before: datetime) -> "NeedQuerySet":
        """Open, neither changed nor confirmed since `before`, and nobody was asked whether they still hold."""
        held = self.open().alias(held_at=Coalesce("confirmed_at", "opened_at"))
        return held.filter(held_at__lt=before, updated_at__lt=before, confirmation_asked_at__isnull=True)

    def unconfirmed(self, *, before: datetime) -> "NeedQuerySet":
        """Open, and asked before `before` whether they still hold, without an answer."""
        return self.open().filter(confirmation_asked_at__lt=before)

    def newest_first(self) -> "NeedQuerySet":
        return self.order_by("-updated_at", "-pk")


class Need(models.Model):
    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        SUBMITTED = "SUBMITTED", "Waiting for approval"
        OPEN = "OPEN", "Open"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"
        FULFILLED = "FULFILLED", "Fulfilled"
        EXPIRED = "EXPIRED", "Expired"

    class Kind(models.TextChoices):
        SOFTWARE = "SOFTWARE", "Software"
        LICENCES = "LICENCES", "Licences"
        MANAGED_SERVICE = "MANAGED_SERVICE", "Managed service"
        HOSTING = "HOSTING", "Hosting"
        HARDWARE = "HARDWARE", "Hardware"
        CONSULTANCY = "CONSULTANCY", "Consultancy"
        WORKS = "WORKS", "Works"
        SUPPORT = "SUPPORT", "Support"

    class BudgetBasis(models.TextChoices):
        ONE_OFF = "ONE_OFF", "One-off"
        PER_YEAR = "PER_YEAR", "A year"
        WHOLE_LIFE = "WHOLE_LIFE", "Whole life"

    class Hosting(models.TextChoices):
        ANY = "ANY", "Any"
        SUPPLIER_UK = "SUPPLIER_UK", "By the supplier, data kept in the UK"
        OWN_CLOUD = "OWN_CLOUD", "In our own cloud"
        OWN_PREMISES = "OWN_PREMISES", "On our own premises"

    class PersonalData(models.TextChoices):
        NONE = "NONE", "None"
        PERSONAL = "PERSONAL", "Personal data"
        SPECIAL = "SPECIAL", "Special category or criminal offence data"

    class Depth(models.TextChoices):
        """How far the borough would go together: the rungs of the ladder, each holding those before it."""

        INTELLIGENCE = "INTELLIGENCE", "Share intelligence"
        SPECIFICATION = "SPECIFICATION", "Common specification"
        MARKET = "MARKET", "Joint market approach"
        TENDER = "TENDER", "Joint tender, contracts of our own"
        CONTRACT = "CONTRACT", "One contract"

    class Disclosure(models.TextChoices):
        """What suppliers may be shown before a notice."""

        NOTHING = "NOTHING", "Nothing"
        COUNTED = "COUNTED", "The need, without our name"
        NAMED = "NAMED", "The need, with our name"

    # The move's name is the verb of boroughs/actions/needs.py and of the audit trail.
    TRANSITIONS = {
        "submit": ((Status.DRAFT,), Status.SUBMITTED),
        "approve": ((Status.SUBMITTED,), Status.OPEN),
        "return_to_draft": ((Status.SUBMITTED,), Status.DRAFT),
        "withdraw": ((Status.DRAFT, Status.SUBMITTED, Status.OPEN), Status.WITHDRAWN),
        "fulfil": ((Status.OPEN,), Status.FULFILLED),
        "expire": ((Status.OPEN,), Status.EXPIRED),
        "reopen": ((Status.EXPIRED,), Status.OPEN),
    }

    borough = models.ForeignKey("boroughs.Borough", on_delete=models.PROTECT, related_name="needs")
    # N-00001: ours, stable, spoken aloud.
    reference = models.TextField(unique=True)
    # The identifier in the file or system that the need was imported from; blank where it was typed.
    external_id = models.TextField(blank=True)
    status = models.TextField(choices=Status.choices, default=Status.DRAFT)

    title = models.TextField()
    problem = models.TextField("problem to be solved", blank=True)
    users_description = models.TextField("who the users are and what they need", blank=True)
    description = models.TextField("outcome wanted", blank=True)
    category = models.ForeignKey(
        "boroughs.Category", on_delete=models.PROTECT, related_name="needs", null=True, blank=True
    )
    kind = models.TextField("kind of thing wanted", choices=Kind.choices, blank=True)
    cpv = models.JSONField("CPV codes", default=list, blank=True)
    users_count = models.PositiveIntegerField("number of users", null=True, blank=True)
    # Per cent more or fewer that the borough could accept.
    users_tolerance = models.PositiveSmallIntegerField("tolerance of the number of users", null=True, blank=True)
    # Other volumes: a list of {"what": text, "quantity": whole number, "tolerance": per cent or null}.
    volumes = models.JSONField(default=list, blank=True)
    # Whole pounds; the basis says over what.
    budget_min = models.PositiveBigIntegerField(null=True, blank=True)
    budget_max = models.PositiveBigIntegerField(null=True, blank=True)
    budget_basis = models.TextField(choices=BudgetBasis.choices, blank=True)
    earliest_start_date = models.DateField("earliest start", null=True, blank=True)
    start_date = models.DateField("latest start", null=True, blank=True)
    months = models.PositiveSmallIntegerField("contract length in months", null=True, blank=True)
    contract_end_date = models.DateField("end of the present contract", null=True, blank=True)
    incumbent = models.TextField("product or supplier in use today", blank=True)
    contract = models.ForeignKey(
        "boroughs.Contract",
        verbose_name="contract that it replaces",
        on_delete=models.PROTECT,
        related_name="needs",
        null=True,
        blank=True,
    )
    musts_reason = models.TextField("why so many requirements are musts", blank=True)
    integrations = models.TextField("systems that it must work with", blank=True)
    hosting = models.TextField("where it may run", choices=Hosting.choices, blank=True)
    personal_data = models.TextField("personal data that it holds", choices=PersonalData.choices, blank=True)
    constraints = models.TextField("other constraints", blank=True)
    depth = models.TextField("how far the borough would go together", choices=Depth.choices, blank=True)
    could_lead = models.BooleanField("whether the borough could lead", null=True, blank=True)
    supplier_disclosure = models.TextField(
        "what suppliers may be shown before a notice", choices=Disclosure.choices, blank=True
    )
    # The joint demand or need that the borough says is the same: JD-0003, N-00012. A must-link of the next run.
    joins = models.TextField(blank=True)

    # Raised by one at every change of content: the token against two people saving over each other.
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()
    created_by = models.ForeignKey(
        "boroughs.User", on_delete=models.PROTECT, related_name="needs_created", null=True, blank=True
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        "boroughs.User", on_delete=models.PROTECT, related_name="needs_submitted", null=True, blank=True
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(
        "boroughs.User", on_delete=models.PROTECT, related_name="needs_opened", null=True, blank=True
    )
    # When a borough last said that the open need still holds: by opening, amending or confirming it.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # When it was asked whether the need still holds; empty again once it answers.
    confirmation_asked_at = models.DateTimeField(null=True, blank=True)
    # Withdrawn, fulfilled or expired.
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.TextField(blank=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="need_status_known",
                condition=Q(status__in=["DRAFT", "SUBMITTED", "OPEN", "WITHDRAWN", "FULFILLED", "EXPIRED"]),
            ),
            models.CheckConstraint(
                name="need_budget_in_order",
                condition=Q(budget_min__isnull=True) | Q(budget_max__isnull=True) | Q(budget_max__gte=F("budget_min")),
            ),
            models.CheckConstraint(name="need_open_has_time", condition=~Q(status="OPEN") | Q(opened_at__isnull=False)),
            models.CheckConstraint(
                name="need_closed_has_time",
                condition=~Q(status__in=["WITHDRAWN", "FULFILLED", "EXPIRED"]) | Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="need_starts_in_order",
                condition=Q(earliest_start_date__isnull=True)
                | Q(start_date__isnull=True)
                | Q(start_date__gte=F("earliest_start_date")),
            ),
            models.UniqueConstraint(
                name="need_external_id_unique_in_borough",
                fields=["borough", "external_id"],
                condition=~Q(external_id=""),
            ),
        ]
        indexes = [
            models.Index(name="need_borough_status", fields=["borough", "status"]),
            models.Index(name="need_updated", fields=["-updated_at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"
