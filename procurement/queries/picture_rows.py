"""The demand picture by authority."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from boroughs.models import Borough, Need


@dataclass(frozen=True)
class BoroughRow:
    name: str
    slug: str
    abbreviation: str
    tile_row: int | None
    tile_column: int | None
    is_london: bool
    needs: int
    # Needs of the borough that stand in a joint demand.
    matched: int


def borough_rows(needs: Iterable[Need], matched: set[int]) -> tuple[BoroughRow, ...]:
    """All authorities by name, those without a need too. `matched` are needs in a joint demand. One query."""
    logged = Counter(need.borough_id for need in needs)
    joined = Counter(need.borough_id for need in needs if need.pk in matched)
    return tuple(
        BoroughRow(
            name=borough.name,
            slug=borough.slug,
            abbreviation=borough.abbreviation,
            tile_row=borough.tile_row,
            tile_column=borough.tile_column,
            is_london=borough.kind == Borough.Kind.LONDON,
            needs=logged[borough.pk],
            matched=joined[borough.pk],
        )
        for borough in Borough.objects.by_name()
    )
