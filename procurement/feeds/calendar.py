"""The dates of notices as iCalendar (RFC 5545, RFC 7986).

A date keeps its UID through all versions; SEQUENCE is the number of the version, and DTSTAMP the time of its
publication, so that the bytes change only with what was published. Dates are days in London and last the whole day.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vDatetime, vDuration, vUri

from boroughs.forms.text import clean_block, clean_line
from procurement.feeds.entries import host, page_url
from procurement.ocds.publisher import Publisher
from procurement.queries.published_notice import PublishedNotice

TYPE = "text/calendar; charset=utf-8"
# How often a calendar should ask again.
REFRESH = timedelta(hours=12)


@dataclass(frozen=True)
class Kind:
    """A date that a notice may hold."""

    name: str
    words: str
    # Whether the day is only meant, not set.
    is_planned: bool
    day_of: Callable[[PublishedNotice], date | None]


KINDS = (
    Kind("questions", "Last day for questions", False, lambda notice: notice.questions_close_date),
    Kind("closes", "Closes", False, lambda notice: notice.closes_date),
    Kind("tender", "Planned tender notice", True, lambda notice: notice.tender_date),
    Kind("start", "Earliest start", True, lambda notice: notice.start_date),
)


@dataclass(frozen=True)
class Day:
    """A date as it stands now; taken back where the notice is withdrawn or no longer names it."""

    kind: Kind
    on: date
    notice: PublishedNotice
    is_cancelled: bool


def of_list(notices: Iterable[PublishedNotice]) -> Iterator[Day]:
    """The dates of current versions."""
    for notice in notices:
        yield from of_versions([notice])


def of_versions(versions: list[PublishedNotice]) -> Iterator[Day]:
    """The dates of one notice of which these are the versions, newest first: those that it once held, too."""
    newest = versions[0]
    for kind in KINDS:
        held = next((day for version in versions if (day := kind.day_of(version))), None)
        if held:
            yield Day(kind, held, newest, is_cancelled=newest.is_withdrawn or kind.day_of(newest) is None)


def build(days: Iterable[Day], *, title: str, url: str, own_url: str, publisher: Publisher) -> bytes:
    """The bytes of the calendar, the same for the same days."""
    calendar = Calendar()
    name = clean_line(title)
    for key, value in (
        ("PRODID", f"-//{clean_line(publisher.name)}//Demand board//EN"),
        ("VERSION", "2.0"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("NAME", name),
        # What most programs read in place of it.
        ("X-WR-CALNAME", name),
        ("X-WR-TIMEZONE", "Europe/London"),
        ("X-PUBLISHED-TTL", vDuration(REFRESH)),
    ):
        calendar.add(key, value)
    calendar.add("REFRESH-INTERVAL", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("SOURCE", vUri(own_url), parameters={"VALUE": "URI"})
    calendar.add("URL", vUri(url))
    for day in days:
        calendar.add_component(_event(day, publisher))
    built: bytes = calendar.to_ical()
    return built


def _event(day: Day, publisher: Publisher) -> Event:
    notice, kind = day.notice, day.kind
    if notice.published_at is None:
        raise ValueError(f"{notice.reference} is a preview; only published versions have dates")
    page = page_url(notice.reference, publisher)
    event = Event()
    event.add("UID", f"{kind.name}.{notice.reference.lower()}@{host(publisher)}")
    event.add("SEQUENCE", notice.number)
    event.add("DTSTAMP", _moment(notice.published_at))
    event.add("LAST-MODIFIED", _moment(notice.published_at))
    event.add("DTSTART", day.on)
    if day.on < date.max:
        event.add("DTEND", day.on + timedelta(days=1))
    event.add("SUMMARY", f"{kind.words}: {clean_line(notice.title)}")
    event.add("DESCRIPTION", _description(notice, page))
    event.add("URL", vUri(page))
    event.add("CATEGORIES", [notice.kind_words])
    event.add("STATUS", "CANCELLED" if day.is_cancelled else "TENTATIVE" if kind.is_planned else "CONFIRMED")
    # Nobody is busy because a notice closes.
    event.add("TRANSP", "TRANSPARENT")
    return event


def _description(notice: PublishedNotice, page: str) -> str:
    parts = (
        notice.reason,
        notice.summary,
        f"Authorities: {', '.join(notice.borough_names)}.",
        "Not a call for competition and not a notice under the Procurement Act 2023.",
        page,
    )
    return "\n\n".join(filter(None, map(clean_block, parts)))


def _moment(at: datetime) -> vDatetime:
    return vDatetime(at.astimezone(UTC).replace(microsecond=0))
