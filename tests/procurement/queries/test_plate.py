from datetime import timedelta

import pytest
from django.utils import timezone

from boroughs.background import Task
from boroughs.models import Borough, Need, Role, User, Work
from procurement.models import JointDemand, Overlap
from procurement.queries.plate import ROWS, Plate, plate
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory, ContractFactory, MembershipFactory, NeedFactory
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory

pytestmark = pytest.mark.django_db


def of(user: User) -> Plate:
    # As a request finds them: with no memberships at hand.
    return plate(User.objects.get(pk=user.pk), today=timezone.localdate())


def titles(plate: Plate) -> set[str]:
    piles = (plate.drafts, plate.to_approve, plate.waiting, plate.to_confirm, plate.demands, plate.renewals)
    found = {row.title for pile in piles if pile for row in pile.rows}
    return found | {each.title for each in (*(plate.overlaps or ()), *(plate.ahead or ()))}


def things_of(borough: Borough, foreign: Borough, words: str) -> set[str]:
    """One of everything, with the borough's name in its title."""
    soon = timezone.localdate() + timedelta(days=30)
    NeedFactory(borough=borough, status=Need.Status.DRAFT, title=f"{words} draft")
    NeedFactory(borough=borough, status=Need.Status.SUBMITTED, title=f"{words} handed over")
    NeedFactory(borough=borough, title=f"{words} asked", confirmation_asked_at=timezone.now())
    mine = NeedFactory(borough=borough, title=f"{words} open", start_date=soon)
    other = NeedFactory(borough=foreign, title="CANARY")
    first, second = sorted((mine, other), key=lambda need: need.pk)
    Overlap.objects.create(first=first, second=second, score=0.9, probability=0.9)
    demand: JointDemand = JointDemandFactory(title=f"{words} together")
    for need in (mine, other):
        DemandMemberFactory(demand=demand, need=need)
    ContractFactory(borough=borough, title=f"{words} contract", end_date=soon)
    return {f"{words} {each}" for each in ("draft", "handed over", "asked", "open", "together", "contract")}


def test_each_person_finds_the_things_of_their_boroughs_in_whatever_turn(
    borough: Borough, other_borough: Borough
) -> None:
    third = BoroughFactory()
    here = things_of(borough, third, "Here")
    there = things_of(other_borough, third, "There")
    one, two, both = (person(Role.BOROUGH_APPROVER, place) for place in (borough, other_borough, borough))
    MembershipFactory(user=both, borough=other_borough, role=Role.BOROUGH_EDITOR)
    for _ in range(2):
        assert titles(of(one)) == here
        assert titles(of(two)) == there
        assert titles(of(both)) == here | there
    plate = of(both)
    assert [place.name for place in plate.boroughs] == sorted([borough.name, other_borough.name])
    assert plate.to_approve is not None
    assert [row.title for row in plate.to_approve.rows] == ["Here handed over"]
    assert plate.waiting is not None
    assert [row.title for row in plate.waiting.rows] == ["There handed over"]


def test_piles_count_all_and_keep_the_first_few(editor: User, borough: Borough, other_borough: Borough) -> None:
    today = timezone.localdate()
    for number in range(ROWS + 3):
        NeedFactory(borough=borough, status=Need.Status.DRAFT, title=f"Draft {number}")
        ContractFactory(borough=borough, title=f"Contract {number}", end_date=today + timedelta(days=number))
        demand = JointDemandFactory(title=f"Together {number}")
        for place in (borough, other_borough):
            DemandMemberFactory(demand=demand, need=NeedFactory(borough=place))
    found = of(editor)
    for pile, first in (
        (found.drafts, [f"Draft {number}" for number in range(ROWS + 2, 2, -1)]),
        (found.renewals, [f"Contract {number}" for number in range(ROWS)]),
        (found.demands, [f"Together {number}" for number in range(ROWS)]),
    ):
        assert pile is not None
        assert pile.count == ROWS + 3
        assert [row.title for row in pile.rows] == first
    assert found.demands is not None
    assert {row.boroughs_count for row in found.demands.rows} == {2}


def test_what_is_new_is_on_the_plate_at_once(editor: User, borough: Borough) -> None:
    assert of(editor).drafts.count == 0  # type: ignore[union-attr]
    need = NeedFactory(borough=borough, status=Need.Status.DRAFT)
    assert of(editor).drafts.count == 1  # type: ignore[union-attr]
    Need.objects.filter(pk=need.pk).update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())
    assert of(editor).drafts.count == 0  # type: ignore[union-attr]


def test_failed_work_is_told_but_for_what_is_tried_again_by_itself(analyst: User) -> None:
    for task in (Task.MATCH_NEEDS, Task.MAIL_RESET_LINK):
        now = timezone.now()
        Work.objects.create(task=task, key="any", requested=1, not_before=now, failed_at=now)
    assert of(analyst).failed_work == 1
