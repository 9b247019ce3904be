"""Rows of a file for one borough's register: what names another authority is refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from boroughs.actions.register import ContractRow
from boroughs.forms.contract_rows import ContractReader
from boroughs.forms.release_packages import PackageTable
from boroughs.forms.rows import RawRow, RefusedRow
from boroughs.forms.text import clean_line
from boroughs.models import Borough
from boroughs.queries.authorities import AuthorityNames


@dataclass
class OwnContractReader(ContractReader):
    """A ContractReader for the rows of one borough. A row that names none is the borough's."""

    borough: Borough | None = None

    def check(self, raw: RawRow) -> ContractRow | RefusedRow:
        """As ContractReader does, after the borough has been looked at."""
        if self.borough is None:
            return super().check(raw)
        name = clean_line(raw.values.get("borough") or "")
        if name and self.authorities.find(name) != self.borough:
            return RefusedRow(raw.line, (f"The row is for “{name[:100]}”, not {self.borough.name}.",))
        return super().check(RawRow(raw.line, {**raw.values, "borough": self.borough.slug}))


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
        yield RawRow(line, {**rest, "borough": _name(found, buyer, tokens, borough)})


def _name(found: list[Borough], buyer: str, tokens: tuple[str, ...], borough: Borough | None) -> Any:
    if borough is not None:
        return borough.slug
    return found[0].slug if found else buyer or next(iter(tokens), "")
