"""Aligning: what changed and nothing else, in turns, and never over what another worker has taken over."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from boroughs.background import Task
from boroughs.models import Need, Requirement, User, Work
from boroughs.permissions import COMMAND_LINE
from procurement.actions import alignments, demands, matching, next_versions, review
from procurement.matching.align import align
from procurement.models import Alignment, JointDemand, ReviewAnswer
from procurement.queries import aligned
from tests.factories.boroughs import NeedFactory, RequirementFactory
from tests.factories.picture import joint_demand

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub_embedder")]

LINES = ("Record every call for 90 days.", "Hosted in the UK, GDPR compliant.", "Desk phones for reception.")


def asking(*boroughs: str, lines: tuple[str, ...] = LINES) -> JointDemand:
    demand = joint_demand(*boroughs)
    for need in Need.objects.filter(demand_member__demand=demand):
        for position, line in enumerate(lines, start=1):
            priority = Requirement.Priority.SHOULD if position == 1 else Requirement.Priority.MUST
            RequirementFactory(need=need, position=position, text=line, priority=priority)
    return demand


def ran() -> int:
    alignments.request()
    return alignments.run()


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[frozenset[str]]:
    """The needs of each alignment that was computed."""
    calls: list[frozenset[str]] = []

    def counted(needs: Any, *arguments: Any, **options: Any) -> Any:
        calls.append(frozenset(need.id for need in needs))
        return align(needs, *arguments, **options)

    monkeypatch.setattr(alignments, "align", counted)
    return calls


def test_what_is_stored_reads_as_it_was_found() -> None:
    demand = asking("camden", "brent")
    assert ran() == 1
    needs = list(matching.open_needs())
    ranks = {need.reference: {LINES[0]: "should", LINES[1]: "must", LINES[2]: "must"} for need in needs}
    found = align([matching.item(need) for need in needs], matching.embedder(), priorities=ranks)
    assert aligned.read(demand.alignment.content) == found
    assert {each.text: each.priority for each in found.common} == {LINES[0]: "should", LINES[2]: "must"}
    assert not alignments.changed()


def test_differences_and_opposites_read_as_they_were_found() -> None:
    demand = joint_demand("camden", "brent", "hackney")
    told = ("Retain call recordings for 30 days", "Retain call recordings for 90 days", "Do not retain call recordings")
    for need, line in zip(Need.objects.order_by("pk"), told, strict=True):
        RequirementFactory(need=need, position=1, text=line)
    ran()
    (requirement,) = aligned.read(demand.alignment.content).common
    assert [written for written, _ in requirement.differences[0].values] == ["30 days", "90 days"]
    assert [line.text for line in requirement.against] == [told[2]]


def test_unchanged_key_computes_nothing(computed: list[frozenset[str]]) -> None:
    demand = asking("camden", "brent")
    assert ran() == 1
    at = demand.alignment.computed_at
    assert ran() == 0
    demand.alignment.refresh_from_db()
    assert (len(computed), demand.alignment.computed_at) == (1, at)


def test_changed_member_has_its_own_joint_demand_aligned_anew(computed: list[frozenset[str]]) -> None:
    asking("camden", "brent")
    other = asking("camden", "hackney")
    ran()
    computed.clear()
    changed = Need.objects.filter(demand_member__demand=other).first()
    assert changed is not None
    Requirement.objects.filter(need=changed, position=3).update(text="Softphones.")
    Need.objects.filter(pk=changed.pk).update(revision=changed.revision + 1)
    assert ran() == 1
    assert computed == [frozenset(other.members.values_list("need__reference", flat=True))]
    assert "Softphones." in str(Alignment.objects.get(demand=other).content)


def test_member_that_is_no_longer_open_is_left_out() -> None:
    demand = asking("camden", "brent", "hackney")
    Need.objects.filter(borough__slug="hackney").update(status=Need.Status.DRAFT)
    ran()
    assert aligned.read(demand.alignment.content).owners == ("brent", "camden")


def test_match_run_asks_for_it(computed: list[frozenset[str]]) -> None:
    for _ in range(3):
        words = "Replace analogue telecare alarms before the switch to digital telephone lines"
        NeedFactory(title=words, problem=words, description=words)
    matching.request(by=COMMAND_LINE)
    matching.run()
    assert alignments.run() == JointDemand.objects.count() == 1
    assert not Work.objects.pending().filter(task=Task.ALIGN_DEMANDS).exists()


def test_member_added_and_removed_on_a_page_asks_for_it(analyst: User) -> None:
    demand = asking("camden", "brent")
    new = NeedFactory(borough__slug="hackney")
    ran()
    demands.add_member(demand=demand, need=new, by=analyst)
    assert alignments.run() == 1
    assert "hackney" in aligned.read(Alignment.objects.get().content).owners
    demands.remove_member(demand=demand, need=new, by=analyst)
    assert alignments.run() == 1
    assert "hackney" not in aligned.read(Alignment.objects.get().content).owners


def test_answer_that_is_taken_back_asks_for_it(analyst: User) -> None:
    demand = asking("camden", "brent", "hackney")
    need = Need.objects.get(borough__slug="hackney")
    ran()
    review.answer(demand=demand, kind=ReviewAnswer.Kind.REMOVED, by=analyst, need=need)
    alignments.run()
    review.undo_last(by=analyst)
    assert alignments.run() == 1
    assert "hackney" in aligned.read(Alignment.objects.get().content).owners


def test_joint_demand_that_is_left_with_one_borough_is_forgotten(analyst: User) -> None:
    demand = asking("camden", "brent")
    ran()
    demands.remove_member(demand=demand, need=Need.objects.get(borough__slug="brent"), by=analyst)
    alignments.run()
    assert not Alignment.objects.exists()


def test_many_are_aligned_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alignments, "TURN", 2)
    rung: list[tuple[str, Any]] = []
    monkeypatch.setattr("boroughs.background.enqueue", lambda task, **given: rung.append((task, given.get("key"))))
    for _ in range(5):
        asking("camden", "brent", lines=LINES[:1])
    alignments.request()
    rung.clear()
    assert [alignments.run() for _ in range(4)] == [2, 2, 1, 0]
    after = (Task.DRAFT_NEXT_VERSIONS, next_versions.SCOPE)
    assert rung == [*[(Task.ALIGN_DEMANDS, matching.SCOPE)] * 2, after]
    assert Alignment.objects.count() == 5


def test_lease_is_renewed_with_each_joint_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    asking("camden", "brent")
    held: list[timedelta] = []

    def slow(*arguments: Any, **options: Any) -> Any:
        Work.objects.update(lease_until=timezone.now() + timedelta(seconds=1))
        return align(*arguments, **options)

    def finished(*, claim: Any) -> None:
        held.append(Work.objects.get().lease_until - timezone.now())

    monkeypatch.setattr(alignments, "align", slow)
    monkeypatch.setattr("boroughs.actions.work.finish", finished)
    ran()
    assert held[0] > timedelta(seconds=10)


def test_worker_that_was_taken_over_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asking("camden", "brent")

    def overtaken(*arguments: Any, **options: Any) -> Any:
        Work.objects.update(lease_owner="another worker")
        return align(*arguments, **options)

    monkeypatch.setattr(alignments, "align", overtaken)
    assert ran() == 0
    assert not Alignment.objects.exists()
    assert Work.objects.get().lease_owner == "another worker"


def test_member_that_changes_meanwhile_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    demand = asking("camden", "brent")

    def overtaken(*arguments: Any, **options: Any) -> Any:
        Need.objects.filter(borough__slug="brent").update(revision=7)
        return align(*arguments, **options)

    monkeypatch.setattr(alignments, "align", overtaken)
    ran()
    assert alignments.changed() == [demand.pk]


def test_failure_is_set_aside_after_three_attempts_and_tried_again_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asking("camden", "brent")

    def broken(*arguments: Any, **options: Any) -> Any:
        raise MemoryError("out of memory")

    with monkeypatch.context() as patched:
        patched.setattr(alignments, "align", broken)
        alignments.request()
        for _ in range(3):
            Work.objects.update(not_before=timezone.now())
            assert alignments.run() == 0
    assert "out of memory" in Work.objects.failed().get().last_error
    assert ran() == 1
