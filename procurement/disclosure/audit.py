"""Whose figures can be worked out from everything that is published together, and by whom."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from procurement.disclosure.evidence import Evidence, Flags, Order, gather
from procurement.disclosure.moves import Moves
from procurement.disclosure.rule import Rule
from procurement.disclosure.unknowns import Release, Unknown


@dataclass(frozen=True)
class Exposure:
    """A reader can bound a borough's figure too closely. None as the reader is anybody at all."""

    reader: str | None
    borough: str
    needs: tuple[str, ...]
    quantity: str
    figure: int
    is_from_above: bool


def exposures(
    releases: Sequence[Release],
    rule: Rule,
    waived: frozenset[str] = frozenset(),
    *,
    about: Release | None = None,
    orders: Sequence[Order] = (),
    known: Mapping[str, frozenset[str]] | None = None,
) -> Iterator[Exposure]:
    """Found one by one; none where everybody is protected.

    A figure is protected from a reader if, for all the reader can tell, it could be `Rule.protection_percent` more, and
    as much less. With `about`, only what can have to do with that release is looked at.
    """
    evidence = gather(releases, waived, about=about, orders=orders)
    yield from _found(evidence, releases, rule, _readers(evidence, known or {}))


def exposed_to(releases: Sequence[Release], rule: Rule, knows: frozenset[Unknown]) -> bool:
    """Whether a reader that knows these amounts can bound another figure too closely."""
    evidence = gather(releases, frozenset(), about=None, orders=())
    flags = np.array([unknown in knows for unknown in evidence.unknowns], dtype=bool)
    return any(_found(evidence, releases, rule, {None: flags}))


def _found(
    evidence: Evidence, releases: Sequence[Release], rule: Rule, readers: Mapping[str | None, Flags]
) -> Iterator[Exposure]:
    moves = Moves(evidence)
    for members in _targets(evidence, releases):
        columns = [evidence.place[unknown] for unknown in members]
        figure = sum(unknown.amount for unknown in members)
        distance = -(-figure * rule.protection_percent // 100)
        strangers = {name: knows for name, knows in readers.items() if not knows[columns].any()}
        for sign in (1, -1):
            for name in moves.stuck(columns, sign * distance, strangers):
                yield Exposure(
                    reader=name,
                    borough=members[0].borough,
                    needs=tuple(unknown.need for unknown in members),
                    quantity=members[0].quantity,
                    figure=figure,
                    is_from_above=sign > 0,
                )


def _readers(evidence: Evidence, known: Mapping[str, frozenset[str]]) -> dict[str | None, Flags]:
    """By reader, which unknowns are none to it, those that know least first."""
    owners = {unknown.borough for unknown in evidence.unknowns}
    readers: dict[str | None, Flags] = {
        name: evidence.owned_by(known.get(name, frozenset()) | {name}) for name in sorted(owners | known.keys())
    }
    if len(owners) < 2:
        # Otherwise each figure has a reader among the boroughs, and that one knows more than anybody at all.
        readers[None] = evidence.owned_by(frozenset())
    return dict(sorted(readers.items(), key=lambda reader: int(reader[1].sum())))


def _targets(evidence: Evidence, releases: Sequence[Release]) -> list[tuple[Unknown, ...]]:
    """What is protected: each amount, what a borough has in any one total, and all that it states at last."""
    found: dict[tuple[Unknown, ...], None] = {(unknown,): None for unknown in evidence.unknowns}
    last: dict[tuple[str, str, str], Unknown] = {}
    for release in releases:
        shares: dict[str, list[Unknown]] = {}
        for unknown in sorted(release.unknowns & evidence.place.keys()):
            shares.setdefault(unknown.borough, []).append(unknown)
            last[unknown.quantity, unknown.borough, unknown.need] = unknown
        found |= dict.fromkeys(tuple(share) for share in shares.values())
    stated: dict[tuple[str, str], list[Unknown]] = {}
    for unknown in sorted(last.values()):
        stated.setdefault((unknown.quantity, unknown.borough), []).append(unknown)
    return list(found | dict.fromkeys(tuple(all_stated) for all_stated in stated.values()))
