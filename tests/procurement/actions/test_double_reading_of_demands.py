"""A settled joint demand that may be the same as the one that is read: one question, and a merger if it is."""

from collections.abc import Callable, Collection

import pytest
from django.utils import timezone

from boroughs.exceptions import IllegalMove
from boroughs.models import User
from procurement.actions import demands, double_reading, notices, review, rulings
from procurement.models import Decision, DemandMember, JointDemand, Opinion, Overlap, ReviewAnswer
from procurement.queries.double_reading import Line, double_readings
from tests.factories import notices as notice_scenes
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand, overlapping
from tests.factories.procurement import DemandMemberFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calibration")]


@pytest.fixture
def settled(people: list[User]) -> JointDemand:
    made = joint_demand("barnet", "sutton", "merton", title="Settled")
    demands.confirm(demand=made, by=people[0])
    return made


@pytest.fixture
def demand(settled: JointDemand) -> JointDemand:
    """It and the settled one overlap so that about one in two is the same."""
    made = joint_demand("camden", "brent", "harrow", title="Read by two")
    made.members.update(strength=0.47, band=DemandMember.Band.POSSIBLE)
    overlapping(made, settled, 0.47)
    return made


def references(demand: JointDemand) -> list[str]:
    return sorted(demand.members.values_list("need__reference", flat=True))


def lines(demand: JointDemand, of: User) -> dict[str, Line]:
    found = [each for each in double_readings(of).open if each.reference == demand.reference]
    return {line.reference: line for each in found for line in each.asked}


def give(demand: JointDemand, by: User, *, same: bool, out: Collection[str] = ()) -> double_reading.Given:
    said = {
        line.shown: same if line.is_demand else line.is_member and line.reference not in out
        for line in lines(demand, by).values()
    }
    return double_reading.give(demand=demand, belongs=said, by=by)


def take_all_back(by: User) -> None:
    """In the review queue, one answer after the other."""
    while ReviewAnswer.objects.standing().filter(answered_by=by).exists():
        review.undo_last(by=by)


def test_it_is_one_question_whatever_its_needs_are(
    demand: JointDemand, settled: JointDemand, people: list[User]
) -> None:
    asked = lines(demand, people[0])
    assert set(asked) == {*references(demand), settled.reference}
    assert [asked[name].is_demand for name in asked if not asked[name].is_member] == [True]


def test_where_two_say_that_it_is_the_same_the_two_are_merged(
    demand: JointDemand, settled: JointDemand, people: list[User]
) -> None:
    goes, *stay = references(demand)
    there = references(settled)
    give(demand, people[0], same=True, out=[goes])
    assert references(settled) == there, "one opinion changes nothing"
    given = give(demand, people[1], same=True, out=[goes])
    assert given.effect == double_reading.Effect(
        left=(goes,), joined=(), is_confirmed=True, same=(settled.reference,), survivor=settled.reference
    )
    assert references(settled) == sorted([*stay, *there])
    settled.refresh_from_db()
    demand.refresh_from_db()
    assert settled.status == JointDemand.Status.CONFIRMED
    assert (demand.status, demand.merged_into) == (JointDemand.Status.RETIRED, settled)
    assert not Opinion.objects.filter(closed_at=None).exists()
    reason = ReviewAnswer.objects.get(kind=ReviewAnswer.Kind.MERGED).reason
    assert reason == "Double reading: 2 of 2 answers said that it is the same requirement."


@pytest.fixture(params=["it is older", "it is younger"])
def two(request: pytest.FixtureRequest, people: list[User]) -> tuple[JointDemand, JointDemand]:
    """The one that is read, and the settled one."""
    if request.param == "it is older":
        made = request.getfixturevalue("settled")
        return request.getfixturevalue("demand"), made
    read = joint_demand("camden", "brent", "harrow", title="Read by two")
    read.members.update(strength=0.47, band=DemandMember.Band.POSSIBLE)
    made = request.getfixturevalue("settled")
    overlapping(read, made, 0.47)
    return read, made


@pytest.mark.parametrize("how_many", [0, 1, 2, 3])
def test_who_leaves_has_left_whichever_survives(
    two: tuple[JointDemand, JointDemand], people: list[User], how_many: int
) -> None:
    """Also where nobody stays, or one alone: what is the same has the boroughs that it takes."""
    demand, settled = two
    here, there = references(demand), references(settled)
    for user in people[:2]:
        given = give(demand, user, same=True, out=here[:how_many])
    (left,) = JointDemand.objects.current()
    assert left == min(two, key=lambda each: each.pk)
    assert references(left) == sorted([*here[how_many:], *there])
    assert left.status == JointDemand.Status.CONFIRMED
    assert given.effect is not None
    assert given.effect.left == tuple(here[:how_many])


@pytest.mark.parametrize("how_many", [0, 1, 2, 3])
def test_what_took_effect_is_taken_back_answer_by_answer(
    two: tuple[JointDemand, JointDemand], people: list[User], how_many: int
) -> None:
    demand, settled = two
    there, here = references(settled), references(demand)
    for user in people[:2]:
        give(demand, user, same=True, out=here[:how_many])
    take_all_back(people[1])
    assert (references(demand), references(settled)) == (here, there)
    demand.refresh_from_db()
    assert demand.status == JointDemand.Status.SUGGESTED
    assert {*here, settled.reference} <= set(lines(demand, people[0])), "it is asked about afresh"


@pytest.mark.parametrize("how_many", [0, 1])
def test_it_is_taken_back_after_a_run_that_found_nothing_new(
    two: tuple[JointDemand, JointDemand], people: list[User], how_many: int
) -> None:
    demand, settled = two
    there, here = references(settled), references(demand)
    for user in people[:2]:
        give(demand, user, same=True, out=here[:how_many])
    # As a run does.
    JointDemand.objects.update(updated_at=timezone.now())
    take_all_back(people[1])
    assert (references(demand), references(settled)) == (here, there)


def test_needs_of_a_pinned_one_are_not_ruled_on(people: list[User]) -> None:
    """Nobody was asked about them: as on the page for merging, what is pinned is held and no more."""
    pinned = joint_demand("barnet", "sutton", "merton", title="Pinned")
    demands.pin(demand=pinned, by=people[0])
    demand = joint_demand("camden", "brent", "harrow", title="Read by two")
    demand.members.update(strength=0.47, band=DemandMember.Band.POSSIBLE)
    overlapping(demand, pinned, 0.47)
    there, here = references(pinned), references(demand)
    for user in people[:2]:
        given = give(demand, user, same=True)
    pinned.refresh_from_db()
    assert references(pinned) == sorted([*here, *there])
    assert (pinned.status, pinned.pinned_at is not None) == (JointDemand.Status.SUGGESTED, True)
    assert not pinned.members.filter(need__reference__in=there, confirmed_at__isnull=False).exists()
    answers = Decision.objects.answers().values_list("first__reference", "second__reference")
    assert {name for pair in answers for name in pair} <= set(here)
    assert given.effect is not None
    assert not given.effect.is_confirmed
    assert double_readings(people[2]).open == ()


def test_a_need_that_joined_with_the_merger_goes_back_too(
    demand: JointDemand, settled: JointDemand, people: list[User]
) -> None:
    from_pair = joint_demand("ealing", "hackney", title="Pair")
    joins = from_pair.members.order_by("need_id")[0].need
    for member in demand.members.all():
        Overlap.objects.create(first=member.need, second=joins, score=0.5, probability=0.5, reasons=[])
    before = [references(each) for each in (demand, settled, from_pair)]
    for user in people[:2]:
        said = {line.shown: True for line in lines(demand, user).values()}
        given = double_reading.give(demand=demand, belongs=said, by=user)
    assert given.effect is not None
    assert given.effect.joined == (joins.reference,)
    take_all_back(people[1])
    assert [references(each) for each in (demand, settled, from_pair)] == before
    from_pair.refresh_from_db()
    assert from_pair.status == JointDemand.Status.SUGGESTED


def test_where_two_say_that_it_is_another_both_stay(
    demand: JointDemand, settled: JointDemand, people: list[User]
) -> None:
    there = references(settled)
    for user in people[:2]:
        given = give(demand, user, same=False)
    assert given.effect == double_reading.Effect(left=(), joined=(), is_confirmed=True)
    assert references(settled) == there
    assert JointDemand.objects.current().count() == 2


def test_where_they_differ_a_third_is_asked_of_it_alone(
    demand: JointDemand, settled: JointDemand, people: list[User]
) -> None:
    give(demand, people[0], same=True)
    give(demand, people[1], same=False)
    (line,) = lines(demand, people[2]).values()
    assert (line.reference, line.is_in_doubt) == (settled.reference, True)


def edited(settled: JointDemand, by: User) -> None:
    need = settled.members.order_by("need_id")[0].need
    need.revision += 1
    need.save(update_fields=["revision"])


def exchanged(settled: JointDemand, by: User) -> None:
    """As many needs as before, and each as it was first written."""
    need = settled.members.order_by("need_id")[0].need
    review.answer(demand=settled, kind=ReviewAnswer.Kind.REMOVED, need=need, by=by)
    review.answer(demand=settled, kind=ReviewAnswer.Kind.ACCEPTED, need=NeedFactory(), by=by)


@pytest.mark.parametrize("change", [edited, exchanged])
def test_what_was_said_of_it_as_it_was_counts_no_more(
    demand: JointDemand, settled: JointDemand, people: list[User], change: Callable[[JointDemand, User], None]
) -> None:
    before = lines(demand, people[1])[settled.reference].shown
    give(demand, people[0], same=True)
    assert lines(demand, people[0]) == {}
    change(settled, people[2])
    assert settled.reference in lines(demand, people[0])
    with pytest.raises(IllegalMove, match="has changed"):
        double_reading.give(demand=demand, belongs={before: True}, by=people[1])


def test_two_that_are_ruled_apart_are_not_both_taken_in(
    demand: JointDemand, settled: JointDemand, people: list[User]
) -> None:
    another = joint_demand("bexley", "enfield", title="Settled too")
    demands.confirm(demand=another, by=people[0])
    overlapping(demand, another, 0.47)
    first, second = settled.members.order_by("need")[0].need, another.members.order_by("need")[0].need
    rulings.lay(settled, first, second, rulings.APART, by=people[0])
    for user in people[:2]:
        given = give(demand, user, same=True)
    assert given.effect is None
    assert given.hindrance == (
        f"{settled.reference} and {another.reference} were both said to belong to {demand.reference}, "
        "and are ruled to be kept apart."
    )
    assert JointDemand.objects.current().count() == 3
    assert Decision.objects.standing().filter(verdict=rulings.APART).count() == 1
    (decided,) = double_readings(people[2]).decided
    assert decided.reference == demand.reference, "it waits for somebody to settle it singly"


def test_one_with_a_notice_is_not_asked_about(demand: JointDemand, settled: JointDemand, people: list[User]) -> None:
    notice_scenes.proposed(settled, must_requirements=["It works."])
    assert settled.reference not in lines(demand, people[0])


def test_one_that_has_a_notice_is_not_said_to_be_the_same_as_another(
    demand: JointDemand, settled: JointDemand, people: list[User]
) -> None:
    """The one that goes must not have one, and who reads does not choose which of the two that is."""
    demands.confirm(demand=demand, by=people[0])
    notices.draft_from(demand=demand, by=people[0])
    new = NeedFactory()
    DemandMemberFactory(demand=demand, need=new, strength=0.47, band=DemandMember.Band.POSSIBLE)
    assert set(lines(demand, people[0])) == {new.reference}
