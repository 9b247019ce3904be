"""Atom and JSON feeds of the board, under the filters of its page, and of the versions of one notice."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import add_never_cache_headers

from procurement.feeds import atom, entries, json_feed
from procurement.feeds.entries import Feed
from procurement.forms.board import read
from procurement.ocds.publisher import Publisher
from procurement.queries import board, published
from procurement.queries.published_notice import PublishedNotice
from procurement.views import ways_to_follow
from procurement.views.kept import kept
from procurement.views.public import open_data, public, stamp_of

# The newest that a feed has; a calendar has the dates of as many notices.
ENTRIES = 50
SUBTITLE = "What London's boroughs may buy together. No notice here is a call for competition."

Build = Callable[[Feed], bytes]


@open_data
@public
@kept
def board_feed(request: HttpRequest) -> HttpResponseBase:
    return _of_board(request, "board-feed", atom.build, atom.TYPE)


@open_data
@public
@kept
def board_json_feed(request: HttpRequest) -> HttpResponseBase:
    return _of_board(request, "board-json-feed", json_feed.build, json_feed.TYPE)


@open_data
@public
@kept
def notice_feed(request: HttpRequest, reference: str) -> HttpResponseBase:
    return _of_notice(request, reference, "notice-feed", atom.build, atom.TYPE)


@open_data
@public
@kept
def notice_json_feed(request: HttpRequest, reference: str) -> HttpResponseBase:
    return _of_notice(request, reference, "notice-json-feed", json_feed.build, json_feed.TYPE)


def _of_board(request: HttpRequest, name: str, build: Build, content_type: str) -> HttpResponse:
    """One entry for the current version of each notice: a correction is a new entry, with an id of its own."""
    stamp = stamp_of(request)
    offered = board.options(stamp)
    query = read(request.GET, offered)
    listing = board.changes(query.filters, stamp=stamp)
    notices = published.read(listing[:ENTRIES], at=stamp.at)
    publisher = Publisher.of(settings)
    before = published.replaced(notices, at=stamp.at)
    feed = Feed(
        title=ways_to_follow.title(request, query, offered),
        subtitle=SUBTITLE,
        url=ways_to_follow.of_board(request, "board"),
        feed_url=ways_to_follow.of_board(request, name),
        entries=tuple(
            entries.of(notice, before=before.get(notice.version_id), publisher=publisher) for notice in notices
        ),
        changed_at=stamp.changed_at,
        publisher=settings.PUBLISHER_NAME,
    )
    response = HttpResponse(build(feed), content_type=content_type)
    if not listing.is_final:
        # The same question may be answered better in a moment.
        add_never_cache_headers(response)
    return response


def _of_notice(request: HttpRequest, reference: str, name: str, build: Build, content_type: str) -> HttpResponse:
    """One entry a version, with the ids that they have in the board's feed."""
    stamp = stamp_of(request)
    versions = published.versions(reference, at=stamp.at) if published.is_reference(reference) else []
    if not versions:
        raise Http404
    publisher = Publisher.of(settings)
    before: dict[int, PublishedNotice] = {version.number + 1: version for version in versions}
    feed = Feed(
        title=f"{reference}: {versions[0].title}",
        subtitle=f"Each version of this notice. {SUBTITLE}",
        url=entries.page_url(reference, publisher),
        feed_url=ways_to_follow.of_notice(name, reference),
        entries=tuple(
            entries.of(version, before=before.get(version.number), publisher=publisher)
            for version in versions[:ENTRIES]
        ),
        changed_at=stamp.changed_at,
        publisher=settings.PUBLISHER_NAME,
        is_over=versions[0].is_withdrawn,
    )
    return HttpResponse(build(feed), content_type=content_type)
