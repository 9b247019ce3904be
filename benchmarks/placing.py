"""Measures how often a text is placed at the thing that it asks for: `python benchmarks/placing.py [FILE.tsv]`.

The texts of `benchmarks/data/asked.tsv`, "thing, tab, text", ask for things of the matcher's vocabulary in six voices,
a line for each voice and thing. They were written from the names and phrases of the things alone, after the matcher and
without a labelled set in view, and nothing was chosen by them. Each is placed by itself, by the topics of
procurement/matching/features.py; "a need" is the first voice as title and the second as problem. `first` is the share
whose first topic is the thing, `third` that of those which have it among the first three.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["LOTI_ENV"] = "test"
os.environ.setdefault("LOTI_VAR_DIR", tempfile.mkdtemp(prefix="loti-placing-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loti.settings")

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402

from procurement.matching import Item, features  # noqa: E402
from procurement.matching.concepts import concepts  # noqa: E402
from procurement.matching.embed import MiniLmEmbedder  # noqa: E402

ASKED = ROOT / "benchmarks" / "data" / "asked.tsv"
VOICES = ("title", "trouble", "notice", "requirements", "renewal", "other")


def main() -> None:
    """Read, place, print a line for each voice, one for all and one for needs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path, nargs="?", default=ASKED, help="default: %(default)s")
    asked = read(parser.parse_args().path)
    told = [
        placed([Item(thing, thing, texts[place]) for thing, texts in asked.items()]) for place in range(len(VOICES))
    ]
    needs = placed([Item(thing, thing, title, problem=trouble) for thing, (title, trouble, *_) in asked.items()])
    lines = [*zip(VOICES, told, strict=True), ("all", np.concatenate(told)), ("a need", needs)]
    sys.stdout.write(f"{len(asked)} of {len(concepts())} things\n{'':<14}{'first':>7}{'third':>7}\n")
    for name, ranks in lines:
        sys.stdout.write(f"{name:<14}{(ranks < 1).mean():>7.3f}{(ranks < 3).mean():>7.3f}\n")


def read(path: Path) -> dict[str, list[str]]:
    """Return the texts of each thing, one for each voice."""
    asked: dict[str, list[str]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        thing, _, text = line.partition("\t")
        if thing not in concepts() or not text:
            sys.exit(f"Line {number}: expected a thing of the vocabulary, a tab and a text.")
        asked.setdefault(thing, []).append(text)
    wrong = [thing for thing, texts in asked.items() if len(texts) != len(VOICES)]
    if wrong:
        sys.exit(f"Expected {len(VOICES)} texts of each thing: {', '.join(wrong)}.")
    return asked


def placed(items: list[Item]) -> np.ndarray:
    """Return how many topics of each item are heavier than the one it is named after."""
    built = features.build(items, (), (), MiniLmEmbedder(), lambda done, total: None)
    if built.topics is None:
        sys.exit("Without the sentence model nothing has topics.")
    place = {name: column for column, name in enumerate(concepts())}
    return ranked(built.topics.toarray(), np.array([place[item.id] for item in built.items]))


def ranked(topics: np.ndarray, things: np.ndarray) -> np.ndarray:
    """Return how many topics of each row are heavier than the thing's own, the number of topics where that has none."""
    own = topics[np.arange(len(things)), things]
    above = (topics > own[:, None]).sum(axis=1)
    return np.where(own > 0, above, topics.shape[1])


if __name__ == "__main__":
    main()
