"""Measures the matcher at the size of London: `python benchmarks/matching.py --needs 10000`.

Needs are drawn from the demonstration's again and again, each time with another borough, some words left out and a
little noise on the sentence vector. That gives each of 33 boroughs one need of each; whoever asks for more gets rounds
in which title, problem and vector are about another thing that councils buy, so that groups do not outgrow London.
Vectors are ready before the clock starts, as they are in a run that keeps them; `cold` has no readings yet, `warm` has
them as bytes, and is the median of several runs: of one so short a moment's disturbance is a tenth. What anybody would
try first is measured on the same needs in the same process, where its libraries are installed (the extra `peers`).
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import comb
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import loti  # noqa: E402, F401 - numpy reads on being imported how many threads the product gives it

# isort: split
import numpy as np  # noqa: E402

from procurement.matching import (  # noqa: E402
    Capability,
    Config,
    Item,
    Result,
    candidates,
    engine,
    features,
    kinds,
    match,
    reading,
    score,
    text,
)
from procurement.matching.concept_vectors import vectors as concept_vectors  # noqa: E402
from procurement.matching.concepts import concepts  # noqa: E402
from procurement.matching.embed import CachingEmbedder, MiniLmEmbedder, Vectors, vector_key  # noqa: E402
from procurement.matching.evaluation import metrics  # noqa: E402
from procurement.matching.evaluation.labelled import read  # noqa: E402
from procurement.matching.gathering import gathered  # noqa: E402
from procurement.matching.index import Index, against_all  # noqa: E402
from procurement.matching.reading import MemoryStore, ReadingStore, Rules  # noqa: E402

DROPPED = 0.08  # of the words of each text
NOISE = 0.3  # length of the noise on a vector of length one: a cosine of about .96 to the original
OTHER = 2.0  # weight of another thing's vector over that of the need which it takes the place of
BOROUGHS = 33
NEIGHBOURS = 20
INSERTS = 50
NEW = 0.1  # of the needs, for the churn
EMBEDDED = 200
RECALLED = 200


class VectorBytes:
    """Keeps vectors as the database does: as bytes."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Vectors]:
        """Return the vectors that are known, by key."""
        return {key: np.frombuffer(self._known[key], dtype="<f4") for key in keys if key in self._known}

    def put_many(self, vectors: Mapping[str, Vectors]) -> None:
        """Keep these vectors."""
        self._known.update((key, vector.astype("<f4").tobytes()) for key, vector in vectors.items())


class Needs:
    """Made-up needs with their true groups; ``config`` and ``embedder`` are those of a run over them."""

    def __init__(self, count: int, seed: int) -> None:
        self.config = Config(capabilities=_categories(), owner_names=_rows("authorities.csv", "name"))
        self.model = MiniLmEmbedder()
        self.store = VectorBytes()
        self.embedder = CachingEmbedder(self.model, self.store)
        labelled = [read(ROOT / "boroughs" / "data" / "demo" / name) for name in ("needs_a.jsonl", "needs_b.jsonl")]
        originals = [item for part in labelled for item in part.items]
        gold = {key: group for part in labelled for key, group in part.gold.items()}
        owners = sorted({item.owner for item in originals})
        rng = np.random.default_rng(seed)
        things = list(concepts().values())
        source = np.arange(count) % len(originals)
        rounds = np.arange(count) // (BOROUGHS * len(originals))
        # In each round an original becomes one other thing, in the first it stays what it is.
        other = rng.integers(len(things), size=(int(rounds.max()) + 1, len(originals)))[rounds, source]
        self.items = []
        self.gold = {}
        for number, (index, turn, thing) in enumerate(
            zip(source.tolist(), rounds.tolist(), other.tolist(), strict=True)
        ):
            owner = owners[(number // len(originals) + index) % len(owners)]
            item = replace(_varied(originals[index], rng), id=f"N-{number:06d}", owner=owner)
            self.items.append(_about(item, things[thing], rng) if turn else item)
            self.gold[item.id] = f"{things[thing][0]} {item.kind}" if turn else gold[originals[index].id]
        self._vectors(originals, source, np.where(rounds > 0, other, -1), rng)

    def _vectors(self, originals: Sequence[Item], source: Any, other: Any, rng: np.random.Generator) -> None:
        base = self.model.encode(self.texts(originals))[source]
        base[other >= 0] += OTHER * concept_vectors(self.model)[other[other >= 0]]
        base += rng.normal(size=base.shape).astype(np.float32) * NOISE / base.shape[1] ** 0.5
        base /= np.linalg.norm(base, axis=1, keepdims=True)
        keys = (vector_key(self.model.name, each) for each in self.texts(self.items))
        self.store.put_many(dict(zip(keys, base, strict=True)))

    def texts(self, items: Sequence[Item]) -> list[str]:
        """Return what is embedded of ``items``."""
        rules = Rules.of({*self.config.owner_names, *(item.owner for item in self.items)}, self.config.capabilities)
        return gathered(items, rules).prepared.whole()


def main() -> None:
    """Generate, match, compare, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--needs", type=int, default=10_000, help="how many needs (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the random choices (default: %(default)s)")
    parser.add_argument("--insert", action="store_true", help="one need into all others, without a run")
    parser.add_argument("--churn", action="store_true", help=f"what {NEW:.0%}% new needs do to the groups there were")
    parser.add_argument("--recall", action="store_true", help="how many of the pairs there are the comparison finds")
    parser.add_argument("--embed", type=Path, nargs="*", metavar="PATH", help="texts a second, of labelled sets too")
    parser.add_argument("--peers", action="store_true", help="other ways to do it, as far as they are installed")
    parser.add_argument("--runs", type=int, default=5, help="how often it is matched with readings (default 5)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    needs = Needs(round(options.needs * (1 + NEW * options.churn)), options.seed)
    items = needs.items[: options.needs]
    match(items[:20], (), needs.config, embedder=needs.embedder)  # vectors of concepts and categories
    figures: dict[str, Any] = {"needs": len(items), "boroughs": len({item.owner for item in items})}
    readings = MemoryStore()
    figures["cold"] = _matched(needs, items, readings)[0]  # its result is not kept beside the next one
    figures["warm"], result = _warm(needs, items, readings, options.runs)
    figures["peak_mib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    figures["largest_group"] = max((len(cluster.members) for cluster in result.clusters), default=0)
    found = _groups(result, items)
    figures["pairwise_f1"] = round(metrics.pairwise({i.id: needs.gold[i.id] for i in items}, found).f1, 3)
    if options.insert:
        figures["insert"] = _inserted(needs, items, result, readings)
    if options.churn:
        figures["churn"] = _churned(needs, items, found, readings)
    if options.recall:
        figures["recall"] = _recalled(needs, items, result, readings)
    if options.embed is not None:
        sets = {"generated": items} | {path.stem: read(path).items for path in options.embed}
        figures["texts_a_second"] = {name: _embedded(needs, some[:EMBEDDED]) for name, some in sets.items()}
    if options.peers:
        figures["peers"] = _peers(needs, items, figures["warm"])
    sys.stdout.write(json.dumps(figures, indent=2) + "\n" if options.json else _table(figures))


def _matched(needs: Needs, items: Sequence[Item], readings: ReadingStore) -> tuple[dict[str, float], Result]:
    """Match as a process does that has just begun, and return the seconds of each phase, and of both cores."""
    for module in (text, reading, kinds):
        for known in vars(module).values():
            if hasattr(known, "cache_clear"):
                known.cache_clear()
    marks: list[tuple[str, float]] = []

    def mark(phase: str, done: int, total: int) -> None:
        if not marks or marks[-1][0] != phase:
            marks.append((phase, time.perf_counter()))

    processor = time.process_time()
    seconds, result = _timed(
        lambda: match(items, (), needs.config, embedder=needs.embedder, progress=mark, readings=readings)
    )
    processor = time.process_time() - processor
    ends = [began for _, began in marks[1:]] + [marks[0][1] + seconds]
    phases = {phase: round(end - began, 2) for (phase, began), end in zip(marks, ends, strict=True)}
    return {"all": round(seconds, 2), "processor": round(processor, 2), **phases}, result


def _warm(needs: Needs, items: Sequence[Item], readings: ReadingStore, runs: int) -> tuple[dict[str, float], Result]:
    """Match so often, and return the figures of the median run with the least and the most seconds of all."""
    others = [_matched(needs, items, readings)[0] for _ in range(runs - 1)]  # no result is kept beside the next one
    last, result = _matched(needs, items, readings)
    found = sorted([*others, last], key=lambda figures: figures["all"])
    return {**found[len(found) // 2], "least": found[0]["all"], "most": found[-1]["all"]}, result


def _groups(result: Result, items: Sequence[Item]) -> dict[str, str]:
    found = {item.id: item.id for item in items}
    for cluster in result.clusters:
        found.update(dict.fromkeys(cluster.ids, f"group of {cluster.medoid}"))
    return found


def _inserted(needs: Needs, items: Sequence[Item], result: Result, readings: ReadingStore) -> dict[str, float]:
    """Suggest a group for needs of the run, each as if it were new, and compare it with the group that they have."""
    clusters = [cluster.ids for cluster in result.clusters]
    build, index = _timed(
        lambda: Index.build(items, needs.config, needs.embedder, clusters=clusters, readings=readings)
    )
    home = {key: ids for ids in clusters for key in ids}
    seconds, agreed = [], 0
    for item in items[:: max(len(items) // INSERTS, 1)][:INSERTS]:
        took, found = _timed(lambda item=item: index.suggest(item))
        seconds.append(took)
        agreed += set(found.group) == home.get(item.id, frozenset()) - {item.id}
    return {
        "build_seconds": round(build, 2),
        "median_ms": round(statistics.median(seconds) * 1000, 1),
        "same_group": round(agreed / len(seconds), 3),
    }


def _churned(
    needs: Needs, items: Sequence[Item], before: Mapping[str, str], readings: ReadingStore
) -> dict[str, float]:
    """Match again with new needs and what was before, and count the pairs of old needs that came or went."""
    alone = Counter(before.values())
    previous = {key: group if alone[group] > 1 else "" for key, group in before.items()}
    result = match(needs.items, (), needs.config, embedder=needs.embedder, previous=previous, readings=readings)
    after = _groups(result, needs.items)
    keys = [item.id for item in items]
    was, now, still = (
        sum(comb(number, 2) for number in Counter(groups).values())
        for groups in (
            [before[key] for key in keys],
            [after[key] for key in keys],
            [(before[key], after[key]) for key in keys],
        )
    )
    return {"new": len(needs.items) - len(items), "pairs": was, "changed": round((was + now - 2 * still) / was, 4)}


def _recalled(needs: Needs, items: Sequence[Item], result: Result, readings: ReadingStore) -> dict[str, float]:
    """Score some needs with all others. Pairs from the cut on are to be in one block of ``candidates``, and the best of
    each need outside its group are to be suggested.
    """
    profile, config = engine.profiled(needs.config, needs.embedder)
    built = features.build(
        items, config.capabilities, config.owner_names, needs.embedder, lambda done, total: None, readings
    )
    cut, floor = (round((value or 0.0) * score.SCALE) for value in (config.cut, config.floor))
    stack, none = score.stacked(built, profile), np.zeros(0, dtype=np.int64)
    seconds, found = _timed(
        lambda: candidates.blocks(built, stack, lambda values, left, right: values, cut=cut, floor=floor, fixed=none)
    )
    block = np.zeros(len(items), dtype=np.int64)
    for number, rows in enumerate(found.rows):
        block[rows] = number
    home = _groups(result, items)
    group = np.unique([home[item.id] for item in items], return_inverse=True)[1]
    shown = {(pair.left, pair.right) for pair in result.pairs}
    together, suggested = [], []
    for row in np.linspace(0, len(items) - 1, min(len(items), RECALLED)).astype(np.intp).tolist():
        scores = against_all(score.stacked(features.picked(built, [row]), profile), stack)
        scores[row] = -1
        together.append(block[scores >= cut] == block[row])
        scores[group == group[row]] = -1
        best = np.lexsort((np.arange(len(scores)), -scores))[: config.suggestions]
        pairs = [tuple(sorted((items[row].id, items[other].id))) for other in best[scores[best] >= floor].tolist()]
        suggested.append([pair in shown for pair in pairs])
    return {
        "seconds": round(seconds, 2),
        "pairs_in_one_block": round(float(np.concatenate(together).mean()), 4),
        "best_suggestions": round(float(np.concatenate(suggested).mean()), 4),
    }


def _embedded(needs: Needs, items: Sequence[Item]) -> float:
    """Return how many texts of ``items`` get their vectors in a second."""
    texts = needs.texts(items)
    return round(len(texts) / _timed(lambda: needs.model.encode(texts))[0], 1)


def _peers(needs: Needs, items: Sequence[Item], own: Mapping[str, float]) -> dict[str, Any]:
    """Time what others do, from the texts or from the same ready vectors, by the clock and by the processor's time,
    which counts where others use the machine. Each is run twice: some compile themselves the first time in a process.
    """
    figures: dict[str, Any] = {}
    ways: dict[str, Callable[[Needs, Sequence[Item]], Callable[[], Any]]] = {
        "scikit-learn TF-IDF and nearest neighbours": _neighbours,
        "UMAP and HDBSCAN": _density,
    }
    for name, prepared in ways.items():
        try:
            work = prepared(needs, items)
        except ImportError as missing:
            figures[name] = f"{missing.name} is not installed"
            continue
        figures[name] = {"first": _compared(work, own), "again": _compared(work, own)}
    return figures


def _compared(work: Callable[[], Any], own: Mapping[str, float]) -> dict[str, float]:
    processor = time.process_time()
    seconds = _timed(work)[0]
    processor = time.process_time() - processor
    return {
        "seconds": round(seconds, 2),
        "processor": round(processor, 2),
        "matcher_is_faster_by": round(seconds / own["all"], 2),
        "matcher_takes_less_processor_by": round(processor / own["processor"], 2),
    }


def _neighbours(needs: Needs, items: Sequence[Item]) -> Callable[[], Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.neighbors import NearestNeighbors

    texts = [f"{item.title}\n{item.body}" for item in items]

    def work() -> Any:
        rows = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit_transform(texts)
        return NearestNeighbors(n_neighbors=NEIGHBOURS, metric="cosine").fit(rows).kneighbors(rows)

    return work


def _density(needs: Needs, items: Sequence[Item]) -> Callable[[], Any]:
    """What BERTopic does with sentence vectors, with its settings, and with a seed: the same groups each time, as the
    matcher gives, which costs UMAP its second core.
    """
    from sklearn.cluster import HDBSCAN
    from umap import UMAP

    vectors = needs.embedder.encode(needs.texts(items))

    def work() -> Any:
        umap = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=0)
        return HDBSCAN(min_cluster_size=10, copy=True).fit_predict(umap.fit_transform(vectors))

    return work


def _varied(item: Item, rng: np.random.Generator) -> Item:
    def shortened(passage: str) -> str:
        words = passage.split(" ")
        return " ".join(word for word, kept in zip(words, rng.random(len(words)) >= DROPPED, strict=True) if kept)

    return replace(
        item,
        title=shortened(item.title) or item.title,
        problem=shortened(item.problem),
        description=shortened(item.description),
        requirements=tuple(map(shortened, item.requirements)),
    )


def _about(item: Item, phrases: Sequence[str], rng: np.random.Generator) -> Item:
    """Return the need with title and problem about another thing, which goes by any of ``phrases``."""
    first, second = (phrases[place] for place in rng.integers(len(phrases), size=2))
    problem = f"Our officers work with {first} and {second}."
    return replace(item, title=first.capitalize(), problem=problem, category=None, incumbent="")


def _table(figures: Mapping[str, Any], before: str = "") -> str:
    lines = []
    for name, value in figures.items():
        if isinstance(value, Mapping):
            lines.append(f"{before}{name}\n{_table(value, before + '  ')}")
        else:
            lines.append(f"{before}{name}: {value}\n")
    return "".join(lines)


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


if __name__ == "__main__":
    main()
