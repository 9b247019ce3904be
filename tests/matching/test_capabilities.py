from __future__ import annotations

import numpy as np
import pytest

from procurement.matching import Item, brands, capabilities, kinds, text
from procurement.matching.concepts import concepts
from procurement.matching.gathering import gathered
from procurement.matching.reading import Rules
from tests.matching.builders import CAPABILITIES


def tagged(title="", **fields):
    item = Item("1", "camden", title, **fields)
    phrased = gathered([item], Rules.of((), CAPABILITIES)).categories
    return capabilities.tags([item], phrased, CAPABILITIES, None)[0]


def test_shares_add_up_to_one_and_follow_the_words():
    shares = tagged("PCN and permits")
    assert shares.sum() == pytest.approx(1, abs=1e-5)
    assert shares.argmax() == 0
    np.testing.assert_allclose(tagged("nothing known"), 1 / 3, atol=1e-5)


def test_a_confirmed_category_outweighs_the_words_and_a_hint_only_leans():
    confirmed = tagged("PCN and permits", category="library", category_confirmed=True)
    hint = tagged("PCN and permits", category="library")
    assert confirmed[2] > 0.9
    assert hint[0] > 0.4
    assert hint[2] > 0.4


def test_unknown_category_is_no_evidence():
    np.testing.assert_array_equal(tagged("PCN", category="no-such"), tagged("PCN"))


def test_phrases_match_whole_words_only():
    phrases = capabilities.Phrases.of({"lan": ("LAN",), "rota": ("home care rota",)})
    assert phrases.found("planning and plans") == {}
    assert phrases.found("The LAN and the home-care: home care rotas") == {"lan": 1, "rota": 1}


def test_every_product_is_bought_for_a_known_concept():
    assert {concept for concept in brands.BRANDS.values() if concept} <= set(concepts())


def test_a_product_stands_for_what_it_is_bought_for():
    named = brands.named("RingGo contract")
    assert named == {"ringgo"}
    in_passing = capabilities.concept_counts(text.tokens("RingGo contract"), (), named, ())
    in_title = capabilities.concept_counts(text.tokens("RingGo contract"), (), named, named)
    assert 0 < in_passing["mobile parking payments"] < in_title["mobile parking payments"]


def test_everyday_words_name_no_product():
    assert brands.named("please confirm the storm damage and any respond times") == frozenset()
    assert brands.named("Mosaic by Access") == {"mosaic"}


def test_of_names_that_overlap_the_longest_counts_and_parts_of_words_do_not():
    assert brands.mentions("Liquidlogic LAS, then Liquidlogic") == [
        ("liquidlogic las", "Liquidlogic LAS"),
        ("liquidlogic", "Liquidlogic"),
    ]
    assert brands.named("Iconic Xpressions, aCivica, x.Civica") == frozenset()
    assert brands.named("moved to modern.gov and gov.uk notify") == {"modern.gov", "gov.uk notify"}
    assert brands.spellings("mosaic", "Mosaic and MOSAIC and mosaic") == ["Mosaic", "MOSAIC"]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Parking system", "software"),
        ("Supply of laptops", "hardware"),
        ("Parking system support and maintenance", "support"),
        ("Microsoft licences renewal", "licences"),
        ("Digital strategy consultancy", "consultancy"),
    ],
)
def test_kind_is_read_from_the_title(title, kind):
    assert kinds.likely(kinds.distribution(title, "")) == kind


@pytest.mark.parametrize("stated", ["managed-service", "managed_service", "MANAGED_SERVICE"])
def test_a_stated_kind_counts_however_it_is_spelled(stated):
    assert kinds.likely(kinds.distribution("Parking system", "software", stated)) == "managed-service"


def test_expressions_of_several_words_speak_for_a_kind():
    assert kinds.likely(kinds.distribution("Network roll-out", "Fit-out and roll-out of ducts")) == "works"
    assert kinds.likely(kinds.distribution("Break-fix", "Repair of equipment, third-line")) == "support"


def test_a_stated_kind_is_taken_at_its_word():
    assert kinds.likely(kinds.distribution("Parking system", "software", "managed-service")) == "managed-service"
    assert kinds.likely(kinds.distribution("Something", "")) is None
