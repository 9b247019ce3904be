from collections.abc import Iterable

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.actions import work
from boroughs.background import Task
from boroughs.models import Borough, Need, Notification, Role, User, Work
from procurement.actions import matching, telling
from procurement.models import Decision, DemandMember, JointDemand, Overlap
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory, NeedFactory
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boroughs.background.ring", lambda *_, **__: None)


@pytest.fixture
def mine(borough: Borough) -> Need:
    need: Need = NeedFactory(borough=borough, title="Telecare")
    return need


@pytest.fixture
def theirs(other_borough: Borough) -> Need:
    """A need of another borough that says in its texts and facts what nobody else may read."""
    need: Need = NeedFactory(
        borough=other_borough,
        title="Alarms",
        problem="Zanzibar",
        description="Zanzibar",
        incumbent="Zanzibar",
        budget_max=7_313_117,
        users_count=41_413,
    )
    return need


def joined(*needs: Need, **more: object) -> JointDemand:
    demand: JointDemand = JointDemandFactory(reference="JD-0042", title="Telecare alarms", **more)
    for need in needs:
        DemandMemberFactory(demand=demand, need=need)
    return demand


def overlap(one: Need, other: Need, probability: float = 0.9) -> Overlap:
    first, second = sorted((one, other), key=lambda need: need.pk)
    return Overlap.objects.create(first=first, second=second, score=0.7, probability=probability)


def told() -> int:
    work.request(task=Task.TELL_OF_OVERLAPS, key=matching.SCOPE)
    return telling.run(key=matching.SCOPE)


def headlines(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("headline", flat=True))


def test_need_in_a_joint_demand_is_told_to_editors_and_approvers_once(
    mine: Need, theirs: Need, editor: User, approver: User, reader: User, stranger: User, analyst: User
) -> None:
    joined(mine, theirs)
    assert told() == 3
    assert told() == 0
    words = "could be bought together with another borough: JD-0042 “Telecare alarms”"
    assert headlines(editor) == headlines(approver) == [f"{mine.reference} “Telecare” {words}"]
    assert headlines(stranger) == [f"{theirs.reference} “Alarms” {words}"]
    assert not headlines(reader)
    assert not headlines(analyst)
    assert Notification.objects.get(user=editor).path == "/demands/JD-0042/"


@pytest.mark.parametrize(
    "more",
    [
        {"certainty": JointDemand.Certainty.NOT_SURE},
        {"status": JointDemand.Status.RETIRED, "retired_at": timezone.now()},
    ],
    ids=["not sure", "retired"],
)
def test_joint_demand_that_boroughs_are_not_shown_is_not_told_of(
    mine: Need, theirs: Need, editor: User, more: dict[str, object]
) -> None:
    demand = joined(mine, theirs, **more)
    assert told() == 0
    JointDemand.objects.filter(pk=demand.pk).update(
        certainty=JointDemand.Certainty.SURE, status=JointDemand.Status.SUGGESTED
    )
    assert told() == 1


def test_strong_overlap_outside_a_joint_demand_is_told_on_both_sides_once(
    mine: Need, theirs: Need, editor: User, stranger: User
) -> None:
    overlap(mine, theirs)
    assert told() == 2
    # Every run writes its overlaps anew.
    Overlap.objects.all().delete()
    overlap(mine, theirs)
    assert told() == 0
    assert headlines(editor) == [f"{mine.reference} “Telecare” overlaps strongly with “Alarms” of Brent"]
    assert headlines(stranger) == [f"{theirs.reference} “Alarms” overlaps strongly with “Telecare” of Camden"]


def test_need_that_overlaps_with_many_of_a_joint_demand_is_told_once_and_not_again_when_it_joins(
    mine: Need, theirs: Need, editor: User
) -> None:
    others = [theirs, *(NeedFactory(borough=BoroughFactory()) for _ in range(3))]
    demand = joined(*others)
    for other in others:
        overlap(mine, other)
    told()
    assert len(headlines(editor)) == 1
    DemandMemberFactory(demand=demand, need=mine)
    told()
    assert len(headlines(editor)) == 1


def test_weak_own_ruled_out_and_closed_overlaps_are_not_told_of(
    mine: Need, theirs: Need, borough: Borough, other_borough: Borough, editor: User, analyst: User
) -> None:
    overlap(mine, theirs, probability=0.79)
    overlap(mine, NeedFactory(borough=borough))
    overlap(mine, NeedFactory(borough=other_borough, status=Need.Status.WITHDRAWN))
    apart = NeedFactory(borough=other_borough)
    overlap(mine, apart)
    first, second = sorted((mine, apart), key=lambda need: need.pk)
    Decision.objects.create(
        first=first, second=second, verdict=Decision.Verdict.APART, decided_at=timezone.now(), decided_by=analyst.email
    )
    assert told() == 0


def test_nothing_of_another_borough_is_told_but_its_title(
    mine: Need, theirs: Need, editor: User, stranger: User
) -> None:
    overlap(mine, theirs)
    joined(theirs, NeedFactory(borough=BoroughFactory()))
    told()
    rows = Notification.objects.filter(user=editor)
    said = " ".join(f"{row.subject} {row.headline} {row.comment} {row.path} {row.key}" for row in rows)
    assert "Alarms" in said
    assert not [word for word in ("Zanzibar", "7313117", "7,313,117", "41413") if word in said]


def test_queries_do_not_follow_the_number_of_needs(
    django_assert_max_num_queries: DjangoAssertNumQueries, other_borough: Borough
) -> None:
    boroughs = [BoroughFactory() for _ in range(4)]
    for each in boroughs:
        person(Role.BOROUGH_EDITOR, each)
    for number in range(25):
        demand = JointDemandFactory(title=f"Demand {number}")
        members(demand, boroughs)
        overlap(NeedFactory(borough=boroughs[0]), NeedFactory(borough=boroughs[1]))
    # 150 rows, of which SQLite takes some 60 at once; the claim and its savepoints count.
    with django_assert_max_num_queries(34):
        assert told() == 150


def members(demand: JointDemand, boroughs: Iterable[Borough]) -> None:
    for each in boroughs:
        DemandMemberFactory(demand=demand, need=NeedFactory(borough=each))


@pytest.mark.usefixtures("stub_embedder")
def test_match_run_tells_and_asks_for_the_mail(borough: Borough, other_borough: Borough, editor: User) -> None:
    words = "Telecare alarms and a monitoring centre for older residents who live alone"
    need = NeedFactory(borough=borough, title="Telecare", problem=words, description=words)
    NeedFactory(borough=other_borough, title="Telecare", problem=words, description=words, category=need.category)
    work.request(task=Task.MATCH_NEEDS, key=matching.SCOPE)
    matching.run()
    assert DemandMember.objects.count() == 2
    assert telling.run(key=matching.SCOPE) == 1
    assert [headline.split(" ")[0] for headline in headlines(editor)] == [need.reference]
    assert Work.objects.pending().filter(task=Task.MAIL_NOTIFICATIONS).exists()


def test_error_is_kept_for_an_operator(monkeypatch: pytest.MonkeyPatch, mine: Need, theirs: Need) -> None:
    def broken(*_: object, **__: object) -> int:
        raise RuntimeError("no news")

    joined(mine, theirs)
    monkeypatch.setattr("boroughs.actions.notifying.announce", broken)
    assert told() == 0
    assert "no news" in Work.objects.get(task=Task.TELL_OF_OVERLAPS).last_error
