"""Terms and outcomes as the history and the decision record tell them: from acts, not from made-up details."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from boroughs.models import User
from procurement.actions import coalition_clock, coalitions
from procurement.actions.participation import Standing
from procurement.models import Coalition, JointDemand
from procurement.queries.decision_record import decision_record
from procurement.queries.demand_history import HistoryEntry, history
from tests.factories.picture import joint_demand
from tests.factories.standings import Stage
from tests.procurement.actions.test_participation import say

pytestmark = pytest.mark.django_db


@pytest.fixture
def demand() -> JointDemand:
    return joint_demand("camden", "brent", "barnet")


def set_terms(demand: JointDemand, analyst: User, **changed: object) -> date:
    due = timezone.localdate() + timedelta(days=40)
    row = Coalition.objects.filter(demand=demand, quorum__isnull=False).first()
    given = {"quorum": 2, "depth": "TENDER", "decision_date": due, "if_missed": "EXTEND", "joining_closes_date": due}
    terms = coalitions.Terms(**given | changed)  # type: ignore[arg-type]
    coalitions.set_terms(demand=demand, terms=terms, revision=row.revision if row else 0, by=analyst)
    return due


def newest(demand: JointDemand) -> HistoryEntry:
    return history(demand, analyst(), with_reasons=False)[0]


def words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def test_terms_are_told_whole_and_then_what_changed(demand: JointDemand, analyst: User) -> None:
    due = set_terms(demand, analyst)
    entry = newest(demand)
    assert entry.title == "Terms set"
    assert entry.details == (
        f"Quorum: 2 boroughs. How far: joint tender, contracts of our own. Decision date: {words(due)}. "
        f"Joining closes: {words(due)}. "
        "If the quorum is missed: the decision date moves by three months, once; then the joint purchase ends."
    )
    start = due + timedelta(days=300)
    set_terms(demand, analyst, quorum=3, start_date=start)
    assert newest(demand).details == f"Quorum: 3 boroughs. Joint contract starts: {words(start)}."
    set_terms(demand, analyst, quorum=3, start_date=None)
    assert newest(demand).details == "Joint contract starts: none."
    found = decision_record(demand.reference, analyst)
    assert found is not None
    assert [act.title for act in found.acts] == ["Terms set"] * 3


def test_a_decision_says_how_it_came_out(demand: JointDemand, analyst: User) -> None:
    set_terms(demand, analyst)
    for slug in ("camden", "brent", "barnet"):
        say(demand, slug, Standing(Stage.COMMITTED, "TENDER"))
    coalitions.close(demand=demand, by=analyst)
    assert (newest(demand).title, newest(demand).details) == (
        "Decided",
        "Quorum reached: 3 boroughs committed, it took 2.",
    )


def test_a_date_that_moved_says_from_when_to_when(demand: JointDemand, analyst: User) -> None:
    set_terms(demand, analyst)
    Coalition.objects.update(decision_date=date(2026, 1, 31))
    coalition_clock.settle_due(at=timezone.now())
    assert (newest(demand).title, newest(demand).details) == (
        "Decision date moved",
        "From 31 January 2026 to 30 April 2026: the quorum was missed.",
    )
