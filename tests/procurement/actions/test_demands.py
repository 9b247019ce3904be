"""What an analyst rules on a joint demand."""

import pytest
from django.db.models import Q
from django.utils import timezone

from boroughs.exceptions import IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import AuditEvent, User, Work
from procurement.actions import demands
from procurement.models import Decision, JointDemand
from tests.factories.boroughs import NeedFactory
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


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
    assert Work.objects.pending().count() == 1
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
