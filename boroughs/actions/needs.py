"""Logging a need, changing it, and its way from draft to open and out again."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from boroughs import audit, background, permissions
from boroughs.actions import work
from boroughs.background import Task
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.models import AuditEvent, Borough, Category, Need, Requirement, User
from boroughs.permissions import Actor, Permission


@dataclass(frozen=True)
class RequirementLine:
    text: str
    priority: str = Requirement.Priority.MUST


@dataclass(frozen=True)
class NeedContent:
    """What a need says, validated by boroughs/forms/needs.py: the one shape that page, import and API hand over."""

    title: str
    problem: str = ""
    users_description: str = ""
    description: str = ""
    category: Category | None = None
    kind: str = ""
    cpv: tuple[str, ...] = ()
    users_count: int | None = None
    budget_min: int | None = None
    budget_max: int | None = None
    budget_basis: str = ""
    start_date: date | None = None
    months: int | None = None
    contract_end_date: date | None = None
    incumbent: str = ""
    requirements: tuple[RequirementLine, ...] = field(default=())

    def fields(self) -> dict[str, Any]:
        """Columns of the need, without the requirement lines."""
        columns = asdict(self) | {"category": self.category, "cpv": list(self.cpv)}
        columns.pop("requirements")
        return columns


@transaction.atomic
def log(*, borough: Borough, content: NeedContent, by: Actor, external_id: str = "") -> Need:
    """Begin a draft."""
    permissions.require(by, Permission.EDIT_NEEDS, borough)
    need = Need(
        borough=borough,
        external_id=external_id,
        updated_at=timezone.now(),
        created_by=by if isinstance(by, User) else None,
        **content.fields(),
    )
    _save_new(need, content.requirements)
    audit.record(by=by, verb="log", noun="need", reference=need.reference, borough=borough)
    return need


@transaction.atomic
def edit(*, need: Need, content: NeedContent, revision: int, by: Actor) -> Need:
    """Change a draft. Raises ChangedMeanwhile where `revision`, the one the person had read, is no longer current."""
    permissions.require(by, Permission.EDIT_NEEDS, need.borough)
    if need.status != Need.Status.DRAFT:
        raise IllegalMove(f"{need.reference} is {need.get_status_display().lower()}. Return it to draft to change it.")
    changed = Need.objects.filter(pk=need.pk, revision=revision, status=Need.Status.DRAFT).update(
        revision=F("revision") + 1, updated_at=timezone.now(), **content.fields()
    )
    if not changed:
        raise ChangedMeanwhile(f"{need.reference} was changed by somebody else while you were editing it.")
    _replace_requirements(need, content.requirements)
    need.refresh_from_db()
    audit.record(by=by, verb="edit", noun="need", reference=need.reference, borough=need.borough)
    return need


def problems_before_submitting(need: Need) -> list[str]:
    """What a need lacks before another borough could recognise it as the same; empty where nothing is missing."""
    problems = []
    if not need.problem.strip() and not need.description.strip():
        problems.append("Say what problem is to be solved, or what outcome you want.")
    if need.category_id is None:
        problems.append("Choose a category.")
    if not need.kind:
        problems.append("Choose what kind of thing you want.")
    return problems


def submit(*, need: Need, by: Actor) -> Need:
    """Hand a complete draft to an approver. Raises NotAcceptable with what is missing."""
    permissions.require(by, Permission.EDIT_NEEDS, need.borough)
    if problems := problems_before_submitting(need):
        raise NotAcceptable(problems)
    return _move(need, "submit", by, submitted_at=timezone.now(), submitted_by=_person(by))


def approve(*, need: Need, by: Actor, revision: int | None = None) -> Need:
    """The borough's yes: the need is open and goes into the next match run.

    `revision` is the one the approver had read; raises ChangedMeanwhile where the need says something else by now.
    """
    permissions.require(by, Permission.APPROVE_NEEDS, need.borough)
    if revision is not None and need.revision != revision:
        raise ChangedMeanwhile(
            f"{need.reference} was changed after you opened it. Read it again before you approve it."
        )
    return _move(need, "approve", by, opened_at=timezone.now(), opened_by=_person(by))


def permission_to(verb: str, need: Need) -> Permission:
    """What a move asks for: an editor moves what an approver has not seen yet, and takes up what is to be changed."""
    asks_approver = {
        "submit": False,
        "approve": True,
        "return_to_draft": need.status == Need.Status.SUBMITTED,
        "withdraw": need.status == Need.Status.OPEN,
    }
    return Permission.APPROVE_NEEDS if asks_approver[verb] else Permission.EDIT_NEEDS


def may(verb: str, *, need: Need, by: Actor) -> bool:
    """Whether the person could make the move now: the page offers it only then."""
    sources, _ = Need.TRANSITIONS[verb]
    return need.status in sources and permissions.has(by, permission_to(verb, need), need.borough)


def return_to_draft(*, need: Need, by: Actor, reason: str = "") -> Need:
    """Give a submitted need back to its editor, or take an open one out of matching to change it."""
    permissions.require(by, permission_to("return_to_draft", need), need.borough)
    # A draft has been handed to nobody: what it says from now on is the borough's own again.
    not_handed_over = {"submitted_at": None, "submitted_by": None, "opened_at": None, "opened_by": None}
    return _move(need, "return_to_draft", by, reason=reason, **not_handed_over)


def withdraw(*, need: Need, by: Actor, reason: str = "") -> Need:
    """The borough no longer needs it. Nothing is deleted."""
    permissions.require(by, permission_to("withdraw", need), need.borough)
    return _move(need, "withdraw", by, reason=reason, withdrawn_at=timezone.now(), withdrawn_reason=reason)


@transaction.atomic
def take_in(*, borough: Borough, external_id: str, content: NeedContent, by: Actor) -> str:
    """Write one row of an import as an open need; "new", "changed" or "unchanged".

    The same row again changes nothing. A need that a person has withdrawn since stays withdrawn. Raises NotAcceptable
    where the row would undo what a person has changed since the last import. The caller asks for matching, once.
    """
    permissions.require(by, Permission.IMPORT_NEEDS)
    stored = Need.objects.filter(borough=borough, external_id=external_id)
    need = stored.select_related("category").prefetch_related("requirements").first()
    if need is None:
        _take_in_new(borough, external_id, content, by)
        return "new"
    if content_of(need) == content:
        return "unchanged"
    last = AuditEvent.objects.filter(noun="need", reference=need.reference, verb__in=["edit", "import"]).order_by("-pk")
    if last.values_list("verb", flat=True).first() == "edit":
        raise NotAcceptable([f"{need.reference} was changed by a person since it was imported, so it was left alone."])
    Need.objects.filter(pk=need.pk).update(revision=F("revision") + 1, updated_at=timezone.now(), **content.fields())
    _replace_requirements(need, content.requirements)
    audit.record(by=by, verb="import", noun="need", reference=need.reference, borough=borough)
    return "changed"


def _take_in_new(borough: Borough, external_id: str, content: NeedContent, by: Actor) -> None:
    now = timezone.now()
    need = Need(
        borough=borough,
        external_id=external_id,
        status=Need.Status.OPEN,
        updated_at=now,
        submitted_at=now,
        opened_at=now,
        created_by=_person(by),
        opened_by=_person(by),
        **content.fields(),
    )
    _save_new(need, content.requirements)
    audit.record(by=by, verb="import", noun="need", reference=need.reference, borough=borough)


def content_of(need: Need) -> NeedContent:
    """What the stored need says."""
    lines = sorted(need.requirements.all(), key=lambda line: line.position)
    return NeedContent(
        title=need.title,
        problem=need.problem,
        users_description=need.users_description,
        description=need.description,
        category=need.category,
        kind=need.kind,
        cpv=tuple(need.cpv),
        users_count=need.users_count,
        budget_min=need.budget_min,
        budget_max=need.budget_max,
        budget_basis=need.budget_basis,
        start_date=need.start_date,
        months=need.months,
        contract_end_date=need.contract_end_date,
        incumbent=need.incumbent,
        requirements=tuple(RequirementLine(text=line.text, priority=line.priority) for line in lines),
    )


@transaction.atomic
def _move(need: Need, verb: str, by: Actor, *, reason: str = "", **changes: Any) -> Need:
    sources, target = Need.TRANSITIONS[verb]
    before = need.status
    now = timezone.now()
    # Compare and swap: of two people who move the same need at once, one succeeds and the other is told. By revision as
    # well: a need may have been returned, rewritten and submitted again since it was read.
    moved = Need.objects.filter(pk=need.pk, status=before, status__in=sources, revision=need.revision).update(
        status=target, updated_at=now, **changes
    )
    need.refresh_from_db()
    if not moved:
        raise IllegalMove(f"{need.reference} is {need.get_status_display().lower()}; it cannot be moved like that now.")
    details: Mapping[str, str] = {"from": before, "to": target} | ({"reason": reason} if reason else {})
    audit.record(by=by, verb=verb, noun="need", reference=need.reference, borough=need.borough, details=details)
    if Need.Status.OPEN in (before, target):
        ask_for_matching()
    if target == Need.Status.OPEN:
        # What can be said of it at once. The run says it again, so a message that is lost is no loss.
        background.enqueue(Task.SUGGEST_FOR_NEED, key=need.reference)
    return need


def ask_for_matching() -> None:
    """Make a match run due after the pause in which more changes may come."""
    work.request(task=Task.MATCH_NEEDS, key="london", delay=settings.MATCH_DEBOUNCE_SECONDS)


def _save_new(need: Need, lines: Sequence[RequirementLine]) -> None:
    # The reference follows the primary key, which is known after the first insert; the place-holder keeps it unique.
    need.reference = uuid.uuid4().hex
    need.save()
    need.reference = f"N-{need.pk:05d}"
    need.save(update_fields=["reference"])
    _replace_requirements(need, lines)


def _replace_requirements(need: Need, lines: Sequence[RequirementLine]) -> None:
    need.requirements.all().delete()
    Requirement.objects.bulk_create(
        Requirement(need=need, position=position, priority=line.priority, text=line.text)
        for position, line in enumerate(lines, start=1)
    )


def _person(by: Actor) -> User | None:
    return by if isinstance(by, User) else None
