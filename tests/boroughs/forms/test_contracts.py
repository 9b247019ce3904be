from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boroughs.actions.contract_content import ContractContent
from boroughs.forms.contracts import ContractForm, notice_in_words
from boroughs.models import Contract


def form(**data: Any) -> ContractForm:
    return ContractForm({"reference": "C-1", "title": "Parking"} | data, categories=[])


def content(**data: Any) -> ContractContent:
    valid = form(**data)
    assert valid.is_valid(), valid.errors
    return valid.content()


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("", ()),
        ("none", ()),
        ("12", (12,)),
        ("12 + 12", (12, 12)),
        ("2 x 12 months", (12, 12)),
        ("1 year, 6 months", (12, 6)),
        ([24, 12], (24, 12)),
    ],
)
def test_options_to_extend_are_months_in_their_order(text: Any, months: tuple[int, ...]) -> None:
    assert content(extension_options=text).extension_options == months


@pytest.mark.parametrize("text", ["a while", "12 weeks", "0.5 years", "300", [0], [True], ["12"], "12 +", "99 x 12"])
def test_unclear_options_are_refused(text: Any) -> None:
    refused = form(extension_options=text)
    assert not refused.is_valid()
    assert "such as 12 + 12" in str(refused.errors["extension_options"])


@pytest.mark.parametrize(
    ("text", "months", "days"),
    [
        ("", 0, 0),
        ("6", 6, 0),
        ("3 months", 3, 0),
        ("90 days", 0, 90),
        ("12 weeks", 0, 84),
        ("3 months and 10 days", 3, 10),
        ("3 Months, 10 Days", 3, 10),
        ((2, 0), 2, 0),
        ((2, 5), 2, 5),
    ],
)
def test_notice_is_months_and_days(text: Any, months: int, days: int) -> None:
    said = content(notice=text)
    assert (said.notice_months, said.notice_days) == (months, days)


@pytest.mark.parametrize("text", ["soon", "-1", "61", "5 years", "1001 days", "3 10 days", (-1, 0), (0, -1)])
def test_unclear_notice_is_refused(text: Any) -> None:
    assert "such as 3 months" in str(form(notice=text).errors["notice"])


def test_end_before_start_is_refused() -> None:
    refused = form(start_date="2027-02-01", end_date="2027-01-31")
    assert refused.errors["end_date"] == ["End date must be the same as the start date or later"]


def test_notice_is_said_in_words() -> None:
    said = [notice_in_words(0, 0), notice_in_words(1, 0), notice_in_words(0, 90), notice_in_words(3, 1)]
    assert said == ["", "1 month", "90 days", "3 months and 1 day"]


@given(months=st.integers(0, 60), days=st.integers(0, 1000))
def test_notice_that_is_said_is_understood(months: int, days: int) -> None:
    said = content(notice=notice_in_words(months, days))
    assert (said.notice_months, said.notice_days) == (months, days)


def test_reference_of_an_entry_is_not_asked_for_again() -> None:
    contract = Contract(reference="C-1", title="Parking", notice_months=3, extension_options=[12, 6])
    shown = ContractForm(categories=[], of=contract)
    assert "reference" not in shown.fields
    assert [shown["notice"].value(), shown["extension_options"].value()] == ["3 months", "12 + 6"]
    changed = ContractForm({"title": "Permits"}, categories=[], of=contract)
    assert changed.is_valid()
    assert changed.content() == ContractContent(title="Permits")
