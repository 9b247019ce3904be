"""What others would use in place of the matcher, on the same texts.

Each peer has one threshold, or one parameter that takes its place. It is chosen as our own cut is, on other families
than those it is judged on. The libraries are the optional extra ``peers``; they are imported where they are used, and
a peer whose library is missing says so.

Peers read the title and the text as they were written, but without the names of authorities: that is what one would
give them. The sentence vectors are those of the matcher's own model.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix, hstack
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

from procurement.matching.embed import Embedder, Vectors
from procurement.matching.evaluation import fitting
from procurement.matching.evaluation.crossvalidation import HeldOut
from procurement.matching.evaluation.labelled import Labelled
from procurement.matching.text import name_pattern, stripped

Labels = NDArray[np.intp]
# From a threshold to the group of each item.
Grouper = Callable[[float], Labels]
Trainer = Callable[[Labelled], Grouper]

_SIMILAR: Final = tuple(round(0.04 * step, 2) for step in range(1, 24))


class NotInstalled(RuntimeError):
    """A library of the peer is missing; the message names it."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What a peer gets: titles and whole texts in the order of the items, and unit vectors, (items, dimensions)."""

    titles: tuple[str, ...]
    whole: tuple[str, ...]
    vectors: Vectors | None

    @classmethod
    def of(cls, labelled: Labelled, owner_names: Collection[str], embedder: Embedder | None) -> Texts:
        """Take the texts of the items."""
        names = name_pattern({*owner_names, *(item.owner for item in labelled.items)})
        titles = tuple(stripped(item.title, names) for item in labelled.items)
        whole = tuple(
            f"{title}. {stripped(item.body, names)}" for title, item in zip(titles, labelled.items, strict=True)
        )
        return cls(titles, whole, embedder.encode(whole) if embedder else None)

    def embedded(self) -> Vectors:
        """Return the vectors; raises ``NotInstalled`` without the sentence model."""
        if self.vectors is None:
            raise NotInstalled("the sentence model")
        return self.vectors


@dataclass(frozen=True, slots=True)
class Peer:
    """A way to group texts by one parameter.

    ``build`` gets the texts and a seed, and returns what makes a grouper out of labels. Only a peer that learns from
    labels looks at them; those of the families that it is judged on are never among them.
    """

    name: str
    grid: Sequence[float]
    build: Callable[[Texts, int], Trainer]

    def held_out(
        self, labelled: Labelled, texts: Texts, folds: Sequence[Collection[str]], seed: int
    ) -> tuple[HeldOut[float], ...]:
        """Choose the parameter for each fold by F1 on the others, and group all items with it.

        Raises ``NotInstalled``, and whatever the library does.
        """
        train = self.build(texts, seed)
        return tuple(self._held_out(labelled, train, fold) for fold in folds)

    def _held_out(self, labelled: Labelled, train: Trainer, fold: Collection[str]) -> HeldOut[float]:
        judged = labelled.judged_on(labelled.gold.keys() - set(fold))
        grouper = train(judged)

        def predict(value: float) -> Mapping[str, str]:
            ids = (item.id for item in judged.items)
            return {id: str(group) for id, group in zip(ids, _own_numbers(grouper(value)), strict=True)}

        value = fitting.best_of(judged, self.grid, predict, fitting.f1)
        return HeldOut(frozenset(fold), value, predict(value))


def _unlearned(build: Callable[[Texts, int], Grouper]) -> Callable[[Texts, int], Trainer]:
    """Make a peer of what learns nothing from labels: one grouper for all folds, which groups once for each value."""

    def prepared(texts: Texts, seed: int) -> Trainer:
        grouper = lru_cache(maxsize=None)(build(texts, seed))
        return lambda judged: grouper

    return prepared


def _own_numbers(labels: Labels) -> list[int]:
    """Return the groups, items that a peer leaves out (below 0) each on its own."""
    most = int(labels.max(initial=0)) + 1
    return [int(label) if label >= 0 else most + row for row, label in enumerate(labels.tolist())]


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise NotInstalled(name.partition(".")[0]) from error


def _average(similar: NDArray[np.floating]) -> Grouper:
    """Average link over similarities from 0 to 1, shape (items, items)."""
    distance = np.clip(1.0 - similar.astype(np.float64), 0.0, None)
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform((distance + distance.T) / 2, checks=False), "average")
    return lambda cut: fcluster(tree, 1.0 - cut, "distance").astype(np.intp)


def _tfidf(texts: Texts) -> csr_matrix:
    """Words, pairs of words and letter sequences as scikit-learn weighs them, in unit rows."""
    vectorizer = _library("sklearn.feature_extraction.text").TfidfVectorizer
    parts = [
        vectorizer(ngram_range=(1, 2), sublinear_tf=True, stop_words="english").fit_transform(texts.whole),
        vectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(texts.titles),
    ]
    scaled: csr_matrix = csr_matrix(hstack(parts)) * 0.5**0.5
    return scaled


def _lsa(texts: Texts, seed: int) -> Vectors:
    matrix = _tfidf(texts)
    size = max(2, min(100, min(matrix.shape) - 1))
    reduced = _library("sklearn.decomposition").TruncatedSVD(size, random_state=seed).fit_transform(matrix)
    return _unit(reduced)


def _unit(rows: NDArray[np.floating]) -> Vectors:
    scaled: Vectors = (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return scaled


def _tfidf_average(texts: Texts, seed: int) -> Grouper:
    matrix = _tfidf(texts)
    return _average((matrix @ matrix.T).toarray())


def _lsa_average(texts: Texts, seed: int) -> Grouper:
    rows = _lsa(texts, seed)
    return _average(rows @ rows.T)


def _meaning_average(texts: Texts, seed: int) -> Grouper:
    rows = texts.embedded()
    return _average(rows @ rows.T)


def _components(texts: Texts, seed: int) -> Grouper:
    similar = texts.embedded() @ texts.embedded().T
    return lambda cut: connected_components(csr_matrix((similar >= cut).astype(np.int8)))[1].astype(np.intp)


def _hdbscan(texts: Texts, seed: int) -> Grouper:
    hdbscan = _library("sklearn.cluster").HDBSCAN
    rows = texts.embedded().astype(np.float64)
    return lambda size: hdbscan(min_cluster_size=int(size), min_samples=1, copy=True).fit_predict(rows)


def _umap(texts: Texts, seed: int) -> NDArray[np.float64]:
    umap = _library("umap")
    reduced = umap.UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    return np.asarray(reduced.fit_transform(texts.embedded()), dtype=np.float64)


def _umap_hdbscan(texts: Texts, seed: int) -> Grouper:
    hdbscan = _library("sklearn.cluster").HDBSCAN
    reduced = _umap(texts, seed)
    return lambda size: hdbscan(min_cluster_size=int(size), copy=True).fit_predict(reduced)


def _bertopic(texts: Texts, seed: int) -> Grouper:
    model, umap, cluster = _library("bertopic").BERTopic, _library("umap").UMAP, _library("sklearn.cluster")

    def grouped(size: float) -> Labels:
        topics = model(
            umap_model=umap(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed),
            hdbscan_model=cluster.HDBSCAN(min_cluster_size=int(size), copy=True),
        )
        return np.array(topics.fit_transform(list(texts.whole), embeddings=texts.embedded())[0], dtype=np.intp)

    return grouped


def _graph(method: str) -> Callable[[Texts, int], Grouper]:
    """Louvain or Leiden communities of the graph of mutual neighbours among the nearest 10, at a resolution."""

    def build(texts: Texts, seed: int) -> Grouper:
        communities = getattr(_library("sknetwork.clustering"), method)
        similar = texts.embedded() @ texts.embedded().T
        np.fill_diagonal(similar, 0.0)
        nearest = np.zeros(similar.shape, dtype=bool)
        np.put_along_axis(nearest, np.argsort(-similar, axis=1, kind="stable")[:, :10], True, axis=1)
        graph = csr_matrix(np.where(nearest & nearest.T, np.maximum(similar, 0.0), 0.0))
        return lambda resolution: communities(resolution=resolution, random_state=seed).fit_predict(graph)

    return build


def _semhash(texts: Texts, seed: int) -> Grouper:
    semhash = _library("semhash").SemHash
    rows = texts.embedded()
    records = [str(row) for row in range(len(rows))]
    index = semhash.from_embeddings(rows, records, model=None)

    def grouped(cut: float) -> Labels:
        filtered = index.self_deduplicate(threshold=cut).filtered
        pairs = [(int(one.record), int(one.duplicate_of)) for one in filtered]
        left, right = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
        graph = csr_matrix((np.ones(len(pairs)), (left, right)), shape=(len(rows), len(rows)))
        return connected_components(graph, directed=False)[1].astype(np.intp)

    return grouped


def _k_means(texts: Texts, seed: int) -> Grouper:
    """An oracle: it is told how many true groups there are, of all items."""
    k_means = _library("sklearn.cluster").KMeans
    rows = texts.embedded()
    return lambda count: k_means(int(count), n_init=4, random_state=seed).fit_predict(rows).astype(np.intp)


def _splink(texts: Texts, seed: int) -> Grouper:
    """Fellegi and Sunter's model, its weights found without labels, then average link over its probabilities."""
    splink, levels = _library("splink"), _library("splink.comparison_level_library")
    pandas = _library("pandas")
    count = len(texts.whole)
    views = {"meaning": texts.embedded(), "words": _lsa(texts, seed)}
    frame = pandas.DataFrame({"unique_id": range(count)} | {name: list(rows) for name, rows in views.items()})
    # Splink's own levels of cosine similarity want arrays of a fixed type.
    settings = splink.SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=0.01,
        blocking_rules_to_generate_predictions=["1=1"],
        comparisons=[
            {
                "output_column_name": name,
                "comparison_levels": [
                    *(levels.CustomLevel(_cosine(name, rows.shape[1], least)) for least in (0.7, 0.55, 0.4, 0.25)),
                    levels.ElseLevel(),
                ],
            }
            for name, rows in views.items()
        ],
    )
    linker = splink.Linker(splink.DuckDBAPI().register(frame), settings, log_level=logging.WARNING)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=seed)
    linker.training.estimate_parameters_using_expectation_maximisation("1=1", fix_u_probabilities=True)
    pairs = linker.inference.predict().as_pandas_dataframe()
    similar = np.zeros((count, count))
    left, right = pairs["unique_id_l"].to_numpy(), pairs["unique_id_r"].to_numpy()
    similar[left, right] = similar[right, left] = pairs["match_probability"].to_numpy()
    return _average(similar)


def _cosine(name: str, width: int, least: float) -> str:
    left, right = (f"CAST({name}_{side} AS FLOAT[{width}])" for side in "lr")
    return f"array_cosine_similarity({left}, {right}) >= {least}"


def _dedupe(texts: Texts, seed: int) -> Trainer:
    """Logistic regression on the pairs of the labelled families, then average link.

    Its blocking is left out: every pair is compared, as by the other peers.
    """
    dedupe = _library("dedupe")
    views = {"words": _lsa(texts, seed), "meaning": texts.embedded()}

    def cosine(rows: Vectors) -> Callable[[str, str], float]:
        return lambda one, two: float(rows[int(one)] @ rows[int(two)])

    variables = [dedupe.variables.Text("title"), dedupe.variables.Text("whole")]
    variables += [dedupe.variables.Custom("row", cosine(rows), name=name) for name, rows in views.items()]
    records = [
        {"title": title, "whole": whole, "row": str(row)}
        for row, (title, whole) in enumerate(zip(texts.titles, texts.whole, strict=True))
    ]
    pairs = list(combinations(range(len(records)), 2))
    distances = dedupe.Dedupe(variables, num_cores=0).data_model.distances([(records[a], records[b]) for a, b in pairs])

    def train(judged: Labelled) -> Grouper:
        group = [judged.gold.get(item.id) for item in judged.items]
        known = [(index, group[a] == group[b]) for index, (a, b) in enumerate(pairs) if group[a] and group[b]]
        classifier = dedupe.Dedupe(variables, num_cores=0).classifier
        classifier.fit(distances[[index for index, _ in known]], np.array([int(alike) for _, alike in known]))
        similar = np.zeros((len(records), len(records)))
        left, right = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
        similar[left, right] = similar[right, left] = classifier.predict_proba(distances)[:, -1]
        return _average(similar)

    return train


PEERS: Final = (
    Peer("TF-IDF, average link", _SIMILAR, _unlearned(_tfidf_average)),
    Peer("LSA, average link", _SIMILAR, _unlearned(_lsa_average)),
    Peer("MiniLM, average link", _SIMILAR, _unlearned(_meaning_average)),
    Peer("MiniLM, connected components", _SIMILAR, _unlearned(_components)),
    Peer("MiniLM, HDBSCAN", (2, 3, 4, 5), _unlearned(_hdbscan)),
    Peer("MiniLM, UMAP and HDBSCAN", (2, 3, 4, 5, 7, 10), _unlearned(_umap_hdbscan)),
    Peer("BERTopic", (2, 3, 5, 10), _unlearned(_bertopic)),
    Peer("MiniLM, Louvain", (0.5, 1, 2, 4, 8, 16), _unlearned(_graph("Louvain"))),
    Peer("MiniLM, Leiden", (0.5, 1, 2, 4, 8, 16), _unlearned(_graph("Leiden"))),
    Peer("semhash on MiniLM", _SIMILAR, _unlearned(_semhash)),
    Peer("splink, average link", tuple(round(0.05 * step, 2) for step in range(1, 20)), _unlearned(_splink)),
    Peer("dedupe, trained on the other families", _SIMILAR, _dedupe),
)


def oracle(labelled: Labelled) -> Peer:
    """Return k-means with the true number of groups: no fair peer, since nobody would tell it."""
    return Peer(
        "MiniLM, k-means with the true number (oracle)", (len(set(labelled.gold.values())),), _unlearned(_k_means)
    )
