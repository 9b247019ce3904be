from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boroughs.forms.need_fields import FILE
from boroughs.forms.needs import NeedForm
from boroughs.models import Category, Contract

CATEGORY = Category(pk=1, slug="parking", name="Parking management", area="Environment")


def form(**data: Any) -> NeedForm:
    return NeedForm({"title": "Parking permits"} | data, categories=[CATEGORY])


def problems(**data: Any) -> dict[str, list[str]]:
    return {name: [str(message) for message in messages] for name, messages in form(**data).errors.items()}


def test_need_with_a_title_only_is_enough_for_a_draft() -> None:
    assert form().is_valid()


@pytest.mark.parametrize("title", ["", "   ", "\u202e\u200b", "\x00"])
def test_title_that_shows_nothing_is_missing(title: str) -> None:
    assert problems(title=title) == {"title": ["Enter a title"]}


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"title": "x" * 101}, "title", "Title must be 100 characters or fewer"),
        ({"problem": "word " * 201}, "problem", "Problem must be 200 words or fewer"),
        ({"users_description": "word " * 101}, "users_description", "Users must be 100 words or fewer"),
        ({"description": "word " * 201}, "description", "Outcome must be 200 words or fewer"),
        ({"problem": "x" * 20_001}, "problem", "Problem must be 20,000 characters or fewer"),
        ({"category": "no-such"}, "category", "There is no category called “no-such”"),
        ({"users_count": "many"}, "users_count", "Number of users must be a whole number, such as 1,200"),
        ({"users_count": "1,200 users"}, "users_count", "Number of users must be a whole number, such as 1,200"),
        ({"users_count": "1,20"}, "users_count", "Number of users must be a whole number, such as 1,200"),
        ({"users_count": "1.5"}, "users_count", "Number of users must be a whole number, such as 1,200"),
        ({"users_count": "1.2345k"}, "users_count", "Number of users must be a whole number, such as 1,200"),
        ({"users_tolerance": "some %"}, "users_tolerance", "Tolerance in per cent must be a whole number, such as 10"),
        ({"users_tolerance": "101%"}, "users_tolerance", "Tolerance in per cent must be 100 or fewer"),
        ({"users_count": "-3"}, "users_count", "Number of users must be 0 or more"),
        ({"users_count": "9" * 5000}, "users_count", "Number of users must be a whole number, such as 1,200"),
        ({"months": "0"}, "months", "Contract length in months must be 1 or more"),
        ({"months": "٣"}, "months", "Contract length in months must be a whole number, such as 36"),
        ({"budget_min": "-1", "budget_basis": "ONE_OFF"}, "budget_min", "Lowest budget must be £0 or more"),
        (
            {"budget_min": "300k", "budget_max": "£250,000", "budget_basis": "ONE_OFF"},
            "budget_max",
            "Highest budget must be the same as the lowest budget or more",
        ),
        ({"budget_max": "5"}, "budget_basis", "Choose what the budget is for: one-off, a year or whole life"),
        ({"contract_end_date": "2027-02-30"}, "contract_end_date", "End of the present contract must be a real date"),
        ({"start_date": "1066-10-14"}, "start_date", "Latest start must be on or after 1 January 1990"),
    ],
)
def test_error_names_the_field_and_the_fix(data: dict[str, str], field: str, message: str) -> None:
    assert problems(**data) == {field: [message]}


@pytest.mark.parametrize("field", ["budget_min", "budget_max"])
def test_amount_of_thousands_of_digits_is_refused(field: str) -> None:
    assert field in problems(**{field: "9" * 5000, "budget_basis": "ONE_OFF"})


def test_kind_that_does_not_exist_is_refused_with_those_that_do() -> None:
    assert "software, licences, managed service" in problems(kind="magic")["kind"][0]


def test_form_reads_money_numbers_choices_and_date_parts_as_people_write_them() -> None:
    sent = form(
        users_count="1,200",
        budget_min="250k",
        budget_max="£1,200,000",
        budget_basis="per year",
        kind="managed service",
        category="Parking Management",
        start_date_day="1",
        start_date_month="april",
        start_date_year="2027",
        cpv="63712400-6",
    )
    assert sent.is_valid(), sent.errors
    content = sent.content()
    assert (content.users_count, content.budget_min, content.budget_max) == (1200, 250_000, 1_200_000)
    assert (content.kind, content.budget_basis) == ("MANAGED_SERVICE", "PER_YEAR")
    assert (content.category, content.start_date) == (CATEGORY, date(2027, 4, 1))
    assert content.cpv == ("63712400",)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1 200", 1_200), ("1,234,567", 1_234_567), ("2.5k", 2_500), ("1.2 million", 1_200_000), ("3K", 3_000)],
)
def test_number_is_read_as_money_is(typed: str, number: int) -> None:
    sent = form(users_count=typed)
    assert sent.is_valid(), sent.errors
    assert sent.content().users_count == number


@pytest.mark.parametrize("typed", ["10", "10%", "10 %", " 10% "])
def test_per_cents_may_bring_their_sign(typed: str) -> None:
    sent = form(users_tolerance=typed)
    assert sent.is_valid(), sent.errors
    assert sent.content().users_tolerance == 10


def test_file_limits_let_long_texts_pass_but_not_endless_ones() -> None:
    data = {"title": "x" * 300, "problem": "word " * 1000, "budget_max": "5"}
    assert NeedForm(data, categories=[], limits=FILE).is_valid()
    refused = NeedForm({"title": "x" * 301}, categories=[], limits=FILE)
    assert refused.errors["title"] == ["Title must be 300 characters or fewer"]


def test_limits_of_a_file_do_not_leak_into_the_page() -> None:
    NeedForm({"title": "x"}, categories=[], limits=FILE).is_valid()
    assert "title" in problems(title="x" * 101)


def test_errors_stand_in_the_order_of_the_page() -> None:
    found = problems(title="", budget_max="5", start_date="2027-02-30")
    assert list(found) == ["title", "budget_basis", "start_date"]


@given(st.text(max_size=200), st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_answered(title: str, number: str, money: str, day: str) -> None:
    sent = form(title=title, users_count=number, months=number, budget_min=money, start_date_day=day, kind=money)
    sent.is_valid()


def test_form_that_only_gains_a_row_is_not_judged() -> None:
    assert not NeedForm({"title": ""}, categories=[], checks=False).errors


def test_latest_start_before_the_earliest_is_refused() -> None:
    assert problems(earliest_start_date="2027-04-02", start_date="2027-04-01") == {
        "start_date": ["Latest start must be the same as the earliest start or later"]
    }
    assert form(earliest_start_date="2027-04-01", start_date="2027-04-01").is_valid()


def test_contract_gives_its_product_and_its_end_where_they_are_empty() -> None:
    contract = Contract(pk=1, reference="C-1", title="Permits", system="PermitPro", end_date=date(2027, 3, 31))
    data = {"title": "Permits", "contract": "C-1"}
    filled = NeedForm(data, categories=[], contracts=[contract])
    assert filled.is_valid()
    assert (filled.cleaned_data["incumbent"], filled.cleaned_data["contract_end_date"]) == (
        "PermitPro",
        date(2027, 3, 31),
    )
    own = NeedForm(data | {"incumbent": "Ours", "contract_end_date": "2028-01-01"}, categories=[], contracts=[contract])
    assert own.is_valid()
    assert (own.cleaned_data["incumbent"], own.cleaned_data["contract_end_date"]) == ("Ours", date(2028, 1, 1))


def test_contract_of_another_register_is_refused() -> None:
    assert problems(contract="C-9") == {"contract": ["There is no contract “C-9” in the borough’s register"]}


@pytest.mark.parametrize(
    ("sent", "stored"),
    [("48000000, 72000000", ("48000000", "72000000")), ("48000000-8 48000000", ("48000000",)), ("", ())],
)
def test_cpv_codes_are_eight_digits_each_once(sent: str, stored: tuple[str, ...]) -> None:
    asked = form(cpv=sent)
    assert asked.is_valid()
    assert asked.cleaned_data["cpv"] == stored


def test_cpv_code_that_is_none_is_named() -> None:
    assert problems(cpv="48000000, 4800") == {"cpv": ["The CPV code “4800” must have eight digits"]}


@pytest.mark.parametrize(("sent", "stored"), [("yes", True), ("no", False), ("", None), ("True", True)])
def test_yes_and_no_and_not_said_are_three(sent: str, stored: bool | None) -> None:
    asked = form(could_lead=sent)
    assert asked.is_valid()
    assert asked.cleaned_data["could_lead"] is stored


def test_section_asks_for_its_own_fields_only() -> None:
    section = NeedForm({"budget_min": "5"}, categories=[], only=("budget_min", "budget_max", "budget_basis"))
    assert list(section.fields) == ["budget_min", "budget_max", "budget_basis"]
    assert list(section.errors) == ["budget_basis"]
