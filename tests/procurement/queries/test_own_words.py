"""Which sentences only one authority can say, and which numbers count nothing."""

import pytest

from procurement.queries import own_words


@pytest.mark.parametrize(
    "sentence",
    [
        "In HR 40 people use it.",
        "In the office 40 people use it.",
        "Around 12,000 homes are managed.",
        "500 lamp post charge points with three operators.",
        "Supply of sensors for 3,000 homes over 3 years.",
        "Around 5,000 applications a year.",
        "Over 2,000 sockets.",
        "Two of the operators have been sold in eighteen months.",
        "Must take on ten years of rent history.",
        "Eleven flats under 16 degrees were found.",
        "Roughly 8% of units fail.",
        "It costs £60 a visit.",
        "About 500k calls.",
        "Serve 40 teams.",
        "A ten-year history has to move.",
        "Hundreds of residents wait.",
        "In 2000 homes it fails.",
        "One third of units fail.",
        "About a third of visits fail.",
        "Half of the tenants have no account.",
        "Twenty-five depots share it.",
        "We want one landlord system.",
        "It has to fit our queue.",
        "Tell us.",
        "The council moves.",
        "Mrs Jones keeps the list.",
        "1500 licences.",
        "Windows 11 runs on 4,000 laptops.",
        "Phone calls: 300 a day.",
        "£2.5m is spent.",
        "It needs 20+ interfaces.",
        "Two-way messaging with 30 users.",
        "Brent has 500 bins.",
        "Some 5km of cable.",
        "3 of the operators left.",
        "Maintenance for 5y is wanted.",
        "c.1,100 hubs are in use.",
        "Write to repairs@camden.example.",
    ],
)
def test_figures_and_we_are_one_authoritys_own(sentence: str) -> None:
    assert own_words.is_own(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "A system like Dynamics 365 is wanted.",
        "Works with Microsoft 365.",
        "Microsoft 365 is in place.",
        "Certified to ISO 27001.",
        "ISO 27001 and EN 301 549 apply.",
        "Windows 11 laptops are wanted.",
        "Support is needed at level 2.",
        "Level 2 support is needed.",
        "A service 24/7 with a single desk.",
        "Open 24 hours a day, 7 days a week.",
        "Two-way messaging and two-factor authentication.",
        "One landlord system for tenancies.",
        "Sensors for CO2 and 5G routers.",
        "Since 2024 the phone network has been moving.",
        "The year 2025/26 is the base.",
        "It ends on 31 March.",
        "Seven boroughs may buy together.",
        "It meets WCAG 2.2 AA and OCPP 1.6.",
        "Section 21 notices are typed.",
        "Desks open from 9am to 5.30pm.",
        "The list is typed out twice.",
        "There is nothing between the two.",
        "The US market differs.",
        "Operators leaving market.",
        "Residents wait.",
        "They run Exchange 19 today.",
        "Wi-Fi over 802.11ax.",
        "A third party hosts it.",
        "Pupils in Key Stage 2.",
        "A 4K screen and a 3D model.",
        "Version 2.1 of the standard.",
    ],
)
def test_names_dates_and_hours_are_anybodys(sentence: str) -> None:
    assert not own_words.is_own(sentence)


@pytest.mark.parametrize(
    "line",
    [
        "Training for 900 staff in classroom and e-learning.",
        "Complete at least 60 swaps per day.",
        "Installed at two depots.",
        "Includes 24,000 hours of support each year.",
        "Costs no more than £60 a visit.",
    ],
)
def test_sizes_in_a_requirement_are_one_authoritys_own_until_another_asks_for_the_same(line: str) -> None:
    assert own_words.is_own_line(line, asked_by=1)
    assert not own_words.is_own_line(line, asked_by=2)


@pytest.mark.parametrize("line", ["Works with our telephone system.", "Runs where the council says.", "Ask Mrs Jones."])
def test_what_one_authority_says_of_itself_stays_its_own(line: str) -> None:
    assert own_words.is_own_line(line, asked_by=3)


@pytest.mark.parametrize(
    "line",
    [
        "Collects within ten working days of request.",
        "A resilient service of 99.95 per cent availability.",
        "97.5% of calls are answered in 60 seconds.",
        "Absorbs ten times normal traffic.",
        "PDF/A at 300 dpi with OCR.",
        "Records a full ten-hour shift.",
        "Keeps logs for twelve months.",
        "Exit at three months’ notice.",
        "Works with Microsoft 365.",
    ],
)
def test_terms_of_a_requirement_are_anybodys(line: str) -> None:
    assert not own_words.is_own_line(line, asked_by=1)


def test_sizes_are_told_as_they_stand() -> None:
    line = "Migrates 4,000 numbers and two queues within 8 weeks, 99% of them by night."
    assert list(own_words.sizes(line)) == ["4,000", "two"]


def test_quantities_are_told_as_they_stand() -> None:
    sentence = "Around 12,000 homes under ISO 27001, with three depots, cost £2.5m and lose 8% a year 24/7."
    assert list(own_words.quantities(sentence)) == ["12,000", "three", "£2.5m", "8%"]


def test_text_falls_into_its_sentences() -> None:
    assert own_words.sentences("Residents wait. Why?\n\nNobody knows") == ["Residents wait.", "Why?", "Nobody knows"]


def test_abbreviation_ends_no_sentence() -> None:
    text = "Around 12,000 homes incl. those of others. Some, e.g. lifts, wait."
    assert own_words.sentences(text) == ["Around 12,000 homes incl. those of others.", "Some, e.g. lifts, wait."]


@pytest.mark.parametrize(
    ("quantity", "value"),
    [("12,000", 12_000), ("£2.5m", 2_500_000), ("500k", 500_000), ("8%", None), ("three", None), ("5km", None)],
)
def test_value_of_a_quantity(quantity: str, value: float | None) -> None:
    assert own_words.value(quantity) == value
