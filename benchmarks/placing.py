"""Measures how often a text is placed at the thing that it asks for: `python benchmarks/placing.py`.

The texts of `procurement/matching/vocabulary/asked.tsv` ask for things of the matcher's vocabulary in six or twelve
voices. The texts of one voice after another are taken out of what the matcher knows, and each is placed by the rest, by
the topics of procurement/matching/features.py; "a need" is the first voice as title and the second as problem, with
both taken out. `first` is the share whose first topic is the thing, `third` that of those which have it among the first
three. Texts of one writer are alike in more than their thing, so the figures compare settings; they foretell nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["LOTI_ENV"] = "test"
os.environ.setdefault("LOTI_VAR_DIR", tempfile.mkdtemp(prefix="loti-placing-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loti.settings")

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402

from procurement.matching import Item, concept_vectors, concept_words, gathering  # noqa: E402
from procurement.matching.concepts import VOICES, asked, concepts  # noqa: E402
from procurement.matching.embed import CachingEmbedder, MiniLmEmbedder  # noqa: E402
from procurement.matching.evaluation.vectors import FileVectors  # noqa: E402
from procurement.matching.features import centred, chosen  # noqa: E402
from procurement.matching.reading import Rules  # noqa: E402

OWNER = "a buyer"
MODEL = CachingEmbedder(MiniLmEmbedder(), FileVectors())


ASKED = {name: texts for name, texts in asked().items() if texts}


def main() -> None:
    """Place, print a line for each voice, one for all and one for needs."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    lines = {}
    for place, voice in enumerate(VOICES):
        told = {name: Item(name, OWNER, texts[place]) for name, texts in ASKED.items() if texts[place:]}
        lines[voice] = placed(told, {voice})
    lines["all"] = np.concatenate(list(lines.values()))
    needs = {name: Item(name, OWNER, texts[0], problem=texts[1]) for name, texts in ASKED.items()}
    lines["a need"] = placed(needs, set(VOICES[:2]))
    sys.stdout.write(f"{'':<14}{'first':>7}{'third':>7}{'of':>7}\n")
    for name, ranks in lines.items():
        sys.stdout.write(f"{name:<14}{(ranks < 1).mean():>7.3f}{(ranks < 3).mean():>7.3f}{len(ranks):>7}\n")


def placed(told: Mapping[str, Item], hidden: Collection[str]) -> np.ndarray:
    """Return of each item how many topics are heavier than its thing, where texts of the ``hidden`` voices are not
    known.
    """
    known = {
        name: [text for voice, text in zip(VOICES, texts, strict=False) if voice not in hidden]
        for name, texts in asked().items()
    }
    background = concept_vectors.computed(MODEL, known)
    mean = background.mean(axis=0)
    found = gathering.gathered(list(told.values()), Rules.of({OWNER}, ()), standing=frozenset())
    meaning = centred(MODEL.encode(found.prepared.whole()), mean)
    topics = chosen(meaning, centred(background, mean), concept_words.lexicon_with(known), found).toarray()
    place = {name: column for column, name in enumerate(concepts())}
    return ranked(topics, np.array([place[name] for name in told]))


def ranked(topics: np.ndarray, things: np.ndarray) -> np.ndarray:
    """Return how many topics of each row are heavier than the thing's own, the number of topics where that has none."""
    own = topics[np.arange(len(things)), things]
    above = (topics > own[:, None]).sum(axis=1)
    return np.where(own > 0, above, topics.shape[1])


if __name__ == "__main__":
    main()
