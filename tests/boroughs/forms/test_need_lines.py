from typing import Any

import pytest
from django.http import QueryDict

from boroughs.actions.need_content import RequirementLine, Volume
from boroughs.forms.need_lines import (
    MAX_REQUIREMENTS,
    RequirementForm,
    RequirementFormSet,
    VolumeFormSet,
    one_more_line,
)
from boroughs.forms.need_lines import rows as rows_of


def rows(*texts: str, total: int | None = None) -> QueryDict:
    data = QueryDict(mutable=True)
    data["r-TOTAL_FORMS"], data["r-INITIAL_FORMS"] = str(len(texts) if total is None else total), "0"
    for index, text in enumerate(texts):
        data[f"r-{index}-text"], data[f"r-{index}-priority"] = text, "SHOULD" if index % 2 else "MUST"
    return data


def test_empty_requirement_rows_count_as_not_there() -> None:
    formset = RequirementFormSet(rows("First.", "", "  ", "Second."), prefix="r")
    assert formset.is_valid()
    assert [(line.text, line.priority) for line in formset.said()] == [("First.", "MUST"), ("Second.", "SHOULD")]


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
    assert one_more_line(data, "r", MAX_REQUIREMENTS)["r-TOTAL_FORMS"] == more
    assert one_more_line(data, "r", MAX_REQUIREMENTS)["r-0-text"] == "First."


def sent(data: QueryDict, *stored: str, checks: bool = True) -> Any:
    return rows_of("requirements", data, [RequirementLine(text) for text in stored], checks=checks)


def pasted(*texts: str, **fields: str) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in rows(*texts).items():
        data[f"requirements{name.removeprefix('r')}"] = str(value)
    for name, value in fields.items():
        data[f"requirements-{name.replace('_', '-')}"] = value
    return data


def test_list_in_one_box_becomes_rows_of_its_priority() -> None:
    lines = sent(pasted("First.", "• Apply online\r\n2) See a permit\r\n\r\nc) Send a receipt", "Last.", ""))
    assert lines.is_valid()
    assert [(line.text, line.priority) for line in lines.said()] == [
        ("First.", "MUST"),
        ("Apply online", "SHOULD"),
        ("See a permit", "SHOULD"),
        ("Send a receipt", "SHOULD"),
        ("Last.", "MUST"),
    ]


def test_rows_of_a_list_fill_the_empty_ones_first() -> None:
    lines = sent(pasted("One.\nTwo.\nThree.", "", "", ""))
    assert [form["text"].value() for form in lines.forms] == ["One.", "Two.", "Three.", ""]


def test_open_standard_stays_with_the_first_of_a_list() -> None:
    lines = sent(pasted("One.\nTwo.", **{"0_standard": "UPRN"}))
    assert [(line.text, line.standard) for line in lines.said()] == [("One.", "UPRN"), ("Two.", "")]


def test_line_of_a_list_that_is_too_long_is_named_in_its_own_row() -> None:
    lines = sent(pasted("One.\n" + "word " * 31 + "\nThree."))
    assert [list(form.errors) for form in lines.forms] == [[], ["text"], []]


def test_list_is_spread_when_a_row_is_added() -> None:
    lines = sent(pasted("- One.\n- Two."), checks=False)
    assert [form["text"].value() for form in lines.forms] == ["One.", "Two.", None]


def test_stored_requirement_of_several_lines_stays_one() -> None:
    lines = sent(pasted("It is:\r\n- fast\r\n- cheap", "New."), "It is:\n- fast\n- cheap")
    assert [line.text for line in lines.said()] == ["It is:\n- fast\n- cheap", "New."]


@pytest.mark.parametrize("count", [21, 200, 900])
def test_list_with_too_many_items_is_refused_and_nothing_of_it_is_lost(count: int) -> None:
    typed = [f"Item {number}." for number in range(count)]
    lines = sent(pasted("\n".join(typed)))
    assert lines.non_form_errors() == ["A need can have 20 requirements at the most: join or remove some"]
    assert "\n".join(form["text"].value() for form in lines.forms).split("\n") == typed


def test_row_that_only_waits_is_not_judged() -> None:
    assert not RequirementForm({"text": "word " * 99}, checks=False).errors


def test_open_standard_belongs_to_a_requirement() -> None:
    line = RequirementForm({"text": "Shares addresses.", "standard": "UPRN"})
    assert line.is_valid()
    assert getattr(line.said(), "standard", None) == "UPRN"
    assert RequirementForm({"standard": "UPRN"}).errors["text"] == [
        "Enter the requirement that the open standard belongs to"
    ]


def volumes(**fields: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data["v-TOTAL_FORMS"], data["v-INITIAL_FORMS"] = "1", "0"
    for name, value in fields.items():
        data[f"v-0-{name}"] = value
    return data


def test_volume_is_a_number_of_something() -> None:
    formset = VolumeFormSet(volumes(what="permits a year", quantity="12,000", tolerance="10"), prefix="v")
    assert formset.is_valid()
    assert formset.said() == (Volume("permits a year", 12_000, 10),)


def test_volume_is_read_as_money_and_per_cents_are_written() -> None:
    formset = VolumeFormSet(volumes(what="permits a year", quantity="2.5k", tolerance="10%"), prefix="v")
    assert formset.is_valid()
    assert formset.said() == (Volume("permits a year", 2_500, 10),)


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"what": "permits"}, "quantity", "Enter how many: “permits”"),
        ({"quantity": "5"}, "what", "Enter what is counted"),
        ({"tolerance": "5"}, "what", "Enter what is counted"),
        (
            {"what": "permits", "quantity": "-1"},
            "quantity",
            "How many of “permits” must be 0 or more",
        ),
        (
            {"what": "permits", "quantity": "5", "tolerance": "101"},
            "tolerance",
            "Tolerance in per cent of “permits” must be 100 or fewer",
        ),
        (
            {"what": "permits", "quantity": "about 500"},
            "quantity",
            "How many of “permits” must be a whole number, such as 12,000",
        ),
        ({"quantity": "1,200 users"}, "quantity", "How many must be a whole number, such as 12,000"),
    ],
)
def test_half_a_volume_is_refused_in_words(fields: dict[str, str], field: str, message: str) -> None:
    assert VolumeFormSet(volumes(**fields), prefix="v").forms[0].errors == {field: [message]}


def test_empty_volume_counts_as_not_there() -> None:
    formset = VolumeFormSet(volumes(what=" "), prefix="v")
    assert formset.is_valid()
    assert formset.said() == ()
