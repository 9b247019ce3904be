"""The terms, who sets them, and what the clock makes of them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from boroughs import audit
from boroughs.actions import work
from boroughs.background import Task
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import Notification, Role, User, Work
from procurement.actions import coalition_clock, coalitions
from procurement.actions.coalitions import Terms
from procurement.actions.participation import Standing
from procurement.models import Coalition, JointDemand, Participation
from tests.conftest import person
from tests.factories.picture import joint_demand
from tests.procurement.actions.test_participation import COMMITTED, DECLINED, approver_of, of, say

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 2, 12, tzinfo=LONDON)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_november")]

Stage = Participation.Stage
TERMS = Terms(2, "TENDER", date(2026, 12, 31), "EXTEND")


@pytest.fixture
def _november() -> Any:
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


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 0, 20, tzinfo=LONDON)


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


# --- the clock --------------------------------------------------------------------------------------------------------


def test_the_decision_day_counts_to_its_end(demand: JointDemand, analyst: User) -> None:
    set_terms(demand, analyst)
    assert coalition_clock.settle_due(at=at(TERMS.decision_date)) == 0
    assert coalition_clock.settle_due(at=at(TERMS.decision_date + timedelta(days=1))) == 1


@pytest.mark.parametrize(
    ("committed", "if_missed", "outcome"),
    [
        (["camden", "brent"], "END", "REACHED"),
        (["camden", "brent"], "EXTEND", "REACHED"),
        (["camden"], "END", "ENDED"),
        (["camden"], "GO_ON", "GONE_ON"),
        (["camden"], "EXTEND", ""),
    ],
)
def test_what_was_said_beforehand_happens(
    committed: list[str], if_missed: str, outcome: str, demand: JointDemand, analyst: User
) -> None:
    set_terms(demand, analyst, replace(TERMS, if_missed=if_missed))
    for slug in committed:
        say(demand, slug, COMMITTED)
    coalition_clock.settle_due(at=at(date(2027, 1, 1)))
    assert Coalition.objects.get().outcome == outcome
    assert coalition_clock.settle_due(at=at(date(2027, 1, 2))) == 0


def test_the_date_moves_once_and_then_it_ends(demand: JointDemand, analyst: User) -> None:
    set_terms(demand, analyst)
    watching = approver_of("camden")
    say(demand, "camden", Standing(Stage.WATCHING))
    coalition_clock.settle_due(at=at(date(2027, 1, 1)))
    moved = Coalition.objects.get()
    assert (moved.decision_date, moved.joining_closes_date) == (date(2027, 3, 31), date(2027, 3, 31))
    assert Notification.objects.filter(user=watching, headline__contains="31 March 2027").count() == 1
    assert coalition_clock.settle_due(at=at(date(2027, 4, 1))) == 1
    assert Coalition.objects.get().outcome == "ENDED"
    # New terms begin it anew.
    again = set_terms(demand, analyst, replace(TERMS, decision_date=date(2027, 12, 31)))
    assert (again.outcome, again.outcome_at, again.extended_at) == ("", None, None)


def test_who_has_not_committed_is_reminded_once_for_each_mark(demand: JointDemand, analyst: User) -> None:
    waiting, done, away = approver_of("camden"), approver_of("brent"), approver_of("barnet")
    set_terms(demand, analyst)
    say(demand, "brent", COMMITTED)
    say(demand, "barnet", DECLINED)
    days = [date(2026, 12, 2), date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 24), date(2026, 12, 31)]
    told = [coalition_clock.remind_due(at=at(day)) for day in days for _ in range(2)]
    # 28 days before is the 3rd; on the 4th nobody hears it again; 7 days and the last day follow.
    assert told == [0, 0, 1, 0, 0, 0, 1, 0, 1, 0]
    reminders = Notification.objects.filter(kind=Notification.Kind.DECISION_DUE)
    assert {each.user for each in reminders} == {waiting}
    assert not reminders.filter(user__in=[done, away]).exists()


def test_a_retired_demand_is_let_be(demand: JointDemand, analyst: User) -> None:
    set_terms(demand, analyst)
    JointDemand.objects.update(status="RETIRED", retired_at=timezone.now())
    assert coalition_clock.settle_due(at=at(date(2027, 1, 1))) == 0
    assert coalition_clock.remind_due(at=at(date(2026, 12, 24))) == 0


def test_the_days_work_is_claimed_and_finished(demand: JointDemand, analyst: User) -> None:
    set_terms(demand, analyst, replace(TERMS, if_missed="END"))
    with time_machine.travel(at(date(2027, 1, 1)), tick=False):
        coalition_clock.request_daily()
        coalition_clock.run()
        coalition_clock.run()
    assert Coalition.objects.get().outcome == "ENDED"
    done = Work.objects.get(task=Task.TEND_COALITIONS)
    assert (done.done, done.last_error) == (done.requested, "")
    assert work.claim(task=Task.TEND_COALITIONS, key=coalition_clock.SCOPE) is None
