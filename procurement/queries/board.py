"""The board's list: which published notices match what was asked of it, and what its filters offer."""

from procurement.queries.board_facets import Filters, Options
from procurement.queries.board_listing import Listing
from procurement.queries.board_table import table
from procurement.queries.published import Stamp


def search(filters: Filters, *, stamp: Stamp) -> Listing:
    """Current versions that match, in the order asked for. Hand slices of it to `read`."""
    return Listing(table(stamp), filters, head=stamp.head, order=filters.sort)


def changes(filters: Filters, *, stamp: Stamp) -> Listing:
    """The same, what was published last first, corrections too: the order of a feed."""
    return Listing(table(stamp), filters, head=stamp.head, order="changed")


def dates(filters: Filters, *, stamp: Stamp) -> Listing:
    """The same, what closes next first and what has closed behind it: the order of a calendar that is cut somewhere."""
    return Listing(table(stamp), filters, head=stamp.head, order="closing")


def options(stamp: Stamp) -> Options:
    """What the board's filters offer, with counts over all listed notices."""
    return table(stamp).offered
