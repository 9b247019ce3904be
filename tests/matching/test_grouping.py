from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from procurement.matching import Config, Decision, candidates, match
from procurement.matching.evaluation.labelled import read
from tests.matching.builders import CAPABILITIES, NEEDS, HashedWords, shared_data

MANY = tuple(replace(n, id=f"{n.id}-{k:02d}", owner=f"o{k}") for n in NEEDS for k in range(14))


def run(config=None, decisions=(), items=MANY):
    return match(items, decisions, config or Config(capabilities=CAPABILITIES), embedder=HashedWords())


def by_row(result):
    inside = {member.id: cluster.ids for cluster in result.clusters for member in cluster.members}
    partners, suggestions = {}, {}
    for pair in result.pairs:
        for one, two in ((pair.left, pair.right), (pair.right, pair.left)):
            kept = partners if two in inside.get(one, ()) else suggestions
            kept.setdefault(one, {})[two] = pair.score
    return partners, suggestions


def test_keeps_the_best_partners_of_each_item_and_no_more():
    everything, _ = by_row(run(Config(capabilities=CAPABILITIES, partners=1_000)))
    few, _ = by_row(run(Config(capabilities=CAPABILITIES, partners=3)))
    assert sum(map(len, few.values())) < sum(map(len, everything.values())) / 2
    for item, scores in everything.items():
        best = sorted(scores.values(), reverse=True)[:3]
        assert sorted(few[item].values(), reverse=True)[: len(best)] == best


def test_keeps_for_each_item_its_best_suggestions():
    _, everything = by_row(run(Config(capabilities=CAPABILITIES, floor=0.05, suggestions=1_000)))
    _, few = by_row(run(Config(capabilities=CAPABILITIES, floor=0.05, suggestions=2)))
    assert everything
    for item, scores in everything.items():
        best = sorted(scores.values(), reverse=True)[:2]
        assert sorted(few[item].values(), reverse=True)[: len(best)] == best


def test_strength_is_the_mean_over_all_others_though_not_all_pairs_are_kept():
    everything, _ = by_row(run(Config(capabilities=CAPABILITIES, partners=1_000)))
    result = run(Config(capabilities=CAPABILITIES, partners=2))
    assert any(len(cluster.members) > 3 for cluster in result.clusters)
    for cluster in result.clusters:
        for member in cluster.members:
            scores = everything[member.id].values()
            assert len(scores) == len(cluster.members) - 1
            assert member.strength == pytest.approx(sum(scores) / len(scores), abs=1e-4)


def test_ruled_pairs_are_kept_and_refused_ones_are_not():
    decisions = [Decision("n1-00", "n6-13", True), Decision("n1-01", "n4-01", False)]
    config = Config(capabilities=CAPABILITIES, partners=1, floor=0.0, suggestions=1_000)
    for exhaustive in (5, 800):
        shown = {(p.left, p.right) for p in run(replace(config, exhaustive=exhaustive), decisions).pairs}
        assert ("n1-00", "n6-13") in shown
        assert ("n1-01", "n4-01") not in shown


@settings(derandomize=True, max_examples=10)
@given(data=st.data())
def test_decisions_hold_across_blocks(data):
    ids = st.sampled_from([item.id for item in MANY[::5]])
    rulings = st.lists(st.tuples(ids, ids).filter(lambda pair: pair[0] != pair[1]), max_size=4)
    together = data.draw(rulings)
    result = run(Config(capabilities=CAPABILITIES, exhaustive=5), [Decision(one, two, True) for one, two in together])
    home = {member.id: number for number, cluster in enumerate(result.clusters) for member in cluster.members}
    assert all(home[one] == home[two] for one, two in together)


@pytest.mark.parametrize("name", ["needs_dev.jsonl", "notices_dev.jsonl"])
def test_blocks_lose_next_to_nothing(name):
    labelled = read(shared_data(name))
    full = match(labelled.items, (), Config(engine="minilm"), embedder=HashedWords())
    blocked = match(labelled.items, (), Config(engine="minilm", exhaustive=5), embedder=HashedWords())
    whole, parts = ({cluster.ids for cluster in result.clusters} for result in (full, blocked))
    assert len(whole & parts) >= 0.9 * len(whole)


def test_a_block_that_is_too_large_is_broken_up(monkeypatch):
    monkeypatch.setattr(candidates, "_MOST_IN_BLOCK", 20)
    result = run(Config(capabilities=CAPABILITIES, exhaustive=5))
    assert {i.id for i in MANY} == {m.id for c in result.clusters for m in c.members} | set(result.unmatched)
    assert max(len(cluster.members) for cluster in result.clusters) <= 20


def test_rare_pairs_are_found_once_in_order():
    columns = csr_matrix(np.array([[1, 0, 1], [1, 1, 1], [0, 1, 1], [0, 0, 1]], dtype=np.float32))
    assert candidates._rare_pairs(columns, 4, most=3).tolist() == [0 * 4 + 1, 1 * 4 + 2]
