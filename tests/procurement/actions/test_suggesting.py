"""What is said of a need at once, and that the run has the last word."""

from typing import Any

import pytest

from boroughs.actions import needs as need_actions
from boroughs.background import Task
from boroughs.models import Need, User, Work
from boroughs.permissions import COMMAND_LINE
from procurement.actions import demands, matching, suggesting
from procurement.matching.index import Index
from procurement.models import DemandMember, JointDemand, MatchRun, Overlap, ProvisionalPlace, TextReading
from tests.factories.boroughs import CategoryFactory, NeedFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub_embedder")]

TELECARE = "Replace analogue telecare alarms before the switch to digital telephone lines"
PARKING = "Parking permits and penalty charge notice back office with evidence review"


def need(text: str = TELECARE, **fields: Any) -> Need:
    made: Need = NeedFactory(title=text[:60], problem=text, description=text, category=telecare(), **fields)
    return made


def telecare() -> Any:
    return CategoryFactory(slug="telecare", name="Telecare")


def ran() -> MatchRun:
    matching.request(by=COMMAND_LINE)
    run = matching.run()
    assert run is not None
    assert run.status == MatchRun.Status.FINISHED, run.error
    return run


@pytest.fixture
def demand() -> JointDemand:
    for _ in range(3):
        need()
    ran()
    return JointDemand.objects.get()


def test_new_need_has_its_overlaps_and_its_place_at_once(demand: JointDemand) -> None:
    new = need()
    assert suggesting.suggest(key=new.reference)
    overlaps = Overlap.objects.of_need(new.pk)
    assert overlaps.count() == 3
    assert all(each.reasons and each.probability for each in overlaps)
    place = ProvisionalPlace.objects.get()
    assert (place.need, place.demand) == (new, demand)
    assert 0 < place.strength <= 1
    # It is no member before the run.
    assert not DemandMember.objects.filter(need=new).exists()
    assert Overlap.objects.count() > 3


def test_end_of_a_run_has_the_index_built_before_somebody_waits(
    demand: JointDemand, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    rung: list[Any] = []
    monkeypatch.setattr("boroughs.background.ring", lambda task, **given: rung.append(task))
    with django_capture_on_commit_callbacks(execute=True):
        ran()
    assert Task.PREPARE_SUGGESTIONS in rung
    suggesting.prepare()
    monkeypatch.setattr(Index, "build", lambda *given, **more: pytest.fail("it was at hand"))
    assert suggesting.suggest(key=need().reference)


def test_nothing_is_prepared_before_the_first_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Index, "build", lambda *given, **more: pytest.fail("there is no run to build it of"))
    suggesting.prepare()


def test_run_confirms_the_place(demand: JointDemand) -> None:
    new = need()
    suggesting.suggest(key=new.reference)
    ran()
    assert DemandMember.objects.get(need=new).demand == demand
    assert not ProvisionalPlace.objects.exists()


def test_asked_twice_it_writes_the_same(demand: JointDemand) -> None:
    new = need()
    for _ in range(2):
        suggesting.suggest(key=new.reference)
    assert Overlap.objects.of_need(new.pk).count() == 3
    assert ProvisionalPlace.objects.count() == 1


def test_need_that_is_like_nothing_has_no_place(demand: JointDemand) -> None:
    suggesting.suggest(key=NeedFactory(title=PARKING, problem=PARKING, description=PARKING).reference)
    assert not ProvisionalPlace.objects.exists()


def test_pinned_demand_is_joined_by_nobody(demand: JointDemand, analyst: User) -> None:
    demands.pin(demand=demand, by=analyst)
    new = need()
    assert suggesting.suggest(key=new.reference)
    assert Overlap.objects.of_need(new.pk).exists()
    assert not ProvisionalPlace.objects.exists()


@pytest.mark.parametrize("status", [Need.Status.DRAFT, Need.Status.WITHDRAWN])
def test_need_that_is_not_open_is_left_alone(demand: JointDemand, status: Need.Status) -> None:
    assert not suggesting.suggest(key=need(status=status).reference)


def test_need_that_a_run_has_read_is_left_to_it(demand: JointDemand) -> None:
    before = list(Overlap.objects.order_by("pk").values_list("pk", flat=True))
    assert not suggesting.suggest(key=demand.members.first().need.reference)
    assert list(Overlap.objects.order_by("pk").values_list("pk", flat=True)) == before


def test_nothing_is_said_before_the_first_run() -> None:
    assert not suggesting.suggest(key=need().reference)


def test_run_that_ends_meanwhile_has_the_last_word(demand: JointDemand, monkeypatch: pytest.MonkeyPatch) -> None:
    new = need()
    suggested = Index.suggest

    def overtaken(*arguments: Any) -> Any:
        found = suggested(*arguments)
        ran()
        return found

    monkeypatch.setattr(Index, "suggest", overtaken)
    assert not suggesting.suggest(key=new.reference)
    assert DemandMember.objects.filter(need=new).exists()
    assert not ProvisionalPlace.objects.exists()


def test_index_is_built_once_a_run(demand: JointDemand, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[int] = []
    build = Index.build

    def counted(*arguments: Any, **options: Any) -> Index:
        built.append(1)
        return build(*arguments, **options)

    monkeypatch.setattr(Index, "build", counted)
    for _ in range(2):
        suggesting.suggest(key=need().reference)
    assert len(built) == 1
    ran()
    suggesting.suggest(key=need().reference)
    assert len(built) == 2


def test_approval_rings_for_it(
    approver: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    rung: list[tuple[str, Any]] = []
    monkeypatch.setattr("boroughs.background.ring", lambda task, **given: rung.append((task, given.get("key"))))
    submitted = NeedFactory(status=Need.Status.SUBMITTED, borough=approver.memberships.get().borough)
    with django_capture_on_commit_callbacks(execute=True):
        need_actions.approve(need=submitted, by=approver)
    assert ("procurement.suggest_for_need", submitted.reference) in rung
    assert Work.objects.pending().count() == 1


def test_texts_are_read_once(demand: JointDemand) -> None:
    known = TextReading.objects.count()
    ran()
    assert TextReading.objects.count() == known > 0
