"""A first draft says nothing that points to one borough, and ends on days on which offices work."""

from datetime import date

import pytest
import time_machine

from boroughs.models import Borough, User
from procurement.actions import notices
from tests.factories import notices as scene
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
    ],
)
def test_draft_leaves_out_prose_that_points_to_one_borough(sentence: str, analyst: User) -> None:
    problem = f"{sentence} Residents wait."
    demand = scene.confirmed_demand(problem=problem, incumbent="Northgate Housing")
    notice = notices.draft_from(demand=demand, by=analyst)
    assert notice.problem == "Residents wait."
    assert sentence not in notice.summary


def test_draft_describes_users_without_head_counts(analyst: User) -> None:
    notice = notices.draft_from(demand=scene.confirmed_demand(), by=analyst)
    assert notice.users_description == "Repairs advisers\nTenants"


def test_draft_carries_the_lead_and_the_start_that_are_agreed(analyst: User) -> None:
    demand = scene.confirmed_demand()
    unled = notices.draft_from(demand=demand, by=analyst)
    assert unled.lead.name == "Hackney", "the most users"
    other = scene.confirmed_demand(title="Another")
    lead = Borough.objects.get(name="Camden")
    CoalitionFactory(demand=other, lead=lead, start_date=date(2090, 4, 1))
    agreed = notices.draft_from(demand=other, by=analyst)
    assert (agreed.lead, agreed.start_date) == (lead, date(2090, 4, 1))
    third = scene.confirmed_demand("Camden", "Brent", title="A third")
    CoalitionFactory(demand=third, lead=Borough.objects.get(name="Hackney"))
    assert notices.draft_from(demand=third, by=analyst).lead.name == "Brent", "the lead has no need here"


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
