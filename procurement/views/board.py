"""The public demand board."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from boroughs import permissions
from boroughs.models import User
from boroughs.permissions import Permission
from procurement.forms.board import BoardForm, Query, read
from procurement.queries import board, board_search, published
from procurement.queries.board_facets import COMING
from procurement.queries.board_listing import Listing
from procurement.views import board_address, widening
from procurement.views.kept import kept
from procurement.views.public import public, stamp_of

PAGE = 20


@public
@kept
def index(request: HttpRequest) -> HttpResponseBase:
    """The list of published notices. Four queries, however many there are, and two where nothing was published since
    another reader asked; up to four more in the first search after a publication.
    """
    stamp = stamp_of(request)
    offered = board.options(stamp)
    query = read(request.GET, offered)
    listing = board.search(query.filters, stamp=stamp)
    pages = Paginator(listing, PAGE)
    page = pages.get_page(query.page)
    board_search.prepare(sum(option.count for option in offered.states))
    wanted = board_address.kept(request)
    shown = published.read(page.object_list, at=stamp.at)
    response = render(
        request,
        "procurement/board/index.html",
        {
            "page": page,
            "notices": [(notice, listing.why(notice.version_id)) for notice in shown],
            "query": query,
            "form": BoardForm(query, listing.options, offered),
            "chosen": board_address.chosen(request, query, offered),
            "notes": [*query.notes, *_notes(query, listing, pages.num_pages)],
            "open_count": sum(option.count for option in offered.states if option.value in COMING),
            "borough_count": sum(option.count > 0 for option in offered.boroughs),
            "feed_url": f"{reverse('board-feed')}?{wanted.urlencode()}".rstrip("?"),
            "csv_url": board_address.with_filters(request, "board-notices-csv"),
            "xlsx_url": board_address.with_filters(request, "board-notices-xlsx"),
            "map_url": board_address.with_filters(request, "board-map"),
            "timeline_url": board_address.with_filters(request, "board-timeline"),
            "may_draft": isinstance(request.user, User) and permissions.has(request.user, Permission.DRAFT_NOTICES),
            "wider": [] if pages.count else widening.hints(query, listing),
            "nearest": [] if pages.count else widening.nearest(listing, offered),
            "head": stamp.head,
        },
    )
    if not listing.is_final:
        # The same question may be answered better in a moment.
        add_never_cache_headers(response)
    return response


@public
def robots(request: HttpRequest) -> HttpResponseBase:
    """What crawlers may read: the board and its notices."""
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /accounts/", "Allow: /board/", "Allow: /notices/"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _notes(query: Query, listing: Listing, pages: int) -> list[str]:
    """What the reader should know of how the search was read."""
    notes = []
    if query.page > pages:
        notes.append("There are fewer pages than that, so this is the last one.")
    if listing.is_plain:
        notes.append(
            "The search is being prepared. For the next half a minute it finds only words exactly as you typed them."
        )
    if listing.found:
        notes += [
            f"No notice has “{typed}”, so we looked for “{read}”." for typed, read in listing.found.asked.corrections
        ]
    return notes
