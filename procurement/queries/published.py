"""The published notices as everybody reads them: board, notice page, feed, API, OCDS and exports are drawn from these.

A `PublishedNotice` is one frozen version; nothing of it is read from the office's working copy.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Func, Q, QuerySet, Subquery
from django.utils import timezone

from boroughs.models import Need
from boroughs.prepared import prepared
from procurement.models import (
    DemandStage,
    EngagementEntry,
    InterestBand,
    Notice,
    NoticeContact,
    NoticeVersion,
    Question,
    state_at,
)
from procurement.queries import notice_seen, public_content
from procurement.queries.behind_notice import Behind
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


def replaced(notices: Iterable[PublishedNotice], *, at: datetime) -> dict[int, PublishedNotice]:
    """Key of a version → the version of the same notice that it replaced. One query, none where all are the first."""
    later = {(each.reference, each.number): each.version_id for each in notices if each.number > 1}
    if not later:
        return {}
    wanted = Q()
    for reference, number in later:
        wanted |= Q(notice__reference=reference, number=number - 1)
    return {
        later[each.reference, each.number + 1]: each
        for each in read(NoticeVersion.objects.whole().filter(wanted), at=at)
    }


def changed_at() -> list[tuple[str, datetime]]:
    """The reference of every published notice and when its current version was published, oldest notice first."""
    rows = NoticeVersion.objects.current().order_by("notice_id")
    return list(rows.values_list("notice__reference", "published_at"))


def preview(draft: Notice, *, at: datetime, behind: Behind | None = None, tells_new: bool = True) -> PublishedNotice:
    """The draft as its next version would show it, under the same rules.

    Without `tells_new` it keeps to the figures that everybody has read. No audit knows what a preview told: who sees
    one before a borough joins and one after it could take the totals from each other.

    Its digest names exactly what was shown (notice_seen.py), so that nothing else is proposed or published.
    """
    content = public_content.draft(draft, behind).content
    if not tells_new:
        content |= public_content.told_by(draft.current)
    return _from_content(
        content,
        number=draft.current.number + 1 if draft.current else 1,
        first_published_at=draft.published_at,
        digest=notice_seen.token(content, reason=_waiting_reason(draft)),
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
        digest=notice_seen.token(draft.content, reason=_waiting_reason(notice)),
        contact=draft.contact,
        at=at,
    )


def _waiting_reason(notice: Notice) -> str:
    """The reason that the second person reads. Until it is proposed it is being written."""
    return notice.change_reason if notice.status in Notice.WAITING else ""


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


def earlier_than(key: int, demands: Iterable[int]) -> QuerySet[NoticeVersion]:
    """What was published about these joint demands, by primary key, before a version, oldest first."""
    return NoticeVersion.objects.whole().in_order().filter(pk__lt=key, notice__demand__in=set(demands))


def stamp(*, at: datetime) -> Stamp:
    """What the whole board depends on: its last version, who was erased from it, the questions that wait, the bands of
    suppliers that have shown interest, and the day, on which states change by the clock. One query.

    The erased are counted, and the changes of bands: of two at once, the one that began first may be seen last.
    """
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = _newest()
    if not rows:
        return Stamp(token=f"empty-{midnight:%Y%m%d}", changed_at=midnight, head="", day=midnight.date(), at=at)
    digest, published_at, erased, erased_at, asked_at, interest, interest_at = rows[0]
    asked_token = f"-{int(asked_at.timestamp() * 1_000_000):x}" if asked_at else ""
    # With the minimum, since the page tells no band that was kept under another one.
    interest_token = f"-i{interest}.{settings.INTEREST_MINIMUM}" if interest else ""
    changes = (erased_at, asked_at, interest_at, midnight)
    return Stamp(
        token=f"{digest[:32]}-{erased}{asked_token}{interest_token}-{midnight:%Y%m%d}",
        changed_at=max(published_at, *(change for change in changes if change)),
        head=digest,
        day=midnight.date(),
        at=at,
    )


@prepared
def _newest() -> QuerySet[NoticeVersion, Any]:
    """The last version, with what else the board depends on. Asked for by every answer of the board, kept ones too."""
    erased = NoticeContact.objects.filter(erased_at__isnull=False)
    asked = Question.objects.filter(changed_at__isnull=False).order_by("-changed_at").values("changed_at")
    bands = InterestBand.objects.filter(changes__gt=0)
    told = NoticeVersion.objects.annotate(
        erased=Subquery(erased.values(count=Func("pk", function="COUNT"))),
        erased_at=Subquery(erased.values(last=Func("erased_at", function="MAX"))),
        asked_at=Subquery(asked[:1]),
        interest=Subquery(bands.values(count=Func("changes", function="SUM"))),
        interest_at=Subquery(bands.values(last=Func("changed_at", function="MAX"))),
    )
    columns = ("digest", "published_at", "erased", "erased_at", "asked_at", "interest", "interest_at")
    return told.order_by("-pk").values_list(*columns)[:1]


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
