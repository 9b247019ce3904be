"""What a run's result becomes in rows: bands, certainty, and pinned demands that it must leave alone."""

from collections.abc import Sequence
from math import log

import pytest

from boroughs.models import Need, User
from procurement.actions import clusters, demands
from procurement.matching import Cluster, Member, Pair, Result
from procurement.matching.calibration import Calibration
from procurement.models import DemandMember, JointDemand, LineageEvent, MatchRun, Overlap
from procurement.queries.suggestions import suggested_for
from tests.factories.boroughs import BoroughFactory, NeedFactory
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory, MatchRunFactory

pytestmark = pytest.mark.django_db

# A score is its own probability, nearly: 0.5 at 0.5, 0.8 at 0.64.
SCALE = Calibration(slope=5, offset=5 * log(0.5))


def cluster(needs: Sequence[Need], *strengths: float) -> Cluster:
    given = strengths or (0.9,) * len(needs)
    members = tuple(Member(id=need.reference, strength=strength) for need, strength in zip(needs, given, strict=True))
    return Cluster(members=members, label="Telecare", category=None, terms=(), medoid=members[0].id, owners=())


def replace(*found: Cluster, pairs: Sequence[tuple[Need, Need, float]] = ()) -> MatchRun:
    run: MatchRun = MatchRunFactory()
    sides = ((sorted((left.reference, right.reference)), score) for left, right, score in pairs)
    scored = tuple(Pair(left, right, score) for (left, right), score in sides)
    result = Result(clusters=found, unmatched=(), pairs=scored, engine_version="1", parameters={}, digest="")
    clusters.replace(run=run, result=result, needs=Need.objects.open(), calibration=SCALE)
    return run


def members(demand: JointDemand) -> set[Need]:
    return {row.need for row in demand.members.all()}


@pytest.fixture
def needs() -> list[Need]:
    return [NeedFactory() for _ in range(5)]


def test_band_and_probability_come_from_the_calibration(needs: list[Need]) -> None:
    replace(cluster(needs[:3], 0.7, 0.55, 0.4), pairs=[(needs[0], needs[1], 0.5)])
    assert list(DemandMember.objects.order_by("need").values_list("band", flat=True)) == [
        "STRONG",
        "LIKELY",
        "POSSIBLE",
    ]
    assert Overlap.objects.get().probability == 0.5


@pytest.mark.parametrize(
    ("strengths", "is_sure"),
    [
        ((0.9, 0.9), True),
        # More than half are possible.
        ((0.9, 0.45, 0.45), False),
        # Half are, and the mean is above one half.
        ((0.9, 0.45), True),
        # Half are, and the mean is below one half.
        ((0.51, 0.2), False),
    ],
)
def test_certainty_follows_the_rule(needs: list[Need], strengths: tuple[float, ...], is_sure: bool) -> None:
    replace(cluster(needs[: len(strengths)], *strengths))
    assert (JointDemand.objects.get().certainty == JointDemand.Certainty.SURE) == is_sure


def test_confirmed_member_stays_strong_and_its_demand_sure(needs: list[Need], analyst: User) -> None:
    replace(cluster(needs[:3], 0.4, 0.4, 0.4))
    demand = JointDemand.objects.get()
    assert demand.certainty == JointDemand.Certainty.NOT_SURE
    demands.confirm_member(demand=demand, need=needs[0], by=analyst)
    replace(cluster(needs[:3], 0.3, 0.4, 0.4))
    demand.refresh_from_db()
    assert demand.certainty == JointDemand.Certainty.SURE
    assert demand.members.get(need=needs[0]).band == "STRONG"
    assert demand.members.get(need=needs[1]).band == "POSSIBLE"


@pytest.fixture
def pinned(needs: list[Need], analyst: User) -> JointDemand:
    demand: JointDemand = JointDemandFactory(title="Pinned")
    for need in needs[:3]:
        DemandMemberFactory(demand=demand, need=need)
    return demands.pin(demand=demand, by=analyst)


def test_pinned_demand_takes_nobody_in_but_suggests_who_would_join(needs: list[Need], pinned: JointDemand) -> None:
    replace(cluster(needs[:4]), pairs=[(needs[0], needs[3], 0.8)])
    assert members(pinned) == set(needs[:3])
    assert not DemandMember.objects.filter(need=needs[3]).exists()
    assert [each.reference for each in suggested_for(pinned)] == [needs[3].reference]
    pinned.refresh_from_db()
    assert (pinned.title, pinned.status) == ("Pinned", JointDemand.Status.SUGGESTED)


def test_newcomers_of_two_boroughs_form_a_demand_of_their_own(needs: list[Need], pinned: JointDemand) -> None:
    replace(cluster(needs))
    replace(cluster(needs))
    assert members(pinned) == set(needs[:3])
    other = JointDemand.objects.current().exclude(pk=pinned.pk).get()
    assert members(other) == set(needs[3:])
    # Only its creation: the second run changed nothing.
    assert [event.kind for event in LineageEvent.objects.all()] == [LineageEvent.Kind.CREATED]


def test_pinned_demand_loses_nobody(needs: list[Need], pinned: JointDemand) -> None:
    """Even where the engine, against its rulings, puts them elsewhere or says nothing of them."""
    replace(cluster([needs[0], needs[3]]), cluster([needs[1], needs[4]]))
    assert members(pinned) == set(needs[:3])
    assert DemandMember.objects.count() == 3


def test_need_that_is_withdrawn_leaves_a_pinned_demand(needs: list[Need], pinned: JointDemand) -> None:
    Need.objects.filter(pk=needs[0].pk).update(status=Need.Status.DRAFT, opened_at=None)
    run = replace(cluster(needs[1:3]))
    assert members(pinned) == set(needs[1:3])
    event = pinned.lineage.get()
    assert (event.kind, event.left, event.run) == (LineageEvent.Kind.SHRANK, [needs[0].reference], run)


def test_pinned_demand_of_one_borough_is_retired(needs: list[Need], pinned: JointDemand) -> None:
    Need.objects.filter(pk__in=[needs[0].pk, needs[1].pk]).update(status=Need.Status.DRAFT, opened_at=None)
    replace(cluster([needs[2], needs[3]]))
    pinned.refresh_from_db()
    assert pinned.status == JointDemand.Status.RETIRED
    # What is left of it is free again.
    assert members(JointDemand.objects.current().get()) == {needs[2], needs[3]}


def test_repetition_of_one_borough_beside_a_pinned_demand_is_no_demand(needs: list[Need], pinned: JointDemand) -> None:
    borough = BoroughFactory()
    twice = [NeedFactory(borough=borough) for _ in range(2)]
    replace(cluster([*needs[:3], *twice]))
    assert JointDemand.objects.current().get() == pinned
