"""What the clock makes of coalitions: reminders before the decision date, and the outcome once it is over."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from boroughs.actions import work
from boroughs.background import Task
from boroughs.models import Notification, User, Work
from procurement.actions import coalition_clock
from procurement.actions.participation import Standing
from procurement.models import Coalition, JointDemand, Participation
from tests.procurement.actions.test_coalitions import LONDON, TERMS, demand, november, set_terms
from tests.procurement.actions.test_participation import COMMITTED, DECLINED, approver_of, say

__all__ = ["demand", "november"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]

Stage = Participation.Stage


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 0, 20, tzinfo=LONDON)


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
