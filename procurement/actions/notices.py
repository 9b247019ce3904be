"""A notice's way from a confirmed joint demand to the public board."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.permissions import Actor, Permission
from procurement.actions import coalition_turn, contacts, naming, notice_turn
from procurement.actions.notice_turn import move, require_drafter
from procurement.models import JointDemand, Notice, NoticeVersion
from procurement.queries import notice_draft, notice_problems, public_content, specification_content
from procurement.queries.notice_draft import NoticeContent


@transaction.atomic
def draft_from(*, demand: JointDemand, by: Actor) -> Notice:
    """Begin a notice with what the needs of a confirmed joint demand say.

    Raises IllegalMove where the demand is not confirmed, has fewer than two boroughs or already has a notice.
    """
    require_drafter(by, demand)
    if demand.status != JointDemand.Status.CONFIRMED:
        raise IllegalMove(f"{demand.reference} is not confirmed. Confirm it before you draft a notice.")
    boroughs = notice_problems.boroughs_of(demand)
    if len(boroughs) < 2:
        raise IllegalMove(f"{demand.reference} needs open needs of at least two authorities before you draft a notice.")
    specification = specification_content.newest(demand)
    content = notice_draft.suggest(demand, today=timezone.localdate(), specification=specification)
    notice = Notice(
        # The reference follows the primary key, which is known after the first insert.
        reference=uuid.uuid4().hex,
        demand=demand,
        specification=specification,
        updated_at=timezone.now(),
        drafted_by=audit.name_of(by),
        # The column wants one; nobody reads it until one is chosen (notice_lead.py).
        **({"lead": min(boroughs, key=lambda borough: borough.name)} | content.columns()),
    )
    try:
        with transaction.atomic():
            notice.save()
    except IntegrityError as error:
        # notice_one_standing_a_demand: somebody drafted one already, perhaps in this second.
        raise IllegalMove(f"{demand.reference} already has a notice.") from error
    notice.reference = f"NT-{notice.pk:04d}"
    notice.save(update_fields=["reference"])
    audit.record(
        by=by, verb="draft", noun="notice", reference=notice.reference, details={"joint demand": demand.reference}
    )
    naming.ask(notice=notice, by=by)
    return notice


@transaction.atomic
def edit(
    *, notice: Notice, content: NoticeContent, revision: int, by: Actor, contact: tuple[str, str] | None = None
) -> Notice:
    """Change the working copy. `contact` is a name and an e-mail address; None leaves it. Without a lead a draft has
    none; what is on the board keeps its own.

    `revision` is the one the person had read; raises ChangedMeanwhile where it is not current.
    """
    require_drafter(by, notice.demand)
    if content.lead is not None and content.lead not in notice_problems.boroughs_of(notice.demand):
        raise NotAcceptable([f"{content.lead.name} has no need in this joint demand, so it cannot lead it."])
    beside: dict[str, Any] = {} if contact is None else {"contact": contacts.keep(*contact)}
    if content.lead is not None or notice.current_id is None:
        beside["lead_is_chosen"] = content.lead is not None
    _change(notice, revision, **content.columns(), **beside)
    details = {"lead": content.lead.slug if content.lead else ""}
    audit.record(by=by, verb="edit", noun="notice", reference=notice.reference, details=details)
    return notice


@transaction.atomic
def take_newest(*, notice: Notice, revision: int, by: Actor) -> Notice:
    """Take the requirements of the newest common specification, word for word, in place of those of the draft."""
    require_drafter(by, notice.demand)
    specification = specification_content.newest(notice.demand)
    if specification is None or specification == notice.specification:
        raise IllegalMove(f"{notice.demand.reference} has no newer common specification.")
    content = notice_draft.suggest(notice.demand, today=timezone.localdate(), specification=specification)
    _change(
        notice,
        revision,
        specification=specification,
        must_requirements=list(content.must_requirements),
        should_requirements=list(content.should_requirements),
        differences=list(content.differences),
    )
    details = {"version": specification.number}
    audit.record(by=by, verb="take specification", noun="notice", reference=notice.reference, details=details)
    return notice


def _change(notice: Notice, revision: int, **values: Any) -> None:
    changed = Notice.objects.filter(pk=notice.pk, revision=revision, status__in=Notice.EDITABLE).update(
        revision=F("revision") + 1, updated_at=timezone.now(), **values
    )
    notice.refresh_from_db()
    if notice.status not in Notice.EDITABLE:
        raise IllegalMove(f"{notice.reference} is {notice_turn.status_of(notice)}. Take it back to change it.")
    if not changed:
        raise ChangedMeanwhile(f"{notice.reference} was changed by somebody else while you were editing it.")


@transaction.atomic
def discard(*, notice: Notice, by: Actor) -> Notice:
    """Give a draft up that was never published: its joint demand is free again. Nothing of it is lost or shown."""
    require_drafter(by, notice.demand)
    return move(notice, "discard", by)


@transaction.atomic
def propose(*, notice: Notice, by: Actor, seen: str | None = None) -> Notice:
    """Hand a complete draft to a second person. Raises NotAcceptable with what is missing.

    `seen` names what the person had read (notice_seen.py): where that has changed since, raises ChangedMeanwhile.
    """
    require_drafter(by, notice.demand)
    # From here on this transaction holds the row: nobody edits it between the look at it and the proposal.
    move(notice, "propose", by, proposed_by=audit.name_of(by))
    if found := notice_problems.of_content(notice):
        raise NotAcceptable(found)
    notice_turn.require_seen(seen, notice_turn.readable(notice, by))
    naming.ask(notice=notice, by=by)
    return notice


@transaction.atomic
def return_to_draft(*, notice: Notice, by: Actor, reason: str = "") -> Notice:
    """Take a proposal back to change it, or send it back to its author with a reason."""
    require_drafter(by, notice.demand)
    return move(notice, "return_to_draft", by, reason=reason, proposed_by="")


@transaction.atomic
def publish(*, notice: Notice, by: Actor, seen: str | None = None) -> NoticeVersion:
    """Approve a proposal and freeze its first version on the public board.

    `seen` names what the person had read (notice_seen.py): where that has changed since, raises ChangedMeanwhile.
    Raises PermissionRefused for the person who proposed it, and NotAcceptable with what is missing, such as a borough
    that has not agreed to be named.
    """
    permissions.require(by, Permission.PUBLISH_NOTICES)
    # No borough says no, or declines, between the question whether all agreed and the publication.
    coalition_turn.take(notice.demand)
    # From here on this transaction holds the row: the move is a compare-and-swap that one of two approvers wins.
    move(notice, "publish", by, published_at=timezone.now())
    # Asked of the row as it is now: read before the move, it might have been returned and proposed anew in between.
    notice_turn.require_second(by, notice)
    if found := notice_problems.of_publication(notice):
        raise NotAcceptable(found)
    version = notice_turn.freeze(notice, lambda: approved_draft(notice, seen), by=by, reason="")
    Notice.objects.filter(pk=notice.pk).update(published_at=version.published_at)
    notice.refresh_from_db()
    return version


def approved_draft(notice: Notice, seen: str | None) -> public_content.Draft:
    """What is published now. Raises ChangedMeanwhile where that is not what `seen` names, and NotAcceptable where it
    names a borough that has not agreed: a run may have brought one in.
    """
    draft = public_content.draft(notice)
    notice_turn.require_seen(seen, draft.content, reason=notice.change_reason)
    if missing := notice_problems.unagreed(notice.demand, draft.content):
        raise NotAcceptable(missing)
    return draft
