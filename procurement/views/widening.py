"""What somebody may try whose search of the board found nothing."""

from dataclasses import dataclass
from urllib.parse import urlencode

from procurement.forms.board import Query
from procurement.queries.board_facets import Filters, Options
from procurement.queries.board_listing import Listing

# Attribute of Filters, and of Options where the filter has one → what leaving it out is called.
_WITHOUT = {
    "boroughs": "all authorities",
    "sub_regions": "all parts of London",
    "categories": "all categories",
    "states": "every status",
    "kinds": "every kind of notice",
    "stages": "every stage",
    "values": "every value",
    "starts": "every start",
    "quarters": "every start",
    "closings": "every closing date",
}


@dataclass(frozen=True)
class Nearest:
    """A category that has notices, and is near to what was searched for."""

    name: str
    count: int
    address: str


def hints(query: Query, listing: Listing) -> list[str]:
    """What could be left out or put otherwise, in words."""
    filters = query.filters
    found = []
    if filters.q and not listing.has_answers:
        found.append(_wording(filters, listing))
    found += [f"Look at {words}." for name, words in _WITHOUT.items() if getattr(filters, name)]
    return [hint for hint in found if hint]


def nearest(listing: Listing, options: Options) -> list[Nearest]:
    """Categories to look at instead; of those with notices."""
    if not listing.found:
        return []
    offered = {option.value: option for option in options.categories}
    return [
        Nearest(offered[slug].label, offered[slug].count, f"?{urlencode({'category': slug})}")
        for slug in listing.found.categories
        if slug in offered
    ]


def _wording(filters: Filters, listing: Listing) -> str:
    if listing.found and listing.found.asked.is_empty:
        return "There is no word in this search. Type what the notice should be about."
    if listing.found and listing.found.asked.demands:
        wanted = " and ".join(demand.words for demand in listing.found.asked.demands)
        return f"Search without asking for {wanted}."
    return "Search for fewer words, or for another word for the same thing."
