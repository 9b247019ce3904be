"""What a run may not do to a joint demand in which a borough has accepted, whatever the engine says."""

from collections.abc import Sequence
from math import log

import pytest
from django.utils import timezone

from boroughs.models import Borough, Need, Notification, User
from procurement.actions import clusters, demands, matching, merging, notices, splitting
from procurement.matching import Cluster, Member, Result
from procurement.matching.calibration import Calibration
from procurement.models import Coalition, Decision, DemandMember, JointDemand, LineageEvent, MatchRun, Participation
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import MatchRunFactory
from tests.factories.standings import Stage, approver_of, standing
from tests.procurement.actions.test_matching import PARKING, TELECARE, members, need, ran, same_needs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub_embedder")]
SCALE = Calibration(slope=5, offset=5 * log(0.5))


def says(*groups: Sequence[Need]) -> MatchRun:
    """A run whose engine finds exactly these groups."""
    found = tuple(
        Cluster(
            members=tuple(Member(id=each.reference, strength=0.9) for each in group),
            label="Found",
            category=None,
            terms=(),
            medoid=group[0].reference,
            owners=(),
        )
        for group in groups
    )
    run: MatchRun = MatchRunFactory()
    result = Result(clusters=found, unmatched=(), pairs=(), engine_version="1", parameters={}, digest="")
    clusters.replace(run=run, result=result, needs=Need.objects.open(), calibration=SCALE)
    return run


@pytest.fixture
def demand() -> JointDemand:
    return joint_demand("barnet", "brent", "camden", title="Telephony")


@pytest.fixture
def accepted(demand: JointDemand) -> JointDemand:
    standing(demand, Borough.objects.get(slug="camden"), Stage.WATCHING)
    return demand


def needs(*slugs: str) -> list[Need]:
    return list(Need.objects.filter(borough__slug__in=slugs).order_by("borough__slug"))


def boroughs(demand: JointDemand) -> list[str]:
    return sorted(demand.members.values_list("need__borough__slug", flat=True))


def test_three_runs_that_would_scatter_it_leave_it_whole(accepted: JointDemand) -> None:
    barnet, brent, camden = needs("barnet", "brent", "camden")
    strangers = [NeedFactory() for _ in range(5)]
    before = boroughs(accepted)
    says([barnet, *strangers[:2]], [brent, *strangers[2:]], [camden, strangers[0]])
    says([camden, strangers[0]])
    says()
    accepted.refresh_from_db()
    assert boroughs(accepted) == before
    assert accepted.status == JointDemand.Status.SUGGESTED
    assert accepted.participations.get().stage == Stage.WATCHING
    assert not accepted.lineage.exists()


def test_a_notice_holds_it_too(demand: JointDemand, analyst: User) -> None:
    demands.confirm(demand=demand, by=analyst)
    notices.draft_from(demand=demand, by=analyst)
    # Not even the rulings of the confirmation, which somebody takes back, are needed for it.
    Decision.objects.update(undone_at=timezone.now())
    barnet, brent, camden = needs("barnet", "brent", "camden")
    strangers = [NeedFactory() for _ in range(5)]
    says([barnet, *strangers[:2]], [brent, *strangers[2:]], [camden, strangers[0]])
    demand.refresh_from_db()
    assert boroughs(demand) == ["barnet", "brent", "camden"]
    assert demand.status == JointDemand.Status.CONFIRMED


def test_it_keeps_its_reference_in_a_larger_company(accepted: JointDemand) -> None:
    larger = joint_demand(*(f"b{number}" for number in range(7)), title="Phones")
    run = says([row.need for demand in (accepted, larger) for row in demand.members.all()])
    larger.refresh_from_db()
    assert (larger.status, larger.merged_into) == ("RETIRED", accepted)
    assert accepted.members.count() == 10
    grew = accepted.lineage.get()
    assert (grew.kind, len(grew.joined), grew.run) == ("GREW", 7, run)


def test_two_of_them_stay_two(accepted: JointDemand) -> None:
    other = joint_demand("ealing", "merton", title="Phones")
    standing(other, Borough.objects.get(slug="ealing"), Stage.COMMITTED)
    newcomers = [NeedFactory() for _ in range(2)]
    for _ in range(3):
        says([*needs("barnet", "brent", "camden", "ealing", "merton"), *newcomers])
    assert boroughs(accepted) == ["barnet", "brent", "camden"]
    assert boroughs(other) == ["ealing", "merton"]
    # Who would join both forms one of their own.
    assert JointDemand.objects.current().exclude(pk__in=[accepted.pk, other.pk]).get().members.count() == 2


def test_newcomers_join(accepted: JointDemand) -> None:
    newcomer = NeedFactory()
    says([*needs("barnet", "brent", "camden"), newcomer])
    assert accepted.members.filter(need=newcomer).exists()


def test_who_declined_may_leave(accepted: JointDemand) -> None:
    standing(accepted, Borough.objects.get(slug="barnet"), Stage.DECLINED)
    says(needs("brent", "camden"))
    assert boroughs(accepted) == ["brent", "camden"]
    # What it said stands.
    assert accepted.participations.get(borough__slug="barnet").stage == Stage.DECLINED


def test_terms_hold_it_too(demand: JointDemand) -> None:
    Coalition.objects.create(demand=demand, quorum=2, updated_at=demand.updated_at)
    says()
    assert boroughs(demand) == ["barnet", "brent", "camden"]


def test_without_a_word_of_a_borough_it_is_the_runs(demand: JointDemand) -> None:
    standing(demand, Borough.objects.get(slug="camden"), Stage.SUGGESTED)
    says()
    demand.refresh_from_db()
    assert demand.status == JointDemand.Status.RETIRED


def test_one_that_is_left_with_one_borough_ends_and_says_so(accepted: JointDemand) -> None:
    approver_of(Borough.objects.get(slug="camden"))
    Need.objects.exclude(borough__slug="camden").update(status=Need.Status.DRAFT, opened_at=None)
    says(needs("camden"))
    accepted.refresh_from_db()
    assert accepted.status == JointDemand.Status.RETIRED
    assert "has ended" in Notification.objects.get().headline
    assert accepted.participations.get().stage == Stage.WATCHING


def test_a_refusal_goes_along_when_a_run_merges(demand: JointDemand) -> None:
    standing(demand, Borough.objects.get(slug="camden"), Stage.DECLINED)
    larger = joint_demand("ealing", "merton", "sutton", "bexley", title="Phones")
    says([row.need for each in (demand, larger) for row in each.members.all()])
    demand.refresh_from_db()
    assert demand.merged_into == larger
    assert Participation.objects.get().demand == larger
    assert demand.lineage.get().kind == LineageEvent.Kind.MERGED


# With the real engine.


def test_accepted_needs_that_drift_apart_stay_over_three_runs() -> None:
    first, second, third = same_needs(TELECARE, 3)
    ran()
    demand = JointDemand.objects.get()
    standing(demand, third.borough, Stage.COMMITTED)
    Need.objects.filter(pk=third.pk).update(title="Parking", problem=PARKING, description=PARKING)
    for _ in range(3):
        ran()
    assert members(demand) == {first.reference, second.reference, third.reference}


def test_decision_of_a_person_goes_before_what_a_borough_accepted(analyst: User) -> None:
    first, second, third = same_needs(TELECARE, 3)
    ran()
    demand = JointDemand.objects.get()
    for each in (first, third):
        standing(demand, each.borough, Stage.WATCHING)
    demands.remove_member(demand=demand, need=third, by=analyst)
    for _ in range(3):
        ran()
    assert members(demand) == {first.reference, second.reference}
    assert not DemandMember.objects.filter(need=third).exists()


def test_split_and_merger_hold_over_three_runs(analyst: User) -> None:
    telecare, parking = same_needs(TELECARE, 4), same_needs(PARKING, 2)
    ran()
    demand = JointDemand.objects.get(members__need=telecare[0])
    other = JointDemand.objects.get(members__need=parking[0])
    _, made = splitting.split(demand=demand, needs=telecare[2:], title="Alarms", by=analyst)
    assert made is not None
    merging.merge(demand=made, other=other, by=analyst)
    survivor, goer = sorted((made, other), key=lambda each: each.pk)
    for _ in range(3):
        ran()
    assert members(demand) == {each.reference for each in telecare[:2]}
    assert members(survivor) == {each.reference for each in (*telecare[2:], *parking)}
    goer.refresh_from_db()
    assert (goer.status, goer.merged_into) == ("RETIRED", survivor)
    newcomer = need(TELECARE, category=telecare[0].category)
    ran()
    assert DemandMember.objects.get(need=newcomer).demand in (demand, survivor)
    assert matching.run() is None
