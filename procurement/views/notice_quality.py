"""What published notices lacked, by quarter: whether suppliers are told more than they were."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from boroughs import permissions
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.forms import notice_coach
from procurement.forms.notice_coach import Tally, Topic
from procurement.models import NoticeVersion
from procurement.queries import published, specification_lines
from procurement.queries.published_notice import PublishedNotice

QUARTERS = 4
# Newest first: the coach reads every text, and more than these would keep the page waiting.
NOTICES = 100


@dataclass(frozen=True)
class Quarter:
    words: str
    tally: Tally


@require_safe
def notice_quality(request: HttpRequest) -> HttpResponse:
    """First versions only: what a correction mends was missing when suppliers read it."""
    permissions.require(person(request), Permission.VIEW_DEMANDS)
    now = timezone.now()
    starts = _starts(timezone.localdate(now))
    since = datetime.combine(starts[-1], time.min, tzinfo=timezone.get_current_timezone())
    versions = published.releases(published_from=since).filter(number=1)[:NOTICES]
    notices = published.read(versions, at=now)
    agreed = _agreed(notices)
    quarters = []
    for start in starts:
        own = [each for each in notices if each.published_at and _start(timezone.localdate(each.published_at)) == start]
        quarters.append(Quarter(f"{start:%B} to {_last_month(start):%B %Y}", notice_coach.tally(own, agreed)))
    rows = [
        (topic.value, [(each.words, each.tally.lacking[topic], each.tally.notices) for each in quarters])
        for topic in Topic
    ]
    return render(
        request,
        "procurement/notices/quality.html",
        {"quarters": quarters, "rows": rows, "count": len(notices), "is_cut": len(notices) == NOTICES, "most": NOTICES},
    )


def _agreed(notices: Iterable[PublishedNotice]) -> dict[str, frozenset[str]]:
    """Lines of the common specifications behind them, by the reference of the notice. One query."""
    beside = {each.reference: each.differences for each in notices}
    versions = NoticeVersion.objects.filter(number=1, notice__reference__in=beside, specification__isnull=False)
    contents = versions.values_list("notice__reference", "specification__content")
    return {reference: specification_lines.agreed(content, beside[reference]) for reference, content in contents}


def _start(day: date) -> date:
    """The first day of its quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _starts(today: date) -> list[date]:
    """The first days of the quarters that are told, newest first."""
    number = today.year * 4 + (today.month - 1) // 3
    return [date((number - back) // 4, (number - back) % 4 * 3 + 1, 1) for back in range(QUARTERS)]


def _last_month(start: date) -> date:
    return date(start.year, start.month + 2, 1)
