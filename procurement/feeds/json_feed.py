"""A feed as JSON Feed 1.1 (jsonfeed.org)."""

import json
from datetime import UTC, datetime
from typing import Any

from procurement.feeds.atom import LANGUAGE, html
from procurement.feeds.entries import Entry, Feed

TYPE = "application/feed+json; charset=utf-8"


def build(feed: Feed) -> bytes:
    """The bytes of the feed, the same for the same feed."""
    built = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.url,
        "feed_url": feed.feed_url,
        "description": feed.subtitle,
        "language": LANGUAGE,
        "authors": [{"name": feed.publisher}],
        "expired": feed.is_over,
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(built, ensure_ascii=False).encode()


def _item(entry: Entry) -> dict[str, Any]:
    notice = entry.notice
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": html(entry.paragraphs),
        "date_published": _moment(entry.published_at),
        "date_modified": _moment(entry.updated_at),
        "authors": [{"name": entry.author}],
        "tags": list(entry.tags),
        "language": LANGUAGE,
        # What the format has no word for; it asks for a name of one's own with an underscore.
        "_loti": {
            "reference": notice.reference,
            "version": notice.number,
            "version_url": entry.version_url,
            "ocds_url": entry.data_url,
            "is_withdrawn": notice.is_withdrawn,
            "questions_close_date": notice.questions_close_date.isoformat(),
            "closes_date": notice.closes_date.isoformat(),
            "tender_date": notice.tender_date.isoformat() if notice.tender_date else None,
            "start_date": notice.start_date.isoformat() if notice.start_date else None,
        },
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
