"""Amending an open need: what was approved stays in force until an approver says yes to the new text."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from boroughs import audit, background, permissions
from boroughs.actions import needs, notifying
from boroughs.actions.need_content import NeedContent, References, as_json, changed_fields, content_of, from_json
from boroughs.background import Task
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.models import Amendment, Need
from boroughs.permissions import Actor, Permission


def current(need: Need) -> Amendment | None:
    """The amendment that is being written or waits for an approver."""
    found = Amendment.objects.current().filter(need=need).select_related("begun_by", "submitted_by").first()
    if found is not None:
        found.need = need
    return found


def content_in(amendment: Amendment) -> NeedContent:
    """The whole need as it shall read."""
    return from_json(amendment.content, references=References.of([amendment.content], borough=amendment.need.borough))


@transaction.atomic
def begin(*, need: Need, content: NeedContent, by: Actor) -> Amendment:
    """Begin to amend an open need, as it was read.

    Raises ChangedMeanwhile where the need says something else by now, or somebody else has begun in the same moment.
    """
    permissions.require(by, Permission.EDIT_NEEDS, need.borough)
    # The need's row is the lock: it is open now, and stays so until this is written.
    as_read = Need.objects.filter(pk=need.pk, status=Need.Status.OPEN, revision=need.revision)
    if not as_read.update(revision=F("revision")):
        need.refresh_from_db(fields=["status"])
        if need.status == Need.Status.OPEN:
            raise ChangedMeanwhile(f"{need.reference} was changed by somebody else while you were editing it.")
        raise IllegalMove(f"{need.reference} is {need.get_status_display().lower()}; only an open need is amended.")
    now = timezone.now()
    try:
        with transaction.atomic():
            amendment = Amendment.objects.create(
                need=need, content=as_json(content), begun_at=now, begun_by=needs.person_of(by), updated_at=now
            )
    except IntegrityError:
        raise ChangedMeanwhile(f"Somebody else has begun to amend {need.reference} in this moment.") from None
    _record(amendment, "begin_amendment", by, fields=changed_fields(content_of(need), content))
    return amendment


@transaction.atomic
def edit(*, amendment: Amendment, content: NeedContent, revision: int, by: Actor) -> Amendment:
    """Change what the need shall say. Raises ChangedMeanwhile where `revision` is no longer current."""
    need = amendment.need
    permissions.require(by, Permission.EDIT_NEEDS, need.borough)
    if amendment.status != Amendment.Status.DRAFT:
        raise IllegalMove(f"The amendment of {need.reference} is {amendment.get_status_display().lower()}.")
    before = content_in(amendment)
    changed = Amendment.objects.filter(pk=amendment.pk, revision=revision, status=Amendment.Status.DRAFT).update(
        content=as_json(content), revision=F("revision") + 1, updated_at=timezone.now()
    )
    if not changed:
        raise ChangedMeanwhile(f"{need.reference} was changed by somebody else while you were editing it.")
    _refresh(amendment)
    _record(amendment, "edit_amendment", by, fields=changed_fields(before, content))
    return amendment


@transaction.atomic
def submit(*, amendment: Amendment, by: Actor) -> Amendment:
    """Hand the amendment to an approver. Raises NotAcceptable with what is missing, or where nothing was changed."""
    need = amendment.need
    permissions.require(by, Permission.EDIT_NEEDS, need.borough)
    said = content_in(amendment)
    problems = needs.problems_before_submitting(said)
    if said == content_of(need):
        problems.append("It says what the need says already. Change something first, or discard it.")
    if problems:
        raise NotAcceptable(problems)
    _move(amendment, "submit", by, submitted_by=needs.person_of(by))
    notifying.submitted(need=need, amendment=amendment, by=by)
    return amendment


@transaction.atomic
def approve(*, amendment: Amendment, by: Actor, revision: int, need_revision: int) -> Amendment:
    """The borough's yes: the need says the new text from now on, and goes into the next match run.

    The two revisions are those that the approver had read; raises ChangedMeanwhile where either says something else by
    now.
    """
    need = amendment.need
    permissions.require(by, Permission.APPROVE_NEEDS, need.borough)
    if (amendment.revision, need.revision) != (revision, need_revision):
        raise ChangedMeanwhile(
            f"{need.reference} was changed after you opened it. Read it again before you approve it."
        )
    said = content_in(amendment)
    _move(amendment, "approve", by, closed_at=timezone.now())
    now = timezone.now()
    needs.write(
        need=need,
        content=said,
        revision=need_revision,
        status=Need.Status.OPEN,
        verb="amend",
        by=by,
        confirmed_at=now,
        confirmation_asked_at=None,
    )
    needs.ask_for_matching()
    background.enqueue(Task.SUGGEST_FOR_NEED, key=need.reference)
    notifying.approved(need=need, amendment=amendment, by=by, authors=_authors(amendment))
    return amendment


@transaction.atomic
def return_to_draft(*, amendment: Amendment, by: Actor, reason: str) -> Amendment:
    """Give a submitted amendment back to its editor."""
    permissions.require(by, Permission.APPROVE_NEEDS, amendment.need.borough)
    authors = _authors(amendment)
    _move(amendment, "return_to_draft", by, reason=reason, submitted_by=None)
    notifying.returned(need=amendment.need, amendment=amendment, by=by, authors=authors, reason=reason)
    return amendment


def discard(*, amendment: Amendment, by: Actor) -> Amendment:
    """Leave the need as it is. The discarded text stays in the database."""
    permissions.require(by, permission_to("discard", amendment), amendment.need.borough)
    return _move(amendment, "discard", by, closed_at=timezone.now())


def permission_to(verb: str, amendment: Amendment) -> Permission:
    """What a move asks for: what waits for an approver is the approver's to end; the rest is an editor's."""
    waits = amendment.status == Amendment.Status.SUBMITTED
    asks_approver = {"submit": False, "approve": True, "return_to_draft": True, "discard": waits}
    return Permission.APPROVE_NEEDS if asks_approver[verb] else Permission.EDIT_NEEDS


def may(verb: str, *, amendment: Amendment, by: Actor) -> bool:
    """Whether the person could make the move now: the page offers it only then."""
    sources, _ = Amendment.TRANSITIONS[verb]
    borough = amendment.need.borough
    return amendment.status in sources and permissions.has(by, permission_to(verb, amendment), borough)


@transaction.atomic
def _move(amendment: Amendment, verb: str, by: Actor, *, reason: str = "", **changes: Any) -> Amendment:
    sources, target = Amendment.TRANSITIONS[verb]
    # Compare and swap, by status and by what was read: of two people at once, one succeeds and the other is told.
    moved = Amendment.objects.filter(pk=amendment.pk, status__in=sources, revision=amendment.revision).update(
        status=target, revision=F("revision") + 1, updated_at=timezone.now(), **changes
    )
    _refresh(amendment)
    if not moved:
        is_now = amendment.get_status_display().lower()
        raise IllegalMove(f"The amendment of {amendment.need.reference} is {is_now}; it cannot be moved like that now.")
    _record(amendment, f"{verb}_amendment", by, **({"reason": reason} if reason else {}))
    return amendment


def _authors(amendment: Amendment) -> tuple[int | None, int | None]:
    """Primary keys of who began the amendment and who submitted it."""
    return amendment.begun_by_id, amendment.submitted_by_id


def _refresh(amendment: Amendment) -> None:
    need = amendment.need
    amendment.refresh_from_db()
    amendment.need = need


def _record(amendment: Amendment, verb: str, by: Actor, **details: Any) -> None:
    need = amendment.need
    audit.record(by=by, verb=verb, noun="need", reference=need.reference, borough=need.borough, details=details)
