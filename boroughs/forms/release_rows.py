"""The contracts of an OCDS file as rows for the reader of registers, each with the authority that bought it."""

from collections.abc import Iterator
from typing import Any

from boroughs.forms.release_packages import PackageTable
from boroughs.forms.rows import RawRow, RefusedRow
from boroughs.forms.text import clean_line
from boroughs.models import Borough
from boroughs.queries.authorities import AuthorityNames


def rows_of(
    table: PackageTable, *, authorities: AuthorityNames, borough: Borough | None = None
) -> Iterator[RawRow | RefusedRow]:
    """The contracts of an OCDS file, each with the authority that bought it.

    With `borough`, those that others bought are refused, and one whose buyer is not named is the borough's. A contract
    that several bought together is that of each.
    """
    for line, values in table.rows:
        rest = {column: value for column, value in values.items() if column != "buyer"}
        buyer = clean_line(values.get("buyer") or "")
        tokens = table.buyers.get(line, ())
        found = list(filter(None, map(authorities.find, tokens)))
        if borough is not None and tokens and borough not in found:
            said = f"The buyer is “{(buyer or tokens[0])[:100]}”, not {borough.name}."
            yield RefusedRow(line, (said,))
            continue
        named = {**rest, "borough": _name(found, buyer, tokens, borough)}
        yield RawRow(line, named, remarks=table.remarks.get(line, ()))


def _name(found: list[Borough], buyer: str, tokens: tuple[str, ...], borough: Borough | None) -> Any:
    if borough is not None:
        return borough.slug
    return found[0].slug if found else buyer or next(iter(tokens), "")
