"""A first draft says nothing that points to one borough, and ends on days on which offices work."""

from datetime import date

import pytest
import time_machine

from boroughs.models import Borough, Need, User
from procurement.actions import notices
from procurement.queries import notice_draft
from tests.factories import notices as scene
from tests.factories.boroughs import RequirementFactory
from tests.factories.procurement import CoalitionFactory, ParticipationFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "sentence",
    [
        "In Brent nobody answers the phone.",
        "We pay £80,000 a year.",
        "The contract expires in June.",
        "end of contract Sep 27, no extension.",
        "Northgate Housing cannot do it.",
        "Support ends in 2028.",
        "Around 12,000 homes incl. properties managed for a company.",
        "500 lamp post charge points with three operators.",
        "Two of the operators have been sold.",
        "One third of visits fail.",
        "We hear of it from tenants.",
        "It has to fit our depot.",
    ],
)
def test_draft_leaves_out_prose_that_points_to_one_borough(sentence: str, analyst: User) -> None:
    problem = f"{sentence} Residents wait."
    demand = scene.confirmed_demand(problem=problem, incumbent="Northgate Housing")
    notice = notices.draft_from(demand=demand, by=analyst)
    assert notice.problem == "Residents wait."
    assert sentence not in notice.summary


@pytest.mark.parametrize(
    "sentence",
    [
        "It has to run on Windows 11.",
        "Suppliers hold ISO 27001.",
        "Somebody answers 24/7.",
        "Support is level 2.",
    ],
)
def test_draft_keeps_numbers_that_are_nobodys_figure(sentence: str, analyst: User) -> None:
    notice = notices.draft_from(demand=scene.confirmed_demand(problem=sentence, description=""), by=analyst)
    assert notice.problem == sentence
    assert notice.summary == f"Three boroughs may buy together for housing repairs. {sentence}"


def test_draft_leaves_out_requirements_that_are_one_authoritys_own(analyst: User) -> None:
    demand = scene.confirmed_demand()
    first, second = demand.members.order_by("pk")[:2]
    asked = [
        (first, "Training for 900 staff."),
        (first, "Works with our telephone system."),
        (second, "Mrs Jones can see every job."),
        (first, "Visits are booked within two days."),
        (first, "A job is seen at two depots."),
        (second, "A job is seen at two depots"),
    ]
    for place, (member, text) in enumerate(asked, start=3):
        RequirementFactory(need=member.need, position=place, text=text)
    notice = notices.draft_from(demand=demand, by=analyst)
    assert notice.must_requirements == [
        "Tenants can book a repair by phone.",
        "A job is seen at two depots.",
        "Visits are booked within two days.",
    ]
    assert notice.should_requirements == []


def test_draft_falls_back_to_the_category_and_the_title(analyst: User) -> None:
    words = {"problem": "We have 500 vans.", "description": "Around 5,000 repairs a year."}
    notice = notices.draft_from(demand=scene.confirmed_demand(title="Appointments by phone", **words), by=analyst)
    wanted = "Three boroughs may buy together for housing repairs."
    assert notice.summary == f"{wanted} They look for: Appointments by phone."
    assert notice.problem.startswith("Three boroughs each have to replace or renew what they use")
    counted = notices.draft_from(demand=scene.confirmed_demand(title="Repairs of 900 lifts", **words), by=analyst)
    assert counted.summary == wanted


def test_summary_takes_a_need_whose_first_sentence_may_be_told(analyst: User) -> None:
    demand = scene.confirmed_demand(problem="", description="We want a system. Diagnostics may stay.")
    need = Need.objects.get(borough__name="Hackney")
    Need.objects.filter(pk=need.pk).update(description="One system for repairs is wanted. It serves 900 lifts.")
    notice = notices.draft_from(demand=demand, by=analyst)
    assert notice.summary.endswith("housing repairs. One system for repairs is wanted.")


def test_draft_describes_users_without_head_counts(analyst: User) -> None:
    notice = notices.draft_from(demand=scene.confirmed_demand(), by=analyst)
    assert notice.users_description == "Repairs advisers\nTenants"


def test_draft_names_no_users_that_are_one_authoritys_own(analyst: User) -> None:
    users = "Tenants; officers who move from the ALMO; our wardens; two teams of surveyors"
    notice = notices.draft_from(demand=scene.confirmed_demand(users_description=users), by=analyst)
    assert notice.users_description == "Tenants"


def test_draft_carries_the_lead_and_the_start_that_are_agreed(analyst: User) -> None:
    demand = scene.confirmed_demand()
    assert notice_draft.suggest(demand, today=date(2090, 1, 1)).lead is None, "nobody agreed on one"
    other = scene.confirmed_demand(title="Another")
    lead = Borough.objects.get(name="Camden")
    CoalitionFactory(demand=other, lead=lead, start_date=date(2090, 4, 1))
    agreed = notices.draft_from(demand=other, by=analyst)
    assert (agreed.lead, agreed.start_date) == (lead, date(2090, 4, 1))
    third = scene.confirmed_demand("Camden", "Brent", title="A third")
    CoalitionFactory(demand=third, lead=Borough.objects.get(name="Hackney"))
    assert notice_draft.suggest(third, today=date(2090, 1, 1)).lead is None, "the lead has no need here"


def test_no_notice_speaks_of_a_borough_that_declined(analyst: User) -> None:
    demand = scene.confirmed_demand()
    hackney = Borough.objects.get(name="Hackney")
    ParticipationFactory(demand=demand, borough=hackney, stage="DECLINED", depth="", reason="BUDGET", accepted_at=None)
    version = scene.publish(demand)
    assert [each["name"] for each in version.content["boroughs"]] == ["Brent", "Camden"]
    assert version.notice.lead.name == "Brent"
    assert "Hackney" not in str(version.content)


def test_draft_dates_fall_on_working_days_of_england(analyst: User) -> None:
    # 14 days on is Christmas Day 2026, 28 days on is a plain Friday.
    with time_machine.travel("2026-12-11 09:00", tick=False):
        notice = notices.draft_from(demand=scene.confirmed_demand(), by=analyst)
    assert notice.questions_close_date == date(2026, 12, 29)
    assert notice.closes_date == date(2027, 1, 8)
