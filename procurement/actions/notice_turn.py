"""What every act on a notice is made of: who may, its move from state to state, and the next version of the chain."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import Borough
from boroughs.permissions import Actor, Permission
from boroughs.word_count import count_words
from procurement import canonical_json
from procurement.actions import alert_news, notice_vectors, releases, telling_figures
from procurement.models import JointDemand, Notice, NoticeVersion
from procurement.queries import chain, drafting, notice_seen, public_content, public_figures
from procurement.queries.public_content import Draft

# Each failed attempt means that another publication went through; so many in a row do not happen.
CHAIN_ATTEMPTS = 50
REASON_WORDS = 100


def require_drafter(by: Actor, demand: JointDemand) -> None:
    """Raise PermissionRefused unless this person may prepare notices about the joint demand."""
    if not drafting.may_draft(by, demand):
        raise PermissionRefused("Analysts and the lead borough prepare notices. You are neither here.")


def require_second(by: Actor, notice: Notice) -> None:
    """Raise PermissionRefused for the person who proposed what is approved now."""
    if notice.proposed_by == audit.name_of(by):
        raise PermissionRefused("You proposed this, so somebody else must approve it.")


def require_seen(seen: str | None, content: Mapping[str, Any], *, reason: str = "") -> None:
    """Raise ChangedMeanwhile where the content is not what the person had read. A program reads nothing: None."""
    if seen is not None and (changed := notice_seen.changed(seen, content, reason=reason)):
        raise ChangedMeanwhile(f"Nothing was done, because {changed} changed after you read this.")


def readable(notice: Notice, by: Actor) -> dict[str, Any]:
    """What the next version would say, as the preview shows it to this person."""
    content = public_content.draft(notice).content
    if not permissions.has(by, Permission.VIEW_EXACT_FIGURES):
        content |= public_content.told_by(notice.current)
    return content


def public_reason(reason: str, *, what: str) -> str:
    """The reason on one line. Raises NotAcceptable where there is none or it is too long."""
    found = " ".join(reason.split())
    if not found or count_words(found) > REASON_WORDS:
        raise NotAcceptable([f"Say in at most {REASON_WORDS} words why the notice is {what}. Everybody can read it."])
    return found


def move(notice: Notice, verb: str, by: Actor, *, reason: str = "", **changes: Any) -> Notice:
    """Compare and swap the state: of two people one wins, the other gets IllegalMove."""
    sources, target = Notice.TRANSITIONS[verb]
    moved = Notice.objects.filter(pk=notice.pk, status__in=sources).update(
        status=target, updated_at=timezone.now(), **changes
    )
    notice.refresh_from_db()
    if not moved:
        raise IllegalMove(f"{notice.reference} is {status_of(notice)}; it cannot be moved like that now.")
    details: Mapping[str, str] = {"from": sources[0], "to": target} | ({"reason": reason} if reason else {})
    audit.record(by=by, verb=verb, noun="notice", reference=notice.reference, details=details)
    return notice


def status_of(notice: Notice) -> str:
    """The notice's state inside a sentence."""
    words = str(notice.get_status_display())
    return words[:1].lower() + words[1:]


def shown(notice: Notice) -> NoticeVersion:
    """The version that the board shows now. Raises NoticeVersion.DoesNotExist where it shows none."""
    return NoticeVersion.objects.whole().get(current_of=notice)


def freeze(
    notice: Notice, build: Callable[[], Draft], *, by: Actor, reason: str, proposed_by: str | None = None
) -> NoticeVersion:
    """Write the next version of the notice at the end of the board's chain and show it.

    `proposed_by` is who wrote what it tells, where that is not who proposed the notice's working copy.
    `build` says what it tells, after the head was read. `previous_digest` is unique, so of two publications that read
    the same head the database lets one follow it; so are the numbers of releases, which are told of joint demands, too.
    The other builds anew: what it may tell depends on what was told.
    """
    for _ in range(CHAIN_ATTEMPTS):
        head, told = chain.head(), public_figures.last_number()
        draft = build()
        try:
            with transaction.atomic():
                version = _append(notice, draft, head, by=by, reason=reason, proposed_by=proposed_by)
                releases.keep(notice.demand, draft.releases, after=told, at=version.published_at, version=version)
        except IntegrityError:
            if (chain.head(), public_figures.last_number()) == (head, told):
                # It is not that something else was told first.
                raise
            continue
        text = public_content.search_text(draft.content)
        Notice.objects.filter(pk=notice.pk).update(current=version, search_text=text, lead_is_chosen=True)
        notice_vectors.request()
        alert_news.request(version)
        if draft.releases:
            # So that the pages of the joint demand say what the board says.
            telling_figures.request(notice.demand)
        return version
    raise ChangedMeanwhile("Other notices are being published at this moment. Try again.")


def _append(
    notice: Notice, draft: Draft, head: NoticeVersion | None, *, by: Actor, reason: str, proposed_by: str | None
) -> NoticeVersion:
    # Times rise along the chain even where a machine's clock does not: readers page by them.
    now = max(timezone.now(), head.published_at + timedelta(microseconds=1)) if head else timezone.now()
    previous = head.digest if head else ""
    content = draft.content
    canonical = canonical_json.dump(content).decode()
    number = notice.versions.count() + 1
    version = NoticeVersion.objects.create(
        notice=notice,
        number=number,
        canonical=canonical,
        digest=chain.digest(
            reference=notice.reference,
            number=number,
            canonical=canonical,
            published_at=now,
            reason=reason,
            previous_digest=previous,
        ),
        previous_digest=previous,
        published_at=now,
        proposed_by=notice.proposed_by if proposed_by is None else proposed_by,
        approved_by=audit.name_of(by),
        reason=reason,
        contact=draft.contact,
        specification=notice.specification,
        **public_content.columns(content),
    )
    version.boroughs.set(Borough.objects.filter(slug__in=list(public_content.slugs(content))))
    return version
