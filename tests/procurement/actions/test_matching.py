"""The bridge to the matcher: one run at a time, what it writes, and what it must not write."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from boroughs.actions import needs as need_actions
from boroughs.actions import work
from boroughs.background import Task
from boroughs.exceptions import PermissionRefused
from boroughs.models import Need, User, Work
from boroughs.permissions import COMMAND_LINE
from procurement.actions import clusters, demands, matching
from procurement.models import Decision, DemandMember, JointDemand, LineageEvent, MatchRun, Overlap, TextVector
from tests.factories.boroughs import BoroughFactory, CategoryFactory, NeedFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub_embedder")]

TELECARE = "Replace analogue telecare alarms before the switch to digital telephone lines"
PARKING = "Parking permits and penalty charge notice back office with evidence review"


def need(text: str, **fields: Any) -> Need:
    """An open need of a borough of its own."""
    return NeedFactory(title=text[:60], problem=text, description=text, **fields)


def same_needs(text: str, count: int) -> list[Need]:
    category = CategoryFactory()
    return [need(text, category=category) for _ in range(count)]


def ran() -> MatchRun:
    matching.request(by=COMMAND_LINE)
    run = matching.run()
    assert run is not None
    assert run.status == MatchRun.Status.FINISHED, run.error
    return run


def members(demand: JointDemand) -> set[str]:
    return set(demand.members.values_list("need__reference", flat=True))


def test_run_groups_like_needs_of_different_boroughs() -> None:
    telecare, parking = same_needs(TELECARE, 3), same_needs(PARKING, 2)

    run = ran()

    found = {frozenset(members(demand)) for demand in JointDemand.objects.current()}
    assert found == {frozenset(n.reference for n in telecare), frozenset(n.reference for n in parking)}
    assert (run.needs_count, run.demands_count, run.matched_count) == (5, 2, 5)
    assert run.engine_version
    assert run.digest
    assert Overlap.objects.count() >= 4


def test_run_gives_each_member_its_reasons_in_words() -> None:
    same_needs(TELECARE, 2)
    ran()
    found = DemandMember.objects.all()
    assert len(found) == 2
    for member in found:
        assert member.reasons
        assert all(reason["words"] for reason in member.reasons)


def test_run_leaves_one_boroughs_repetition_out() -> None:
    borough, category = BoroughFactory(), CategoryFactory()
    for _ in range(2):
        need(TELECARE, borough=borough, category=category)
    ran()
    assert not JointDemand.objects.exists()


def test_run_reads_open_needs_only() -> None:
    category = CategoryFactory()
    need(TELECARE, category=category)
    need(TELECARE, category=category, status=Need.Status.DRAFT)
    assert ran().needs_count == 1


def test_second_run_keeps_reference_when_a_need_joins() -> None:
    first = same_needs(TELECARE, 2)
    ran()
    reference = JointDemand.objects.get().reference
    newcomer = need(TELECARE, category=first[0].category)

    ran()

    demand = JointDemand.objects.current().get()
    assert demand.reference == reference
    assert newcomer.reference in members(demand)
    grown = demand.lineage.get(kind=LineageEvent.Kind.GREW)
    assert grown.joined == [newcomer.reference]


def test_run_without_changes_writes_no_lineage() -> None:
    same_needs(TELECARE, 2)
    ran()
    ran()
    assert LineageEvent.objects.count() == 1


def test_demand_is_retired_when_its_needs_go() -> None:
    _, second = same_needs(TELECARE, 2)
    ran()
    need_actions.withdraw(need=second, by=COMMAND_LINE, reason="Bought elsewhere")

    ran()

    demand = JointDemand.objects.get()
    assert demand.status == JointDemand.Status.RETIRED
    assert not demand.members.exists()


def test_title_given_by_a_person_survives_the_next_run(analyst: User) -> None:
    same_needs(TELECARE, 2)
    ran()
    demands.rename(demand=JointDemand.objects.get(), title="Digital telecare for London", by=analyst)
    ran()
    assert JointDemand.objects.get().title == "Digital telecare for London"


def test_title_given_while_a_run_writes_is_kept(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    same_needs(TELECARE, 2)
    ran()
    demand = JointDemand.objects.current().get()
    # What the run before had called it, so that this run has something to write.
    JointDemand.objects.update(title="Before")
    assign = clusters.assign_references

    def renamed_meanwhile(*arguments: Any) -> Any:
        demands.rename(demand=JointDemand.objects.get(pk=demand.pk), title="Telecare for all", by=analyst)
        return assign(*arguments)

    monkeypatch.setattr(clusters, "assign_references", renamed_meanwhile)
    ran()
    demand.refresh_from_db()
    assert demand.title == "Telecare for all"


def test_removed_member_stays_out_of_later_runs(analyst: User) -> None:
    group = same_needs(TELECARE, 4)
    ran()
    demands.remove_member(demand=JointDemand.objects.get(), need=group[3], by=analyst, reason="Hardware only")

    ran()
    ran()

    assert members(JointDemand.objects.current().get()) == {n.reference for n in group[:3]}


def test_removal_taken_back_lets_the_need_return(analyst: User) -> None:
    group = same_needs(TELECARE, 3)
    ran()
    demand = JointDemand.objects.get()
    demands.remove_member(demand=demand, need=group[2], by=analyst)
    ran()
    demands.undo_removal(demand=demand, need=group[2], by=analyst)

    ran()

    assert members(JointDemand.objects.current().get()) == {n.reference for n in group}


def test_confirmed_demand_stays_together_when_a_text_changes(analyst: User) -> None:
    first, second, third = same_needs(TELECARE, 3)
    ran()
    demand = demands.confirm(demand=JointDemand.objects.get(), by=analyst)
    Need.objects.filter(pk=third.pk).update(title="Something else", problem=PARKING, description=PARKING)

    ran()

    demand.refresh_from_db()
    assert demand.status == JointDemand.Status.CONFIRMED
    assert members(demand) == {first.reference, second.reference, third.reference}


def test_run_is_not_begun_twice() -> None:
    same_needs(TELECARE, 2)
    matching.request(by=COMMAND_LINE)
    held = work.claim(task=Task.MATCH_NEEDS, key=matching.SCOPE)
    assert held is not None
    assert matching.run() is None
    assert not MatchRun.objects.exists()


def test_run_after_a_worker_went_away_takes_over_and_says_so() -> None:
    same_needs(TELECARE, 2)
    matching.request(by=COMMAND_LINE)
    work.claim(task=Task.MATCH_NEEDS, key=matching.SCOPE)
    lost = MatchRun.objects.create(started_at=timezone.now(), owner="gone")
    Work.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    run = matching.run()

    assert run is not None
    assert run.status == MatchRun.Status.FINISHED
    lost.refresh_from_db()
    assert lost.status == MatchRun.Status.INTERRUPTED
    assert not Work.objects.pending().filter(task=Task.MATCH_NEEDS).exists()


def test_run_that_lost_its_lease_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    same_needs(TELECARE, 2)
    engine = matching.match

    def overtaken(*arguments: Any, **options: Any) -> Any:
        result = engine(*arguments, **options)
        Work.objects.update(lease_owner="another worker")
        return result

    monkeypatch.setattr(matching, "match", overtaken)
    matching.request(by=COMMAND_LINE)
    matching.run()

    assert not JointDemand.objects.exists()
    assert Work.objects.pending().filter(task=Task.MATCH_NEEDS).exists()


def test_run_overtaken_by_a_decision_writes_nothing_and_is_due_again(
    monkeypatch: pytest.MonkeyPatch, analyst: User
) -> None:
    first, second, third = same_needs(TELECARE, 3)
    ran()
    demand = JointDemand.objects.get()
    engine = matching.match

    def overtaken(*arguments: Any, **options: Any) -> Any:
        result = engine(*arguments, **options)
        demands.remove_member(demand=demand, need=third, by=analyst)
        return result

    monkeypatch.setattr(matching, "match", overtaken)
    matching.request(by=COMMAND_LINE)
    run = matching.run()

    assert run is not None
    assert run.status == MatchRun.Status.INTERRUPTED
    assert members(demand) == {first.reference, second.reference}
    assert Work.objects.pending().filter(task=Task.MATCH_NEEDS).exists()


def test_need_withdrawn_while_the_engine_computes_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    group = same_needs(TELECARE, 3)
    engine = matching.match

    def overtaken(*arguments: Any, **options: Any) -> Any:
        result = engine(*arguments, **options)
        need_actions.withdraw(need=group[0], by=COMMAND_LINE)
        return result

    monkeypatch.setattr(matching, "match", overtaken)
    matching.request(by=COMMAND_LINE)
    matching.run()

    assert members(JointDemand.objects.get()) == {n.reference for n in group[1:]}


def test_failing_run_says_why_and_is_set_aside_after_three_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    same_needs(TELECARE, 2)

    def broken(*arguments: Any, **options: Any) -> Any:
        raise MemoryError("out of memory")

    monkeypatch.setattr(matching, "match", broken)
    matching.request(by=COMMAND_LINE)
    for _ in range(3):
        Work.objects.update(not_before=timezone.now())
        run = matching.run()
        assert run is not None
        assert run.status == MatchRun.Status.FAILED
        assert "out of memory" in run.error
    assert Work.objects.failed().count() == 1
    assert matching.run() is None


def test_many_changes_make_one_due_work(approver: User) -> None:
    for _ in range(5):
        need_actions.approve(
            need=NeedFactory(status=Need.Status.SUBMITTED, borough=approver.memberships.get().borough), by=approver
        )
    assert Work.objects.pending().count() == 1
    Work.objects.update(not_before=timezone.now())
    matching.run()
    assert not Work.objects.pending().filter(task=Task.MATCH_NEEDS).exists()
    assert MatchRun.objects.count() == 1


def test_request_without_permission_is_refused(editor: User) -> None:
    with pytest.raises(PermissionRefused):
        matching.request(by=editor)
    assert not Work.objects.exists()


def test_vectors_are_computed_once() -> None:
    same_needs(TELECARE, 2)
    ran()
    known = TextVector.objects.count()
    ran()
    assert TextVector.objects.count() == known > 0


def test_result_writes_in_few_queries_whatever_the_number(django_assert_max_num_queries: Any) -> None:
    """The swap is short: rows are written in bulk, not one by one."""
    same_needs(TELECARE, 2)
    ran()
    for _ in range(30):
        need(TELECARE, category=Need.objects.first().category)
    with django_assert_max_num_queries(82):
        ran()


def test_pinned_demand_stays_as_it_is(analyst: User) -> None:
    first, second, third = same_needs(TELECARE, 3)
    ran()
    demand = demands.pin(demand=JointDemand.objects.get(), by=analyst)
    Need.objects.filter(pk=third.pk).update(title="Something else", problem=PARKING, description=PARKING)
    newcomer = need(TELECARE, category=first.category)

    run = ran()

    assert members(demand) == {first.reference, second.reference, third.reference}
    assert newcomer.reference not in members(demand)
    assert run.parameters["calibration"]["source"] == "shipped"
    demands.unpin(demand=demand, by=analyst)
    ran()
    assert newcomer.reference in members(demand)


def test_run_overtaken_by_a_pin_writes_nothing(monkeypatch: pytest.MonkeyPatch, analyst: User) -> None:
    group = same_needs(TELECARE, 2)
    ran()
    newcomer = need(TELECARE, category=group[0].category)
    engine = matching.match

    def overtaken(*arguments: Any, **options: Any) -> Any:
        result = engine(*arguments, **options)
        demands.pin(demand=JointDemand.objects.get(), by=analyst)
        return result

    monkeypatch.setattr(matching, "match", overtaken)
    matching.request(by=COMMAND_LINE)
    run = matching.run()
    assert run is not None
    assert run.status == MatchRun.Status.INTERRUPTED
    assert newcomer.reference not in members(JointDemand.objects.get())


def test_of_contradictory_rulings_the_later_one_holds() -> None:
    """As they are left when two needs were ruled apart while the one that ties them together was withdrawn."""
    first, second, third = same_needs(TELECARE, 3)
    for left, right, verdict in ((first, second, "TOGETHER"), (second, third, "TOGETHER"), (first, third, "APART")):
        Decision.objects.create(
            first=left,
            second=right,
            verdict=verdict,
            demand_reference="JD-0001",
            decided_at=timezone.now(),
            decided_by="somebody",
        )
    ran()
    demand = JointDemand.objects.get()
    assert len(members(demand) & {first.reference, third.reference}) == 1


def test_decision_on_a_pair_replaces_the_contrary_one(analyst: User) -> None:
    group = same_needs(TELECARE, 3)
    ran()
    demand = demands.confirm(demand=JointDemand.objects.get(), by=analyst)
    demands.remove_member(demand=demand, need=group[1], by=analyst)
    standing = Decision.objects.standing()
    assert {(d.first_id, d.second_id, d.verdict) for d in standing} == {
        (group[0].pk, group[1].pk, "APART"),
        (group[1].pk, group[2].pk, "APART"),
        (group[0].pk, group[2].pk, "TOGETHER"),
    }
