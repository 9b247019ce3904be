from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from boroughs.actions import work
from boroughs.actions.work import Claim
from boroughs.background import Task
from boroughs.exceptions import LeaseLost, PermissionRefused
from boroughs.models import AuditEvent, User, Work
from boroughs.models.work import MAX_ATTEMPTS
from tests.threads import at_once

pytestmark = pytest.mark.django_db
KEY = "london"


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Bells that were rung, instead of a broker."""
    bells: list[str] = []
    monkeypatch.setattr(
        "boroughs.background.ring", lambda task, **arguments: bells.append(f"{task} {arguments['key']}")
    )
    return bells


def ask(delay: int = 0) -> Work:
    return work.request(task=Task.MATCH_NEEDS, key=KEY, delay=delay)


def claim() -> Claim | None:
    return work.claim(task=Task.MATCH_NEEDS, key=KEY)


def claimed() -> Claim:
    found = claim()
    assert found is not None
    return found


def expire_lease() -> None:
    Work.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_many_requests_ring_once_and_are_one_piece_of_work(rung: list[str]) -> None:
    for _ in range(20):
        ask()
    assert rung == ["procurement.match_needs london"]
    work.finish(claim=claimed())
    assert claim() is None


def test_request_with_a_delay_is_not_due_before() -> None:
    ask(delay=60)
    assert claim() is None
    Work.objects.update(not_before=timezone.now())
    assert claim() is not None


def test_claimed_work_is_in_one_pair_of_hands() -> None:
    ask()
    assert claim() is not None
    assert claim() is None


def test_request_during_a_run_makes_the_work_due_again() -> None:
    ask()
    running = claimed()
    ask()
    work.finish(claim=running)
    assert claim() is not None


def test_lease_that_ran_out_is_taken_over_and_its_holder_cannot_finish() -> None:
    ask()
    slow = claimed()
    expire_lease()
    quick = claimed()
    with pytest.raises(LeaseLost):
        work.finish(claim=slow)
    with pytest.raises(LeaseLost):
        work.renew(claim=slow)
    work.finish(claim=quick)
    assert not Work.objects.pending().exists()


def test_renewed_lease_is_not_taken_over() -> None:
    ask()
    running = claimed()
    expire_lease()
    work.renew(claim=running)
    assert claim() is None


def test_failure_is_tried_again_after_a_pause_and_set_aside_after_three() -> None:
    ask()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        work.fail(claim=claimed(), error=ValueError(f"attempt {attempt}"))
        assert claim() is None
        Work.objects.update(not_before=timezone.now())
    row = Work.objects.get()
    assert row.failed_at is not None
    assert "attempt 3" in row.last_error
    assert claim() is None


def test_pause_after_a_failure_may_be_longer_and_is_never_shorter() -> None:
    ask()
    for pause, least in ((timedelta(minutes=5), timedelta(minutes=5)), (timedelta(), timedelta(seconds=20))):
        before = timezone.now()
        work.fail(claim=claimed(), error=ValueError("later"), pause=pause)
        assert Work.objects.get().not_before >= before + least
        Work.objects.update(not_before=timezone.now())


def test_lease_may_be_shorter_and_stays_so_when_renewed(settings: Any) -> None:
    settings.WORK_LEASE_SECONDS = 30
    ask()
    held = work.claim(task=Task.MATCH_NEEDS, key=KEY, seconds=12)
    assert held

    for _ in range(2):
        assert Work.objects.get().lease_until < timezone.now() + timedelta(seconds=13)
        work.renew(claim=held)

    expire_lease()
    longer = work.claim(task=Task.MATCH_NEEDS, key=KEY, seconds=300)
    assert longer
    assert longer.lease == timedelta(seconds=30)


def test_failure_of_a_lost_lease_does_not_disturb_who_took_over() -> None:
    ask()
    slow = claimed()
    expire_lease()
    quick = claimed()
    work.fail(claim=slow, error=ValueError("late"))
    work.renew(claim=quick)
    assert Work.objects.get().last_error == ""


def test_new_request_revives_work_that_was_set_aside() -> None:
    ask()
    Work.objects.update(failed_at=timezone.now(), attempts=3)
    ask()
    assert claim() is not None


def test_retry_is_recorded(administrator: User) -> None:
    ask()
    Work.objects.update(failed_at=timezone.now(), attempts=3)
    work.retry(work=Work.objects.get(), by=administrator)
    assert claim() is not None
    assert AuditEvent.objects.get().verb == "retry"


def test_sweeper_rings_for_what_is_due_however_old(rung: list[str]) -> None:
    ask()
    Work.objects.update(not_before=timezone.now() - timedelta(days=30))
    rung.clear()
    assert work.ring_due() == 1
    assert rung == ["procurement.match_needs london"]
    claimed()
    assert work.ring_due() == 0


def test_sweeper_rings_first_for_what_has_waited_longest(rung: list[str]) -> None:
    now = timezone.now()
    for key, minutes in (("7", 5), ("8", 9), ("9", 5)):
        work.request(task=Task.TELL_SUBSCRIBERS, key=key)
        Work.objects.filter(key=key).update(not_before=now - timedelta(minutes=minutes))
    rung.clear()
    assert work.ring_due() == 3
    assert rung == [f"procurement.tell_subscribers {key}" for key in ("8", "7", "9")]


def test_sweeper_does_not_heap_bells_up_where_no_worker_takes_them(
    rung: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("7", "8"):
        work.request(task=Task.BUILD_REPORT, key=key)
    work.request(task=Task.TELL_SUBSCRIBERS, key="9")
    rung.clear()
    monkeypatch.setattr("boroughs.broker.queues", lambda: {"default": 0, "match": 0, "pdf": 3})
    assert work.ring_due() == 1
    assert rung == ["procurement.tell_subscribers 9"]
    # As many as are due may be bells of others: a lost one is still made good.
    monkeypatch.setattr("boroughs.broker.queues", lambda: {"default": 0, "match": 0, "pdf": 2})
    assert work.ring_due() == 3


def test_sweeper_leaves_work_of_another_version_and_rings_for_the_rest(
    rung: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    ask()
    Work.objects.create(task="boroughs.of_tomorrow", key="7", requested=1, not_before=timezone.now())
    rung.clear()
    assert work.ring_due() == 1
    assert rung == ["procurement.match_needs london"]
    assert "boroughs.of_tomorrow" in caplog.text


def test_sweeper_rings_where_the_broker_does_not_say_what_waits(
    rung: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boroughs.broker.queues", lambda: None)
    ask()
    rung.clear()
    assert work.ring_due() == 1


@pytest.mark.parametrize("who", ["editor", "approver", "cdo"])
def test_retry_is_for_those_who_may_run_the_matcher(who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(PermissionRefused):
        work.retry(work=ask(), by=request.getfixturevalue(who))


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_that_claim_at_once_one_has_it() -> None:
    ask()
    outcomes = at_once(*[claim] * 6)
    assert len([outcome for outcome in outcomes if isinstance(outcome, Claim)]) == 1
    assert outcomes.count(None) == 5
    assert Work.objects.get().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_first_requests_at_once_make_one_row_and_lose_no_count() -> None:
    outcomes = at_once(*[ask] * 6)
    assert all(isinstance(outcome, Work) for outcome in outcomes), outcomes
    assert Work.objects.get().requested == 6


@pytest.mark.django_db(transaction=True)
def test_request_at_the_moment_of_finishing_is_not_lost() -> None:
    ask()
    running = claimed()
    at_once(lambda: work.finish(claim=running), ask)
    row = Work.objects.get()
    assert (row.requested, row.done) == (2, 1)
    Work.objects.update(not_before=timezone.now())
    assert claim() is not None


@pytest.mark.django_db(transaction=True)
def test_renewal_and_take_over_at_once_leave_one_holder() -> None:
    ask()
    slow = claimed()
    expire_lease()
    renewed, taken = at_once(lambda: work.renew(claim=slow), claim)
    holds = renewed is None
    assert holds != isinstance(taken, Claim)
    assert isinstance(renewed, LeaseLost) or holds


def test_work_that_is_dropped_is_gone_but_for_what_was_asked_meanwhile() -> None:
    ask()
    work.drop(claim=claimed())
    assert not Work.objects.exists()
    ask()
    held = claimed()
    ask()
    work.drop(claim=held)
    assert Work.objects.pending().get().key == KEY
    Work.objects.update(lease_owner="another")
    with pytest.raises(LeaseLost):
        work.drop(claim=held)


def test_work_that_another_worker_has_dropped_meanwhile_fails_without_a_word_to_anybody() -> None:
    ask()
    slow = claimed()
    expire_lease()
    work.drop(claim=claimed())
    work.fail(claim=slow, error=ValueError("too late"))
    assert not Work.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_request_beside_a_drop_is_never_lost() -> None:
    for _ in range(10):
        ask()
        held = claimed()
        outcomes = at_once(lambda held=held: work.drop(claim=held), ask)
        assert not [each for each in outcomes if isinstance(each, Exception)]
        assert Work.objects.pending().count() == 1
        Work.objects.all().delete()
