"""A notice's way from a confirmed joint demand to the public board, and off it again."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import Borough
from boroughs.permissions import Actor, Permission
from procurement.models import JointDemand, Notice, NoticeVersion
from procurement.queries import chain, notice_draft, public_content, specification_content
from procurement.queries.notice_draft import NoticeContent

# Each failed attempt means that another publication went through; so many in a row do not happen.
CHAIN_ATTEMPTS = 50
REASON_WORDS = 100


@transaction.atomic
def draft_from(*, demand: JointDemand, by: Actor) -> Notice:
    """Begin a notice with what the needs of a confirmed joint demand say.

    Raises IllegalMove where the demand is not confirmed, has fewer than two boroughs or already has a notice.
    """
    permissions.require(by, Permission.DRAFT_NOTICES)
    if demand.status != JointDemand.Status.CONFIRMED:
        raise IllegalMove(f"{demand.reference} is not confirmed. Confirm it before you draft a notice.")
    _require_two_boroughs(demand)
    specification = specification_content.newest(demand)
    content = notice_draft.suggest(demand, today=timezone.localdate(), specification=specification)
    notice = Notice(
        # The reference follows the primary key, which is known after the first insert.
        reference=uuid.uuid4().hex,
        demand=demand,
        specification=specification,
        updated_at=timezone.now(),
        drafted_by=audit.name_of(by),
        **content.columns(),
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
    return notice


@transaction.atomic
def edit(*, notice: Notice, content: NoticeContent, revision: int, by: Actor) -> Notice:
    """Change a draft. `revision` is the one the person had read; raises ChangedMeanwhile where it is not current."""
    permissions.require(by, Permission.DRAFT_NOTICES)
    if content.lead not in boroughs_of(notice.demand):
        raise NotAcceptable([f"{content.lead.name} has no need in this joint demand, so it cannot lead it."])
    changed = Notice.objects.filter(pk=notice.pk, revision=revision, status=Notice.Status.DRAFT).update(
        revision=F("revision") + 1, updated_at=timezone.now(), **content.columns()
    )
    notice.refresh_from_db()
    if notice.status != Notice.Status.DRAFT:
        raise IllegalMove(f"{notice.reference} is {_status(notice)}. Return it to draft to change it.")
    if not changed:
        raise ChangedMeanwhile(f"{notice.reference} was changed by somebody else while you were editing it.")
    audit.record(by=by, verb="edit", noun="notice", reference=notice.reference)
    return notice


@transaction.atomic
def propose(*, notice: Notice, by: Actor) -> Notice:
    """Hand a complete draft to a second person. Raises NotAcceptable with what is missing."""
    permissions.require(by, Permission.DRAFT_NOTICES)
    notice.refresh_from_db()
    if found := problems(notice):
        raise NotAcceptable(found)
    return _move(notice, "propose", by, proposed_by=audit.name_of(by))


@transaction.atomic
def return_to_draft(*, notice: Notice, by: Actor, reason: str = "") -> Notice:
    """Take a proposal back to change it, or send it back to its author with a reason."""
    permissions.require(by, Permission.DRAFT_NOTICES)
    return _move(notice, "return_to_draft", by, reason=reason, proposed_by="")


@transaction.atomic
def publish(*, notice: Notice, by: Actor, seen: str = "") -> NoticeVersion:
    """Approve a proposal and freeze its next version on the public board.

    `seen` is the fingerprint of the preview that the person read: where the joint demand has changed since, raises
    ChangedMeanwhile. Raises PermissionRefused for the person who proposed it.
    """
    permissions.require(by, Permission.PUBLISH_NOTICES)
    # From here on this transaction holds the row: the move is a compare-and-swap that one of two approvers wins.
    _move(notice, "publish", by, published_at=timezone.now())
    # Asked of the row as it is now: read before the move, it might have been returned and proposed anew in between.
    if notice.proposed_by == audit.name_of(by):
        raise PermissionRefused("You proposed this notice, so somebody else must approve it.")
    if found := problems(notice):
        raise NotAcceptable(found)
    content = public_content.build(notice)
    if seen and seen != chain.fingerprint(content):
        raise ChangedMeanwhile(f"{notice.demand.reference} changed after you read the preview. Read it again.")
    version = _freeze(notice, content, number=1, proposed_by=notice.proposed_by, by=by, reason="")
    Notice.objects.filter(pk=notice.pk).update(published_at=version.published_at)
    notice.refresh_from_db()
    return version


@transaction.atomic
def withdraw(*, notice: Notice, by: Actor, reason: str) -> NoticeVersion:
    """Take a notice off the board. Its page stays, with a last version that says why."""
    permissions.require(by, Permission.PUBLISH_NOTICES)
    reason = " ".join(reason.split())
    if not reason or len(reason.split()) > REASON_WORDS:
        raise NotAcceptable(
            [f"Say in at most {REASON_WORDS} words why the notice is withdrawn. Everybody can read it."]
        )
    _move(notice, "withdraw", by, reason=reason, withdrawn_at=timezone.now())
    last = notice.versions.order_by("-number")[0]
    # The figures stay as they were published: a fresh total beside the old one would tell the difference.
    content = last.content | {"is_withdrawn": True}
    version = _freeze(notice, content, number=last.number + 1, proposed_by=audit.name_of(by), by=by, reason=reason)
    Notice.objects.filter(pk=notice.pk).update(withdrawn_at=version.published_at)
    notice.refresh_from_db()
    return version


def problems(notice: Notice) -> list[str]:
    """What keeps a draft from being published, in words."""
    found = notice_draft.problems(notice_draft.content_of(notice), today=timezone.localdate())
    boroughs = boroughs_of(notice.demand)
    if len(boroughs) < 2:
        found.append(f"{notice.demand.reference} has needs of fewer than two authorities now.")
    elif notice.lead not in boroughs:
        found.append(f"{notice.lead.name} no longer takes part. Choose another lead.")
    if notice.demand.status != JointDemand.Status.CONFIRMED:
        found.append(f"{notice.demand.reference} is no longer confirmed.")
    return found


def boroughs_of(demand: JointDemand) -> set[Borough]:
    """The authorities that a notice about the joint demand would name."""
    return {need.borough for need in public_content.open_needs(demand)}


def _require_two_boroughs(demand: JointDemand) -> None:
    if len(boroughs_of(demand)) < 2:
        raise IllegalMove(f"{demand.reference} needs open needs of at least two authorities before you draft a notice.")


def _move(notice: Notice, verb: str, by: Actor, *, reason: str = "", **changes: Any) -> Notice:
    sources, target = Notice.TRANSITIONS[verb]
    before = sources[0]
    moved = Notice.objects.filter(pk=notice.pk, status__in=sources).update(
        status=target, updated_at=timezone.now(), **changes
    )
    notice.refresh_from_db()
    if not moved:
        raise IllegalMove(f"{notice.reference} is {_status(notice)}; it cannot be moved like that now.")
    details: Mapping[str, str] = {"from": before, "to": target} | ({"reason": reason} if reason else {})
    audit.record(by=by, verb=verb, noun="notice", reference=notice.reference, details=details)
    return notice


def _freeze(
    notice: Notice, content: Mapping[str, Any], *, number: int, proposed_by: str, by: Actor, reason: str
) -> NoticeVersion:
    """Write the version at the end of the board's chain and show it.

    Two publications of different notices may read the same head. `previous_digest` is unique, so the database lets one
    follow it; the other reads the new head and tries again.
    """
    for _ in range(CHAIN_ATTEMPTS):
        try:
            with transaction.atomic():
                version = _append(notice, content, number=number, proposed_by=proposed_by, by=by, reason=reason)
        except IntegrityError:
            continue
        Notice.objects.filter(pk=notice.pk).update(current=version, search_text=public_content.search_text(content))
        return version
    raise ChangedMeanwhile("Other notices are being published at this moment. Try again.")


def _append(
    notice: Notice, content: Mapping[str, Any], *, number: int, proposed_by: str, by: Actor, reason: str
) -> NoticeVersion:
    head = chain.head()
    # Times rise along the chain even where a machine's clock does not: readers page by them.
    now = max(timezone.now(), head.published_at + timedelta(microseconds=1)) if head else timezone.now()
    previous = head.digest if head else ""
    version = NoticeVersion.objects.create(
        notice=notice,
        number=number,
        content=content,
        digest=chain.digest(
            reference=notice.reference,
            number=number,
            content=content,
            published_at=now,
            reason=reason,
            previous_digest=previous,
        ),
        previous_digest=previous,
        published_at=now,
        proposed_by=proposed_by,
        approved_by=audit.name_of(by),
        reason=reason,
        is_withdrawal=content["is_withdrawn"],
        kind=content["kind"],
        category_slug=(content["category"] or {}).get("slug", ""),
        questions_close_date=content["questions_close_date"],
        closes_date=content["closes_date"],
    )
    version.boroughs.set(Borough.objects.filter(slug__in=list(public_content.slugs(content))))
    return version


def _status(notice: Notice) -> str:
    return notice.get_status_display().lower()
