"""What is known of each item as numbers, so that reasons can be found for many pairs at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from procurement.matching import brands
from procurement.matching.distinct import UNKNOWN, Numbers
from procurement.matching.features import Features
from procurement.matching.items import Item

_CLEAR: Final = 0.5  # share of one category from which it is named
_CLEAR_KIND: Final = 0.45


@dataclass(frozen=True, slots=True)
class Facts:
    """One entry an item. ``kind``, ``likely`` and ``stated`` category are places in their lists or
    ``UNKNOWN``; ``ends`` is a day number and ``budget`` whole pounds, 0 where not given. ``today`` is
    the place in ``written`` of what the product in use today is called, and ``incumbents`` marks which names that goes
    by, shape (items, names); the others are as in ``Features``.
    """

    kind: Numbers
    likely: Numbers
    stated: Numbers
    ends: Numbers
    budget: Numbers
    owner: Numbers
    written: tuple[str, ...]
    today: Numbers
    incumbents: csr_matrix
    concepts: csr_matrix
    products: csr_matrix

    @classmethod
    def of(cls, features: Features, slugs: Sequence[str]) -> Facts:
        """Gather the facts of ``features``; ``slugs`` are those of the categories, in their order."""
        items, place = features.items, {slug: index for index, slug in enumerate(slugs)}
        owners = {owner: index for index, owner in enumerate(sorted({item.owner for item in items}))}
        written = tuple(dict.fromkeys(item.incumbent.strip() for item in items))
        at = {name: index for index, name in enumerate(written)}
        return cls(
            kind=_clear(features.kind, _CLEAR_KIND),
            likely=_clear(features.category, _CLEAR),
            stated=np.array([place.get(item.category or "", UNKNOWN) for item in items], dtype=np.int64),
            ends=np.array([i.contract_end.toordinal() if i.contract_end else 0 for i in items], dtype=np.int64),
            budget=np.array([i.budget_max or i.budget_min or 0 for i in items], dtype=np.int64),
            owner=np.array([owners[item.owner] for item in items], dtype=np.int64),
            written=written,
            today=np.array([at[item.incumbent.strip()] for item in items], dtype=np.int64),
            incumbents=_incumbents(items),
            concepts=features.concepts.matrix,
            products=features.products,
        )


def _clear(roots: NDArray[np.float32], least: float) -> Numbers:
    if not roots.size:
        return np.full(len(roots), UNKNOWN, dtype=np.int64)
    shares = roots * roots
    best = shares.argmax(axis=1)
    return np.where(shares[np.arange(len(shares)), best] >= least, best, UNKNOWN).astype(np.int64)


def _incumbents(items: Sequence[Item]) -> csr_matrix:
    """Two incumbents are one if they are written alike or name the same product; to name one supplier of many things is
    not enough.
    """
    column: dict[str, int] = {}
    # Many items say the same.
    named = {
        today: {today.casefold(), *(name for name in brands.named(today) if brands.BRANDS[name])}
        for today in {item.incumbent.strip() for item in items}
    }
    rows, columns = [], []
    for row, item in enumerate(items):
        today = item.incumbent.strip()
        for name in named[today] if today else ():
            rows.append(row)
            columns.append(column.setdefault(name, len(column)))
    ones = np.ones(len(rows), dtype=np.float32)
    places = (np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64))
    return csr_matrix((ones, places), shape=(len(items), max(len(column), 1)))
