"""The terms, and who sets them."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from boroughs import audit
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import Role, User
from procurement.actions import coalitions
from procurement.actions.coalitions import Terms
from procurement.models import Coalition, JointDemand
from tests.conftest import person
from tests.factories.picture import joint_demand
from tests.procurement.actions.test_participation import COMMITTED, approver_of, of, say

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 2, 12, tzinfo=LONDON)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]

TERMS = Terms(2, "TENDER", date(2026, 12, 31), "EXTEND")


@pytest.fixture
def november() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def demand() -> JointDemand:
    return joint_demand("camden", "brent", "barnet")


def set_terms(demand: JointDemand, by: User, terms: Terms = TERMS, **given: Any) -> Coalition:
    found = Coalition.objects.filter(demand=demand, quorum__isnull=False).first()
    return coalitions.set_terms(
        demand=demand, terms=terms, by=by, **({"revision": found.revision if found else 0} | given)
    )


def test_an_analyst_sets_them_until_a_borough_leads_and_then_its_approver(demand: JointDemand, analyst: User) -> None:
    lead = approver_of("camden")
    with pytest.raises(PermissionRefused, match="an analyst"):
        set_terms(demand, lead)
    set_terms(demand, analyst)
    Coalition.objects.update(lead=of("camden"), lead_agreed_at=timezone.now())
    for other in (analyst, person(Role.BOROUGH_EDITOR, of("camden")), approver_of("brent")):
        with pytest.raises(PermissionRefused, match="an approver of Camden"):
            set_terms(demand, other)
    found = set_terms(demand, lead, replace(TERMS, quorum=3, joining_closes_date=date(2026, 12, 1)))
    assert (found.quorum, found.joining_closes_date) == (3, date(2026, 12, 1))
    event = audit.history(noun="joint demand", reference=demand.reference)[0]
    assert (event.verb, event.details) == ("set terms", {"quorum": 3, "joining_closes_date": "2026-12-01"})


def test_joining_closes_with_the_decision_unless_said(demand: JointDemand, analyst: User) -> None:
    assert set_terms(demand, analyst).joining_closes_date == TERMS.decision_date


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"quorum": 1}, "quorum"),
        ({"quorum": 4}, "quorum"),
        ({"depth": "INTELLIGENCE"}, "depth"),
        ({"if_missed": "SHRUG"}, "if_missed"),
        ({"decision_date": NOW.date()}, "decision_date"),
        ({"decision_date": date(2126, 1, 1)}, "decision_date"),
        ({"joining_closes_date": date(2027, 1, 1)}, "joining_closes_date"),
        ({"joining_closes_date": date(2026, 11, 1)}, "joining_closes_date"),
        ({"start_date": date(2026, 12, 30)}, "start_date"),
    ],
)
def test_terms_that_mean_nothing_are_refused_by_field(
    wrong: dict[str, Any], field: str, demand: JointDemand, analyst: User
) -> None:
    with pytest.raises(NotAcceptable) as refusal:
        set_terms(demand, analyst, replace(TERMS, **wrong))
    assert list(refusal.value.fields) == [field]
    assert not Coalition.objects.filter(quorum__isnull=False).exists()


def test_who_read_older_terms_is_told(demand: JointDemand, analyst: User) -> None:
    set_terms(demand, analyst)
    with pytest.raises(ChangedMeanwhile):
        set_terms(demand, analyst, revision=0)


def test_the_lead_closes_early_only_with_a_quorum(demand: JointDemand, analyst: User) -> None:
    set_terms(demand, analyst)
    say(demand, "camden", COMMITTED)
    with pytest.raises(IllegalMove, match="not reached"):
        coalitions.close(demand=demand, by=analyst)
    say(demand, "brent", COMMITTED)
    with pytest.raises(PermissionRefused):
        coalitions.close(demand=demand, by=approver_of("camden"))
    assert coalitions.close(demand=demand, by=analyst).outcome == "REACHED"
    with pytest.raises(IllegalMove, match="decided"):
        set_terms(demand, analyst)
    with pytest.raises(IllegalMove, match="no decision"):
        coalitions.close(demand=demand, by=analyst)
