"""Measures the matcher at the size of London: `python benchmarks/matching.py --needs 10000`.

Needs are drawn from the demonstration's again and again, each time with another borough, some words left out and a
little noise on the sentence vector. Vectors are ready before the clock starts, as they are in a run that keeps them.
What anybody would try first, TF-IDF and nearest neighbours, is measured on the same needs in the same process.
"""

from __future__ import annotations

import argparse
import csv
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from procurement.matching import Capability, Config, Item, match, metrics, text  # noqa: E402
from procurement.matching.embed import MiniLmEmbedder, Vectors  # noqa: E402
from procurement.matching.labelled import read  # noqa: E402

DROPPED = 0.08  # of the words of each text
NOISE = 0.3  # length of the noise on a vector of length one: a cosine of about .96 to the original
NEIGHBOURS = 20
ALIKE = 0.3  # cosine of two texts from which the simple method puts them together


class Ready:
    """Vectors that were computed before the clock started."""

    def __init__(self, vectors: dict[str, Vectors], inner: MiniLmEmbedder) -> None:
        self.vectors = vectors
        self.inner = inner
        self.name = inner.name
        self.dimensions = inner.dimensions

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors; only what was not foreseen is computed."""
        missing = sorted({text for text in texts if text not in self.vectors})
        if missing:
            self.vectors.update(zip(missing, self.inner.encode(missing), strict=True))
        return np.stack([self.vectors[text] for text in texts])


def main() -> None:
    """Generate, match, compare, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--needs", type=int, default=10_000, help="how many needs (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the random choices (default: %(default)s)")
    options = parser.parse_args()
    config = Config(capabilities=_categories(), owner_names=_rows("authorities.csv", "name"))
    items, gold, embedder = _generated(options.needs, options.seed, config)
    match(items[:20], (), config, embedder=embedder)  # vectors of concepts and categories
    for known in (text.stripped, text._read):
        known.cache_clear()  # or the making of the needs would have read their sentences for the matcher
    seconds, phases, clusters = _matched(items, config, embedder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    again = _matched(items, config, embedder)[0]
    baseline, groups = _timed(lambda: _simple(items))
    _say(f"{len(items):,} needs of {len({item.owner for item in items})} boroughs, vectors ready")
    _say(f"matcher         {seconds:6.1f} s   " + ", ".join(f"{name} {took:.1f}" for name, took in phases))
    _say(f"matcher again   {again:6.1f} s   in the same process, which knows the sentences")
    _say(f"peak memory     {peak:6.0f} MiB")
    _say(f"TF-IDF and neighbours {baseline:.1f} s; the matcher takes {seconds / baseline:.2f} times as long")
    for name, found in (("matcher", clusters), ("TF-IDF and neighbours", groups)):
        quality, bcubed = metrics.pairwise(gold, found), metrics.bcubed(gold, found)
        _say(f"pairwise F1 {quality.f1:.3f}, B-cubed F1 {bcubed.f1:.3f}: {name}")


def _matched(items: Sequence[Item], config: Config, embedder: Ready) -> tuple[float, list[tuple[str, float]], Any]:
    marks: list[tuple[str, float]] = []

    def mark(phase: str, done: int, total: int) -> None:
        if not marks or marks[-1][0] != phase:
            marks.append((phase, time.perf_counter()))

    seconds, result = _timed(lambda: match(items, (), config, embedder=embedder, progress=mark))
    ends = [began for _, began in marks[1:]] + [marks[0][1] + seconds]
    phases = [(phase, end - began) for (phase, began), end in zip(marks, ends, strict=True)]
    found = {item.id: item.id for item in items}
    for cluster in result.clusters:
        found.update(dict.fromkeys(cluster.ids, f"group of {cluster.medoid}"))
    return seconds, phases, found


def _generated(count: int, seed: int, config: Config) -> tuple[list[Item], dict[str, str], Ready]:
    labelled = [read(ROOT / "boroughs" / "data" / "demo" / name) for name in ("needs_a.jsonl", "needs_b.jsonl")]
    originals = [item for part in labelled for item in part.items]
    gold = {key: group for part in labelled for key, group in part.gold.items()}
    owners = sorted({item.owner for item in originals})
    rng = np.random.default_rng(seed)
    source = np.arange(count) % len(originals)
    items = [
        _varied(originals[index], f"N-{number:06d}", owners[(number // len(originals) + index) % len(owners)], rng)
        for number, index in enumerate(source.tolist())
    ]
    model = MiniLmEmbedder()
    base = model.encode([prepared.text for prepared in text.prepare(originals, config.owner_names)])
    vectors = base[source] + rng.normal(size=(count, base.shape[1])) * NOISE / base.shape[1] ** 0.5
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    texts = [prepared.text for prepared in text.prepare(items, config.owner_names)]
    true = {item.id: gold[originals[index].id] for item, index in zip(items, source.tolist(), strict=True)}
    return items, true, Ready(dict(zip(texts, vectors, strict=True)), model)


def _varied(item: Item, key: str, owner: str, rng: np.random.Generator) -> Item:
    def shortened(passage: str) -> str:
        words = passage.split(" ")
        return " ".join(word for word, kept in zip(words, rng.random(len(words)) >= DROPPED, strict=True) if kept)

    return replace(
        item,
        id=key,
        owner=owner,
        title=shortened(item.title) or item.title,
        problem=shortened(item.problem),
        description=shortened(item.description),
        requirements=tuple(map(shortened, item.requirements)),
    )


def _simple(items: Sequence[Item]) -> dict[str, str]:
    """Group by TF-IDF over words and pairs of words: components of each item's nearest neighbours."""
    column: dict[str, int] = {}
    rows, columns, values = [], [], []
    for row, item in enumerate(items):
        words = re.findall(r"\w\w+", f"{item.title}\n{item.body}".lower())
        for term, number in Counter([*words, *map(" ".join, pairwise(words))]).items():
            rows.append(row)
            columns.append(column.setdefault(term, len(column)))
            values.append(1 + np.log(number))
    matrix = csr_matrix((np.array(values, dtype=np.float32), (rows, columns)))
    frequency = np.bincount(columns)
    matrix = csr_matrix(matrix.multiply(np.log((1 + len(items)) / (1 + frequency)) + 1))[:, frequency > 1]
    matrix = csr_matrix(matrix.multiply(1 / np.sqrt(matrix.multiply(matrix).sum(axis=1))))
    lefts, rights = [], []
    for start in range(0, len(items), 512):
        near = (matrix[start : start + 512] @ matrix.T).toarray()
        best = np.argpartition(near, -min(NEIGHBOURS, len(items)), axis=1)[:, -NEIGHBOURS:]
        place, of_best = np.nonzero(np.take_along_axis(near, best, axis=1) >= ALIKE)
        lefts.append(place + start)
        rights.append(best[place, of_best])
    left, right = np.concatenate(lefts), np.concatenate(rights)
    graph = csr_matrix((np.ones(len(left)), (left, right)), shape=(len(items), len(items)))
    label = connected_components(graph, directed=False)[1]
    return {item.id: str(number) for item, number in zip(items, label.tolist(), strict=True)}


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    outcome = work()
    return time.perf_counter() - began, outcome


def _rows(name: str, field: str) -> tuple[str, ...]:
    with (ROOT / "boroughs" / "data" / name).open(encoding="utf-8", newline="") as file:
        return tuple(row[field] for row in csv.DictReader(file))


def _categories() -> tuple[Capability, ...]:
    fields = zip(*(_rows("categories.csv", field) for field in ("slug", "name", "cpv", "synonyms")), strict=True)
    return tuple(
        Capability(slug, name, cpv, tuple(part.strip() for part in synonyms.split(";") if part.strip()))
        for slug, name, cpv, synonyms in fields
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
