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
        "Handle 2000 housing repairs a month",
        "Manage 2050 council homes",
        "1950 street lights",
        "Take over from 2000 council homes",
        "Supply 180 days of consultancy a year",
        "Provide 600 hours of training a year",
        "Support 450 day centre users",
        "Handle the 40% of tenants who have no e-mail",
        "Serve 40 per cent of tenants by post",
        "Supply 600x laptops",
        "Clean 3,500m2 of offices",
        "In HR 40 approvers sign in",
        "Sign off 300 people",
        "Order 40 laptops",
    ],
)
def test_sizes_in_a_requirement_are_one_authoritys_own_until_another_asks_for_the_same(line: str) -> None:
    assert own_words.is_own_line(line, asked_by=1)
    assert not own_words.is_own_line(line, asked_by=2)


@pytest.mark.parametrize("line", ["Works with our telephone system.", "Fits my queue.", "Ask Mrs Jones."])
def test_what_one_authority_says_of_itself_stays_its_own(line: str) -> None:
    assert own_words.is_own_line(line, asked_by=3)


def test_the_council_is_each_of_those_who_ask_for_the_same() -> None:
    line = "Data stays the property of the council."
    assert own_words.is_own_line(line, asked_by=1)
    assert not own_words.is_own_line(line, asked_by=2)


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
        "Certified to ISO 27001 standards",
        "Certified to ISO 27001:2022 or ISO 9001 and 14001",
        "Comply with WCAG 2.2 guidelines",
        "Meet PCI DSS 4.0 requirements",
        "OCPP 1.6 and 2.0.1.",
        "Care Act 2014 duties are met",
        "OAuth 2.0 sign-in",
        "Runs on iOS 16 or later",
        "Payments need approval by two people",
        "Require two people to approve deletion",
        "At least 2 factors to sign in",
        "Back up data to two sites",
        "Accept attachments up to 50 MB",
        "Laptops with 16 GB of memory",
        "Store 12-digit UPRNs",
        "Three way match of order, receipt and invoice",
        "Respond to P1 in 4 hrs",
        "Calls answered within 20 secs",
        "Reminders at 30, 60 and 90 days",
        "Keep 6-7 years",
        "Keep 30 days of logs",
        "Work with My Account",
        "Answer within two working days",
        "Answer 80% of calls within 20 seconds",
        "Pay 95% of invoices without a person",
        "Alert at 80 per cent of allowance",
        "Live by March 2027",
        "All of it moves by 2027",
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
