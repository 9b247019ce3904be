"""What is known of each item as numbers, so that reasons can be found for many pairs at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from procurement.matching import brands, kinds
from procurement.matching.distinct import UNKNOWN, Numbers
from procurement.matching.features import Features
from procurement.matching.items import Item

_CLEAR: Final = 0.5  # share of one category from which it is named
_CLEAR_KIND: Final = 0.45
# What people write where nothing is in use, or where they do not know.
_NO_PRODUCT: Final = frozenset(
    {
        "-",
        "?",
        "n/a",
        "na",
        "nil",
        "no",
        "none",
        "not applicable",
        "not known",
        "other",
        "tbc",
        "tbd",
        "unknown",
        "various",
    }
)


@dataclass(frozen=True, slots=True)
class Facts:
    """One entry an item. ``kind``, ``likely`` and ``stated`` category are places in their lists or
    ``UNKNOWN``; ``states_kind`` tells whether the item itself gives its kind, which is read off its words elsewhere.
    ``ends`` is a day number, ``least`` and ``most`` of the budget are whole pounds, 0 where not given. ``incumbents``
    marks what is in use today, shape (items, names), by the names in ``used``; the others are as in ``Features``.
    """

    kind: Numbers
    states_kind: NDArray[np.bool_]
    likely: Numbers
    stated: Numbers
    ends: Numbers
    least: Numbers
    most: Numbers
    owner: Numbers
    used: tuple[str, ...]
    incumbents: csr_matrix
    concepts: csr_matrix
    products: csr_matrix

    @classmethod
    def of(cls, features: Features, slugs: Sequence[str]) -> Facts:
        """Gather the facts of ``features``; ``slugs`` are those of the categories, in their order."""
        items, place = features.items, {slug: index for index, slug in enumerate(slugs)}
        owners = {owner: index for index, owner in enumerate(sorted({item.owner for item in items}))}
        used, incumbents = _incumbents(items)
        return cls(
            kind=_clear(features.kind, _CLEAR_KIND),
            states_kind=np.array(
                [(item.kind or "").replace("_", "-").lower() in kinds.KINDS for item in items], dtype=np.bool_
            ),
            likely=_clear(features.category, _CLEAR),
            stated=np.array([place.get(item.category or "", UNKNOWN) for item in items], dtype=np.int64),
            ends=np.array([i.contract_end.toordinal() if i.contract_end else 0 for i in items], dtype=np.int64),
            least=np.array([i.budget_min or i.budget_max or 0 for i in items], dtype=np.int64),
            most=np.array([i.budget_max or 0 for i in items], dtype=np.int64),
            owner=np.array([owners[item.owner] for item in items], dtype=np.int64),
            used=used,
            incumbents=incumbents,
            concepts=features.concepts.matrix,
            products=features.products,
        )


def _clear(roots: NDArray[np.float32], least: float) -> Numbers:
    if not roots.size:
        return np.full(len(roots), UNKNOWN, dtype=np.int64)
    shares = roots * roots
    best = shares.argmax(axis=1)
    return np.where(shares[np.arange(len(shares)), best] >= least, best, UNKNOWN).astype(np.int64)


def _incumbents(items: Sequence[Item]) -> tuple[tuple[str, ...], csr_matrix]:
    """Two incumbents are one if they are written alike or name the same product; to name one supplier of many things is
    not enough. Each name is told as it is first written: of "Mosaic (old)" and "Mosaic" both say "Mosaic" alone.
    """
    column: dict[str, int] = {}
    used: list[str] = []
    # Many items say the same.
    named = {today: _names(today) for today in {item.incumbent.strip() for item in items}}
    rows, columns = [], []
    for row, item in enumerate(items):
        for name, written in named[item.incumbent.strip()].items():
            if name not in column:
                column[name] = len(used)
                used.append(written)
            rows.append(row)
            columns.append(column[name])
    ones = np.ones(len(rows), dtype=np.float32)
    places = (np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64))
    return tuple(used), csr_matrix((ones, places), shape=(len(items), max(len(used), 1)))


def _names(today: str) -> dict[str, str]:
    """Return what the product in use today goes by -> as it is written; nothing where that says nothing."""
    if not today or today.casefold() in _NO_PRODUCT:
        return {}
    products = {name: written for name, written in brands.mentions(today) if brands.BRANDS[name]}
    return {**products, today.casefold(): today}
