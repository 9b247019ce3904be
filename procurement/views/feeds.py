"""The Atom feed of the board, under the same filters as the page."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from procurement.forms.board import read
from procurement.queries import board, published
from procurement.queries.published_notice import PublishedNotice
from procurement.views.kept import kept
from procurement.views.public import public, stamp_of

ENTRIES = 50


class BoardFeed(Feed):  # type: ignore[type-arg]  # generic in the stubs only
    """One entry for the current version of each notice: a correction is a new entry, with an id of its own."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpRequest:
        return request

    def title(self, request: HttpRequest) -> str:
        return settings.PUBLISHER_NAME

    def subtitle(self, request: HttpRequest) -> str:
        return "What London's boroughs may buy together. No notice here is a call for competition."

    def link(self, request: HttpRequest) -> str:
        return _address("board", request)

    def feed_url(self, request: HttpRequest) -> str:
        return _address("board-feed", request)

    def feed_guid(self, request: HttpRequest) -> str:
        return self.feed_url(request)

    def items(self, request: HttpRequest) -> list[PublishedNotice]:
        stamp = stamp_of(request)
        query = read(request.GET, board.options(stamp))
        return published.read(board.changes(query.filters, stamp=stamp)[:ENTRIES], at=stamp.at)

    def item_title(self, item: PublishedNotice) -> str:
        return item.title

    def item_description(self, item: PublishedNotice) -> str:
        # The feed says that this is HTML, so the text is escaped for it, beside the XML's own escaping.
        boroughs = ", ".join(borough.name for borough in item.boroughs)
        closing = f"{item.closes_date.day} {item.closes_date:%B %Y}"
        lines = [item.reason, item.summary, f"Authorities: {boroughs}.", f"Closes on {closing}."]
        return "".join(f"<p>{escape(line)}</p>" for line in lines if line)

    def item_link(self, item: PublishedNotice) -> str:
        return settings.SITE_URL + reverse("notice-detail", args=[item.reference])

    def item_guid(self, item: PublishedNotice) -> str:
        """A tag URI (RFC 4151): of this site, of the day of the first version, for ever."""
        host = urlsplit(settings.SITE_URL).hostname
        begun = timezone.localtime(item.first_published_at).date()
        return f"tag:{host},{begun.isoformat()}:{item.reference}/{item.number}"

    def item_pubdate(self, item: PublishedNotice) -> datetime | None:
        return item.first_published_at

    def item_updateddate(self, item: PublishedNotice) -> datetime | None:
        return item.published_at

    def item_categories(self, item: PublishedNotice) -> list[str]:
        return [*item.cpv, *(borough.slug for borough in item.boroughs)]

    def item_author_name(self, item: PublishedNotice) -> str:
        return item.lead.official_name


_feed = BoardFeed()


@public
@kept
def board_feed(request: HttpRequest) -> HttpResponseBase:
    response: HttpResponse = _feed(request)
    return response


def _address(name: str, request: HttpRequest) -> str:
    query = request.GET.urlencode()
    return settings.SITE_URL + reverse(name) + (f"?{query}" if query else "")
