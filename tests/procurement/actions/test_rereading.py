"""Amended needs: the ruling holds, and the question comes back where the text has moved far since it was confirmed."""

from typing import Any

import pytest

from boroughs.actions.need_content import as_json, content_of
from boroughs.models import Need, NeedRevision, User
from procurement.actions import demands, review
from procurement.models import DemandMember, JointDemand, ReviewAnswer
from procurement.queries import review_queue
from tests.factories.boroughs import UserFactory
from tests.procurement.actions.test_matching import PARKING, TELECARE, members, ran, same_needs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub_embedder")]


def keep_revision(need: Need) -> None:
    need.refresh_from_db()
    NeedRevision.objects.create(
        need=need, number=need.revision, content=as_json(content_of(need)), at=need.updated_at, actor="test"
    )


def amend(need: Need, **columns: Any) -> None:
    """As an approved amendment leaves it."""
    Need.objects.filter(pk=need.pk).update(revision=need.revision + 1, **columns)
    keep_revision(need)


@pytest.fixture
def needs() -> list[Need]:
    made = same_needs(TELECARE, 3)
    for each in made:
        keep_revision(each)
    return made


@pytest.fixture
def demand(needs: list[Need], analyst: User) -> JointDemand:
    ran()
    return demands.confirm(demand=JointDemand.objects.get(), by=analyst)


def row(need: Need) -> DemandMember:
    return DemandMember.objects.get(need=need)


def waits(demand: JointDemand) -> bool:
    return demand.reference in [each.reference for each in review_queue.review_queue(UserFactory()).open]


def far(need: Need) -> None:
    amend(need, title="Parking permits", problem=PARKING, description=PARKING)


def test_confirmation_names_the_revision_that_was_read(demand: JointDemand, needs: list[Need]) -> None:
    assert [row(need).confirmed_revision for need in needs] == [1, 1, 1]
    assert not waits(demand)


def test_small_edit_asks_nobody(demand: JointDemand, needs: list[Need]) -> None:
    amend(needs[0], problem=f"{TELECARE}. By spring.", users_count=12)
    ran()
    assert row(needs[0]).moved_at is None
    assert not waits(demand)


@pytest.mark.parametrize("model", [True, False])
def test_text_that_moved_far_asks_again_and_the_ruling_holds(
    demand: JointDemand, needs: list[Need], monkeypatch: pytest.MonkeyPatch, model: bool
) -> None:
    if not model:
        monkeypatch.setattr("procurement.actions.matching.embedder", lambda: None)
    far(needs[0])
    for _ in range(3):
        ran()
    assert row(needs[0]).moved_at is not None
    assert members(demand) == {need.reference for need in needs}
    assert waits(demand)
    assert [row(need).moved_at for need in needs[1:]] == [None, None]


def test_text_that_came_back_asks_nobody_any_more(demand: JointDemand, needs: list[Need]) -> None:
    far(needs[0])
    ran()
    amend(needs[0], title=TELECARE[:60], problem=TELECARE, description=TELECARE)
    ran()
    assert row(needs[0]).moved_at is None


def test_still_belongs_settles_it_for_the_text_as_it_is(demand: JointDemand, needs: list[Need], analyst: User) -> None:
    far(needs[0])
    ran()
    review.answer(demand=demand, kind=ReviewAnswer.Kind.BELONGS, need=needs[0], by=analyst)
    assert (row(needs[0]).confirmed_revision, row(needs[0]).moved_at) == (2, None)
    ran()
    assert not waits(demand)
    assert members(demand) == {need.reference for need in needs}


def test_does_not_belong_takes_it_out_for_good(demand: JointDemand, needs: list[Need], analyst: User) -> None:
    far(needs[0])
    ran()
    review.answer(demand=demand, kind=ReviewAnswer.Kind.REMOVED, need=needs[0], by=analyst)
    for _ in range(3):
        ran()
    assert members(demand) == {need.reference for need in needs[1:]}


def test_answer_given_while_a_run_computes_is_not_asked_again(
    demand: JointDemand, needs: list[Need], analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    far(needs[0])
    ran()
    from procurement.actions import rereading

    write = rereading.write

    def answer_first(found: rereading.Found) -> None:
        monkeypatch.setattr(rereading, "write", write)
        DemandMember.objects.filter(need=needs[0]).update(**rereading.as_read())
        write(found)

    monkeypatch.setattr(rereading, "write", answer_first)
    ran()
    assert row(needs[0]).moved_at is None


def test_pinned_demand_asks_too(needs: list[Need], analyst: User) -> None:
    ran()
    demand = demands.confirm(demand=JointDemand.objects.get(), by=analyst)
    demands.pin(demand=demand, by=analyst)
    far(needs[0])
    ran()
    assert waits(demand)
    assert members(demand) == {need.reference for need in needs}
