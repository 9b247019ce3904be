"""The board's list: what may be asked of it, what its filters offer, and which published notices match."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from boroughs.models import Borough, Category
from procurement.models import Notice, NoticeVersion, PublicState
from procurement.queries.board_listing import Listing
from procurement.queries.published import Stamp

# The best match is what a search is shown in, unless another order is asked for; without a search it is no order.
SORTS = {"best": "Best match", "newest": "Newest first", "closing": "Closing soonest"}
# Withdrawn notices keep their page but leave the list, unless somebody asks for them.
LISTED = (PublicState.OPEN, PublicState.QUESTIONS_CLOSED, PublicState.CLOSED)


@dataclass(frozen=True)
class Filters:
    """What the reader of the board asked for; empty tuples ask for everything that is listed."""

    # What was typed into the search.
    q: str = ""
    states: tuple[PublicState, ...] = ()
    kinds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    boroughs: tuple[str, ...] = ()
    sub_regions: tuple[str, ...] = ()
    sort: str = "newest"


@dataclass(frozen=True)
class Option:
    """A value that a filter offers, with the number of notices that have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Options:
    states: tuple[Option, ...]
    kinds: tuple[Option, ...]
    categories: tuple[Option, ...]
    boroughs: tuple[Option, ...]
    sub_regions: tuple[Option, ...]

    def label(self, name: str, value: str) -> str:
        """The words for a value of one of the filters, or the value itself where it is unknown."""
        found = (option.label for option in getattr(self, name) if option.value == value)
        return next(found, value)


def search(filters: Filters, *, at: datetime, head: str | None = None) -> Listing:
    """Current versions that match, in the order asked for. Hand slices of it to `read`.

    `head` is the digest of the newest version, for who knows it: one query less.
    """
    rows = _sorted(_filtered(filters, at=at), filters.sort, today=timezone.localdate(at))
    return Listing(rows, q=filters.q, head=head, best_first=filters.sort == "best")


def changes(filters: Filters, *, at: datetime, head: str | None = None) -> Listing:
    """The same, what was published last first, corrections too: the order of a feed."""
    return Listing(_filtered(filters, at=at).order_by("-published_at", "-pk"), q=filters.q, head=head)


def _filtered(filters: Filters, *, at: datetime) -> QuerySet[NoticeVersion]:
    rows = NoticeVersion.objects.whole().current().in_states(filters.states or LISTED, today=timezone.localdate(at))
    if filters.kinds:
        rows = rows.filter(kind__in=filters.kinds)
    if filters.categories:
        rows = rows.filter(category_slug__in=filters.categories)
    if filters.boroughs:
        rows = rows.filter(_names(slug__in=filters.boroughs))
    if filters.sub_regions:
        rows = rows.filter(_names(sub_region__in=filters.sub_regions))
    return rows


def options(stamp: Stamp) -> Options:
    """What the board's filters offer, with counts over all listed notices.

    Five queries; none where this process has answered for the same state of the board.
    """
    return _options(stamp.token, stamp.day)


# One for today, and one for a request that began before midnight or before the last publication.
@lru_cache(maxsize=2)
def _options(_token: str, today: date) -> Options:
    listed = NoticeVersion.objects.current().in_states(LISTED, today=today)
    by_category = dict(listed.values_list("category_slug").annotate(Count("pk")).order_by())
    by_borough = listed.values_list("boroughs__slug", "boroughs__name").annotate(Count("pk")).order_by("boroughs__name")
    by_region = (
        listed.values_list("boroughs__sub_region").annotate(Count("pk", distinct=True)).order_by("boroughs__sub_region")
    )
    by_kind_and_state = list(
        NoticeVersion.objects.current()
        .annotate(state=_state(today))
        .values_list("kind", "state")
        .annotate(Count("pk"))
        .order_by()
    )
    return Options(
        states=tuple(
            Option(state.value, state.label, sum(row[2] for row in by_kind_and_state if row[1] == state.value))
            for state in PublicState
        ),
        kinds=tuple(
            Option(
                kind.value,
                kind.label,
                sum(row[2] for row in by_kind_and_state if row[0] == kind.value and row[1] in LISTED),
            )
            for kind in Notice.Kind
        ),
        categories=tuple(
            Option(slug, name, by_category[slug])
            for slug, name in Category.objects.by_area().values_list("slug", "name").order_by("name")
            if slug in by_category
        ),
        boroughs=tuple(Option(*row) for row in by_borough if row[0]),
        sub_regions=tuple(Option(name, name, count) for name, count in by_region if name),
    )


def _names(**conditions: Any) -> Q:
    """Versions that name a borough; as a subquery, so that two such boroughs do not list a notice twice."""
    through = NoticeVersion.boroughs.through
    named = through._default_manager.filter(borough__in=Borough.objects.filter(**conditions))
    return Q(pk__in=named.values("noticeversion_id"))


def _state(today: date) -> Case:
    """The rule of `state_at` as an expression."""
    return Case(
        When(is_withdrawal=True, then=Value(PublicState.WITHDRAWN.value)),
        When(closes_date__lt=today, then=Value(PublicState.CLOSED.value)),
        When(questions_close_date__lt=today, then=Value(PublicState.QUESTIONS_CLOSED.value)),
        default=Value(PublicState.OPEN.value),
    )


def _sorted(rows: QuerySet[NoticeVersion], sort: str, *, today: date) -> QuerySet[NoticeVersion]:
    if sort == "closing":
        is_past = Case(When(closes_date__lt=today, then=1), default=0, output_field=IntegerField())
        return rows.order_by(is_past, "closes_date", "-pk")
    return rows.order_by(F("current_of__published_at").desc(), "-pk")
