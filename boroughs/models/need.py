"""What one borough wants to be able to do, logged by it."""

from django.db import models
from django.db.models import F, Q


class NeedQuerySet(models.QuerySet["Need"]):
    def open(self) -> "NeedQuerySet":
        """Needs that an approver has said yes to: the ones that are matched."""
        return self.filter(status=Need.Status.OPEN)

    def newest_first(self) -> "NeedQuerySet":
        return self.order_by("-updated_at", "-pk")


class Need(models.Model):
    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        SUBMITTED = "SUBMITTED", "Waiting for approval"
        OPEN = "OPEN", "Open"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"

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

    # The move's name is the verb of boroughs/actions/needs.py and of the audit trail.
    TRANSITIONS = {
        "submit": ((Status.DRAFT,), Status.SUBMITTED),
        "approve": ((Status.SUBMITTED,), Status.OPEN),
        "return_to_draft": ((Status.SUBMITTED, Status.OPEN), Status.DRAFT),
        "withdraw": ((Status.DRAFT, Status.SUBMITTED, Status.OPEN), Status.WITHDRAWN),
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
    # Whole pounds; the basis says over what.
    budget_min = models.PositiveBigIntegerField(null=True, blank=True)
    budget_max = models.PositiveBigIntegerField(null=True, blank=True)
    budget_basis = models.TextField(choices=BudgetBasis.choices, blank=True)
    start_date = models.DateField("latest start", null=True, blank=True)
    months = models.PositiveSmallIntegerField("contract length in months", null=True, blank=True)
    contract_end_date = models.DateField("end of the present contract", null=True, blank=True)
    incumbent = models.TextField("product or supplier in use today", blank=True)

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
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="need_status_known", condition=Q(status__in=["DRAFT", "SUBMITTED", "OPEN", "WITHDRAWN"])
            ),
            models.CheckConstraint(
                name="need_budget_in_order",
                condition=Q(budget_min__isnull=True) | Q(budget_max__isnull=True) | Q(budget_max__gte=F("budget_min")),
            ),
            models.CheckConstraint(name="need_open_has_time", condition=~Q(status="OPEN") | Q(opened_at__isnull=False)),
            models.CheckConstraint(
                name="need_withdrawn_has_time", condition=~Q(status="WITHDRAWN") | Q(withdrawn_at__isnull=False)
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
