"""Which words are used for each concept, weighed by TF-IDF: what its vector in ``concept_vectors`` does not hold.

A sentence vector blurs the one word that tells ("committee", "verge", "handheld") where a text has many others.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_matrix

from procurement.matching import lexical, text
from procurement.matching.concepts import concepts
from procurement.matching.gathering import Gathered
from procurement.matching.lexical import Lexicon


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return the stems of the phrases of each of ``concepts()``, in that order; a stem's idf counts concepts."""
    stems = [Counter(stem for phrase in phrases for stem in text.stems(phrase)) for phrases in concepts().values()]
    place = {stem: index for index, stem in enumerate(sorted(set().union(*stems)))}
    rows = [row for row, found in enumerate(stems) for _ in found]
    columns = [place[stem] for found in stems for stem in found]
    counts = np.array([count for found in stems for count in found.values()], dtype=np.float64)
    return lexical.tfidf(lexical.named(len(stems), list(place), np.array(rows), np.array(columns), counts))


def told(found: Gathered) -> csr_matrix:
    """Return the words of items in the columns of ``lexicon()``, unit rows: shape (items, terms).

    Words that no concept has are left out: a long text is not less about a thing for what else it tells.
    """
    rows, columns, counts = found.terms
    alone = columns % (len(found.forms) + 1) == 0
    words = lexical.words(len(found.prepared), found.forms, rows[alone], columns[alone], counts[alone])
    return lexical.tfidf_within(words, lexicon())
