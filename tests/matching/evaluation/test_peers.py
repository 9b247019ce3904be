from __future__ import annotations

import importlib
from types import ModuleType

import numpy as np
import pytest

from procurement.matching import Item
from procurement.matching.evaluation import crossvalidation, peers
from procurement.matching.evaluation.labelled import Labelled
from procurement.matching.evaluation.peers import PEERS, NotInstalled, Peer, Texts
from tests.matching.builders import HashedWords

WORDS = {"parking": "Parking permits in Camden", "payroll": "Payroll and pensions", "library": "Library catalogue"}
ITEMS = tuple(Item(f"{name} {n}", "camden", words) for name, words in WORDS.items() for n in range(3))
GOLD = {item.id: item.id.split()[0] for item in ITEMS}
SET = Labelled(ITEMS, GOLD, dict(GOLD))
TEXTS = Texts.of(SET, ("Camden",), HashedWords())


def peer(name: str) -> Peer:
    return next(peer for peer in PEERS if peer.name == name)


def test_peers_read_the_words_without_the_names_of_authorities() -> None:
    assert "Camden" not in " ".join(TEXTS.whole)
    assert "Parking permits" in TEXTS.titles[0]
    assert TEXTS.embedded().shape == (9, HashedWords.dimensions)


@pytest.mark.parametrize("name", ["MiniLM, average link", "MiniLM, connected components"])
def test_peers_find_what_leaves_no_doubt_on_families_they_were_not_tuned_on(name: str) -> None:
    dealt = crossvalidation.folds(SET, 3)
    held = peer(name).held_out(SET, TEXTS, dealt, 0)
    assert [one.ids for one in held] == list(dealt)
    assert crossvalidation.figures(SET, held).pairwise.f1 == 1.0


def test_a_peer_is_tuned_and_taught_on_the_labels_of_other_families_only() -> None:
    seen: list[frozenset[str]] = []

    def build(texts: Texts, seed: int) -> peers.Trainer:
        def train(judged: Labelled) -> peers.Grouper:
            seen.append(frozenset(judged.gold))
            # 0 puts everything together, which is wrong, but better than 1: nothing.
            return lambda value: np.full(9, 0 if value == 0 else -1, dtype=np.intp)

        return train

    dealt = crossvalidation.folds(SET, 3)
    held = Peer("everything", (0, 1), build).held_out(SET, TEXTS, dealt, 0)
    assert seen == [GOLD.keys() - fold for fold in dealt]
    assert {one.fitted for one in held} == {0}
    # What a peer leaves out stands alone: -1 is no group.
    alone = Peer("nothing", (1,), build).held_out(SET, TEXTS, dealt, 0)
    assert len(set(alone[0].found.values())) == 9


@pytest.mark.parametrize("name", [peer.name for peer in PEERS])
def test_a_missing_library_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(module: str) -> ModuleType:
        raise ImportError(f"No module named {module!r}")

    monkeypatch.setattr(importlib, "import_module", missing)
    if name in ("MiniLM, average link", "MiniLM, connected components"):
        peer(name).build(TEXTS, 0)  # numpy and scipy are always there
    else:
        with pytest.raises(NotInstalled, match=r"^(sklearn|umap|bertopic|sknetwork|semhash|splink|dedupe)$"):
            peer(name).build(TEXTS, 0)


def test_without_the_sentence_model_peers_that_need_it_say_so() -> None:
    with pytest.raises(NotInstalled, match="sentence model"):
        Texts.of(SET, (), None).embedded()


def test_the_oracle_is_told_the_true_number() -> None:
    assert peers.oracle(SET).grid == (3,)
