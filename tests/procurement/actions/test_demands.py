"""What an analyst rules on a joint demand."""

import pytest
from django.db.models import Q
from django.utils import timezone

from boroughs.background import Task
from boroughs.exceptions import IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import AuditEvent, Need, User, Work
from procurement.actions import demands
from procurement.models import Decision, DemandMember, JointDemand, Overlap
from tests.factories import notices as scene
from tests.factories.boroughs import NeedFactory
from tests.factories.notices import publish
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory, MatchRunFactory
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calibration")]
POSSIBLE = DemandMember.Band.POSSIBLE


@pytest.fixture
def demand() -> JointDemand:
    made: JointDemand = JointDemandFactory()
    for _ in range(3):
        DemandMemberFactory(demand=made)
    return made


def test_confirm_lets_the_members_stay_together(demand: JointDemand, analyst: User) -> None:
    demands.confirm(demand=demand, by=analyst)
    assert demand.status == JointDemand.Status.CONFIRMED
    assert demand.confirmed_by == analyst
    assert Decision.objects.standing().filter(verdict=Decision.Verdict.TOGETHER).count() == 2
    assert not demand.members.filter(confirmed_at__isnull=True).exists()
    due = set(Work.objects.pending().values_list("task", "key"))
    assert due == {(Task.MATCH_NEEDS, "london"), (Task.TELL_FIGURES, demand.reference)}
    assert AuditEvent.objects.get(verb="confirm").reference == demand.reference


def test_confirm_again_takes_newcomers_in(demand: JointDemand, analyst: User) -> None:
    demands.confirm(demand=demand, by=analyst)
    DemandMemberFactory(demand=demand)
    demands.confirm(demand=demand, by=analyst)
    assert Decision.objects.standing().count() == 3
    assert not demand.members.filter(confirmed_at__isnull=True).exists()


def test_confirm_needs_two_boroughs(analyst: User) -> None:
    demand = JointDemandFactory()
    DemandMemberFactory(demand=demand)
    with pytest.raises(NotAcceptable, match="at least two authorities"):
        demands.confirm(demand=demand, by=analyst)


@pytest.mark.parametrize("who", ["reader", "editor", "approver", "cdo", "administrator"])
def test_only_an_analyst_rules(demand: JointDemand, who: str, request: pytest.FixtureRequest) -> None:
    by = request.getfixturevalue(who)
    need = demand.members.first().need
    for ruling in (
        lambda: demands.confirm(demand=demand, by=by),
        lambda: demands.reopen(demand=demand, by=by),
        lambda: demands.rename(demand=demand, title="Other", by=by),
        lambda: demands.remove_member(demand=demand, need=need, by=by),
        lambda: demands.undo_removal(demand=demand, need=need, by=by),
        lambda: demands.confirm_member(demand=demand, need=need, by=by),
        lambda: demands.add_member(demand=demand, need=need, by=by),
        lambda: demands.pin(demand=demand, by=by),
        lambda: demands.unpin(demand=demand, by=by),
    ):
        with pytest.raises(PermissionRefused):
            ruling()
    assert not Decision.objects.exists()
    assert not AuditEvent.objects.exists()


def test_reopen_undoes_what_the_confirmation_ruled(demand: JointDemand, analyst: User) -> None:
    demands.confirm(demand=demand, by=analyst)
    demands.reopen(demand=demand, by=analyst)
    assert demand.status == JointDemand.Status.SUGGESTED
    assert not Decision.objects.standing().exists()
    assert Decision.objects.count() == 2


def test_reopen_of_a_suggested_demand_is_refused(demand: JointDemand, analyst: User) -> None:
    with pytest.raises(IllegalMove, match="not confirmed"):
        demands.reopen(demand=demand, by=analyst)


def test_remove_member_of_a_pair_retires_the_demand(analyst: User) -> None:
    demand = JointDemandFactory()
    first, second = DemandMemberFactory(demand=demand), DemandMemberFactory(demand=demand)
    demands.remove_member(demand=demand, need=second.need, by=analyst)
    demand.refresh_from_db()
    assert demand.status == JointDemand.Status.RETIRED
    ruling = Decision.objects.standing().get()
    assert {ruling.first_id, ruling.second_id} == {first.need_id, second.need_id}
    assert ruling.verdict == Decision.Verdict.APART


def test_remove_member_keeps_the_reason(demand: JointDemand, analyst: User) -> None:
    need = demand.members.first().need
    demands.remove_member(demand=demand, need=need, by=analyst, reason="Hardware only")
    assert set(Decision.objects.values_list("reason", flat=True)) == {"Hardware only"}
    assert AuditEvent.objects.get(verb="remove member").details == {"need": need.reference, "reason": "Hardware only"}


def test_remove_member_who_is_none_is_refused(demand: JointDemand, analyst: User) -> None:
    with pytest.raises(IllegalMove, match="not a member"):
        demands.remove_member(demand=demand, need=NeedFactory(), by=analyst)


@pytest.mark.parametrize("title", ["", "   ", "x" * 101])
def test_rename_refuses_no_title_and_a_long_one(demand: JointDemand, analyst: User, title: str) -> None:
    with pytest.raises(NotAcceptable, match="1 to 100 characters"):
        demands.rename(demand=demand, title=title, by=analyst)


def test_rename_keeps_the_reason_and_leaves_a_retired_one_alone(demand: JointDemand, analyst: User) -> None:
    before = demand.title
    demands.rename(demand=demand, title="Voice", by=analyst, reason="What they all say")
    assert AuditEvent.objects.get(verb="rename").details == {
        "from": before,
        "to": "Voice",
        "reason": "What they all say",
    }
    JointDemand.objects.filter(pk=demand.pk).update(status=JointDemand.Status.RETIRED, retired_at=timezone.now())
    with pytest.raises(IllegalMove, match="is retired"):
        demands.rename(demand=demand, title="Speech", by=analyst)


def test_one_with_a_notice_is_not_left_with_one_borough(analyst: User) -> None:
    version = publish()
    demand, need = version.notice.demand, version.notice.demand.members.order_by("pk")[0].need
    for member in demand.members.exclude(need__borough=need.borough)[1:]:
        demands.remove_member(demand=demand, need=member.need, by=analyst)
    with pytest.raises(IllegalMove, match="Withdraw it first"):
        demands.remove_member(demand=demand, need=need, by=analyst)
    assert demand.members.filter(need=need).exists()
    scene.withdraw(version.notice, "Why.")
    demands.remove_member(demand=demand, need=need, by=analyst)
    demand.refresh_from_db()
    assert demand.status == JointDemand.Status.RETIRED


def test_undo_of_a_removal_that_was_not_is_refused(demand: JointDemand, analyst: User) -> None:
    with pytest.raises(IllegalMove, match="was not removed"):
        demands.undo_removal(demand=demand, need=demand.members.first().need, by=analyst)


@pytest.mark.django_db(transaction=True)
def test_confirmation_and_removal_at_once_do_not_contradict_each_other(
    demand: JointDemand, analyst: User, second_analyst: User
) -> None:
    """Whoever is second rules on what the first left: nothing is both in and out."""
    need = demand.members.order_by("need_id")[0].need

    def row() -> JointDemand:
        return JointDemand.objects.get(pk=demand.pk)

    at_once(
        lambda: demands.confirm(demand=row(), by=analyst),
        lambda: demands.remove_member(demand=row(), need=need, by=second_analyst, reason="Other"),
    )
    assert not demand.members.filter(need=need).exists()
    rulings = Decision.objects.standing().filter(Q(first=need) | Q(second=need))
    assert set(rulings.values_list("verdict", flat=True)) == {Decision.Verdict.APART}
    assert rulings.count() == 2


def test_ruling_reads_the_demand_as_it_is_now(demand: JointDemand, analyst: User) -> None:
    stale = JointDemand.objects.get(pk=demand.pk)
    JointDemand.objects.filter(pk=demand.pk).update(status=JointDemand.Status.RETIRED, retired_at=timezone.now())
    with pytest.raises(IllegalMove, match="retired"):
        demands.confirm(demand=stale, by=analyst)
    assert not Decision.objects.exists()
    assert not Work.objects.exists()


# --- one member at a time -------------------------------------------------------------------------------------------


def test_confirmed_member_is_held_to_the_strongest_and_is_strong(analyst: User) -> None:
    demand = JointDemandFactory(certainty=JointDemand.Certainty.NOT_SURE)
    strongest = DemandMemberFactory(demand=demand, strength=0.52)
    doubtful, other = (DemandMemberFactory(demand=demand, strength=0.46, band=POSSIBLE) for _ in range(2))

    demands.confirm_member(demand=demand, need=doubtful.need, by=analyst)

    ruling = Decision.objects.standing().get()
    assert {ruling.first_id, ruling.second_id} == {doubtful.need_id, strongest.need_id}
    doubtful.refresh_from_db()
    other.refresh_from_db()
    assert (doubtful.band, other.band) == ("STRONG", "POSSIBLE")
    assert doubtful.confirmed_at is not None
    assert demand.certainty == JointDemand.Certainty.SURE
    with pytest.raises(IllegalMove, match="confirmed as a member already"):
        demands.confirm_member(demand=demand, need=doubtful.need, by=analyst)


def test_ruling_keeps_what_the_matcher_had_said(demand: JointDemand, analyst: User) -> None:
    MatchRunFactory(engine_version="3.2.1")
    demand.members.update(strength=0.51)
    demands.remove_member(demand=demand, need=demand.members.first().need, by=analyst)
    # Two rulings keep it apart from two members; one of them is the answer.
    assert Decision.objects.standing().count() == 2
    answer = Decision.objects.answers().get()
    assert (answer.score, answer.band, answer.engine_version) == (0.51, "LIKELY", "3.2.1")


def test_confirmation_answers_once_for_each_member_but_the_first(demand: JointDemand, analyst: User) -> None:
    demands.confirm(demand=demand, by=analyst)
    assert Decision.objects.answers().count() == 2
    demands.reopen(demand=demand, by=analyst)
    assert Decision.objects.answers().count() == 0


def test_removing_the_anchor_leaves_the_others_held_with_their_answers(demand: JointDemand, analyst: User) -> None:
    DemandMemberFactory(demand=demand)
    demands.confirm(demand=demand, by=analyst)
    anchor = demand.members.order_by("need_id").first()
    demands.remove_member(demand=demand, need=anchor.need, by=analyst)
    together = Decision.objects.standing().filter(verdict=Decision.Verdict.TOGETHER)
    assert together.count() == 2
    assert together.filter(score=0.6).count() == 2
    assert not together.filter(Q(first=anchor.need) | Q(second=anchor.need)).exists()


def test_member_that_was_held_by_the_removed_one_alone_is_held_to_another(demand: JointDemand, analyst: User) -> None:
    hub, doubtful, other = (member.need for member in demand.members.order_by("need_id"))
    demands.confirm_member(demand=demand, need=doubtful, by=analyst)
    demands.remove_member(demand=demand, need=hub, by=analyst)
    ruling = Decision.objects.standing().get(verdict=Decision.Verdict.TOGETHER)
    assert {ruling.first, ruling.second} == {doubtful, other}
    # What the matcher had said of it is still answered.
    assert ruling.score == 0.6


# --- accepting a need from outside ----------------------------------------------------------------------------------


def test_accepted_need_joins_at_once(demand: JointDemand, analyst: User) -> None:
    need = NeedFactory()
    first = demand.members.order_by("need_id").first().need
    Overlap.objects.create(first=first, second=need, score=0.4, reasons=[{"code": "kind", "words": "W", "weight": 1}])

    member = demands.add_member(demand=demand, need=need, by=analyst, reason="The same system")

    assert (member.demand, member.strength, member.band) == (demand, 0.4, "STRONG")
    assert [reason["words"] for reason in member.reasons] == ["A person ruled that it belongs here", "W"]
    ruling = Decision.objects.standing().get()
    assert (ruling.verdict, ruling.reason, ruling.score) == ("TOGETHER", "The same system", None)
    assert demand.lineage.get().joined == [need.reference]


def test_accepted_need_leaves_the_demand_it_was_in(demand: JointDemand, analyst: User) -> None:
    old = JointDemandFactory()
    need, *others = (DemandMemberFactory(demand=old).need for _ in range(3))
    demands.confirm(demand=old, by=analyst)

    demands.add_member(demand=demand, need=need, by=analyst)

    assert set(old.members.values_list("need_id", flat=True)) == {other.pk for other in others}
    standing = {(ruling.first_id, ruling.second_id) for ruling in Decision.objects.standing()}
    # What held it there is undone; the two that stay are held to each other.
    assert standing == {(others[0].pk, others[1].pk), (demand.members.order_by("need_id").first().need_id, need.pk)}
    assert demand.members.filter(need=need).exists()


def test_accepted_need_retires_the_demand_that_it_leaves_alone(demand: JointDemand, analyst: User) -> None:
    old = JointDemandFactory()
    need = DemandMemberFactory(demand=old).need
    alone = DemandMemberFactory(demand=old).need
    demands.add_member(demand=demand, need=need, by=analyst)
    old.refresh_from_db()
    assert old.status == JointDemand.Status.RETIRED
    assert not hasattr(type(alone).objects.get(pk=alone.pk), "demand_member")


def test_acceptance_overrules_an_earlier_removal(demand: JointDemand, analyst: User) -> None:
    need = demand.members.first().need
    demands.remove_member(demand=demand, need=need, by=analyst)
    demands.add_member(demand=demand, need=need, by=analyst)
    assert set(Decision.objects.standing().values_list("verdict", flat=True)) == {"TOGETHER"}
    assert demand.members.count() == 3


@pytest.mark.parametrize("status", [Need.Status.DRAFT, Need.Status.WITHDRAWN])
def test_need_that_is_not_open_cannot_join(demand: JointDemand, analyst: User, status: Need.Status) -> None:
    with pytest.raises(IllegalMove, match="is not open"):
        demands.add_member(demand=demand, need=NeedFactory(status=status), by=analyst)


def test_member_and_retired_demand_cannot_take_in(demand: JointDemand, analyst: User) -> None:
    with pytest.raises(IllegalMove, match="is a member of"):
        demands.add_member(demand=demand, need=demand.members.first().need, by=analyst)
    retired = JointDemandFactory(status=JointDemand.Status.RETIRED, retired_at=timezone.now())
    with pytest.raises(IllegalMove, match="is retired"):
        demands.add_member(demand=retired, need=NeedFactory(), by=analyst)


# --- pins and certainty ---------------------------------------------------------------------------------------------


def test_pin_is_audited_and_undone(demand: JointDemand, analyst: User) -> None:
    demands.pin(demand=demand, by=analyst, reason="Being tendered")
    assert (demand.pinned_by, demand.pin_reason) == (analyst, "Being tendered")
    assert demand.pinned_at is not None
    with pytest.raises(IllegalMove, match="pinned already"):
        demands.pin(demand=demand, by=analyst)
    demands.unpin(demand=demand, by=analyst)
    assert (demand.pinned_at, demand.pinned_by, demand.pin_reason) == (None, None, "")
    with pytest.raises(IllegalMove, match="not pinned"):
        demands.unpin(demand=demand, by=analyst)
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True)) == ["pin", "unpin"]
    assert AuditEvent.objects.get(verb="pin").details == {"reason": "Being tendered"}


@pytest.mark.parametrize("ruling", ["confirm", "pin", "remove", "confirm member"])
def test_demand_is_sure_once_a_person_has_ruled_and_no_longer_when_it_is_undone(analyst: User, ruling: str) -> None:
    demand = JointDemandFactory(certainty=JointDemand.Certainty.NOT_SURE)
    for _ in range(3):
        DemandMemberFactory(demand=demand, strength=0.45, band=POSSIBLE)
    need = demand.members.first().need
    moves = {
        "confirm": (lambda: demands.confirm(demand=demand, by=analyst), demands.reopen),
        "pin": (lambda: demands.pin(demand=demand, by=analyst), demands.unpin),
        "remove": (
            lambda: demands.remove_member(demand=demand, need=need, by=analyst),
            lambda **given: demands.undo_removal(need=need, **given),
        ),
        "confirm member": (lambda: demands.confirm_member(demand=demand, need=need, by=analyst), None),
    }
    do, undo = moves[ruling]
    do()
    demand.refresh_from_db()
    assert demand.certainty == JointDemand.Certainty.SURE
    if undo:
        undo(demand=demand, by=analyst)
        demand.refresh_from_db()
        assert demand.certainty == JointDemand.Certainty.NOT_SURE
        assert set(demand.members.values_list("band", flat=True)) == {"POSSIBLE"}
