"""The public demand board."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from boroughs import permissions
from boroughs.models import User
from boroughs.permissions import Permission
from procurement.forms.board import BoardForm, Query, read
from procurement.models import PublicState
from procurement.queries import board, chain, published
from procurement.queries.board import Options
from procurement.views.public import public

PAGE = 20
OPEN_STATES = {PublicState.OPEN, PublicState.QUESTIONS_CLOSED}


@public
def index(request: HttpRequest) -> HttpResponseBase:
    """The list of published notices. Eight queries, however many there are."""
    at = timezone.now()
    options = board.options(at=at)
    query = read(request.GET, options)
    pages = Paginator(board.search(query.filters, at=at), PAGE)
    page = pages.get_page(query.page)
    notes = [*query.notes]
    if query.page > pages.num_pages:
        notes.append("There are fewer pages than that, so this is the last one.")
    wanted = request.GET.copy()
    wanted.pop("page", None)
    return render(
        request,
        "procurement/board/index.html",
        {
            "page": page,
            "notices": published.read(page.object_list, at=at),
            "query": query,
            "form": BoardForm(query, options),
            "notes": notes,
            "open_count": sum(option.count for option in options.states if option.value in OPEN_STATES),
            "borough_count": len(options.boroughs),
            "feed_url": f"{reverse('board-feed')}?{wanted.urlencode()}".rstrip("?"),
            "may_draft": isinstance(request.user, User) and permissions.has(request.user, Permission.DRAFT_NOTICES),
            "wider": _wider(query, options),
            "head": chain.head(),
        },
    )


@public
def robots(request: HttpRequest) -> HttpResponseBase:
    """What crawlers may read: the board and its notices."""
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /accounts/", "Allow: /board/", "Allow: /notices/"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _wider(query: Query, options: Options) -> list[str]:
    """What a search that found nothing could leave out, in words."""
    filters = query.filters
    hints = []
    if len(filters.terms) > 1:
        hints.append("Search for fewer words: every word has to be in the notice.")
    if filters.boroughs or filters.sub_regions:
        hints.append("Look at all authorities.")
    if filters.categories:
        names = " or ".join(options.label("categories", slug) for slug in filters.categories)
        hints.append(f"Look beyond {names}.")
    if filters.states or filters.kinds:
        hints.append("Look at every status and every kind of notice.")
    return hints
