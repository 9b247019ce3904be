"""The dates of what is on the board as calendars to subscribe to: of a list under its filters, and of one notice."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import add_never_cache_headers

from procurement.feeds import calendar, entries
from procurement.forms.board import read
from procurement.ocds.publisher import Publisher
from procurement.queries import board, published
from procurement.views import ways_to_follow
from procurement.views.feeds import ENTRIES
from procurement.views.kept import kept
from procurement.views.public import open_data, public, stamp_of


@open_data
@public
@kept
def board_calendar(request: HttpRequest) -> HttpResponseBase:
    """The dates of the notices on the list, those first that close next."""
    stamp = stamp_of(request)
    offered = board.options(stamp)
    query = read(request.GET, offered)
    listing = board.dates(query.filters, stamp=stamp)
    content = calendar.build(
        calendar.of_list(published.read(listing[:ENTRIES], at=stamp.at)),
        title=ways_to_follow.title(request, query, offered),
        url=ways_to_follow.of_board(request, "board"),
        own_url=ways_to_follow.of_board(request, "board-calendar"),
        publisher=Publisher.of(settings),
    )
    response = _file(content, "demand-board.ics")
    if not listing.is_final:
        # The same question may be answered better in a moment.
        add_never_cache_headers(response)
    return response


@open_data
@public
@kept
def notice_calendar(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The dates of one notice; cancelled once they are taken back."""
    at = stamp_of(request).at
    versions = published.versions(reference, at=at) if published.is_reference(reference) else []
    if not versions:
        raise Http404
    publisher = Publisher.of(settings)
    content = calendar.build(
        calendar.of_versions(versions),
        title=f"{reference}: {versions[0].title}",
        url=entries.page_url(reference, publisher),
        own_url=ways_to_follow.of_notice("notice-calendar", reference),
        publisher=publisher,
    )
    return _file(content, f"{reference.lower()}.ics")


def _file(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type=calendar.TYPE, headers=headers)
