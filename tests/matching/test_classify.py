from __future__ import annotations

import numpy as np
import pytest

from procurement.matching import Capability, Config, Item, classify, kinds
from procurement.matching.classify import Classification, Classifier, usual_kinds
from procurement.matching.concepts import concepts, lines
from procurement.matching.embed import MiniLmEmbedder
from tests.matching.builders import CAPABILITIES, HashedWords

MORE = (
    *CAPABILITIES,
    Capability("cyber-security", "Cyber security", "48730000", ("SOC", "SIEM")),
    Capability("end-user-devices", "Laptops and end-user devices", "30213100", ("laptops", "desktops")),
)


def need(title: str, problem: str = "", **more: object) -> Item:
    return Item("n", "camden", title, problem=problem, **more)  # type: ignore[arg-type]


def suggested(item: Item, capabilities: tuple[Capability, ...] = MORE) -> Classification:
    return Classifier(Config(capabilities=capabilities), None).classify(item)


def codes(hints: tuple[classify.Hint, ...]) -> list[str]:
    return [hint.code for hint in hints]


def test_names_the_words_that_speak_for_a_category():
    (first, *_) = suggested(need("Online parking permits", "Residents queue for a resident permit.")).categories
    assert first.code == "parking"
    assert 0.3 < first.score <= 1
    assert first.reason == "“parking permits” and “resident permit” are words for it"


def test_words_are_quoted_as_they_stand_in_the_text():
    (first, *_) = suggested(need("Parking-permits & PCN", "Penalty Charge & Notices for drivers.")).categories
    assert first.reason == "“PCN” and “Penalty Charge & Notices” are words for it"


def test_a_product_stands_for_what_it_is_used_for():
    (first, *_) = suggested(need("Renew it", "We pay by RingGo today.")).categories
    assert (first.code, first.reason) == ("parking", "“RingGo” is used for it")
    (first, *_) = suggested(need("Renew what we have", incumbent="RingGo")).categories
    assert first.code == "parking"


def test_a_category_of_the_platforms_own_is_found_by_its_own_words():
    own = (*CAPABILITIES, Capability("beekeeping", "Beekeeping", "03142100", ("hives", "apiary register")))
    assert codes(suggested(need("An apiary register", "Hives on roofs."), own).categories)[0] == "beekeeping"


def test_cpv_codes_are_those_of_the_categories_suggested_the_likeliest_first():
    found = suggested(need("SIEM and laptops", "Laptops, desktops and a SOC."))
    by_slug = {capability.slug: capability.cpv for capability in MORE}
    assert len(found.categories) > 1
    assert found.cpv == tuple(by_slug[code] for code in codes(found.categories))


def test_categories_of_one_code_give_it_once():
    twins = (CAPABILITIES[0], Capability("planning", "Planning and building control", "48100000", ("local plan",)))
    found = suggested(need("Parking permits and local plan", "PCN. Local plan software."), twins)
    assert len(found.categories) == 2
    assert found.cpv == ("48100000",)


@pytest.mark.parametrize("text", ["", "Help", "We need better things", "asdf qwer", "Purple elephants dance"])
def test_where_nothing_speaks_nothing_is_suggested(text: str):
    assert suggested(need(text)) == Classification()
    assert Classifier(Config(capabilities=MORE), MiniLmEmbedder()).classify(need(text)) == Classification()


def test_what_a_need_is_not_does_not_speak():
    found = suggested(
        need("Laptops for officers", "Theirs are slow and old. This is not about parking permits or PCN.")
    )
    assert codes(found.categories) == ["end-user-devices"]


def test_the_category_and_kind_that_a_need_has_are_not_read():
    plain = need("Parking permits system")
    told = need("Parking permits system", category="library", category_confirmed=True, kind="works")
    assert suggested(told) == suggested(plain)


def test_kinds_are_told_by_words_or_by_what_is_named():
    (first, *_) = suggested(need("Parking permits", "A system with a portal and an app.")).kinds
    assert first.code == "software"
    assert first.reason == "“system”, “portal” and “app” speak for it"
    (first, *_) = suggested(need("Penetration testing")).kinds
    assert first.code == "consultancy"
    assert first.reason == "“penetration testing” is often bought so"


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ("Penetration testing of it.", "“penetration testing” is often bought so"),
        ("Payroll. HMRC real time information. Penetration testing once.", "Possible, though no word says so"),
    ],
)
def test_a_thing_in_passing_is_no_reason_for_a_kind(rest: str, reason: str):
    (_, second, *_) = suggested(need("Payroll for schools", rest)).kinds
    assert (second.code, second.reason) == ("consultancy", reason)


def test_at_most_three_of_each_and_the_likeliest_first():
    found = suggested(
        need("Permits, payroll, library catalogue, cyber security", "Licences, hosting, support and a system.")
    )
    for hints in (found.categories, found.kinds):
        assert len(hints) == 3
        assert [hint.score for hint in hints] == sorted((hint.score for hint in hints), reverse=True)


def test_categories_are_embedded_once():
    model = HashedWords()
    classifier = Classifier(Config(capabilities=MORE), model)
    classifier.classify(need("Parking permits"))
    before = len(model.encoded)
    classifier.classify(need("Payroll for schools"))
    assert len(model.encoded) == before + 1


def test_without_categories_kinds_are_suggested_all_the_same():
    found = suggested(need("Laptops"), ())
    assert (found.categories, codes(found.kinds)[0]) == ((), "hardware")


@pytest.mark.parametrize("name", ["categories.txt", "kinds.txt"])
def test_the_vocabulary_files_name_things_that_are_there_once_each(name: str):
    names = [thing for thing, _ in lines(name)]
    assert len(names) == len(set(names))
    assert set(names) <= set(concepts())


def test_each_thing_has_one_usual_kind_and_shares():
    assert {kind for _, said in lines("kinds.txt") for kind in said} <= set(kinds.KINDS)
    assert all(len(said) == 1 for _, said in lines("kinds.txt"))
    assert usual_kinds().shape == (len(concepts()), len(kinds.KINDS))
    assert np.allclose(usual_kinds().sum(axis=1), 1)
