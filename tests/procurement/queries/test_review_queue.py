"""Which questions wait, in which order, and what is suggested."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boroughs.models import Need, User
from procurement.actions import demands
from procurement.models import DemandMember, JointDemand, Overlap
from procurement.queries.review_queue import review_queue
from procurement.queries.suggestions import suggested_for
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import DemandMemberFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calibration")]


def overlap(one: Need, other: Need, score: float, **fields: object) -> None:
    first, second = sorted((one, other), key=lambda need: need.pk)
    Overlap.objects.create(first=first, second=second, score=score, **fields)


def first_need(demand: JointDemand) -> Need:
    need: Need = demand.members.order_by("need").first().need
    return need


def test_most_effective_question_comes_first(analyst: User) -> None:
    sure = joint_demand("camden", "brent", title="Sure")
    doubtful = joint_demand("camden", "brent", "barnet", title="Doubtful")
    DemandMember.objects.filter(demand=doubtful).update(strength=0.47)
    queue = review_queue(analyst)
    assert [each.reference for each in queue.open] == [doubtful.reference, sure.reference]
    assert queue.open[0].question.effect > queue.open[1].question.effect


def test_settled_demands_are_counted_and_not_asked_about(analyst: User) -> None:
    confirmed, pinned, _waiting = (joint_demand("camden", "brent", title=title) for title in "ABC")
    demands.confirm(demand=confirmed, by=analyst)
    demands.pin(demand=pinned, by=analyst)
    joint_demand(title="Without members")
    queue = review_queue(analyst)
    assert (queue.settled, queue.total, len(queue.open)) == (2, 3, 1)
    # A newcomer is a new question.
    DemandMemberFactory(demand=confirmed)
    assert (review_queue(analyst).settled, review_queue(analyst).total) == (1, 3)


def test_queue_goes_on_after_a_question_and_round_again(analyst: User) -> None:
    for title in "ABC":
        joint_demand("camden", "brent", title=title)
    queue = review_queue(analyst)
    references = [each.reference for each in queue.open]
    following = [queue.after(reference) for reference in references]
    assert [each.reference for each in following if each] == [*references[1:], references[0]]
    of, lost = queue.of(references[1]), queue.of("JD-0")
    assert of is not None
    assert lost is not None
    assert (of.reference, lost.reference) == (references[1], references[0])


def test_empty_queue_asks_nothing(analyst: User) -> None:
    queue = review_queue(analyst)
    assert (queue.total, queue.after(""), queue.of("JD-1")) == (0, None, None)


def test_suggestions_are_the_likeliest_from_outside_with_their_reasons() -> None:
    demand = joint_demand("camden", "brent")
    other = joint_demand("barnet", "sutton", title="Other")
    member, near, far = first_need(demand), NeedFactory(title="Near"), first_need(other)
    reasons = [{"code": "budgets", "words": "Budgets differ", "weight": 0}]
    overlap(member, near, 0.9, reasons=reasons)
    overlap(member, far, 0.7)
    overlap(near, far, 0.99)
    found = suggested_for(demand)
    assert [(each.reference, each.demand_reference) for each in found] == [
        (near.reference, ""),
        (far.reference, other.reference),
    ]
    assert found[0].reasons_against == ("Budgets differ",)
    assert found[0].probability > found[1].probability


def test_need_that_was_ruled_out_or_is_not_open_is_not_suggested(analyst: User) -> None:
    demand = joint_demand("camden", "brent", "barnet")
    removed, stays = [row.need for row in demand.members.order_by("need")][:2]
    demands.remove_member(demand=demand, need=removed, by=analyst)
    draft = NeedFactory(status=Need.Status.DRAFT)
    overlap(removed, stays, 0.9)
    overlap(draft, stays, 0.9)
    assert suggested_for(demand) == ()


def test_queries_do_not_grow(analyst: User) -> None:
    joint_demand("camden", "brent")
    with CaptureQueriesContext(connection) as few:
        review_queue(analyst)
    for number in range(8):
        joint_demand("camden", "brent", "sutton", title=f"Demand {number}")
    with CaptureQueriesContext(connection) as many:
        review_queue(analyst)
    assert len(few) == len(many) == 5
