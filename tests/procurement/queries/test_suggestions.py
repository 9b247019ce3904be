"""What from outside may belong to a joint demand."""

import pytest
from django.utils import timezone

from boroughs.models import Need, User
from procurement.actions import demands
from procurement.models import DemandMember, JointDemand, Overlap
from procurement.queries.review_queue import review_queue
from procurement.queries.suggestions import SuggestedDemand, in_ten, suggested_for
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand, overlapping


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.01, "fewer than 1 in 10"),
        (0.05, "about 1 in 10"),
        (0.12, "about 1 in 10"),
        (0.26, "about 3 in 10"),
        (0.94, "about 9 in 10"),
        (0.95, "more than 9 in 10"),
    ],
)
def test_probability_is_told_in_tenths(probability: float, words: str) -> None:
    assert in_ten(probability) == words


@pytest.mark.django_db
@pytest.mark.usefixtures("calibration")
def test_five_are_suggested_the_most_likely_first_however_unlikely_they_are() -> None:
    """Of those that overlap little few belong, and there are many of them: a need that is not asked about is lost."""
    demand = joint_demand("camden", "brent")
    demand.members.update(strength=0.6, band=DemandMember.Band.STRONG)
    scores = (0.25, 0.45, 0.24, 0.55, 0.26, 0.27)
    outside = {score: NeedFactory() for score in scores}
    for score, need in outside.items():
        for member in demand.members.all():
            Overlap.objects.create(first=member.need, second=need, score=score, probability=0.5, reasons=[])
    found = suggested_for(demand)
    assert [each.reference for each in found] == [outside[score].reference for score in (0.55, 0.45, 0.27, 0.26, 0.25)]
    assert found[-1].probability < 0.1
    assert found[-1].in_ten == "fewer than 1 in 10"


@pytest.mark.django_db
@pytest.mark.usefixtures("calibration")
def test_needs_of_a_settled_joint_demand_are_suggested_as_that_joint_demand(analyst: User) -> None:
    """It is one question, and takes no places from others; what has settled it is not undone by taking one need in."""
    demand = joint_demand("camden", "brent")
    settled = joint_demand("barnet", "sutton", "merton", title="Telecare alarms")
    demands.confirm(demand=settled, by=analyst)
    alone = NeedFactory()
    reasons = [{"code": "budgets", "words": "Budgets differ", "weight": 0}]
    for member in demand.members.all():
        for score, need in [(0.4, alone), *((0.6, other.need) for other in settled.members.all())]:
            Overlap.objects.create(first=member.need, second=need, score=score, probability=0.5, reasons=reasons)
    found = suggested_for(demand)
    assert [each.reference for each in found] == [settled.reference, alone.reference]
    first = found[0]
    assert isinstance(first, SuggestedDemand)
    assert (first.title, first.boroughs, first.needs, first.score) == ("Telecare alarms", 3, 3, 0.6)
    assert first.reasons_against == ("Budgets differ",)


@pytest.mark.django_db
@pytest.mark.usefixtures("calibration")
def test_a_need_that_its_borough_says_joins_a_settled_joint_demand_has_reasons_of_its_own(analyst: User) -> None:
    demand = joint_demand("camden", "brent")
    joining = NeedFactory()
    settled = joint_demand("barnet", "sutton")
    demands.confirm(demand=settled, by=analyst)
    Need.objects.filter(pk=joining.pk).update(joins=settled.reference)
    for member in demand.members.all():
        for words, need in [("Its own", joining), *(("All of it", other.need) for other in settled.members.all())]:
            reasons = [{"code": "budgets", "words": words, "weight": 0}]
            Overlap.objects.create(first=member.need, second=need, score=0.5, probability=0.5, reasons=reasons)
    found = {each.reference: each.reasons_against for each in suggested_for(demand)}
    assert found == {joining.reference: ("Its own",), settled.reference: ("All of it",)}


@pytest.fixture
def pinned(analyst: User) -> JointDemand:
    """Settled, though nobody has ruled on its needs."""
    made = joint_demand("barnet", "sutton", "merton", "ealing", "bexley", "croydon")
    demands.pin(demand=made, by=analyst)
    return made


@pytest.mark.django_db
@pytest.mark.usefixtures("calibration")
def test_a_pinned_joint_demand_is_one_suggestion_with_the_score_of_all_its_needs(pinned: JointDemand) -> None:
    demand = joint_demand("camden", "brent")
    alone = NeedFactory()
    near, *far = pinned.members.order_by("need_id")
    for member in demand.members.all():
        for score, need in [(0.8, near.need), (0.3, alone), *((0.2, other.need) for other in far)]:
            first, second = sorted((member.need, need), key=lambda each: each.pk)
            Overlap.objects.create(first=first, second=second, score=score, probability=0.5, reasons=[])
    found = [(each.reference, each.score) for each in suggested_for(demand)]
    assert found == [(pinned.reference, 0.3), (alone.reference, 0.3)]


@pytest.mark.django_db
@pytest.mark.usefixtures("calibration")
def test_a_pinned_joint_demand_is_not_suggested_where_one_of_its_needs_was_ruled_out(
    pinned: JointDemand, analyst: User
) -> None:
    demand = joint_demand("camden", "brent", "harrow")
    out = demand.members.order_by("need_id")[0].need
    overlapping(demand, pinned, 0.5)
    demands.remove_member(demand=demand, need=out, by=analyst)
    demands.add_member(demand=pinned, need=out, by=analyst)
    assert suggested_for(demand) == ()


@pytest.mark.django_db
@pytest.mark.usefixtures("calibration")
def test_queue_and_page_of_a_joint_demand_suggest_the_same(analyst: User) -> None:
    demand = joint_demand("camden", "brent")
    confirmed, pinned, moved = (joint_demand("barnet", "sutton", title=title) for title in "ABC")
    demands.confirm(demand=confirmed, by=analyst)
    demands.pin(demand=pinned, by=analyst)
    demands.confirm(demand=moved, by=analyst)
    read_again = moved.members.order_by("need_id")[0]
    moved.members.filter(pk=read_again.pk).update(moved_at=timezone.now())
    for other in (confirmed, pinned, moved):
        row = other.members.order_by("need_id")[0]
        for member in demand.members.all():
            Overlap.objects.create(first=member.need, second=row.need, score=0.5, probability=0.5, reasons=[])
    names = {confirmed.reference, pinned.reference, read_again.need.reference}
    asked = next(each for each in review_queue(analyst).open if each.reference == demand.reference)
    assert {each.reference for each in suggested_for(demand)} >= names
    assert set(asked.suggested) == {each.reference for each in suggested_for(demand)}
    assert moved.reference not in asked.suggested
