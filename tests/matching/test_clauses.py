import pytest

from procurement.matching import clauses


@pytest.mark.parametrize(
    "line",
    [
        "No cloud hosting.",
        "Must not be hosted outside the council.",
        "There is no need for handsets.",
        "Handsets are not required",
        "Data cannot leave the depot.",
        "We don't want a new ledger",
        "Forbid use of recordings for training of models.",
    ],
)
def test_a_line_that_rules_something_out_is_recognised(line):
    assert clauses.is_opposing(line)


@pytest.mark.parametrize(
    "line",
    [
        "Cloud hosting.",
        "No more than five models.",
        "Not only desktops but laptops too.",
        "Supply gateways for analogue devices which cannot move to the cloud.",
        "Keep an immutable copy which no administrator can delete.",
        "Works when the internet is not available.",
        "Edit menus without the supplier.",
    ],
)
def test_a_limit_or_a_subordinate_clause_rules_nothing_out(line):
    assert not clauses.is_opposing(line)


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        ("The supplier must comply with UK GDPR.", "Data protection"),
        ("All data held within the UK.", "Data protection"),
        ("Cyber Essentials Plus for the whole contract.", "Cyber security certificates"),
        ("Meet WCAG 2.2 AA for all approver screens.", "Accessibility"),
        ("Social value and modern slavery statements apply.", "Social value"),
        ("Single sign-on with Entra ID.", "Single sign-on"),
        ("Two client references from councils.", "Insurance and references"),
    ],
)
def test_standing_terms_have_a_topic(line, topic):
    assert clauses.standing_topic(line) == topic


@pytest.mark.parametrize(
    "line",
    [
        "Record social value promised and delivered.",
        "Provide a single sign-on for residents across services.",
        "Bidding website and app, WCAG 2.2 AA.",
        "Customer reference number on every bill.",
    ],
)
def test_what_the_product_does_is_no_standing_term(line):
    assert clauses.standing_topic(line) == ""


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Licences for 60 officers.", "Licences for 400 officers."),
        ("Keep logs for six months.", "Keep logs for 2 years."),
        ("OCPP 1.6 certified.", "OCPP 2.0.1 certified."),
        ("Available 99.5 per cent of the time.", "Available 99.9% of the time."),
        ("A fee of £1,200.", "A fee of £2k."),
        ("Hosted as SaaS.", "Runs on our own servers."),
        ("Devices on lease.", "Devices bought outright."),
        ("Export weekly.", "Export each night."),
    ],
)
def test_values_of_one_dimension_that_differ(left, right):
    one, other = clauses.values(left), clauses.values(right)
    assert one.keys() == other.keys()
    assert len(one) == 1
    (of,) = one
    assert one[of][0] != other[of][0]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Keep logs for 12 days.", "Keep logs for 288 hours."),
        ("Licences for 1,400 officers", "for 1400 officers"),
        ("Six tablets", "6 tablets"),
        ("Report monthly", "Report every month"),
    ],
)
def test_the_same_value_in_other_words_is_the_same(left, right):
    one, other = clauses.values(left), clauses.values(right)
    assert {of: value for of, (value, _) in one.items()} == {of: value for of, (value, _) in other.items()} != {}


def test_numbers_that_count_nothing_are_no_values():
    assert clauses.values("Microsoft 365, M365 and 5G from 2027-09-01, 24x7") == {}


def test_names_are_acronyms_and_products_but_not_the_first_word():
    assert clauses.names("Operate on the council's own Sentinel with DVLA look up") == ("sentinel", "dvla")
    assert clauses.names("Operate on paper") == ()


def test_aspects_of_a_line():
    assert set(clauses.aspects("Open API for payments")) == {"interface", "payments"}
    assert clauses.aspects("Winter gritting") == ()


def test_parts_of_a_line_that_lists_three_things():
    assert clauses.parts("Rents, arrears and leasehold billing, with voids & estate inspections.") == (
        "Rents",
        "arrears",
        "leasehold billing",
        "with voids",
        "estate inspections",
    )
    assert clauses.parts("Rents and arrears for all of the homes in the borough") == ()
    assert clauses.parts("Rents, arrears and voids") == ()
