"""The public demand board."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from boroughs import permissions
from boroughs.models import User
from boroughs.permissions import Permission
from procurement.forms.board import BoardForm, Query, read
from procurement.queries import board, board_search
from procurement.queries.board_facets import COMING
from procurement.queries.board_listing import Listing
from procurement.views import board_address, board_cards, ways_to_follow, widening
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
    pages = Paginator(listing.keys, PAGE)
    page = pages.get_page(query.page)
    board_search.prepare(sum(option.count for option in offered.states))
    response = render(
        request,
        "procurement/board/index.html",
        {
            "page": page,
            "cards": [(card, listing.why(key)) for key, card in board_cards.cards(page.object_list, stamp=stamp)],
            "query": query,
            "form": BoardForm(query, listing.options, offered),
            "chosen": board_address.chosen(request, query, offered),
            "notes": [*query.notes, *_notes(query, listing, pages.num_pages)],
            "open_count": sum(option.count for option in offered.states if option.value in COMING),
            "borough_count": sum(option.count > 0 for option in offered.boroughs),
            "following": ways_to_follow.board(request, query, offered),
            "map_url": board_address.with_filters(request, "board-map"),
            "timeline_url": board_address.with_filters(request, "board-timeline"),
            "may_draft": isinstance(request.user, User) and permissions.has(request.user, Permission.DRAFT_NOTICES),
            "wider": [] if pages.count else widening.hints(query, listing),
            "nearest": [] if pages.count else widening.nearest(listing, offered),
            "head": stamp.head,
        },
        status=400 if query.is_too_long else 200,
    )
    if not listing.is_final:
        # The same question may be answered better in a moment.
        add_never_cache_headers(response)
    return response


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
