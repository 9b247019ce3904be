"""What is asked of one joint demand is the same whether it is read by itself or with the whole queue."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boroughs.models import User
from procurement.actions import demands
from procurement.actions import double_reading as actions
from procurement.models import DemandMember, JointDemand, Overlap
from procurement.queries.double_reading import double_reading, double_readings
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand, overlapping

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calibration")]


def waiting(title: str) -> JointDemand:
    """Two members, and two needs from outside of which one overlaps with one of them alone."""
    made = joint_demand("camden", "brent", title=title)
    DemandMember.objects.filter(demand=made).update(strength=0.49, band="POSSIBLE")
    one, other = (member.need for member in made.members.order_by("need_id"))
    for members, score in (((one, other), 0.55), ((other,), 0.9)):
        need = NeedFactory(title=f"Outside {title}")
        for member in members:
            Overlap.objects.create(first=member, second=need, score=score, probability=0.7, reasons=[])
    return made


def test_one_is_read_as_it_is_in_the_queue(analyst: User, second_analyst: User) -> None:
    made = [waiting(title) for title in "ABC"]
    # From the lowest score that a run keeps follows what a pair is taken to score that it did not keep.
    Overlap.objects.create(first=NeedFactory(), second=NeedFactory(), score=0.31, probability=0.2, reasons=[])
    first = double_reading(made[0], analyst)
    assert first is not None
    assert len(first.lines) == 4
    actions.give(demand=made[0], belongs={line.shown: line.is_member for line in first.asked}, by=analyst)
    for user in (analyst, second_analyst):
        queue = double_readings(user)
        assert {each.reference for each in queue.open} == {each.reference for each in made[user == analyst :]}
        for each in queue.open:
            assert double_reading(JointDemand.objects.get(reference=each.reference), user) == each
    mine = double_reading(made[0], analyst)
    assert mine is not None
    assert mine.asked == ()
    assert mine.is_begun


def test_what_does_not_wait_is_not_read(analyst: User) -> None:
    confirmed, pinned, retired, empty = (joint_demand("camden", "brent", title=title) for title in "ABCD")
    demands.confirm(demand=confirmed, by=analyst)
    demands.pin(demand=pinned, by=analyst)
    demands.remove_member(demand=retired, need=retired.members.order_by("need_id")[0].need, by=analyst)
    empty.members.all().delete()
    for each in (confirmed, pinned, retired, empty):
        assert double_reading(each, analyst) is None
    assert double_readings(analyst).open == ()


def test_queries_do_not_grow_with_what_waits_or_is_settled(analyst: User) -> None:
    def counted() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as one:
            reading = double_reading(made, analyst)
            assert reading is not None
            assert any(line.is_demand for line in reading.lines)
        with CaptureQueriesContext(connection) as all_of_them:
            assert double_readings(analyst).open
        return len(one), len(all_of_them)

    def settled(title: str) -> None:
        other = joint_demand("sutton", "merton", title=title)
        demands.pin(demand=other, by=analyst)
        overlapping(made, other, 0.5)

    made = waiting("A")
    settled("S")
    before = counted()
    for title in "BCDEF":
        waiting(title)
        settled(f"S{title}")
    assert counted() == before
    assert before[0] <= 10
