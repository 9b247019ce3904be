"""Dates that come up for a borough: its needs that must start, notices about its needs that close."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nsmallest

from django.db.models import Case, When
from django.urls import reverse

from boroughs.models import Need
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
    found = [*_starts(boroughs, today, limit), *_notices(boroughs, today, limit)]
    return tuple(nsmallest(limit, found, key=lambda each: (each.on, each.title, each.words)))


def _starts(boroughs: Collection[int], today: date, limit: int) -> Iterator[DateAhead]:
    within = (today, today + timedelta(days=DAYS))
    needs = Need.objects.open().filter(borough__in=boroughs, start_date__range=within).order_by("start_date", "pk")
    for on, title, reference in needs.values_list("start_date", "title", "reference")[:limit]:
        if on is not None:
            yield DateAhead(on, "Latest start", title, reverse("need-detail", args=[reference]))


def _notices(boroughs: Collection[int], today: date, limit: int) -> Iterator[DateAhead]:
    """Of the versions that the public reads now."""
    live = (PublicState.OPEN, PublicState.QUESTIONS_CLOSED)
    about = NoticeVersion.objects.current().in_states(live, today=today).filter(boroughs__in=boroughs)
    wanted = ("closes_date", "questions_close_date", "content__title", "notice__reference")
    # By whichever of its two days comes first: a notice whose questions close tomorrow may close in a year.
    first = Case(When(questions_close_date__gte=today, then="questions_close_date"), default="closes_date")
    soonest = about.order_by(first, "pk").values_list(*wanted)
    # A notice that names two of the person's boroughs comes twice.
    for closes, questions, title, reference in dict.fromkeys(soonest[: limit * len(boroughs)]):
        href = reverse("notice-detail", args=[reference])
        if questions >= today:
            yield DateAhead(questions, "Questions close", title, href)
        yield DateAhead(closes, "Notice closes", title, href)
