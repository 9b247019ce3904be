"""Answers in the review queue: what each changes at once, and that the last one can be taken back."""

from typing import Any

import pytest
from django.utils import timezone

from boroughs.exceptions import IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import AuditEvent, Need, User
from procurement.actions import demands, notices, review, states
from procurement.models import Coalition, Decision, DemandMember, JointDemand, ParticipationStep, ReviewAnswer
from procurement.queries.demand_history import history
from procurement.queries.review_queue import review_queue
from tests.factories.boroughs import NeedFactory
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory
from tests.factories.standings import Stage, standing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calibration")]
Kind = ReviewAnswer.Kind


@pytest.fixture
def demand() -> JointDemand:
    made: JointDemand = JointDemandFactory(certainty=JointDemand.Certainty.NOT_SURE)
    for _ in range(3):
        DemandMemberFactory(demand=made, strength=0.47, band=DemandMember.Band.POSSIBLE)
    return made


def everything() -> dict[str, list[Any]]:
    """Rulings that stand, members and states: what an answer may change."""
    return {
        "rulings": list(Decision.objects.standing().order_by("pk").values_list("first", "second", "verdict")),
        "members": list(
            DemandMember.objects.order_by("need").values_list("demand", "need", "band", "confirmed_at", "strength")
        ),
        "demands": list(
            JointDemand.objects.order_by("pk").values_list("status", "certainty", "confirmed_at", "retired_at")
        ),
    }


def elsewhere() -> Need:
    """A member of a pair: taken out, it retires that joint demand."""
    pair = JointDemandFactory()
    DemandMemberFactory(demand=pair, band=DemandMember.Band.STRONG)
    need: Need = DemandMemberFactory(demand=pair, band=DemandMember.Band.STRONG).need
    return need


def test_answers_apply_at_once(demand: JointDemand, analyst: User) -> None:
    first, second, third = demand.members.order_by("need")
    outside = NeedFactory()
    review.answer(demand=demand, kind=Kind.BELONGS, need=first.need, by=analyst)
    review.answer(demand=demand, kind=Kind.REMOVED, need=second.need, by=analyst)
    review.answer(demand=demand, kind=Kind.ACCEPTED, need=outside, by=analyst)
    assert {row.need for row in demand.members.all()} == {first.need, third.need, outside}
    demand.refresh_from_db()
    assert (demand.status, demand.certainty) == ("SUGGESTED", "SURE")


@pytest.mark.parametrize("status", [JointDemand.Status.SUGGESTED, JointDemand.Status.CONFIRMED])
def test_one_of_two_that_does_not_belong_retires_the_joint_demand(analyst: User, status: str) -> None:
    pair = JointDemandFactory(status=status)
    needs = [DemandMemberFactory(demand=pair, strength=0.47, band=DemandMember.Band.POSSIBLE).need for _ in range(2)]
    before = everything()
    review.answer(demand=pair, kind=Kind.REMOVED, need=needs[0], by=analyst)
    pair.refresh_from_db()
    assert pair.status == JointDemand.Status.RETIRED
    assert Decision.objects.standing().get().verdict == Decision.Verdict.APART
    review.undo_last(by=analyst)
    assert everything() == before


def test_last_open_member_confirms_the_demand(demand: JointDemand, analyst: User) -> None:
    *others, last = (row.need for row in demand.members.order_by("need"))
    for need in others:
        review.answer(demand=demand, kind=Kind.BELONGS, need=need, by=analyst)
    assert demand.status == JointDemand.Status.SUGGESTED
    review.answer(demand=demand, kind=Kind.REMOVED, need=last, by=analyst)
    demand.refresh_from_db()
    assert demand.status == JointDemand.Status.CONFIRMED


@pytest.mark.parametrize("kind", [Kind.BELONGS, Kind.REMOVED, Kind.ACCEPTED, Kind.CONFIRMED])
def test_last_answer_can_be_taken_back_whole(demand: JointDemand, analyst: User, kind: ReviewAnswer.Kind) -> None:
    need = elsewhere() if kind == Kind.ACCEPTED else demand.members.order_by("need")[1].need
    # So that there is something to undo beside it.
    demands.confirm_member(demand=demand, need=demand.members.order_by("need")[0].need, by=analyst)
    before = everything()
    review.answer(demand=demand, kind=kind, need=None if kind == Kind.CONFIRMED else need, by=analyst)
    assert everything() != before

    undone = review.undo_last(by=analyst)

    assert undone.kind == kind
    assert everything() == before
    with pytest.raises(IllegalMove, match="no answer that could be taken back"):
        review.undo_last(by=analyst)


def test_answers_are_taken_back_one_after_the_other(demand: JointDemand, analyst: User) -> None:
    before = everything()
    for row in demand.members.order_by("need"):
        review.answer(demand=demand, kind=Kind.BELONGS, need=row.need, by=analyst)
    for _ in range(3):
        review.undo_last(by=analyst)
    assert everything() == before


def test_members_are_left_to_the_next_run_where_something_changed_since(demand: JointDemand, analyst: User) -> None:
    need = demand.members.order_by("need")[0].need
    review.answer(demand=demand, kind=Kind.REMOVED, need=need, by=analyst)
    # As a run does.
    JointDemand.objects.update(updated_at=timezone.now())
    review.undo_last(by=analyst)
    assert not Decision.objects.standing().exists()
    assert not demand.members.filter(need=need).exists()


def test_need_that_went_elsewhere_since_stays_there(demand: JointDemand, analyst: User, second_analyst: User) -> None:
    need = demand.members.order_by("need")[0].need
    review.answer(demand=demand, kind=Kind.REMOVED, need=need, by=analyst)
    other = JointDemandFactory()
    for _ in range(2):
        DemandMemberFactory(demand=other)
    demands.add_member(demand=other, need=need, by=second_analyst)
    review.undo_last(by=analyst)
    assert DemandMember.objects.get(need=need).demand == other
    assert demand.members.count() == 2


def test_each_person_takes_back_their_own(demand: JointDemand, analyst: User, second_analyst: User) -> None:
    review.answer(demand=demand, kind=Kind.CONFIRMED, by=analyst)
    with pytest.raises(IllegalMove):
        review.undo_last(by=second_analyst)
    assert review_queue(second_analyst).last is None
    assert review_queue(analyst).last is not None


def test_confirmation_with_a_notice_is_not_taken_back(demand: JointDemand, analyst: User) -> None:
    review.answer(demand=demand, kind=Kind.CONFIRMED, by=analyst)
    demand.refresh_from_db()
    notices.draft_from(demand=demand, by=analyst)
    with pytest.raises(IllegalMove, match="has a notice"):
        review.undo_last(by=analyst)


def test_not_sure_rules_nothing_and_can_be_taken_back(demand: JointDemand, analyst: User) -> None:
    before = everything()
    given = review.answer(demand=demand, kind=Kind.NOT_SURE, by=analyst, reason="  Ask  Camden first ")
    assert everything() == before
    assert given.reason == "Ask Camden first"
    event = AuditEvent.objects.get(verb="not sure")
    assert (event.reference, event.details) == (demand.reference, {"reason": "Ask Camden first"})
    review.undo_last(by=analyst)
    assert not ReviewAnswer.objects.standing().exists()


def test_reason_stands_with_the_answer_and_in_the_trail(demand: JointDemand, analyst: User) -> None:
    need = demand.members.order_by("need")[0].need
    for kind, verb in ((Kind.BELONGS, "confirm member"), (Kind.REMOVED, "remove member"), (Kind.CONFIRMED, "confirm")):
        given = review.answer(
            demand=demand, kind=kind, need=None if kind == Kind.CONFIRMED else need, by=analyst, reason="Said so"
        )
        assert given.reason == "Said so"
        assert AuditEvent.objects.get(verb=verb).details["reason"] == "Said so"


def test_reason_is_short(demand: JointDemand, analyst: User) -> None:
    with pytest.raises(NotAcceptable, match="500 characters"):
        review.answer(demand=demand, kind=Kind.NOT_SURE, by=analyst, reason="x" * 501)


@pytest.mark.parametrize("kind", [Kind.SPLIT, Kind.MERGED])
def test_split_and_merger_are_no_answers_of_the_queue(
    demand: JointDemand, analyst: User, kind: ReviewAnswer.Kind
) -> None:
    need = demand.members.order_by("need")[0].need
    with pytest.raises(IllegalMove, match="own pages"):
        review.answer(demand=demand, kind=kind, need=need, by=analyst)


@pytest.mark.parametrize("who", ["reader", "approver", "cdo", "administrator"])
def test_only_an_analyst_answers(demand: JointDemand, who: str, request: pytest.FixtureRequest) -> None:
    by = request.getfixturevalue(who)
    with pytest.raises(PermissionRefused):
        review.answer(demand=demand, kind=Kind.CONFIRMED, by=by)
    with pytest.raises(PermissionRefused):
        review.undo_last(by=by)
    assert not ReviewAnswer.objects.exists()


@pytest.mark.parametrize("kind", ReviewAnswer.OWN)
def test_how_it_is_called_and_held_is_taken_back_after_a_run_too(
    demand: JointDemand, analyst: User, kind: ReviewAnswer.Kind
) -> None:
    JointDemand.objects.update(suggested_title="As the matcher says")
    if kind == Kind.UNNAMED:
        demands.rename(demand=demand, title="As we say", by=analyst)
    if kind == Kind.UNPINNED:
        demands.pin(demand=demand, by=analyst, reason="For the board")
    before = states.own(demand)
    review.answer(demand=demand, kind=kind, title="Another title", reason="Clearer", by=analyst)
    assert states.own(demand) != before
    # As a run does.
    JointDemand.objects.update(updated_at=timezone.now())
    assert review.undo_last(by=analyst).kind == kind
    assert states.own(demand) == before


def test_title_is_given_back_to_the_matcher(demand: JointDemand, analyst: User) -> None:
    with pytest.raises(IllegalMove, match="no other title"):
        review.answer(demand=demand, kind=Kind.UNNAMED, by=analyst)
    JointDemand.objects.update(suggested_title="As the matcher says")
    review.answer(demand=demand, kind=Kind.RENAMED, title="As we say", by=analyst)
    review.answer(demand=demand, kind=Kind.UNNAMED, by=analyst)
    demand.refresh_from_db()
    assert (demand.title, demand.titled_by) == ("As the matcher says", None)
    entry = history(demand, analyst, with_reasons=True)[0]
    assert (entry.title, entry.details) == (
        "Suggested title used",
        "From “As we say” to “As the matcher says”.",
    )


def test_a_title_that_was_changed_since_stays(demand: JointDemand, analyst: User, second_analyst: User) -> None:
    review.answer(demand=demand, kind=Kind.RENAMED, title="As we say", by=analyst)
    demands.rename(demand=demand, title="As others say", by=second_analyst)
    with pytest.raises(IllegalMove, match="anew since"):
        review.undo_last(by=analyst)
    demand.refresh_from_db()
    assert demand.title == "As others say"


def test_a_confirmation_that_was_taken_back_stands_again(demand: JointDemand, analyst: User) -> None:
    review.answer(demand=demand, kind=Kind.CONFIRMED, by=analyst)
    before = everything()
    review.answer(demand=demand, kind=Kind.REOPENED, by=analyst)
    assert everything() != before
    review.undo_last(by=analyst)
    assert everything() == before
    review.answer(demand=demand, kind=Kind.REOPENED, by=analyst)
    JointDemand.objects.update(updated_at=timezone.now())
    with pytest.raises(IllegalMove, match="Confirm it on its page"):
        review.undo_last(by=analyst)


def test_a_removal_that_was_taken_back_stands_again(demand: JointDemand, analyst: User) -> None:
    need = demand.members.order_by("need")[0].need
    review.answer(demand=demand, kind=Kind.REMOVED, need=need, by=analyst)
    before = everything()
    review.answer(demand=demand, kind=Kind.RESTORED, need=need, by=analyst)
    assert not Decision.objects.standing().filter(verdict=Decision.Verdict.APART).exists()
    review.undo_last(by=analyst)
    assert everything() == before


def test_a_lead_that_left_with_its_need_leads_again(demand: JointDemand, analyst: User) -> None:
    need, *_ = (row.need for row in demand.members.select_related("need__borough").order_by("need"))
    row = standing(demand, need.borough, Stage.INTENDING)
    Coalition.objects.create(demand=demand, lead=need.borough, lead_agreed_at=row.moved_at, updated_at=row.moved_at)
    review.answer(demand=demand, kind=Kind.REMOVED, need=need, by=analyst)
    assert Coalition.objects.get().lead is None
    review.undo_last(by=analyst)
    assert Coalition.objects.get().lead == need.borough
    verbs = ParticipationStep.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["LEFT_LEAD", "LEADS"]
