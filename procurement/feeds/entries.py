"""What a feed says of one version of a notice, the same in every format and in every feed that has it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.utils import timezone

from boroughs.forms.text import clean_block, clean_line
from boroughs.templatetags.formatting import day
from procurement.ocds import release
from procurement.ocds.publisher import Publisher
from procurement.queries import notice_changes
from procurement.queries.published_notice import PublishedNotice


@dataclass(frozen=True)
class Entry:
    """Texts are plain, without characters that XML or a calendar forbids."""

    id: str
    title: str
    # The notice as it is now.
    url: str
    # This version, for ever; as a page and as open contracting data.
    version_url: str
    data_url: str
    # Of the notice, and of this version.
    published_at: datetime
    updated_at: datetime
    author: str
    tags: tuple[str, ...]
    summary: str
    paragraphs: tuple[str, ...]
    notice: PublishedNotice


@dataclass(frozen=True)
class Feed:
    """Entries, newest first, and what they are entries of."""

    title: str
    subtitle: str
    # The page that shows the same, and the address of the feed itself.
    url: str
    feed_url: str
    entries: tuple[Entry, ...]
    # Where there is no entry yet.
    changed_at: datetime
    publisher: str
    # Nothing will ever be added.
    is_over: bool = False

    @property
    def updated_at(self) -> datetime:
        return max((entry.updated_at for entry in self.entries), default=self.changed_at)


def of(notice: PublishedNotice, *, before: PublishedNotice | None, publisher: Publisher) -> Entry:
    """The entry of a version. `before` is the version that it replaced, to say what has changed."""
    if notice.published_at is None or notice.first_published_at is None:
        raise ValueError(f"{notice.reference} is a preview; only published versions have an entry")
    changes = notice_changes.between(before, notice) if before else ()
    changed = ", ".join(dict.fromkeys(change.label for change in changes))
    paragraphs = (
        notice.reason,
        f"Changed: {changed}." if changed else "",
        notice.summary,
        f"Authorities: {', '.join(notice.borough_names)}.",
        "" if notice.is_withdrawn else f"Closes on {day(notice.closes_date)}.",
    )
    return Entry(
        id=_tag(notice, publisher),
        title=clean_line(notice.title) + _which(notice),
        url=page_url(notice.reference, publisher),
        version_url=publisher.notice_url(notice.reference, notice.number),
        data_url=publisher.package_url(release.release_id(notice, publisher)),
        published_at=notice.first_published_at,
        updated_at=notice.published_at,
        author=clean_line(notice.lead.official_name),
        tags=(*notice.cpv, *(borough.slug for borough in notice.boroughs)),
        summary=clean_block(notice.summary),
        paragraphs=tuple(filter(None, map(clean_block, paragraphs))),
        notice=notice,
    )


# As procurement/urls spells it; a test holds the two together.
def page_url(reference: str, publisher: Publisher) -> str:
    """Where a notice is read as it is now."""
    return f"{publisher.site}/notices/{reference}/"


def host(publisher: Publisher) -> str:
    return urlsplit(publisher.site).hostname or "localhost"


def _which(notice: PublishedNotice) -> str:
    if notice.is_withdrawn:
        return " (withdrawn)"
    return f" (version {notice.number})" if notice.number > 1 else ""


def _tag(notice: PublishedNotice, publisher: Publisher) -> str:
    """A tag URI (RFC 4151): of this site, of the day of the first version, for ever."""
    begun = timezone.localtime(notice.first_published_at).date()
    return f"tag:{host(publisher)},{begun.isoformat()}:{notice.reference}/{notice.number}"
