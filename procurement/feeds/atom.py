"""A feed as Atom (RFC 4287)."""

from datetime import datetime
from typing import Any

from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html_join
from django.utils.xmlutils import SimplerXMLGenerator

from procurement.feeds.entries import Feed

TYPE = Atom1Feed.content_type
LANGUAGE = "en-GB"


class _Atom(Atom1Feed):
    """Django's, with a time that does not run while there is no entry, and links to the version itself."""

    def latest_post_date(self) -> datetime:
        updated: datetime = self.feed["updated_at"]
        return updated

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        link = {"rel": "alternate", "type": "application/json", "href": item["data_url"]}
        handler.addQuickElement("link", "", link)
        link = {"rel": "related", "type": "text/html", "href": item["version_url"]}
        handler.addQuickElement("link", "", link)


def build(feed: Feed) -> bytes:
    """The bytes of the feed, the same for the same feed."""
    atom = _Atom(
        title=feed.title,
        link=feed.url,
        description=feed.subtitle,
        language=LANGUAGE,
        author_name=feed.publisher,
        feed_url=feed.feed_url,
        feed_guid=feed.feed_url,
        updated_at=feed.updated_at,
    )
    for entry in feed.entries:
        atom.add_item(
            title=entry.title,
            link=entry.url,
            # The feed says that this is HTML, so the text is escaped for it, beside the XML's own escaping.
            description=html(entry.paragraphs),
            author_name=entry.author,
            pubdate=entry.published_at,
            updateddate=entry.updated_at,
            unique_id=entry.id,
            categories=entry.tags,
            version_url=entry.version_url,
            data_url=entry.data_url,
        )
    return atom.writeString("utf-8").encode()


def html(paragraphs: tuple[str, ...]) -> str:
    return format_html_join("", "<p>{}</p>", ((paragraph,) for paragraph in paragraphs))
