from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from procurement.matching import Capability, Config, Decision, Item, match
from procurement.matching.evaluation.labelled import read
from tests.matching.builders import HashedWords, own_categories

DEMO = Path(__file__).resolve().parents[2] / "boroughs" / "data" / "demo"
CATEGORIES = (
    Capability("revenues", "Revenues and benefits", synonyms=("council tax", "business rates")),
    Capability("debt", "Debt recovery and collection", synonyms=("debt collection", "enforcement agents")),
    Capability("devices", "Laptops and devices", synonyms=("laptops",)),
    Capability("finance", "Finance and ERP (all of it)", synonyms=("ledger", "budget")),
    Capability("safety", "Building safety", synonyms=("gas compliance",)),
)


def headings(*needs, categories=CATEGORIES, together=True):
    """The headings of groups; needs with one ``cluster`` are ruled together, the others apart."""
    decisions = [
        Decision(one.id, two.id, one.id[0] == two.id[0]) for n, one in enumerate(needs) for two in needs[n + 1 :]
    ]
    config = Config(capabilities=categories)
    return [c.label for c in match(needs, decisions, config, embedder=HashedWords()).clusters]


def need(key, title, description="", **fields):
    return Item(key, f"owner {key}", title, description=description, **fields)


DEBT = "Debt collection across council tax, business rates and housing benefit, with enforcement agents."


def test_a_thing_of_the_groups_own_category_comes_before_one_that_is_named_as_often():
    found = headings(
        need("a1", "Corporate debt", DEBT, category="debt"),
        need("a2", "One view of debt", DEBT, category="debt"),
        need("b1", "Council tax system", "Council tax and business rates.", category="revenues"),
        need("b2", "Revenues and benefits", "Council tax, housing benefit.", category="revenues"),
    )
    assert found == ["Debt recovery and collection", "Revenues and benefits"]


def test_the_category_names_a_group_that_wants_several_of_its_things_alike():
    both = "General ledger and financial management; budget monitoring and forecasting."
    found = headings(*(need(f"a{n}", "Core financials", both, category="finance") for n in range(3)))
    assert found == ["Finance and ERP"]


def test_a_word_in_passing_from_another_category_names_nothing():
    found = headings(
        need("a1", "Moisture in flats", "Loggers read out with laptops.", category="safety"),
        need("a2", "Moisture in homes", "Loggers, and laptops to read them.", category="safety"),
        need("b1", "Laptops", "Laptops and docking.", category="devices"),
        need("b2", "Laptop refresh", "Laptops for staff.", category="devices"),
    )
    assert found[1] == "Laptop and desktop supply"
    assert found[0] in {"Moisture in flats", "Moisture in homes"}


def test_the_category_comes_before_a_title_where_the_group_speaks_of_it():
    found = headings(
        need("a1", "Upgrade of the annex", "Safety of the annex.", category="safety"),
        need("a2", "Annex upgrade", "Safety in the annex.", category="safety"),
    )
    assert found == ["Building safety"]


def test_a_title_that_names_a_product_is_no_heading():
    found = headings(
        need("a1", "Civica replies", "Something quite else.", category="safety"),
        need("a2", "Civica replies", "Something quite else.", category="safety"),
    )
    assert found == ["Building safety"]


LAPTOPS = [need(f"a{n}", "Laptops", "Laptops for staff.", category="devices", kind="hardware") for n in range(3)]


@pytest.mark.parametrize(
    ("second", "heading"),
    [
        (
            {"description": "Laptops for staff.", "kind": "managed-service"},
            "Laptop and desktop supply: managed service",
        ),
        (
            {"description": "Laptops for staff, e-signature.", "kind": "hardware", "category": None},
            "Laptop and desktop supply: e-signature",
        ),
        (
            {"description": "Laptops with rugged cases.", "kind": "hardware"},
            "Laptop and desktop supply: rugged cases",
        ),
    ],
)
def test_of_two_alike_the_smaller_says_what_is_particular(second, heading):
    others = [replace(need(f"b{n}", "Laptops", category="devices"), **second) for n in range(2)]
    found = headings(*LAPTOPS, *others)
    assert found[0] == "Laptop and desktop supply"
    assert found[1] == heading


def test_where_nothing_is_particular_they_are_numbered():
    others = [replace(item, id=item.id.replace("a", "b"), owner=f"other {item.owner}") for item in LAPTOPS]
    assert headings(*LAPTOPS, *others) == ["Laptop and desktop supply", "Laptop and desktop supply (2)"]


@pytest.mark.parametrize("name", ["needs_a.jsonl", "needs_b.jsonl"])
def test_headings_of_the_demonstration_are_distinct_and_in_whole_words(name):
    labelled = read(DEMO / name)
    clusters = match(
        labelled.items, (), Config(cut=0.4, capabilities=own_categories()), embedder=HashedWords()
    ).clusters
    found = [cluster.label for cluster in clusters]
    assert len(found) == len(set(found)) > 20
    lines = [json.loads(line) for line in (DEMO / name).read_text(encoding="utf-8").splitlines()]
    written = " ".join(str(value) for line in lines for value in line.values()).casefold()
    for heading in found:
        particular = heading.partition(": ")[2].casefold()
        assert heading[:1] == heading[:1].upper()
        assert all(word in written for word in particular.split()), heading


def test_a_title_on_its_own_comes_before_a_lone_word_behind_a_colon():
    others = [need(f"b{n}", f"Laptop swap {n}", "Laptops, ruggedised.", category="devices") for n in range(2)]
    plain = [need(f"a{n}", "Laptops", "Laptops for staff.", category="devices") for n in range(3)]
    found = headings(*plain, *others)
    assert found[0] == "Laptop and desktop supply"
    assert ":" not in found[1]
    assert found[1].startswith("Laptop swap")


def test_what_most_titles_name_is_the_subject_though_the_category_is_another():
    alone = [need(f"{key}1", "Laptops", "Laptops for staff.", category="devices") for key in "bcd"]
    found = headings(
        need("a1", "Laptops for wardens", "Laptops to read the loggers.", category="safety"),
        need("a2", "Laptops for inspectors", "Laptops on site.", category="safety"),
        *alone,
    )
    assert found == ["Laptop and desktop supply"]
