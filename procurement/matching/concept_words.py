"""Which words are used for each concept, weighed by TF-IDF: what its vector in ``concept_vectors`` does not hold.

They are those of its phrases and of the texts that ask for it.

A sentence vector blurs the one word that tells ("committee", "verge", "handheld") where a text has many others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_matrix

from procurement.matching import lexical, text
from procurement.matching.concepts import asked, concepts
from procurement.matching.gathering import Gathered
from procurement.matching.lexical import Lexicon


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return the stems used for each of ``concepts()``, in that order; a stem's idf counts concepts."""
    return lexicon_with(asked())


def lexicon_with(texts: Mapping[str, Sequence[str]]) -> Lexicon:
    """Return the lexicon of the concepts' phrases and of ``texts`` that ask for them, by name."""
    stems = [
        Counter(stem for written in (*phrases, *texts[name]) for stem in text.stems(written))
        for name, phrases in concepts().items()
    ]
    place = {stem: index for index, stem in enumerate(sorted(set().union(*stems)))}
    rows = [row for row, found in enumerate(stems) for _ in found]
    columns = [place[stem] for found in stems for stem in found]
    counts = np.array([count for found in stems for count in found.values()], dtype=np.float64)
    return lexical.tfidf(lexical.named(len(stems), list(place), np.array(rows), np.array(columns), counts))


def told(found: Gathered, known: Lexicon) -> csr_matrix:
    """Return the words of items in the columns of ``known``, unit rows: shape (items, terms).

    Words that no concept has are left out: a long text is not less about a thing for what else it tells.
    """
    rows, columns, counts = found.terms
    alone = columns % (len(found.forms) + 1) == 0
    words = lexical.words(len(found.prepared), found.forms, rows[alone], columns[alone], counts[alone])
    return lexical.tfidf_within(words, known)
