"""The addresses by which a list, a search or a notice is followed without an account, and the name of what is."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from procurement.forms.board import Query
from procurement.queries.board_facets import Options
from procurement.views import board_address


@dataclass(frozen=True)
class Following:
    """Whole addresses: they are copied into other programs."""

    # "the board", "this search" or "this notice".
    what: str
    # What a feed of it shows.
    news: str
    title: str
    # The page that asks for an e-mail address.
    mail: str
    atom: str
    json: str
    calendar: str

    @property
    def webcal(self) -> str:
        """Opens in the calendar program of the reader, which then asks by itself."""
        return f"webcal:{self.calendar.partition(':')[2]}"


def board(request: HttpRequest, query: Query, offered: Options) -> Following:
    return Following(
        what="this search" if query.is_narrowed else "the board",
        news="new notices and new versions",
        title=title(request, query, offered),
        mail=of_board(request, "board-follow"),
        atom=of_board(request, "board-feed"),
        json=of_board(request, "board-json-feed"),
        calendar=of_board(request, "board-calendar"),
    )


def notice(reference: str) -> Following:
    return Following(
        what="this notice",
        news="each new version",
        title=reference,
        mail=of_notice("notice-follow", reference),
        atom=of_notice("notice-feed", reference),
        json=of_notice("notice-json-feed", reference),
        calendar=of_notice("notice-calendar", reference),
    )


def title(request: HttpRequest, query: Query, offered: Options) -> str:
    """What tells this feed from others in a reader: the board's name, and the filters that are set."""
    chosen = [f"{each.name}: {each.label}" for each in board_address.chosen(request, query, offered)]
    return ", ".join([settings.PUBLISHER_NAME, *chosen])


def of_board(request: HttpRequest, name: str) -> str:
    """An address of the board under the filters that were asked for, whatever else stands in the request."""
    return f"{settings.SITE_URL}{board_address.with_filters(request, name)}"


def of_notice(name: str, reference: str) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=[reference])}"
