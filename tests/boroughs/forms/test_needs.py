from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from boroughs.forms.needs import FILE, NeedForm, RequirementForm, RequirementFormSet, one_more_line
from boroughs.models import Category

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
        ({"users_count": "many"}, "users_count", "Number of users must be a whole number, such as 1200"),
        ({"users_count": "-3"}, "users_count", "Number of users must be 0 or more"),
        ({"users_count": "9" * 5000}, "users_count", "Number of users must be a whole number, such as 1200"),
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
    )
    assert sent.is_valid(), sent.errors
    content = sent.content(lines=(), cpv=("63712400",))
    assert (content.users_count, content.budget_min, content.budget_max) == (1200, 250_000, 1_200_000)
    assert (content.kind, content.budget_basis) == ("MANAGED_SERVICE", "PER_YEAR")
    assert (content.category, content.start_date) == (CATEGORY, date(2027, 4, 1))
    assert content.cpv == ("63712400",)


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


# --- requirement lines --------------------------------------------------------------------------------------------


def rows(*texts: str, total: int | None = None) -> QueryDict:
    data = QueryDict(mutable=True)
    data["r-TOTAL_FORMS"], data["r-INITIAL_FORMS"] = str(len(texts) if total is None else total), "0"
    for index, text in enumerate(texts):
        data[f"r-{index}-text"], data[f"r-{index}-priority"] = text, "SHOULD" if index % 2 else "MUST"
    return data


def test_empty_requirement_rows_count_as_not_there() -> None:
    formset = RequirementFormSet(rows("First.", "", "  ", "Second."), prefix="r")
    assert formset.is_valid()
    assert [(line.text, line.priority) for line in formset.lines()] == [("First.", "MUST"), ("Second.", "SHOULD")]


def test_requirement_has_thirty_words_at_the_most() -> None:
    formset = RequirementFormSet(rows("word " * 31), prefix="r")
    assert formset.forms[0].errors["text"] == ["A requirement must be 30 words or fewer"]


def test_need_has_twenty_requirements_at_the_most() -> None:
    formset = RequirementFormSet(rows(*["One."] * 21), prefix="r")
    assert formset.non_form_errors() == ["A need can have 20 requirements at the most: join or remove some"]


@pytest.mark.parametrize(
    ("total", "more"), [("3", "4"), ("19", "20"), ("20", "20"), ("25", "25"), ("x", "1"), ("9" * 5000, "1")]
)
def test_one_more_line_adds_a_row_up_to_the_limit(total: str, more: str) -> None:
    data = rows("First.")
    data["r-TOTAL_FORMS"] = total
    assert one_more_line(data, "r")["r-TOTAL_FORMS"] == more
    assert one_more_line(data, "r")["r-0-text"] == "First."


def test_form_that_only_gains_a_row_is_not_judged() -> None:
    waiting = NeedForm({"title": ""}, categories=[], checks=False)
    assert not waiting.errors
    assert not RequirementForm({"text": "word " * 99}, checks=False).errors
