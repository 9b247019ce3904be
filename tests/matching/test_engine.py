from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procurement.matching import Config, ContradictoryDecisions, Decision, Item, engine, match
from procurement.matching.embed import EmbedderUnavailable
from procurement.matching.evaluation.labelled import read
from procurement.matching.evaluation.metrics import bcubed, pairwise
from procurement.matching.link import contracted
from tests.matching.builders import CAPABILITIES, NEEDS, HashedWords, shared_data

CONFIG = Config(capabilities=CAPABILITIES, owner_names=("Camden", "Barnet"))
MODEL = HashedWords()


def run(items=NEEDS, decisions=(), config=CONFIG, **options):
    return match(items, decisions, config, embedder=MODEL, **options)


def written(result):
    return json.dumps(asdict(result), sort_keys=True)


def groups(result):
    return [set(cluster.ids) for cluster in result.clusters]


def test_groups_what_belongs_together():
    result = match(NEEDS, (), CONFIG)
    assert groups(result) == [{"n1", "n2", "n3"}, {"n4", "n5"}]
    assert result.unmatched == ("n6",)
    parking = result.clusters[0]
    assert parking.owners == ("barnet", "brent", "camden")
    assert parking.category == "parking"
    assert parking.medoid in parking.ids
    assert all(member.reasons for member in parking.members)


@settings(derandomize=True, max_examples=15)
@given(order=st.permutations(NEEDS), rulings=st.permutations([("n1", "n6", True), ("n4", "n5", False)]))
def test_order_does_not_matter(order, rulings):
    decisions = [Decision(*ruling) for ruling in rulings]
    straight = run(NEEDS, [Decision("n6", "n1", True), Decision("n5", "n4", False)])
    assert written(run(order, decisions)) == written(straight)


def test_same_input_same_bytes_and_digest():
    assert written(run()) == written(run())
    assert run().digest != run([replace(NEEDS[0], title="Another"), *NEEDS[1:]]).digest
    assert run().digest != run(decisions=[Decision("n1", "n2", True)]).digest
    assert run().digest != run(config=replace(CONFIG, cut=0.41)).digest


@settings(derandomize=True, max_examples=25)
@given(data=st.data())
def test_decisions_always_hold(data):
    ids = st.sampled_from([item.id for item in NEEDS])
    decisions = data.draw(
        st.lists(st.builds(Decision, ids, ids, st.booleans()).filter(lambda d: d.left != d.right), max_size=5)
    )
    row = {item.id: n for n, item in enumerate(NEEDS)}
    start = contracted(len(NEEDS), [(row[d.left], row[d.right]) for d in decisions if d.together])
    if any(start[row[d.left]] == start[row[d.right]] for d in decisions if not d.together):
        with pytest.raises(ContradictoryDecisions):
            run(decisions=decisions)
        return
    result = run(decisions=decisions)
    home = {i: n for n, ids_ in enumerate(groups(result)) for i in ids_}
    for d in decisions:
        same = home.get(d.left, d.left) == home.get(d.right, d.right)
        assert same is d.together
    shown = {frozenset((p.left, p.right)) for p in result.pairs}
    assert not any(frozenset((d.left, d.right)) in shown for d in decisions if not d.together)


def test_a_ruling_is_the_first_reason_of_a_member():
    result = run(decisions=[Decision("n6", "n4", True)])
    cluster = next(c for c in result.clusters if "n6" in c.ids)
    member = next(m for m in cluster.members if m.id == "n6")
    assert "person ruled" in member.reasons[0].words


def test_contradiction_names_the_ids():
    decisions = [Decision("n1", "n2", True), Decision("n2", "n3", True), Decision("n3", "n1", False)]
    with pytest.raises(ContradictoryDecisions, match="n1 and n3") as caught:
        run(decisions=decisions)
    assert caught.value.ids == ("n1", "n3")


def test_decisions_on_absent_items_are_ignored():
    assert groups(run(decisions=[Decision("n1", "gone", True)])) == groups(run())


def test_ids_must_be_unique():
    with pytest.raises(ValueError, match="same id"):
        run([NEEDS[0], NEEDS[0]])


def test_unknown_engine_is_refused():
    with pytest.raises(ValueError, match="Unknown matching engine"):
        Config(engine="magic")


def test_without_the_model_the_run_is_degraded_and_says_so(monkeypatch):
    def unavailable():
        raise EmbedderUnavailable("no files")

    monkeypatch.setattr(engine, "MiniLmEmbedder", unavailable)
    result = match(NEEDS, (), CONFIG)
    assert "no files" in result.warnings[0]
    assert {"n1", "n2"} <= groups(result)[0]
    assert result.parameters["model"] is None


def test_tfidf_needs_no_model():
    result = match(NEEDS, (), replace(CONFIG, engine="tfidf"))
    assert result.warnings == ()
    assert list(result.parameters["weights"]) == ["words"]


def test_previous_groups_are_favoured_a_little():
    before = run()
    pair = next(p for p in before.pairs if {p.left, p.right} == {"n1", "n2"})
    kept = run(previous={"n1": "JD-1", "n2": "JD-1"})
    parted = run(previous={"n1": "JD-1", "n2": ""})
    assert next(p for p in kept.pairs if {p.left, p.right} == {"n1", "n2"}).score == pytest.approx(pair.score + 0.04)
    assert next(p for p in parted.pairs if {p.left, p.right} == {"n1", "n2"}).score == pytest.approx(pair.score - 0.04)


def test_progress_reaches_the_end_of_every_phase():
    seen = []
    run(progress=lambda *step: seen.append(step))
    for phase in ("embedding", "comparing", "grouping", "explaining"):
        assert (phase, len(NEEDS), len(NEEDS)) in seen


def test_pairs_are_ordered_and_within_bounds():
    result = run()
    inside = {frozenset((a, b)) for ids in groups(result) for a in ids for b in ids if a < b}
    assert inside <= {frozenset((p.left, p.right)) for p in result.pairs}
    assert all(p.left < p.right and 0 <= p.score <= 1 for p in result.pairs)
    assert [(p.left, p.right) for p in result.pairs] == sorted((p.left, p.right) for p in result.pairs)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_very_small_runs(count):
    result = run(NEEDS[:count])
    assert sum(len(c.members) for c in result.clusters) + len(result.unmatched) == count


@settings(derandomize=True, max_examples=25)
@given(texts=st.lists(st.text(st.characters(), max_size=40), min_size=2, max_size=5))
def test_any_unicode_is_matched(texts):
    items = [Item(str(n), "x", t, problem=t, description=t, requirements=(t,)) for n, t in enumerate(texts)]
    run([*items, Item("s", "y", "lone \ud800 surrogate")], config=Config())


@pytest.mark.parametrize("config", [CONFIG, replace(CONFIG, engine="tfidf")])
def test_the_join_of_large_runs_agrees_with_scoring_every_pair(config):
    items = [replace(n, id=f"{n.id}-{k}", owner=f"o{k}") for n in NEEDS for k in range(4)]
    full, joined = run(items, config=config), run(items, config=replace(config, exhaustive=5))
    assert groups(full) == groups(joined)


@pytest.mark.parametrize(
    ("name", "least_f1", "least_bcubed"), [("needs_dev.jsonl", 0.68, 0.83), ("notices_dev.jsonl", 0.67, 0.80)]
)
def test_quality_on_the_labelled_sets(name, least_f1, least_bcubed):
    labelled = read(shared_data(name))
    found = {item.id: item.id for item in labelled.items}
    for cluster in match(labelled.items, ()).clusters:
        found.update({m.id: f"group {cluster.medoid}" for m in cluster.members})
    assert pairwise(labelled.gold, found).f1 >= least_f1
    assert bcubed(labelled.gold, found).f1 >= least_bcubed
