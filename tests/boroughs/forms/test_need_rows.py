"""Cells of a row as people write them: what is taken, what is left for a person, and what goes with it."""

from typing import Any

import pytest

from boroughs.actions import reference
from boroughs.actions.imports import NeedRow
from boroughs.forms.need_rows import NeedReader
from boroughs.forms.rows import RawRow
from boroughs.models import Borough
from boroughs.queries.authorities import authority_names

pytestmark = pytest.mark.django_db
HEADINGS = {
    "title": "Need",
    "budget_min": "Budget from",
    "budget_max": "Up to",
    "budget_basis": "Covers",
    "earliest_start_date": "Not before",
    "start_date": "Start",
    "end": "End",
    "personal_data": "Personal data",
}


def row_of(*, keeps_unread: bool = True, decimal_commas: frozenset[str] = frozenset(), **values: Any) -> NeedRow:
    reference.load()
    reader = NeedReader(authority_names(), [], Borough.objects.get(slug="camden"), keeps_unread=keeps_unread)
    raw = RawRow(2, {"title": "Parking"} | values, headings=HEADINGS, decimal_commas=decimal_commas)
    row = reader.check(raw)
    assert isinstance(row, NeedRow), row.problems
    return row


def unread_of(row: NeedRow) -> dict[str, str]:
    return {each.name: each.text for each in row.unread}


@pytest.mark.parametrize("word", ["None", "none", " NONE "])
def test_none_is_an_answer_where_personal_data_is_asked_for(word: str) -> None:
    row = row_of(personal_data=word)
    assert (row.content.personal_data, row.unread) == ("NONE", ())


def test_dash_says_nothing_of_personal_data() -> None:
    row = row_of(personal_data="n/a")
    assert (row.content.personal_data, row.unread) == ("", ())


@pytest.mark.parametrize(
    ("values", "unread", "silent"),
    [
        pytest.param(
            {"budget_min": "30,000", "budget_max": "tbc", "budget_basis": "a year"},
            {"budget_min": "30,000", "budget_max": "tbc"},
            {"budget_min", "budget_max", "budget_basis"},
            id="highest-budget",
        ),
        pytest.param(
            {"budget_max": "40,000", "budget_basis": "per permit"},
            {"budget_max": "40,000", "budget_basis": "per permit"},
            {"budget_max", "budget_basis"},
            id="basis",
        ),
        pytest.param(
            {"budget_min": "50,000", "budget_max": "40,000"},
            {"budget_min": "50,000", "budget_max": "40,000"},
            {"budget_min", "budget_max"},
            id="swapped-budget",
        ),
        pytest.param(
            {"earliest_start_date": "1 April 2027", "start_date": "spring 2028"},
            {"earliest_start_date": "1 April 2027", "start_date": "spring 2028"},
            {"earliest_start_date", "start_date"},
            id="latest-start",
        ),
        pytest.param(
            {"earliest_start_date": None, "start_date": "tbc"},
            {"start_date": "tbc"},
            {"earliest_start_date", "start_date"},
            id="empty-companion",
        ),
    ],
)
def test_parts_that_belong_together_are_left_out_together(
    values: dict[str, Any], unread: dict[str, str], silent: set[str]
) -> None:
    row = row_of(**values)
    assert unread_of(row) == unread
    assert not row.told & silent


def test_companion_says_why_it_is_left_out() -> None:
    row = row_of(budget_min="30,000", budget_max="tbc", budget_basis="a year")
    assert row.remarks == (
        "Budget from: “30,000” belongs with “Up to”, so it is left out too.",
        "Up to: “tbc” could not be read. Highest budget must be an amount of money, like 250,000 or 1.2m.",
    )


def test_basis_without_a_budget_is_a_remark() -> None:
    row = row_of(keeps_unread=False, budget_basis="a year")
    assert (row.unread, row.content.budget_basis, "budget_basis" in row.told) == ((), "", False)
    assert row.remarks == ("Covers: There is no budget beside it, so it is left out.",)


def test_point_is_the_mark_of_thousands_where_the_column_has_decimal_commas() -> None:
    row = row_of(
        budget_min="£12.000",
        budget_max="12.500,00",
        users_count="1.200",
        decimal_commas=frozenset({"budget_min", "budget_max", "users_count"}),
    )
    assert (row.content.budget_min, row.content.budget_max, row.content.users_count) == (12_000, 12_500, 1_200)


@pytest.mark.parametrize("cell", ["12.50", "12.5k", "1,234.50"])
def test_amount_with_a_decimal_point_among_decimal_commas_is_left_for_a_person(cell: str) -> None:
    row = row_of(budget_max=cell, decimal_commas=frozenset({"budget_max"}))
    assert unread_of(row) == {"budget_max": cell}
    assert "written with a decimal point" in row.remarks[0]


@pytest.mark.parametrize(
    ("start", "why"),
    [(None, "There is no start beside it"), ("spring 2027", "The start could not be read")],
    ids=["no-start", "unread-start"],
)
def test_end_without_a_start_is_a_remark(start: str | None, why: str) -> None:
    row = row_of(start_date=start, end="31 March 2029")
    assert "months" not in unread_of(row)
    assert row.remarks[-1] == f"End: {why}, so the length cannot be worked out."
