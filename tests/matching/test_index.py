from __future__ import annotations

from dataclasses import replace

import pytest

from procurement.matching import Config, Decision, Item, match
from procurement.matching.embed import CachingEmbedder
from procurement.matching.index import Index
from procurement.matching.reading import MemoryStore
from tests.matching.builders import CAPABILITIES, HashedWords

CONFIG = Config(capabilities=CAPABILITIES, owner_names=("Camden", "Barnet"), cut=0.25, floor=0.1)
PCN = Item("p1", "camden", "PCN handhelds", description="Penalty charge notice handhelds for officers.")
ITEMS = (
    PCN,
    replace(PCN, id="p2", owner="barnet"),
    replace(PCN, id="p3", owner="brent", description="Handhelds that issue a penalty charge notice for officers."),
    Item("w1", "ealing", "Payroll bureau", description="HR and payroll for teachers."),
    Item("w2", "harrow", "Payroll bureau", description="HR and payroll for teachers and staff."),
    Item("z", "hackney", "Library kiosks", description="Self issue of loans."),
)
PARKING = {"p1", "p2", "p3"}


@pytest.fixture(scope="module")
def run():
    return match(ITEMS, (), CONFIG, embedder=HashedWords())


@pytest.fixture
def index(run):
    return Index.build(ITEMS, CONFIG, HashedWords(), clusters=[cluster.ids for cluster in run.clusters])


def test_a_need_of_the_run_is_suggested_its_group_and_pairs(run, index):
    assert [set(cluster.ids) for cluster in run.clusters] == [PARKING, {"w1", "w2"}]
    home = {key: cluster.ids for cluster in run.clusters for key in cluster.ids}
    for item in ITEMS:
        assert set(index.suggest(item).group) == home.get(item.id, frozenset()) - {item.id}
    shown = {(pair.left, pair.right): pair for pair in run.pairs}
    found = index.suggest(PCN, limit=2)
    assert [pair == shown[pair.left, pair.right] for pair in found.pairs] == [True, True]


def test_strength_is_the_mean_score_to_the_group(run, index):
    member = next(m for cluster in run.clusters for m in cluster.members if m.id == "p1")
    assert index.suggest(PCN).strength == pytest.approx(member.strength, abs=1e-4)


def test_a_new_need_joins_those_it_is_like(index):
    found = index.suggest(replace(PCN, id="new", owner="hackney"))
    assert set(found.group) == PARKING
    assert "p1" in (found.pairs[0].left, found.pairs[0].right)
    assert found.pairs[0].reasons
    assert [pair.score for pair in found.pairs] == sorted((pair.score for pair in found.pairs), reverse=True)
    assert all(pair.left < pair.right for pair in found.pairs)


def test_a_need_like_no_other_stays_alone(index):
    found = index.suggest(Item("new", "hackney", "Zebra crossing paint"))
    assert (found.group, found.strength) == ((), 0)


def test_decisions_are_hard_limits(index):
    new = replace(PCN, id="new", owner="hackney")
    apart = index.suggest(new, [Decision("p3", "new", False)])
    assert not PARKING & set(apart.group)
    assert not any("p3" in (pair.left, pair.right) for pair in apart.pairs)
    together = index.suggest(new, [Decision("new", "z", True), Decision("new", "gone", True)])
    assert together.group == ("z",)
    (ruled,) = (pair for pair in together.pairs if "z" in (pair.left, pair.right))
    assert ruled.reasons[0].code == "decision"
    both = index.suggest(new, [Decision("new", "z", True), Decision("p1", "new", True)])
    assert set(both.group) == PARKING | {"z"}


def test_what_was_added_is_seen_by_the_next(index):
    paint = Item("x", "hackney", "Loans desk paint", description="Paint for the self issue desk.")
    index.add(paint, [Decision("x", other, False) for other in ("p1", "p2", "p3", "w1", "w2", "z")])
    found = index.suggest(replace(paint, id="y"))
    assert "x" in (found.pairs[0].left, found.pairs[0].right)
    assert found.group == ("x",)
    index.add(replace(paint, id="y"))
    assert index.suggest(replace(paint, id="zz")).group == ("x", "y")
    assert len(index) == len(ITEMS) + 2


def test_a_changed_need_takes_the_place_of_the_old(index):
    changed = replace(ITEMS[3], id="z")
    assert set(index.add(changed).group) == {"w1", "w2"}
    assert len(index) == len(ITEMS)
    assert set(index.suggest(replace(changed, id="new")).group) == {"w1", "w2", "z"}
    assert "z" not in index.suggest(replace(ITEMS[5], id="new")).group


def test_without_a_model_and_without_needs():
    config = replace(CONFIG, engine="tfidf")
    run = match(ITEMS, (), config)
    index = Index.build(ITEMS, config, None, clusters=[cluster.ids for cluster in run.clusters])
    assert set(index.suggest(replace(PCN, id="new")).group) == PARKING
    assert Index.build([], CONFIG, HashedWords()).suggest(PCN).pairs == ()


def test_ids_must_be_unique():
    with pytest.raises(ValueError, match="same id"):
        Index.build([PCN, PCN], CONFIG, HashedWords())


class Vectors:
    """Keeps vectors in memory."""

    def __init__(self):
        self.known = {}

    def get_many(self, keys):
        return {key: self.known[key] for key in keys if key in self.known}

    def put_many(self, vectors):
        self.known.update(vectors)


def test_a_text_that_is_only_typed_is_answered_alike_and_not_kept(run):
    vectors, readings = Vectors(), MemoryStore()
    embedder = CachingEmbedder(HashedWords(), vectors)
    clusters = [cluster.ids for cluster in run.clusters]
    index = Index.build(ITEMS, CONFIG, embedder, clusters=clusters, readings=readings)
    typed = replace(PCN, id="new", owner="hackney", title="PCN handhelds for wardens")
    before = set(vectors.known), len(readings._known)
    found = index.suggest(typed, keep=False)
    assert (set(vectors.known), len(readings._known)) == before
    assert found == index.suggest(typed)
    assert set(vectors.known) > before[0]
