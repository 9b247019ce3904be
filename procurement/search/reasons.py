"""Says in words why a document was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from procurement.search.document import Field
from procurement.search.entries import Entry
from procurement.search.index import Index
from procurement.search.query import Alternative, Asked, Group, How
from procurement.search.ranking import NEAR

MOST = 3


@dataclass(frozen=True, slots=True)
class _Reason:
    """One word of the query, and by what it was found."""

    group: Group
    alternative: Alternative
    field: Field | None


def why(asked: Asked, index: Index, *, id: int, near: float) -> tuple[str, ...]:
    """The reasons for one document that was found, the best first, at most MOST; none where it is not in the index."""
    row = index.row_of.get(id)
    if row is None:
        return ()
    entry = index.entries[row]
    reasons = [reason for group in asked.groups if (reason := _best(group, entry, index))]
    said = [demand.words for demand in asked.demands]
    said += _typed(reason for reason in reasons if reason.alternative.how is How.TYPED)
    said += _read(reasons)
    said += _similar(reasons)
    if near >= NEAR and len(said) < MOST:
        said.append("Close in meaning")
    return tuple(_begun_large(words) for words in dict.fromkeys(said))[:MOST]


def _best(group: Group, entry: Entry, index: Index) -> _Reason | None:
    """What was typed itself before what is like it, and of these the strongest."""
    order = list(How)
    ranked = sorted(group.alternatives, key=lambda each: (order.index(each.how), -each.weight))
    for alternative in ranked:
        if _has(entry, alternative.term):
            return _Reason(group, alternative, _place(entry, alternative.term, index))
    return None


def _has(entry: Entry, term: int) -> bool:
    at = int(np.searchsorted(entry.terms, term))
    return at < len(entry.terms) and int(entry.terms[at]) == term


def _place(entry: Entry, term: int, index: Index) -> Field | None:
    """The first field that has a word of this term; None for what is said by several words."""
    at = np.flatnonzero((index.stem_of[entry.forms] == term) & (entry.forms >= 0))
    return Field(int(np.searchsorted(entry.begins, at[0], side="right")) - 1) if len(at) else None


def _typed(reasons: Iterable[_Reason]) -> list[str]:
    """“cloud” and “telephony” in the title."""
    by_field: dict[Field, list[str]] = {}
    for reason in reasons:
        by_field.setdefault(Field.REST if reason.field is None else reason.field, []).append(
            f"“{reason.alternative.typed}”"
        )
    return [f"{_listed(list(dict.fromkeys(said)))} {field.words}" for field, said in sorted(by_field.items())]


def _read(reasons: Iterable[_Reason]) -> list[str]:
    """“telehpony” read as “telephony”, in the title."""
    verbs = {How.SPELT: "read as", How.BEGUN: "begins"}
    return [
        f"“{found.typed}” {verbs[found.how]} “{found.read}”"
        + ("" if reason.field is None else f", {reason.field.words}")
        for reason in reasons
        if (found := reason.alternative).how in verbs
    ]


def _similar(reasons: Iterable[_Reason]) -> list[str]:
    """Similar: cloud voice → telephone system."""
    found = dict.fromkeys(
        (reason.alternative.typed, reason.alternative.read)
        for reason in reasons
        if reason.alternative.how is How.SYNONYM
    )
    return [f"Similar: {typed} → {read}" if typed != read else f"About {read}" for typed, read in found]


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _begun_large(words: str) -> str:
    return words[:1].upper() + words[1:]
