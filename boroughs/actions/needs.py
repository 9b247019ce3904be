"""Logging a need, changing it, and its way from draft to open and out again."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from boroughs import audit, background, permissions
from boroughs.actions import notifying, work
from boroughs.actions.need_content import (
    NAMES,
    NeedContent,
    RequirementLine,
    as_json,
    changed_fields,
    content_of,
    disorder,
    over,
)
from boroughs.background import Task
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.models import Amendment, AuditEvent, Borough, Need, NeedRevision, Requirement, User
from boroughs.permissions import Actor, Permission

# Who changed a need before its revisions were kept is in the audit trail alone.
KEPT_LATER = ""


@transaction.atomic
def log(*, borough: Borough, content: NeedContent, by: Actor, external_id: str = "") -> Need:
    """Begin a draft."""
    permissions.require(by, Permission.EDIT_NEEDS, borough)
    need = Need(
        borough=borough,
        external_id=external_id,
        updated_at=timezone.now(),
        created_by=person_of(by),
        **content.fields(),
    )
    _save_new(need, content, by)
    audit.record(by=by, verb="log", noun="need", reference=need.reference, borough=borough)
    return need


@transaction.atomic
def edit(*, need: Need, content: NeedContent, revision: int, by: Actor) -> Need:
    """Change a draft. Raises ChangedMeanwhile where `revision`, the one the person had read, is no longer current."""
    permissions.require(by, Permission.EDIT_NEEDS, need.borough)
    if need.status != Need.Status.DRAFT:
        raise IllegalMove(f"{need.reference} is {need.get_status_display().lower()}; only a draft is edited.")
    write(need=need, content=content, revision=revision, status=Need.Status.DRAFT, verb="edit", by=by)
    return need


def write(*, need: Need, content: NeedContent, revision: int, status: str, verb: str, by: Actor, **more: Any) -> None:
    """Let the need say `content`, in a transaction of the caller's: its row, its lines, its new revision, the trail.

    Raises ChangedMeanwhile where the need is not at `revision` any more, or not in `status`.
    """
    before = content_of(need)
    changed = Need.objects.filter(pk=need.pk, revision=revision, status=status).update(
        revision=F("revision") + 1, updated_at=timezone.now(), **content.fields(), **more
    )
    if not changed:
        raise ChangedMeanwhile(f"{need.reference} was changed by somebody else while you were editing it.")
    # After the swap, which only one of two writers wins: both would write the same row.
    if not NeedRevision.objects.filter(need=need, number=revision).exists():
        # It was logged before revisions were kept: what it said would be lost.
        NeedRevision.objects.create(
            need=need, number=revision, content=as_json(before), at=need.updated_at, actor=KEPT_LATER
        )
    if before.requirements != content.requirements:
        _replace_requirements(need, content.requirements)
    need.refresh_from_db()
    _keep_revision(need, content, by)
    details = {"revision": need.revision, "fields": changed_fields(before, content)}
    audit.record(by=by, verb=verb, noun="need", reference=need.reference, borough=need.borough, details=details)


def problems_before_submitting(content: NeedContent) -> list[str]:
    """What a need lacks before another borough could recognise it as the same; empty where nothing is missing."""
    problems = []
    if not content.problem and not content.description:
        problems.append("Say what problem is to be solved, or what outcome you want.")
    if content.category is None:
        problems.append("Choose a category.")
    if not content.kind:
        problems.append("Choose what kind of thing you want.")
    return problems


@transaction.atomic
def submit(*, need: Need, by: Actor) -> Need:
    """Hand a complete draft to an approver. Raises NotAcceptable with what is missing."""
    permissions.require(by, Permission.EDIT_NEEDS, need.borough)
    if problems := problems_before_submitting(content_of(need)):
        raise NotAcceptable(problems)
    _move(need, "submit", by, submitted_at=timezone.now(), submitted_by=person_of(by))
    notifying.submitted(need=need, by=by)
    return need


@transaction.atomic
def approve(*, need: Need, by: Actor, revision: int | None = None) -> Need:
    """The borough's yes: the need is open and goes into the next match run.

    `revision` is the one the approver had read; raises ChangedMeanwhile where the need says something else by now.
    """
    permissions.require(by, Permission.APPROVE_NEEDS, need.borough)
    if revision is not None and need.revision != revision:
        raise ChangedMeanwhile(
            f"{need.reference} was changed after you opened it. Read it again before you approve it."
        )
    now = timezone.now()
    _move(need, "approve", by, opened_at=now, opened_by=person_of(by), confirmed_at=now)
    notifying.approved(need=need, by=by, authors=authors_of(need))
    return need


def permission_to(verb: str, need: Need) -> Permission:
    """What a move asks for: what an approver has said yes to is the approver's to end; the rest is an editor's."""
    asks_approver = {
        "submit": False,
        "approve": True,
        "return_to_draft": True,
        "withdraw": need.status == Need.Status.OPEN,
        "fulfil": True,
        "reopen": True,
    }
    return Permission.APPROVE_NEEDS if asks_approver[verb] else Permission.EDIT_NEEDS


def may(verb: str, *, need: Need, by: Actor) -> bool:
    """Whether the person could make the move now: the page offers it only then."""
    sources, _ = Need.TRANSITIONS[verb]
    return need.status in sources and permissions.has(by, permission_to(verb, need), need.borough)


@transaction.atomic
def return_to_draft(*, need: Need, by: Actor, reason: str = "") -> Need:
    """Give a submitted need back to its editor."""
    permissions.require(by, permission_to("return_to_draft", need), need.borough)
    authors = authors_of(need)
    # A draft has been handed to nobody: what it says from now on is the borough's own again.
    _move(need, "return_to_draft", by, reason=reason, submitted_at=None, submitted_by=None)
    notifying.returned(need=need, by=by, authors=authors, reason=reason)
    return need


def withdraw(*, need: Need, by: Actor, reason: str = "") -> Need:
    """The borough no longer needs it. Nothing is deleted."""
    permissions.require(by, permission_to("withdraw", need), need.borough)
    return _close(need, "withdraw", by, reason)


def fulfil(*, need: Need, by: Actor, reason: str = "") -> Need:
    """The borough has what it needed; `reason` says how it came by it."""
    permissions.require(by, permission_to("fulfil", need), need.borough)
    return _close(need, "fulfil", by, reason)


def expire(*, need: Need, by: Actor, reason: str) -> Need:
    """Take an open need that nobody confirmed out of matching. For the clock alone, which may do everything."""
    permissions.require(by, Permission.APPROVE_NEEDS, need.borough)
    return _close(need, "expire", by, reason)


def reopen(*, need: Need, by: Actor) -> Need:
    """An expired need holds after all."""
    permissions.require(by, permission_to("reopen", need), need.borough)
    now = timezone.now()
    return _move(
        need,
        "reopen",
        by,
        confirmed_at=now,
        confirmation_asked_at=None,
        closed_at=None,
        closed_reason="",
        opened_at=now,
    )


@transaction.atomic
def confirm(*, need: Need, by: Actor) -> Need:
    """Say that an open need still holds: its clock begins anew, what it says stays."""
    permissions.require(by, Permission.EDIT_NEEDS, need.borough)
    confirmed = Need.objects.filter(pk=need.pk, status=Need.Status.OPEN).update(
        confirmed_at=timezone.now(), confirmation_asked_at=None
    )
    need.refresh_from_db()
    if not confirmed:
        raise IllegalMove(f"{need.reference} is {need.get_status_display().lower()}; only an open need is confirmed.")
    audit.record(by=by, verb="confirm", noun="need", reference=need.reference, borough=need.borough)
    return need


@transaction.atomic
def take_in(
    *,
    borough: Borough,
    external_id: str,
    content: NeedContent,
    by: Actor,
    told: frozenset[str] = frozenset(NAMES),
) -> str:
    """Write one row of an import as an open need; "new", "changed" or "unchanged".

    Of a need that is there already only the parts in `told` are written, because of the rest the file is silent. The
    same row again changes nothing. A need that a person has withdrawn since stays withdrawn. Raises NotAcceptable where
    the row would undo what a person has changed since the last import. The caller asks for matching, once.
    """
    permissions.require(by, Permission.IMPORT_NEEDS)
    stored = Need.objects.filter(borough=borough, external_id=external_id)
    need = stored.select_related("category", "contract").prefetch_related("requirements").first()
    if need is None:
        _take_in_new(borough, external_id, content, by)
        return "new"
    before = content_of(need)
    content = over(before, content, told)
    if content == before:
        return "unchanged"
    if _changed_by_person(need):
        raise NotAcceptable([f"{need.reference} was changed by a person since it was imported, so it was left alone."])
    if why := disorder(content):
        raise NotAcceptable([f"With this row, {why} in {need.reference}."])
    # A fresh row is the borough's word that the need still holds.
    holds = {"confirmed_at": timezone.now(), "confirmation_asked_at": None} if need.status == Need.Status.OPEN else {}
    write(need=need, content=content, revision=need.revision, status=need.status, verb="import", by=by, **holds)
    return "changed"


def _changed_by_person(need: Need) -> bool:
    """Whether a person has changed the need since it was imported last, or is changing it now."""
    writing = AuditEvent.objects.filter(noun="need", reference=need.reference, verb__in=["edit", "amend", "import"])
    last = writing.order_by("-pk").values_list("verb", flat=True).first()
    return last in ("edit", "amend") or Amendment.objects.current().filter(need=need).exists()


def _take_in_new(borough: Borough, external_id: str, content: NeedContent, by: Actor) -> None:
    now = timezone.now()
    need = Need(
        borough=borough,
        external_id=external_id,
        status=Need.Status.OPEN,
        updated_at=now,
        submitted_at=now,
        opened_at=now,
        confirmed_at=now,
        created_by=person_of(by),
        opened_by=person_of(by),
        **content.fields(),
    )
    _save_new(need, content, by)
    audit.record(by=by, verb="import", noun="need", reference=need.reference, borough=borough)


def _close(need: Need, verb: str, by: Actor, reason: str) -> Need:
    return _move(need, verb, by, reason=reason, closed_at=timezone.now(), closed_reason=reason)


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
    details = {"from": before, "to": target} | ({"reason": reason} if reason else {})
    audit.record(by=by, verb=verb, noun="need", reference=need.reference, borough=need.borough, details=details)
    if before == Need.Status.OPEN:
        _discard_amendments(need, by, now)
    if Need.Status.OPEN in (before, target):
        ask_for_matching()
    if target == Need.Status.OPEN:
        # What can be said of it at once. The run says it again, so a message that is lost is no loss.
        background.enqueue(Task.SUGGEST_FOR_NEED, key=need.reference)
    return need


def ask_for_matching() -> None:
    """Make a match run due after the pause in which more changes may come."""
    work.request(task=Task.MATCH_NEEDS, key="london", delay=settings.MATCH_DEBOUNCE_SECONDS)


def _discard_amendments(need: Need, by: Actor, now: datetime) -> None:
    """What is no longer open is amended no longer."""
    discarded = (
        Amendment.objects.current()
        .filter(need=need)
        .update(status=Amendment.Status.DISCARDED, revision=F("revision") + 1, updated_at=now, closed_at=now)
    )
    if discarded:
        audit.record(by=by, verb="discard_amendment", noun="need", reference=need.reference, borough=need.borough)


def _save_new(need: Need, content: NeedContent, by: Actor) -> None:
    # The reference follows the primary key, which is known after the first insert; the place-holder keeps it unique.
    need.reference = uuid.uuid4().hex
    need.save()
    need.reference = f"N-{need.pk:05d}"
    need.save(update_fields=["reference"])
    _replace_requirements(need, content.requirements)
    _keep_revision(need, content, by)


def _keep_revision(need: Need, content: NeedContent, by: Actor) -> None:
    NeedRevision.objects.create(
        need=need, number=need.revision, content=as_json(content), at=timezone.now(), actor=audit.name_of(by)
    )


def _replace_requirements(need: Need, lines: Sequence[RequirementLine]) -> None:
    need.requirements.all().delete()
    Requirement.objects.bulk_create(
        Requirement(need=need, position=position, priority=line.priority, text=line.text, standard=line.standard)
        for position, line in enumerate(lines, start=1)
    )


def authors_of(need: Need) -> tuple[int | None, int | None]:
    """Primary keys of who began the need and who submitted it."""
    return need.created_by_id, need.submitted_by_id


def person_of(by: Actor) -> User | None:
    return by if isinstance(by, User) else None
