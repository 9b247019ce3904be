"""The categories that are nearest to a query, for whom nothing was found."""

from __future__ import annotations

import numpy as np

from procurement.search.index import Floats, Index
from procurement.search.query import Asked, How
from procurement.search.thesaurus import category_key

MOST = 3
# Of the documents that are nearest in meaning, so many are asked for their category.
_LOOKED_AT = 10
_NEAR = 0.3


def nearest_topics(asked: Asked, index: Index, vector: Floats | None) -> tuple[str, ...]:
    """Slugs of categories that documents have: those which the query names first, then those of what is near to it."""
    named = {
        alternative.term
        for group in asked.groups
        for alternative in group.alternatives
        if alternative.how is How.SYNONYM
    }
    terms = index.vocabulary.terms
    found: dict[str, None] = {}
    slugs = sorted({entry.document.category for entry in index.entries} - {""})
    found.update((slug, None) for slug in slugs if terms.get(category_key(slug)) in named)
    if vector is not None and asked.groups:
        near = index.nearness(vector)
        for row in np.argsort(-near, kind="stable")[:_LOOKED_AT].tolist():
            if near[row] >= _NEAR and index.entries[row].document.category:
                found[index.entries[row].document.category] = None
    return tuple(found)[:MOST]
