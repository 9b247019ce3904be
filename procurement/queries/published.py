"""The published notices as everybody reads them: board, notice page, feed, API, OCDS and exports are drawn from these.

A `PublishedNotice` is one frozen version; nothing of it is read from the office's working copy.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Min, QuerySet, Subquery
from django.utils import timezone

from boroughs.models import Need
from procurement.models import DemandStage, EngagementEntry, Notice, NoticeContact, NoticeVersion, Question, state_at
from procurement.queries import chain, public_content
from procurement.queries.published_notice import (
    NamedBorough,
    NamedCategory,
    NamedContact,
    PublicEngagement,
    PublicFigure,
    PublicQuestion,
    PublishedNotice,
)

REFERENCE = re.compile(r"NT-\d{1,12}", re.ASCII)


@dataclass(frozen=True)
class Stamp:
    """Names the present state of the board, and the moment since which it has been so."""

    token: str
    changed_at: datetime
    # Digest of the last version; "" on an empty board.
    head: str
    # In London.
    day: date
    # When it was so. What is read under a stamp is read for this moment, so that midnight does not fall in between.
    at: datetime


def is_reference(value: str) -> bool:
    """Whether it looks like a notice's reference; the database is never asked for what does not."""
    return REFERENCE.fullmatch(value) is not None


def read(rows: Iterable[NoticeVersion], *, at: datetime) -> list[PublishedNotice]:
    """What some `whole` rows say."""
    return [_published(row, at=at) for row in rows]


def notice(reference: str, *, at: datetime) -> PublishedNotice | None:
    """The current version of a published notice; None for drafts and what never was."""
    if not is_reference(reference):
        return None
    return _one(NoticeVersion.objects.whole().current().filter(notice__reference=reference), at=at)


def version(reference: str, number: int, *, at: datetime) -> PublishedNotice | None:
    """One numbered version of a published notice."""
    if not is_reference(reference):
        return None
    return _one(NoticeVersion.objects.whole().filter(notice__reference=reference, number=number), at=at)


def standing(reference: str, *, at: datetime) -> PublishedNotice | None:
    """The version that the board showed at a moment, in its state of then; None before the first."""
    if not is_reference(reference):
        return None
    rows = NoticeVersion.objects.whole().filter(notice__reference=reference, published_at__lte=at)
    return _one(rows.order_by("-number"), at=at)


def versions(reference: str, *, at: datetime) -> list[PublishedNotice]:
    """Every version of a notice, newest first."""
    return read(NoticeVersion.objects.whole().filter(notice__reference=reference).order_by("-number"), at=at)


def questions_in(version: NoticeVersion) -> tuple[PublicQuestion, ...]:
    """The questions that a version answers. No query."""
    return tuple(_question(stored) for stored in version.content.get("questions", ()))


def preview(draft: Notice, *, at: datetime) -> PublishedNotice:
    """The draft as its next version would show it, under the same rules.

    Its digest is that of the content: it names exactly what was shown, so that nothing else is published.
    """
    content = public_content.build(draft)
    return _from_content(
        content,
        number=draft.versions.count() + 1,
        first_published_at=draft.published_at,
        digest=chain.fingerprint(content),
        contact=draft.contact,
        at=at,
    )


def preview_of_withdrawal(notice: Notice, last: NoticeVersion, *, at: datetime) -> PublishedNotice:
    """The last version that a withdrawal would publish."""
    draft = public_content.withdrawn(last)
    return _from_content(
        draft.content,
        number=last.number + 1,
        first_published_at=notice.published_at,
        reason=notice.change_reason,
        digest=chain.fingerprint(draft.content),
        contact=draft.contact,
        at=at,
    )


def releases(
    *, published_from: datetime | None = None, published_to: datetime | None = None
) -> QuerySet[NoticeVersion]:
    """Every version ever published, newest first: the order of the open-data feed.

    The chain lets a version be written only after its predecessor could be read, so keys and times rise together and a
    reader who pages by them misses nothing while others publish.
    """
    rows = NoticeVersion.objects.whole().order_by("-published_at", "-pk")
    if published_from:
        rows = rows.filter(published_at__gte=published_from)
    if published_to:
        rows = rows.filter(published_at__lte=published_to)
    return rows


def first_versions(demands: Iterable[str]) -> dict[str, int]:
    """Joint demand reference → key of the first version ever published about it."""
    rows = NoticeVersion.objects.filter(notice__demand__reference__in=set(demands))
    return dict(rows.values_list("notice__demand__reference").annotate(Min("pk")).order_by())


def stamp(*, at: datetime) -> Stamp:
    """What the whole board depends on: its last version, the questions that wait, and the day, on which states change
    by the clock. One query.
    """
    asked = Question.objects.filter(changed_at__isnull=False).order_by("-changed_at").values("changed_at")[:1]
    newest = NoticeVersion.objects.order_by("-pk").values_list("digest", "published_at", Subquery(asked)).first()
    digest, published_at, asked_at = newest or ("", None, None)
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    asked_token = f"-{int(asked_at.timestamp() * 1_000_000):x}" if asked_at else ""
    return Stamp(
        token=f"{digest[:32] or 'empty'}-{midnight:%Y%m%d}{asked_token}",
        changed_at=max(moment for moment in (published_at, asked_at, midnight) if moment),
        head=digest,
        day=midnight.date(),
        at=at,
    )


def _one(rows: QuerySet[NoticeVersion], *, at: datetime) -> PublishedNotice | None:
    row = rows.first()
    return _published(row, at=at) if row else None


def _published(row: NoticeVersion, *, at: datetime) -> PublishedNotice:
    return _from_content(
        row.content,
        number=row.number,
        published_at=row.published_at,
        first_published_at=row.notice.published_at,
        reason=row.reason,
        digest=row.digest,
        previous_digest=row.previous_digest,
        version_id=row.pk,
        is_current=row.notice.current_id == row.pk,
        contact=row.contact,
        at=at,
    )


def _from_content(
    content: Mapping[str, Any],
    *,
    number: int,
    first_published_at: datetime | None,
    at: datetime,
    published_at: datetime | None = None,
    reason: str = "",
    digest: str = "",
    previous_digest: str = "",
    version_id: int = 0,
    is_current: bool = False,
    contact: NoticeContact | None = None,
) -> PublishedNotice:
    boroughs = tuple(NamedBorough(**borough) for borough in content["boroughs"])
    questions_close = date.fromisoformat(content["questions_close_date"])
    closes = date.fromisoformat(content["closes_date"])
    state = state_at(at, is_withdrawn=content["is_withdrawn"], questions_close_date=questions_close, closes_date=closes)
    stage, depth = DemandStage(content.get("stage", DemandStage.GATHERING)), content.get("depth", "")
    return PublishedNotice(
        reference=content["reference"],
        number=number,
        demand=content["demand"],
        kind=content["kind"],
        title=content["title"],
        summary=content["summary"],
        problem=content["problem"],
        users=content["users"],
        work_done=content["work_done"],
        market_engagement=content["market_engagement"],
        setup=content.get("setup", ""),
        buying_together=content["buying_together"],
        how_to_respond=content["how_to_respond"],
        must=tuple(content["must"]),
        should=tuple(content["should"]),
        differences=tuple(content.get("differences", ())),
        questions_close_date=questions_close,
        closes_date=closes,
        start_date=_day(content["start_date"]),
        tender_date=_day(content.get("tender_date")),
        months=content["months"],
        stage=stage.value,
        stage_words=stage.label,
        depth=depth,
        depth_words=Need.Depth(depth).label if depth else "",
        category=NamedCategory(**content["category"]) if content["category"] else None,
        cpv=tuple(content["cpv"]),
        lead=NamedBorough(**content["lead"]),
        boroughs=boroughs,
        users_total=_figure(content["users_total"]),
        budget_min_total=_figure(content["budget_min_total"]),
        budget_max_total=_figure(content["budget_max_total"]),
        contact=NamedContact(contact.name, contact.email) if contact and not contact.erased_at else None,
        questions=tuple(_question(stored) for stored in content.get("questions", ())),
        engagement=tuple(_engagement(stored) for stored in content.get("engagement", ())),
        is_withdrawn=content["is_withdrawn"],
        published_at=published_at,
        first_published_at=first_published_at,
        reason=reason,
        digest=digest,
        previous_digest=previous_digest,
        version_id=version_id,
        is_current=is_current,
        state=state.value,
        state_words=state.label,
        kind_words=Notice.Kind(content["kind"]).label,
    )


def _figure(stored: Mapping[str, int] | None) -> PublicFigure | None:
    return PublicFigure(**stored) if stored else None


def _question(stored: Mapping[str, Any]) -> PublicQuestion:
    return PublicQuestion(
        number=stored["number"],
        asked_on=date.fromisoformat(stored["asked_on"]),
        question=stored["question"],
        answer=stored["answer"],
        answered_on=date.fromisoformat(stored["answered_on"]),
        corrected_on=_day(stored["corrected_on"]),
    )


def _engagement(stored: Mapping[str, Any]) -> PublicEngagement:
    return PublicEngagement(
        number=stored["number"],
        kind=stored["kind"],
        kind_words=EngagementEntry.Kind(stored["kind"]).label,
        held_on=date.fromisoformat(stored["held_on"]),
        told=stored["told"],
    )


def _day(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored else None
