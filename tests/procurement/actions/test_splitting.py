"""Splitting a joint demand: what becomes of either side, what holds in later runs, and that it can be taken back."""

import pytest

from boroughs.exceptions import IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import AuditEvent, Borough, Need, User
from procurement.actions import demands, notices, review, splitting
from procurement.models import Coalition, Decision, DemandMember, JointDemand, LineageEvent, ReviewAnswer
from tests.factories.picture import joint_demand
from tests.factories.standings import Stage, standing
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calibration")]
TOGETHER, APART = Decision.Verdict.TOGETHER, Decision.Verdict.APART


@pytest.fixture
def demand() -> JointDemand:
    return joint_demand("barnet", "brent", "camden", "sutton", title="Telephony")


def needs(*boroughs: str) -> list[Need]:
    return list(Need.objects.filter(borough__slug__in=boroughs).order_by("borough__slug"))


def boroughs(demand: JointDemand) -> list[str]:
    return sorted(demand.members.values_list("need__borough__slug", flat=True))


def ruled(verdict: Decision.Verdict) -> set[tuple[str, str]]:
    rows = Decision.objects.standing().filter(verdict=verdict)
    return {tuple(sorted(pair)) for pair in rows.values_list("first__borough__slug", "second__borough__slug")}


def split(
    demand: JointDemand, by: User, *slugs: str, title: str = "Call centre", reason: str = ""
) -> JointDemand | None:
    return splitting.split(demand=demand, needs=needs(*slugs), title=title, by=by, reason=reason)[1]


def test_chosen_needs_become_a_joint_demand_of_their_own(demand: JointDemand, analyst: User) -> None:
    made = split(demand, analyst, "camden", "sutton", reason="Another service")
    assert made is not None
    demand.refresh_from_db()
    assert (boroughs(demand), boroughs(made)) == (["barnet", "brent"], ["camden", "sutton"])
    assert made.reference != demand.reference
    assert (made.title, made.titled_by, made.status) == ("Call centre", analyst, "CONFIRMED")
    # The rest is as much in question as it was.
    assert demand.status == JointDemand.Status.SUGGESTED
    assert not made.members.filter(confirmed_revision=None).exists()
    assert ruled(TOGETHER) == {("camden", "sutton")}
    assert ruled(APART) == {("barnet", "camden"), ("barnet", "sutton"), ("brent", "camden"), ("brent", "sutton")}


def test_both_tell_of_it(demand: JointDemand, analyst: User) -> None:
    made = split(demand, analyst, "camden", "sutton", reason="Another service")
    assert made is not None
    gone = [need.reference for need in needs("camden", "sutton")]
    from_here, to_there = demand.lineage.get(), made.lineage.get()
    assert (from_here.kind, from_here.other_reference, from_here.left) == ("SPLIT", made.reference, sorted(gone))
    assert (to_there.kind, to_there.other_reference, to_there.joined) == ("SPLIT", demand.reference, sorted(gone))
    assert AuditEvent.objects.get(verb="split").details == {
        "needs": sorted(gone),
        "reason": "Another service",
        "other": made.reference,
    }
    assert AuditEvent.objects.get(verb="split off").reference == made.reference


def test_both_sides_of_a_confirmed_one_stay_together(demand: JointDemand, analyst: User) -> None:
    demands.confirm(demand=demand, by=analyst)
    split(demand, analyst, "barnet", "brent")
    assert ruled(TOGETHER) == {("barnet", "brent"), ("camden", "sutton")}
    demand.refresh_from_db()
    assert demand.status == JointDemand.Status.CONFIRMED


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        # The chosen one is free.
        (["sutton"], ["barnet", "brent", "camden"]),
        # The rest is free, and the chosen keep the reference.
        (["barnet", "brent", "camden"], ["barnet", "brent", "camden"]),
    ],
)
def test_side_of_one_borough_is_free(demand: JointDemand, analyst: User, chosen: list[str], left: list[str]) -> None:
    assert split(demand, analyst, *chosen, title="") is None
    demand.refresh_from_db()
    assert boroughs(demand) == left
    assert demand.status == JointDemand.Status.SUGGESTED or chosen == left
    assert not DemandMember.objects.filter(need__borough__slug="sutton").exists()
    assert demand.lineage.get().kind == LineageEvent.Kind.SHRANK
    assert JointDemand.objects.count() == 1


def test_two_of_one_borough_each_end_it(analyst: User) -> None:
    pair = joint_demand("camden", "sutton")
    assert split(pair, analyst, "camden") is None
    pair.refresh_from_db()
    assert pair.status == JointDemand.Status.RETIRED
    assert not DemandMember.objects.exists()


def test_what_boroughs_said_goes_along(demand: JointDemand, analyst: User) -> None:
    for slug, stage in (("camden", Stage.COMMITTED), ("sutton", Stage.WATCHING), ("brent", Stage.INTENDING)):
        standing(demand, Borough.objects.get(slug=slug), stage)
    made = split(demand, analyst, "camden", "sutton")
    assert made is not None
    assert dict(made.participations.values_list("borough__slug", "stage")) == {
        "camden": "COMMITTED",
        "sutton": "WATCHING",
    }
    assert dict(demand.participations.values_list("borough__slug", "stage")) == {"brent": "INTENDING"}


def test_lead_that_goes_leads_no_longer(demand: JointDemand, analyst: User) -> None:
    camden = Borough.objects.get(slug="camden")
    row = standing(demand, camden, Stage.COMMITTED)
    Coalition.objects.create(demand=demand, lead=camden, lead_agreed_at=row.moved_at, updated_at=row.moved_at)
    made = split(demand, analyst, "camden", "sutton")
    assert made is not None
    assert Coalition.objects.get(demand=demand).lead is None
    assert Coalition.objects.get(demand=made).lead is None


def test_split_is_taken_back_whole(demand: JointDemand, analyst: User) -> None:
    demands.confirm(demand=demand, by=analyst)
    standing(demand, Borough.objects.get(slug="camden"), Stage.COMMITTED)
    before = (ruled(TOGETHER), list(demand.members.order_by("pk").values_list("need", "confirmed_at", "strength")))
    made = split(demand, analyst, "camden", "sutton")
    assert made is not None

    undone = review.undo_last(by=analyst)

    assert undone.kind == ReviewAnswer.Kind.SPLIT
    demand.refresh_from_db()
    made.refresh_from_db()
    assert demand.status == JointDemand.Status.CONFIRMED
    after = sorted(demand.members.values_list("need", "confirmed_at", "strength"))
    assert (ruled(TOGETHER), after) == (before[0], sorted(before[1]))
    assert not ruled(APART)
    assert demand.participations.get().stage == Stage.COMMITTED
    assert (made.status, made.merged_into) == ("RETIRED", demand)
    assert not made.participations.exists()


@pytest.mark.parametrize("change", ["a need left", "a borough moved", "it was confirmed"])
def test_split_stays_where_something_happened_since(demand: JointDemand, analyst: User, change: str) -> None:
    made = split(demand, analyst, "camden", "sutton")
    assert made is not None
    if change == "a need left":
        demands.remove_member(demand=made, need=needs("camden")[0], by=analyst)
    elif change == "a borough moved":
        standing(made, Borough.objects.get(slug="camden"), Stage.WATCHING)
    else:
        demands.confirm(demand=demand, by=analyst)
    with pytest.raises(IllegalMove, match=f"Open {demand.reference} and merge it there"):
        review.undo_last(by=analyst)


def test_split_with_a_notice_since_stays(demand: JointDemand, analyst: User) -> None:
    made = split(demand, analyst, "camden", "sutton")
    notices.draft_from(demand=made, by=analyst)
    with pytest.raises(IllegalMove, match="has a notice"):
        review.undo_last(by=analyst)


@pytest.mark.parametrize("chosen", [[], ["barnet", "brent", "camden", "sutton"]])
def test_there_must_be_two_sides(demand: JointDemand, analyst: User, chosen: list[str]) -> None:
    with pytest.raises(NotAcceptable, match="Choose"):
        split(demand, analyst, *chosen)


def test_new_one_needs_a_title(demand: JointDemand, analyst: User) -> None:
    with pytest.raises(NotAcceptable, match="1 to 100 characters"):
        split(demand, analyst, "camden", "sutton", title=" ")


def test_stranger_is_refused_in_words(demand: JointDemand, analyst: User) -> None:
    joint_demand("ealing", "merton")
    with pytest.raises(IllegalMove, match="has left"):
        split(demand, analyst, "camden", "ealing")


@pytest.mark.parametrize("who", ["reader", "editor", "approver", "cdo", "administrator"])
def test_only_an_analyst_splits(demand: JointDemand, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(PermissionRefused):
        split(demand, request.getfixturevalue(who), "camden", "sutton")
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_analysts_at_once_lose_nothing(demand: JointDemand, analyst: User, second_analyst: User) -> None:
    """One splits off what the other removes: one after the other, and neither ruling is lost."""
    camden = needs("camden")[0]
    at_once(
        lambda: split(demand, analyst, "camden", "sutton"),
        lambda: demands.remove_member(demand=demand, need=camden, by=second_analyst),
    )
    assert ("barnet", "camden") in ruled(APART)
    assert DemandMember.objects.filter(need=camden).count() <= 1
    assert not {"camden"} & set(boroughs(demand))
