"""Dates in three boxes, pounds, counted words, choices."""

import datetime
from typing import Any

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from boroughs.forms import fields


def date_form(data: dict[str, Any], **options: Any) -> forms.Form:
    kind = type("DateForm", (forms.Form,), {"ends": fields.DatePartsField(subject="contract end date", **options)})
    return kind(data)


def parts(day: str = "", month: str = "", year: str = "") -> dict[str, str]:
    return {"ends_day": day, "ends_month": month, "ends_year": year}


@pytest.mark.parametrize("month", ["3", "03", "March", "march", " MAR ", "Mar."])
def test_date_takes_a_month_as_number_or_name(month: str) -> None:
    form = date_form(parts("27", month, "2027"))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["ends"] == datetime.date(2027, 3, 27)


@pytest.mark.parametrize("month", ["Sept", "September", "sep"])
def test_date_takes_september_in_every_short_form(month: str) -> None:
    form = date_form(parts("1", month, "2027"))
    assert form.is_valid()
    assert form.cleaned_data["ends"].month == 9


@pytest.mark.parametrize(
    ("values", "message", "wrong"),
    [
        (parts("31", "2", "2027"), "Contract end date must be a real date", ("day", "month", "year")),
        (parts("29", "2", "2027"), "Contract end date must be a real date", ("day", "month", "year")),
        (parts("32", "1", "2027"), "Contract end date must be a real date", ("day",)),
        (parts("1", "13", "2027"), "Contract end date must be a real date", ("month",)),
        (parts("1", "Marvember", "2027"), "Contract end date must be a real date", ("month",)),
        (parts("1", "ma", "2027"), "Contract end date must be a real date", ("month",)),
        (parts("x", "y", "z"), "Contract end date must be a real date", ("day", "month", "year")),
        (parts("-1", "1", "2027"), "Contract end date must be a real date", ("day",)),
        (parts("1", "1", "27"), "Contract end date must have a year of 4 numbers", ("year",)),
        (parts("", "1", "2027"), "Contract end date must include a day", ("day",)),
        (parts("1", "", ""), "Contract end date must include a month and year", ("month", "year")),
        (parts(), "Enter the contract end date", ()),
        ({}, "Enter the contract end date", ()),
        ({"ends": "2027-02-31"}, "Contract end date must be a real date", ("day", "month", "year")),
    ],
)
def test_date_names_what_is_wrong(values: dict[str, str], message: str, wrong: tuple[str, ...]) -> None:
    form = date_form(values)
    assert form["ends"].messages == [message]
    assert form["ends"].error_parts == wrong


def test_date_marks_only_the_wrong_box() -> None:
    html = date_form(parts("1", "13", "2027"))["ends"].as_field_group()
    assert html.count("govuk-input--error") == 1
    assert 'value="13"' in html


def test_date_keeps_what_was_typed_as_text() -> None:
    html = date_form(parts('"><script>', "1", "2027"))["ends"].as_field_group()
    assert "<script>" not in html
    assert "&quot;&gt;&lt;script&gt;" in html


def test_date_bounds_are_named_in_the_message() -> None:
    form = date_form(parts("1", "1", "2026"), min_date=lambda: datetime.date(2027, 4, 1))
    assert form["ends"].messages == ["Contract end date must be on or after 1 April 2027"]
    form = date_form(parts("1", "1", "2029"), max_date=datetime.date(2028, 3, 31))
    assert form["ends"].messages == ["Contract end date must be on or before 31 March 2028"]


def test_date_subject_with_a_percent_sign_does_not_break_the_message() -> None:
    class Form(forms.Form):
        ends = fields.DatePartsField(subject="100% date")

    assert Form({"ends_day": "1"})["ends"].messages == ["100% date must include a month and year"]


@pytest.mark.parametrize("given_as", [datetime.date(2027, 3, 27), "2027-03-27"])
def test_date_takes_one_value_from_imports(given_as: Any) -> None:
    form = date_form({"ends": given_as})
    assert form.is_valid()
    assert form.cleaned_data["ends"] == datetime.date(2027, 3, 27)


def test_date_shows_its_initial_value_and_sees_no_change_in_it() -> None:
    class Form(forms.Form):
        ends = fields.DatePartsField()

    initial = {"ends": datetime.date(2027, 3, 27)}
    html = Form(initial=initial)["ends"].as_field_group()
    assert [f'value="{value}"' in html for value in (27, 3, 2027)] == [True] * 3
    assert not Form(parts("27", "3", "2027"), initial=initial).has_changed()
    assert Form(parts("28", "3", "2027"), initial=initial).has_changed()


@given(st.dates())
def test_date_written_in_parts_is_read_back(date: datetime.date) -> None:
    written = {"day": str(date.day), "month": str(date.month), "year": str(date.year)}
    if date.year >= 1000:
        assert fields.DatePartsField().clean(written) == date


@given(st.fixed_dictionaries({part: st.text(max_size=6) for part in fields.DATE_PARTS}))
def test_date_answers_any_text_with_a_date_or_a_message(values: dict[str, str]) -> None:
    try:
        result = fields.DatePartsField(required=False).clean(values)
    except forms.ValidationError:
        return
    assert result is None or isinstance(result, datetime.date)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("250000", 250_000),
        ("250,000", 250_000),
        ("£250,000.00", 250_000),
        ("£ 250 000", 250_000),
        ("250k", 250_000),
        ("1.2m", 1_200_000),
        ("£1.2 million", 1_200_000),
        ("3 MILLION", 3_000_000),
        ("0.5bn", 500_000_000),
        ("0", 0),
        (".5k", 500),
        (1200, 1200),
    ],
)
def test_pounds_understands_how_people_write(text: Any, amount: int) -> None:
    assert fields.PoundsField().clean(text) == amount


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a lot", "Budget must be an amount of money, like 250,000 or 1.2m"),
        ("1.2.3", "Budget must be an amount of money, like 250,000 or 1.2m"),
        ("12 apples", "Budget must be an amount of money, like 250,000 or 1.2m"),
        ("NaN", "Budget must be an amount of money, like 250,000 or 1.2m"),
        ("1e9", "Budget must be an amount of money, like 250,000 or 1.2m"),
        ("١٢", "Budget must be an amount of money, like 250,000 or 1.2m"),
        ("12.50", "Budget must be in whole pounds"),
        ("-5", "Budget must be £0 or more"),
        ("11bn", "Budget must be £10,000,000,000 or less"),
        ("9" * 400, "Budget must be £10,000,000,000 or less"),
    ],
)
def test_pounds_refuses_in_words(text: str, message: str) -> None:
    with pytest.raises(forms.ValidationError) as refused:
        fields.PoundsField(label="Budget").clean(text)
    assert refused.value.messages == [message]


def test_pounds_may_stay_empty_where_not_required() -> None:
    assert fields.PoundsField(required=False).clean("  ") is None
    with pytest.raises(forms.ValidationError):
        fields.PoundsField().clean("")


def test_pounds_shows_thousands_and_sees_no_change_in_its_own_format() -> None:
    class Form(forms.Form):
        budget = fields.PoundsField()

    assert 'value="1,200,000"' in str(Form(initial={"budget": 1_200_000})["budget"])
    assert not Form({"budget": "1.2m"}, initial={"budget": 1_200_000}).has_changed()


def test_words_are_counted_as_runs_without_spaces() -> None:
    field = fields.WordsField(max_words=3, label="Problem")
    assert field.clean("one  two\nthree") == "one  two\nthree"
    with pytest.raises(forms.ValidationError) as refused:
        field.clean("one two three four")
    assert refused.value.messages == ["Problem must be 3 words or fewer"]


def test_counted_text_area_wants_one_limit() -> None:
    with pytest.raises(ValueError, match="max_words or max_characters"):
        fields.WordLimitedTextarea()
    with pytest.raises(ValueError, match="max_words or max_characters"):
        fields.WordLimitedTextarea(max_words=1, max_characters=1)


def test_choices_describe_the_options_that_have_a_hint() -> None:
    class Form(forms.Form):
        kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=fields.Radios(hints={"b": "The second"}))

    html = str(Form()["kind"])
    assert html.count("aria-describedby") == 1
    assert '<div id="id_kind-2-item-hint" class="govuk-hint govuk-radios__hint">The second</div>' in html


def test_autocomplete_select_stays_a_select() -> None:
    class Form(forms.Form):
        kind = forms.ChoiceField(choices=[("a", "A")], widget=fields.AutocompleteSelect())

    assert '<select name="kind" class="govuk-select" id="id_kind" data-autocomplete>' in str(Form()["kind"])


@pytest.mark.parametrize(
    ("text", "inside"), [("Start date", "start date"), ("CCTV", "CCTV"), ("I agree", "I agree"), ("", "")]
)
def test_lower_first_keeps_capitals_that_belong(text: str, inside: str) -> None:
    assert fields.lower_first(text) == inside
