"""The totals that are told of a joint demand: when, which, and that looking and working twice tell no more."""

import pytest
from django.utils import timezone

from boroughs.background import Task
from boroughs.models import AuditEvent, Need, User, Work
from procurement.actions import demands, notices, telling_figures
from procurement.models import FigureRelease, JointDemand, Naming, Participation
from procurement.queries import told_figures
from procurement.queries.told_figures import NOT_TOLD, told_of
from tests.factories import notices as scene
from tests.factories.boroughs import NeedFactory
from tests.factories.procurement import DemandMemberFactory, ParticipationFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db

TOTAL = 3 * scene.USERS + 3


def joins(demand: JointDemand, *names: str, users: int = 300) -> None:
    for name in names:
        DemandMemberFactory(demand=demand, need=NeedFactory(borough=scene.borough(name), users_count=users))


def tell(demand: JointDemand) -> set[str]:
    return {release.quantity for release in telling_figures.tell_figures(demand=demand)}


def users(demand: JointDemand) -> int | None:
    return told_of(demand).users.value


def test_what_is_told_is_as_at_the_day_and_money_in_bands() -> None:
    demand = scene.confirmed_demand()
    assert told_of(demand).users == NOT_TOLD
    assert tell(demand) == {"USERS", "BUDGET_MIN", "BUDGET_MAX"}
    found = told_of(demand)
    assert (found.users.value, found.users.as_at) == (TOTAL, timezone.localdate())
    assert (found.budget_min.low, found.budget_min.high) == (350_000, 400_000)
    event = AuditEvent.objects.get(verb="tell figures")
    assert (event.reference, event.details) == (demand.reference, {"of": ["BUDGET_MIN", "BUDGET_MAX", "USERS"]})


def test_the_same_again_tells_nothing() -> None:
    demand = scene.confirmed_demand()
    tell(demand)
    assert tell(demand) == set()
    assert FigureRelease.objects.count() == 3


def test_one_borough_that_joins_is_not_told_from_the_difference() -> None:
    demand = scene.confirmed_demand()
    tell(demand)
    joins(demand, "Harrow")
    assert tell(demand) == set()
    assert users(demand) == TOTAL
    joins(demand, "Sutton", "Ealing")
    assert tell(demand) == {"USERS"}
    assert users(demand) == TOTAL + 900


def test_two_boroughs_look_like_nothing_stated() -> None:
    two, none = scene.confirmed_demand("Camden", "Brent"), scene.confirmed_demand(users_count=None, title="None")
    for demand in (two, none):
        tell(demand)
        assert told_of(demand).users == NOT_TOLD


def test_what_a_notice_told_and_what_the_joint_demand_told_are_held_against_each_other() -> None:
    notice = scene.publish().notice
    joins(notice.demand, "Harrow")
    assert "USERS" not in tell(notice.demand)
    other = scene.confirmed_demand("Merton", "Ealing", "Sutton", title="Other")
    tell(other)
    joins(other, "Barnet")
    assert scene.publish(other).content["users_total"] is None


def test_the_same_figure_is_told_on_both_faces() -> None:
    version = scene.publish()
    tell(version.notice.demand)
    assert version.content["users_total"] == {"value": users(version.notice.demand)}


def test_who_declined_or_will_not_be_named_is_in_no_told_figure() -> None:
    demand = scene.confirmed_demand("Camden", "Brent", "Hackney", "Harrow", "Sutton")
    harrow, sutton = (Need.objects.get(borough__slug=slug).borough for slug in ("harrow", "sutton"))
    ParticipationFactory(demand=demand, borough=harrow, stage=Participation.Stage.DECLINED)
    said = {"answered_at": timezone.now(), "answered_by": "approver"}
    Naming.objects.create(demand=demand, borough=sutton, agrees=False, **said)
    tell(demand)
    assert users(demand) == TOTAL


def test_borough_that_opens_its_figures_in_a_notice_is_protected_here() -> None:
    demand = scene.confirmed_demand()
    scene.agree(demand)
    Naming.objects.update(opens_figures=True)
    tell(demand)
    assert told_of(demand).budget_min.low == 350_000


def test_what_was_told_stays_when_nobody_states_anything_any_more() -> None:
    demand = scene.confirmed_demand()
    tell(demand)
    Need.objects.update(users_count=None)
    assert tell(demand) == set()
    assert users(demand) == TOTAL
    assert told_figures.changed() == []


def test_confirmation_asks_for_it_and_a_worker_tells_it(analyst: User) -> None:
    demand = scene.confirmed_demand()
    JointDemand.objects.update(status=JointDemand.Status.SUGGESTED, confirmed_at=None)
    demand.refresh_from_db()
    telling_figures.run(key=demand.reference)
    demands.confirm(demand=demand, by=analyst)
    assert not FigureRelease.objects.exists()
    telling_figures.run(key=demand.reference)
    assert users(demand) == TOTAL
    assert not Work.objects.pending().filter(task=Task.TELL_FIGURES).exists()


def test_nothing_is_told_of_what_nobody_has_confirmed() -> None:
    demand = scene.confirmed_demand()
    telling_figures.request(demand)
    JointDemand.objects.update(status=JointDemand.Status.SUGGESTED, confirmed_at=None)
    telling_figures.run(key=demand.reference)
    demand.refresh_from_db()
    assert not FigureRelease.objects.exists()
    # Neither what was told before somebody took the confirmation back.
    tell(demand)
    assert told_of(demand).users == NOT_TOLD


def test_at_night_those_are_looked_at_whose_needs_changed() -> None:
    same, other = scene.confirmed_demand(), scene.confirmed_demand("Merton", "Ealing", "Sutton", title="Other")
    suggested = scene.confirmed_demand("Barnet", "Bexley", "Bromley", title="Suggested")
    JointDemand.objects.filter(pk=suggested.pk).update(status=JointDemand.Status.SUGGESTED, confirmed_at=None)
    for demand in (same, other):
        tell(demand)
    assert telling_figures.request_nightly() == 0
    Need.objects.filter(borough__slug="merton").update(users_count=9)
    assert telling_figures.request_nightly() == 1
    assert list(Work.objects.pending().filter(task=Task.TELL_FIGURES).values_list("key", flat=True)) == [
        other.reference
    ]


def test_publication_asks_that_the_joint_demand_says_the_same() -> None:
    version = scene.publish()
    work = Work.objects.pending().get(task=Task.TELL_FIGURES)
    assert work.key == version.notice.demand.reference


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_tells() -> None:
    demand = scene.confirmed_demand()
    outcomes = at_once(*(lambda: telling_figures.tell_figures(demand=demand),) * 2)
    assert sorted(len(each) for each in outcomes) == [0, 3]
    assert FigureRelease.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_that_share_needs_and_are_told_at_once_give_nothing_away() -> None:
    """Each alone may be told; together their difference is one borough's."""
    notice = scene.proposed()
    by, demand = scene.analyst(), notice.demand
    joins(demand, "Harrow")
    scene.agree(demand)
    Naming.objects.filter(borough__slug="harrow").update(agrees=False)
    telling_figures.tell_figures(demand=demand)
    Naming.objects.filter(borough__slug="harrow").update(agrees=True)
    outcomes = at_once(
        lambda: notices.publish(notice=notice, by=by), lambda: telling_figures.tell_figures(demand=demand)
    )
    assert not isinstance(outcomes[1], Exception)
    totals = set(FigureRelease.objects.filter(quantity="USERS").values_list("low", flat=True))
    assert totals == {TOTAL}
