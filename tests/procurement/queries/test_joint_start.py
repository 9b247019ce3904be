"""What the planner is told of each borough, and whom a person may read."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boroughs.models import Borough, Contract, Need, User
from procurement.models import Coalition, JointDemand, Participation
from procurement.planning.situations import PossibleEnd, first_day
from procurement.queries.joint_start import Member, Timing, WhatIf, timing
from tests.factories.boroughs import ContractFactory, NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import DemandMemberFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 29)
END = date(2028, 3, 31)


def of(demand: JointDemand, slug: str) -> Need:
    need: Need = Need.objects.get(demand_member__demand=demand, borough__slug=slug)
    return need


def say(demand: JointDemand, slug: str, **fields: Any) -> Need:
    need = of(demand, slug)
    Need.objects.filter(pk=need.pk).update(**fields)
    return need


def contract(demand: JointDemand, slug: str, **fields: Any) -> Contract:
    """A contract of the register that the borough's need names."""
    made: Contract = ContractFactory(borough=Borough.objects.get(slug=slug), **({"end_date": END} | fields))
    say(demand, slug, contract=made)
    return made


def further_need(demand: JointDemand, slug: str, **fields: Any) -> Need:
    need: Need = NeedFactory(borough=Borough.objects.get(slug=slug), **fields)
    DemandMemberFactory(demand=demand, need=need)
    return need


def accept(demand: JointDemand, *slugs: str) -> None:
    for slug in slugs:
        Participation.objects.create(
            demand=demand,
            borough=Borough.objects.get(slug=slug),
            stage=Participation.Stage.WATCHING,
            accepted_at=timezone.now(),
        )


def read(demand: JointDemand, user: User) -> Timing:
    return timing(demand, user, today=TODAY)


def member(demand: JointDemand, user: User, slug: str = "camden") -> Member:
    return read(demand, user).member(slug)


@pytest.fixture
def demand() -> JointDemand:
    made: JointDemand = joint_demand("camden", "brent", "hackney", "islington", "lambeth")
    return made


# --- what is known of a borough -------------------------------------------------------------------------------------


def test_register_counts_before_what_the_need_says(demand: JointDemand, analyst: User) -> None:
    contract(demand, "camden", extension_options=[12, 6], notice_months=6, start_date=date(2024, 4, 1))
    say(demand, "camden", contract_end_date=date(2030, 1, 31))
    terms = member(demand, analyst).terms
    assert terms is not None
    assert (terms.end_date, terms.options, terms.notice_months) == (END, (12, 6), 6)
    assert read(demand, analyst).plan().situations[1].ends == (
        PossibleEnd(END, None, date(2027, 9, 30)),
        PossibleEnd(date(2029, 3, 31), date(2027, 9, 30), date(2028, 9, 30)),
        PossibleEnd(date(2029, 9, 30), date(2028, 9, 30), date(2029, 3, 30)),
    )


@pytest.mark.parametrize("fields", [{"closed_at": timezone.now()}, {"end_date": None}])
def test_need_counts_where_its_contract_was_taken_out_or_has_no_end(
    demand: JointDemand, analyst: User, fields: dict[str, Any]
) -> None:
    contract(demand, "camden", extension_options=[12], **fields)
    say(demand, "camden", contract_end_date=date(2030, 1, 31))
    terms = member(demand, analyst).terms
    assert terms is not None
    assert (terms.end_date, terms.options) == (date(2030, 1, 31), ())


def test_without_notice_an_option_is_taken_up_by_the_last_day(demand: JointDemand, analyst: User) -> None:
    contract(demand, "camden", extension_options=[12])
    ends = read(demand, analyst).plan().situations[1].ends
    assert (ends[1].take_up_by, ends[1].notice_by) == (END, None)


def test_of_several_needs_the_tightest_counts(demand: JointDemand, analyst: User) -> None:
    contract(demand, "camden", extension_options=[24])
    say(demand, "camden", earliest_start_date=date(2028, 1, 1), start_date=date(2029, 6, 1))
    further_need(
        demand,
        "camden",
        contract_end_date=date(2029, 1, 31),
        earliest_start_date=date(2028, 2, 1),
        start_date=date(2029, 9, 1),
    )
    found = member(demand, analyst)
    assert len(found.needs) == 2
    # Without its option the first contract ends sooner, but it can run longer.
    assert found.terms is not None
    assert found.terms.end_date == date(2029, 1, 31)
    assert (found.earliest, found.latest) == (date(2028, 2, 1), date(2029, 6, 1))


def test_latest_start_that_only_follows_the_present_contract_is_no_limit(demand: JointDemand, analyst: User) -> None:
    say(demand, "camden", contract_end_date=END, start_date=date(2028, 4, 1))
    say(demand, "brent", contract_end_date=END, start_date=date(2028, 4, 2))
    contract(demand, "hackney")
    say(demand, "hackney", start_date=date(2028, 4, 1))
    say(demand, "islington", contract_end_date=date.max, start_date=date(2028, 4, 1))
    latest = {each.slug: each.latest for each in read(demand, analyst).members}
    assert latest == {
        "brent": date(2028, 4, 2),
        "camden": None,
        "hackney": None,
        "islington": date(2028, 4, 1),
        "lambeth": None,
    }


def test_needs_that_are_not_open_have_no_part(demand: JointDemand, analyst: User) -> None:
    say(demand, "camden", status=Need.Status.WITHDRAWN, closed_at=timezone.now())
    assert [each.slug for each in read(demand, analyst).members] == ["brent", "hackney", "islington", "lambeth"]


def test_who_has_declined_is_left_out_and_named(demand: JointDemand, analyst: User) -> None:
    brent = Borough.objects.get(slug="brent")
    declined = {"stage": Participation.Stage.DECLINED, "reason": Participation.DeclineReason.TIMING}
    Participation.objects.create(demand=demand, borough=brent, **declined)
    found = read(demand, analyst)
    assert "brent" not in {each.slug for each in found.members}
    assert found.declined == ("Brent",)


def test_what_if_moves_one_end_and_keeps_options_and_notice(demand: JointDemand, analyst: User) -> None:
    contract(demand, "camden", extension_options=[12], notice_months=6)
    found = read(demand, analyst)
    moved = found.plan(what_if=WhatIf("camden", date(2029, 9, 30))).situations[1].ends
    assert [each.last_day for each in moved] == [date(2029, 9, 30), date(2030, 9, 30)]
    assert moved[0].notice_by == date(2029, 3, 30)
    assert found.plan().situations[1].ends[0].last_day == END
    given_one = found.plan(what_if=WhatIf("brent", END)).situations[0].ends
    assert [each.last_day for each in given_one] == [END]


# --- who may be read ------------------------------------------------------------------------------------------------


def test_analysts_read_every_borough_and_the_cdo_office_counts(demand: JointDemand, analyst: User, cdo: User) -> None:
    found = read(demand, analyst)
    assert (len(found.members), found.hidden_count, found.hidden) == (5, 0, ())
    found = read(demand, cdo)
    assert (found.members, found.hidden_count, len(found.hidden)) == ((), 5, 5)


def test_borough_reads_its_own_and_counts_of_three_others(demand: JointDemand, reader: User) -> None:
    found = read(demand, reader)
    assert [each.slug for each in found.members] == ["camden"]
    assert (found.hidden_count, len(found.hidden)) == (4, 4)


def test_borough_reads_another_once_both_have_accepted(demand: JointDemand, reader: User) -> None:
    accept(demand, "brent")
    assert [each.slug for each in read(demand, reader).members] == ["camden"]
    accept(demand, "camden")
    assert [each.slug for each in read(demand, reader).members] == ["brent", "camden"]


def test_fewer_than_three_that_may_not_be_read_are_not_even_counted(demand: JointDemand, reader: User) -> None:
    accept(demand, "camden", "brent", "hackney")
    found = read(demand, reader)
    assert (found.hidden_count, found.hidden) == (2, ())
    assert {found.hidden_joining(month) for month in found.months} == {0}


def test_accepting_does_not_complete_what_was_told_before(demand: JointDemand, reader: User) -> None:
    """Camden may accept whenever it likes, and then reads Brent and Hackney: two others would be left."""
    for slug in ("brent", "hackney", "islington", "lambeth"):
        contract(demand, slug)
    accept(demand, "brent", "hackney")
    assert (read(demand, reader).hidden_count, read(demand, reader).hidden) == (4, ())
    accept(demand, "islington", "lambeth")
    assert len(read(demand, reader).hidden) == 4


def test_a_person_without_a_borough_reads_none(demand: JointDemand, administrator: User) -> None:
    found = read(demand, administrator)
    assert (found.members, found.hidden_count) == ((), 5)


def test_hidden_boroughs_have_no_part_in_the_plan(demand: JointDemand, reader: User) -> None:
    contract(demand, "camden")
    before = read(demand, reader).plan()
    for slug in ("brent", "hackney", "islington", "lambeth"):
        contract(demand, slug, end_date=date(2033, 7, 31), extension_options=[24])
    found = read(demand, reader)
    after = found.plan()
    assert (after.starts, after.choices, after.waves) == (before.starts, before.choices, before.waves)
    assert {found.hidden_joining(month) for month in found.months} == {0, 4}


@pytest.mark.parametrize("needs", [1, 10])
def test_queries_do_not_grow_with_the_members(demand: JointDemand, analyst: User, reader: User, needs: int) -> None:
    for slug in ("camden", "brent", "hackney", "islington", "lambeth"):
        contract(demand, slug)
        for _ in range(needs):
            further_need(demand, slug)
    for user, most in ((analyst, 4), (reader, 7)):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            read(demand, user)
        # One of them asks for the person's roles.
        assert len(asked) <= most


@pytest.mark.parametrize(
    ("decision_date", "outcome", "first"),
    [
        (None, "", date(2027, 12, 1)),
        (date(2027, 3, 31), "", date(2028, 4, 1)),
        (date(2026, 1, 31), "", date(2027, 12, 1)),
        (date(2027, 3, 31), "REACHED", date(2027, 12, 1)),
    ],
)
def test_first_start_leaves_time_after_the_decision_date(
    decision_date: date | None, outcome: str, first: date, demand: JointDemand, analyst: User
) -> None:
    now = timezone.now()
    terms = {"outcome": outcome, "outcome_at": now} if outcome else {}
    if decision_date:
        Coalition.objects.create(
            demand=demand,
            decision_date=decision_date,
            quorum=2,
            depth="TENDER",
            if_missed="EXTEND",
            updated_at=now,
            **terms,
        )
    found = read(demand, analyst)
    assert first_day(found.first_month) == first_day(found.plan().starts[0].month) == first
