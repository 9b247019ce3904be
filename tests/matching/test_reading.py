from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procurement.matching import Capability, Config, Item, match, reading
from procurement.matching.gathering import gathered
from procurement.matching.reading import MemoryStore, Rules
from tests.matching.builders import CAPABILITIES, NEEDS, HashedWords

RULES = Rules.of(["Camden"], CAPABILITIES)
SHARED = "Officers in the hub will coordinate everything closely."
UNRELATED = tuple(
    Item(str(n), "x", title, description=f"{title} now. {SHARED}")
    for n, title in enumerate(("Parking permits", "Payroll bureau", "Library kiosks"))
)


class Counting(MemoryStore):
    """Says what it was asked for and given."""

    def __init__(self):
        super().__init__()
        self.asked, self.kept = [], []

    def get_many(self, keys):
        self.asked.append(list(keys))
        return super().get_many(keys)

    def put_many(self, readings):
        self.kept.extend(readings)
        super().put_many(readings)


def bodies(items, store=None):
    return [prepared.body for prepared in gathered(items, RULES, store).prepared]


def test_drops_sentences_that_recur_across_unrelated_items_only():
    assert not any("hub" in body for body in bodies(UNRELATED))
    alike = [replace(item, title="Parking permits", description=SHARED) for item in UNRELATED]
    assert all("hub" in body for body in bodies(alike))
    assert all("hub" in body for body in bodies(UNRELATED[:2]))


def test_a_run_reads_only_what_is_new():
    store = Counting()
    first = bodies(UNRELATED, store)
    assert len(store.kept) == 2 * len(UNRELATED)  # each with and without the sentence that recurs
    store.kept.clear()
    assert bodies(UNRELATED, store) == first
    assert store.kept == []
    bodies([replace(UNRELATED[0], description=f"Something else. {SHARED}"), *UNRELATED[1:]], store)
    assert len(store.kept) == 2


def test_the_store_is_asked_at_most_twice_however_many_items_there_are():
    store = Counting()
    gathered(UNRELATED * 20, RULES, store)
    assert len(store.asked) == 2
    assert len(store.asked[0]) == len(UNRELATED)


def test_kept_readings_never_change_a_result():
    store, config = MemoryStore(), Config(capabilities=CAPABILITIES, owner_names=("Camden",))
    bare = match(NEEDS, (), config, embedder=HashedWords())
    for _ in range(2):
        assert match(NEEDS, (), config, embedder=HashedWords(), readings=store) == bare


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"description": "Other"},
        {"requirements": ("Other",)},
        {"incumbent": "Civica"},
        {"kind": "works"},
    ],
)
def test_what_is_read_is_part_of_the_key(change):
    assert reading.key(NEEDS[0], RULES) != reading.key(replace(NEEDS[0], **change), RULES)


@pytest.mark.parametrize("change", [{"id": "other"}, {"owner": "brent"}, {"category": "hr-payroll"}, {"users": 4}])
def test_what_is_not_read_is_no_part_of_the_key(change):
    assert reading.key(NEEDS[0], RULES) == reading.key(replace(NEEDS[0], **change), RULES)


def test_other_rules_have_other_keys(monkeypatch):
    assert reading.key(NEEDS[0], Rules.of(["camden"], CAPABILITIES)) == reading.key(NEEDS[0], RULES)
    other = Rules.of(["Camden"], [*CAPABILITIES, Capability("x", "Other", "", ())])
    names = Rules.of(["Camden", "Barnet"], CAPABILITIES)
    keys = {reading.key(NEEDS[0], rules) for rules in (RULES, other, names)}
    monkeypatch.setattr(reading, "_code", lambda: "another version")
    keys.add(reading.key(NEEDS[0], Rules.of(["Camden"], CAPABILITIES)))
    assert len(keys) == 4


def test_readings_are_put_together_in_order():
    items = [
        Item("a", "brent", "RingGo permits", description="PCN permits and permits for residents."),
        Item("b", "ealing", "Payroll", incumbent="Civica"),
    ]
    found = gathered(items, RULES)
    assert [found.prepared[n].title for n in range(2)] == ["RingGo permits", "Payroll"]
    assert dict(zip(found.forms, found.written.tolist(), strict=True))["permits"] == 3
    width = len(found.forms) + 1
    counted = {
        (row, found.forms[code // width], found.forms[code % width - 1] if code % width else ""): value
        for row, code, value in zip(*(part.tolist() for part in found.terms), strict=True)
    }
    assert counted[0, "permits", ""] == 4  # twice in the body, and once in the title, which counts double
    assert counted[0, "pcn" if "pcn" in found.forms else "PCN", "permits"] == 1
    assert counted[1, "payroll", ""] == 2
    named = [(row, reading.PRODUCTS[n]) for row, n in zip(found.products.rows, found.products.columns, strict=True)]
    assert named == [(0, "ringgo"), (1, "civica")]
    assert found.mentions == {("ringgo", "RingGo"): 1}
    np.testing.assert_allclose(found.kind.sum(axis=1), 1, atol=1e-6)


def test_phrases_of_categories_are_counted_in_title_and_body():
    items = [
        Item("a", "brent", "Cashless parking", description="PCN and permits, a lot."),
        Item("b", "brent", "Nothing of the kind"),
        Item("c", "brent", "Payroll", description="Pensions and payroll, and permits."),
    ]
    found = gathered(items, RULES).categories
    counted = [
        (row, RULES.slugs[place], *numbers)
        for row, place, *numbers in zip(*(part.tolist() for part in found), strict=True)
    ]
    assert counted == [(0, "parking", 1, 2), (2, "hr-payroll", 1, 1), (2, "parking", 0, 1)]


@settings(derandomize=True, max_examples=40)
@given(texts=st.lists(st.text(max_size=60), min_size=4, max_size=4))
def test_any_unicode_survives_the_bytes(texts):
    items = [
        Item("1", "camden", texts[0], problem=texts[1], incumbent=texts[3]),
        Item("2", "x", texts[2], description=texts[1]),
    ]
    found = gathered(items, RULES, MemoryStore())
    assert found.prepared.whole() == [prepared.text for prepared in found.prepared]
    assert len(found.kind) == 2


def test_no_items():
    found = gathered([], RULES, MemoryStore())
    assert len(found.prepared) == len(found.terms.rows) == 0
