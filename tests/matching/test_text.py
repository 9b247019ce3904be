from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procurement.matching import Item, text

DEMO = Path(__file__).resolve().parents[2] / "boroughs" / "data" / "demo"


def prepared(title, body, owner="camden", names=("Camden",)):
    pattern = text.name_pattern({owner, *names})
    return text.cleaned(text.outline(Item("1", owner, title, description=body), pattern), pattern)[0]


def test_takes_out_owner_references_dates_money_and_process():
    cleaned = prepared("LB Camden - RM6068 Lot 3 Invitation to Quote for Parking Software 2024/25 £1.2m", "").title
    assert "Parking Software" in cleaned
    for noise in ("Camden", "RM6068", "Lot 3", "Invitation", "2024", "1.2"):
        assert noise not in cleaned


@pytest.mark.parametrize("name", ["hammersmith-and-fulham", "Hammersmith and Fulham", "Hammersmith & Fulham"])
def test_finds_owner_names_as_slug_and_as_written(name):
    pattern = text.name_pattern(["hammersmith-and-fulham"])
    assert text.stripped(f"Phones for {name} libraries", pattern) == "Phones for libraries"


def test_names_inside_longer_words_stay():
    assert "Bexleyheath" in text.stripped("Bexleyheath clock", text.name_pattern(["Bexley"]))


@pytest.mark.parametrize(
    "sentence",
    [
        "This is not the parking back office.",
        "Hosting is out of scope.",
        "Scanners are with another team.",
        "We already have a contract for printers.",
    ],
)
def test_drops_what_the_need_is_not(sentence):
    kept = prepared("Title", f"Officers need handhelds for patrols. {sentence}").body
    assert "handhelds" in kept
    assert sentence not in kept


def test_the_words_that_open_a_pattern_miss_no_match_in_the_demonstration():
    for name in ("needs_a.jsonl", "needs_b.jsonl"):
        for sentence in text.sentences(text.plain((DEMO / name).read_text(encoding="utf-8").replace('"', "\n"))):
            assert text.is_exclusion(sentence) is (text._EXCLUSION.search(sentence) is not None)
            assert text._PROCESS_PHRASE.search(sentence) is None or not text._PROCESS_WORDS.isdisjoint(
                text._bare_words(sentence)
            )
            assert text._BOILERPLATE.search(sentence) is None or not text._BOILERPLATE_WORDS.isdisjoint(
                text._bare_words(sentence)
            )


@pytest.mark.parametrize(
    "sentence", ["Must comply with UK GDPR.", "Suppliers hold Cyber Essentials Plus.", "Social value 10%."]
)
def test_drops_standing_conditions(sentence):
    assert text.is_boilerplate(sentence)
    assert not text.is_boilerplate("Residents renew permits online and pay by card.")


def test_keeps_a_body_that_would_be_left_empty():
    assert prepared("Title", "This is not a drill.").sentences


def test_leaves_out_what_the_caller_drops():
    outline = text.outline(Item("1", "camden", "Permits", description="Residents renew permits. Pay by card."), None)
    assert text.cleaned(outline, None, {0})[0].body == "Pay by card"
    assert text.cleaned(outline, None, {0, 1})[0].body == "Residents renew permits Pay by card"


@pytest.mark.parametrize(
    ("one", "two"),
    [("permits", "permit"), ("libraries", "library"), ("licences", "licence"), ("hosting", "hosted")],
)
def test_stems_meet(one, two):
    assert text.stem(one) == text.stem(two)


def test_stems_leave_acronyms():
    assert text.stem("gis") == "gis"
    assert text.stem("pcn") == "pcn"


@settings(derandomize=True, max_examples=60)
@given(title=st.text(max_size=60), body=st.text(max_size=200))
def test_any_unicode_is_prepared(title, body):
    result = prepared(title, body)
    (result.title + result.text).encode("utf-8")
    assert prepared(title, body) == result


def test_lone_surrogates_are_replaced():
    assert prepared("Phones \ud800", "Mobile \udfff airtime").text.encode("utf-8")
