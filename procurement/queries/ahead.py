"""Dates that come up for a borough: its needs that must start, notices about its needs that close."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nsmallest
from typing import Any

from django.db.models import Case, QuerySet, When
from django.urls import reverse

from boroughs.models import Need
from boroughs.prepared import prepared
from procurement.models import NoticeVersion, PublicState

# Nobody plans by what is further off.
DAYS = 365


@dataclass(frozen=True)
class DateAhead:
    on: date
    words: str
    title: str
    href: str


def dates_ahead(boroughs: Collection[int], *, today: date, limit: int) -> tuple[DateAhead, ...]:
    """The next dates, the soonest first. Two queries."""
    own = list(boroughs)
    found = [*_starts(own, today, limit), *_notices(own, today, limit)]
    return tuple(nsmallest(limit, found, key=lambda each: (each.on, each.title, each.words)))


def _starts(boroughs: list[int], today: date, limit: int) -> Iterator[DateAhead]:
    until = today + timedelta(days=DAYS)
    for on, title, reference in _needs_that_start(limit, boroughs=boroughs, today=today, until=until):
        if on is not None:
            yield DateAhead(on, "Latest start", title, reverse("need-detail", args=[reference]))


@prepared
def _needs_that_start(
    limit: int, *, boroughs: list[int], today: date, until: date
) -> QuerySet[Need, tuple[date | None, str, str]]:
    needs = Need.objects.open().filter(borough__in=boroughs, start_date__range=(today, until))
    return needs.order_by("start_date", "pk").values_list("start_date", "title", "reference")[:limit]


def _notices(boroughs: list[int], today: date, limit: int) -> Iterator[DateAhead]:
    """Of the versions that the public reads now."""
    # A notice that names two of the person's boroughs comes twice.
    soonest = dict.fromkeys(_live_versions(limit * len(boroughs), boroughs=boroughs, today=today))
    for closes, questions, title, reference in soonest:
        href = reverse("notice-detail", args=[reference])
        if questions >= today:
            yield DateAhead(questions, "Questions close", title, href)
        yield DateAhead(closes, "Notice closes", title, href)


@prepared
def _live_versions(limit: int, *, boroughs: list[int], today: date) -> QuerySet[NoticeVersion, Any]:
    """By whichever of its two days comes first: a notice whose questions close tomorrow may close in a year."""
    live = (PublicState.OPEN, PublicState.QUESTIONS_CLOSED)
    about = NoticeVersion.objects.current().in_states(live, today=today).filter(boroughs__in=boroughs)
    first = Case(When(questions_close_date__gte=today, then="questions_close_date"), default="closes_date")
    wanted = ("closes_date", "questions_close_date", "title", "notice__reference")
    return about.order_by(first, "pk").values_list(*wanted)[:limit]
