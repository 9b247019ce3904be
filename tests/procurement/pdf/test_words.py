"""The sentences of the summary: computed, and silent about what the data lacks."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from boroughs.models import Need
from procurement.disclosure import Figure
from procurement.models import JointDemand
from procurement.pdf import words
from procurement.queries.demand_picture import demand_picture
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand

WHOLE_LIFE = {"budget_basis": Need.BudgetBasis.WHOLE_LIFE}


@pytest.mark.django_db
def test_summary_without_needs() -> None:
    assert words.summary(demand_picture(exact=True)) == [
        "No authority has an open need yet, so there is nothing to compare."
    ]


@pytest.mark.django_db
def test_summary_without_overlaps() -> None:
    NeedFactory()

    assert words.summary(demand_picture(exact=True)) == [
        "1 of London's 1 authorities has logged 1 open need.",
        "No two of them overlap as far as the matcher can tell.",
    ]


@pytest.mark.django_db
def test_summary_says_what_the_picture_holds() -> None:
    soon = timezone.localdate() + timedelta(days=100)
    wide = joint_demand(
        "camden",
        "brent",
        "sutton",
        status=JointDemand.Status.CONFIRMED,
        needs={"budget_min": 100_000, "budget_max": 500_000, "contract_end_date": soon, **WHOLE_LIFE},
    )
    joint_demand("camden", "brent", title="Fleet")

    summary = words.summary(demand_picture(exact=True))

    assert summary[0] == "3 of London's 3 authorities have logged 5 open needs."
    assert summary[1].startswith(
        "5 of these needs (100%) overlap with a need of another authority and form 2 joint demands"
    )
    assert "1 confirmed by an analyst, 1 suggested by the matcher" in summary[1]
    assert f"“Telephony” ({wide.reference}), which 3 authorities want" in summary[2]
    assert "3 of the 5 needs in joint demands state a budget" in summary[3]
    assert "£300,000 to £1.5 million" in summary[3]
    assert "In 1 joint demand a present contract ends within twelve months; the soonest is in “Telephony”" in summary[4]
    assert f"on {soon.day} {soon:%B %Y}." in summary[4]


@pytest.mark.django_db
def test_summary_is_silent_about_money_that_is_not_shown() -> None:
    joint_demand("camden", "brent", needs={"budget_min": 100_000, "budget_max": 500_000, **WHOLE_LIFE})

    assert not any("£" in sentence for sentence in words.summary(demand_picture(exact=False)))


@pytest.mark.django_db
def test_ending_soon_leaves_out_what_has_ended_and_what_is_far() -> None:
    today = date(2027, 1, 1)
    for title, ends in (
        ("past", [date(2026, 12, 31)]),
        ("last day", [date(2027, 12, 31), date(2028, 6, 1)]),
        ("past and soon", [date(2026, 12, 31), date(2027, 6, 30)]),
        ("far", [date(2028, 6, 1)]),
    ):
        demand = joint_demand("camden", "brent", title=title)
        for member, end in zip(demand.members.all(), ends, strict=False):
            Need.objects.filter(pk=member.need_id).update(contract_end_date=end)

    found = words.ending_soon(demand_picture(exact=True), today)

    assert [(end, row.title) for end, row in found] == [
        (date(2027, 6, 30), "past and soon"),
        (date(2027, 12, 31), "last day"),
    ]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (Figure(3, value=100_000), Figure(3, value=1_500_000), "£100,000 to £1.5 million"),
        (Figure(3, low=100_000, high=150_000), Figure(3, low=400_000, high=450_000), "£100,000 to £450,000"),
        (Figure(withheld=True), Figure(withheld=True), "Not told"),
        (Figure(low=0, high=50_000), Figure(withheld=True), "Not told"),
        (Figure(0), Figure(0), "Not given"),
    ],
)
def test_budget(low: Figure, high: Figure, expected: str) -> None:
    assert words.budget(low, high) == expected


def test_told_figures_say_of_which_day_they_are_true() -> None:
    first, second = date(2026, 11, 1), date(2026, 11, 28)
    low, high = Figure(low=900_000, high=950_000, as_at=second), Figure(low=400_000, high=450_000, as_at=first)
    assert words.dated(low) == "as at 28 November 2026"
    # Of different days the lowest may be above the highest.
    assert words.budget(low, high) == "Lowest from £900,000, highest up to £450,000"
    assert words.dated(low, high) == "lowest as at 28 November 2026, highest as at 1 November 2026"
    assert words.dated(Figure(3, value=7)) == words.dated(low, Figure(withheld=True)) == ""
