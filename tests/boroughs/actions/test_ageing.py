from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from boroughs.actions import ageing, amendments, needs
from boroughs.actions.need_content import content_of
from boroughs.background import Task
from boroughs.exceptions import IllegalMove
from boroughs.models import Amendment, AuditEvent, Borough, Contract, Need, Notification, User, Work
from tests.factories.boroughs import AmendmentFactory, ContractFactory, NeedFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db
Kind = Notification.Kind


@pytest.fixture(autouse=True)
def _no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boroughs.background.ring", lambda *_, **__: None)


def ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def old(borough: Borough, days: float = 366, **more: Any) -> Need:
    """An open need that nobody has touched for so many days."""
    times = {"updated_at": ago(days), "opened_at": ago(days), "confirmed_at": ago(days)}
    need: Need = NeedFactory(borough=borough, **(times | more))
    return need


def asked(borough: Borough, days: float = 61, **more: Any) -> Need:
    """One that was asked about so many days ago."""
    return old(borough, 500, confirmation_asked_at=ago(days), **more)


def aged() -> None:
    ageing.request_daily()
    ageing.run()
    assert not Work.objects.filter(task=Task.AGE_NEEDS).pending().exists()


def verbs(need: Need) -> list[str]:
    return list(AuditEvent.objects.filter(reference=need.reference).order_by("pk").values_list("verb", flat=True))


def test_need_that_nobody_touched_for_a_year_is_asked_about_once(
    borough: Borough, editor: User, approver: User, reader: User
) -> None:
    need = old(borough)
    aged()
    aged()
    need.refresh_from_db()
    assert need.confirmation_asked_at is not None
    assert need.status == Need.Status.OPEN
    assert verbs(need) == ["ask_to_confirm"]
    assert AuditEvent.objects.get().actor == "scheduler"
    assert {row.user for row in Notification.objects.filter(kind=Kind.CONFIRMATION_ASKED)} == {editor, approver}


@pytest.mark.parametrize(
    "more",
    [
        {"updated_at": ago(364)},
        {"confirmed_at": ago(364)},
        {"confirmed_at": None, "opened_at": ago(364)},
        {"status": Need.Status.SUBMITTED},
        {"status": Need.Status.DRAFT},
        {"status": Need.Status.FULFILLED, "closed_at": ago(370)},
    ],
    ids=["changed", "confirmed", "opened", "submitted", "draft", "fulfilled"],
)
def test_need_that_was_touched_or_is_not_open_is_left_alone(borough: Borough, more: dict[str, Any]) -> None:
    need = old(borough, **more)
    aged()
    need.refresh_from_db()
    assert need.confirmation_asked_at is None
    assert not verbs(need)


def test_days_are_settings(borough: Borough, settings: Settings) -> None:
    settings.NEED_CONFIRM_AFTER_DAYS, settings.NEED_EXPIRE_AFTER_DAYS = 10, 5
    fresh, waiting = old(borough, 11), asked(borough, 6)
    aged()
    fresh.refresh_from_db()
    waiting.refresh_from_db()
    assert fresh.confirmation_asked_at is not None
    assert (waiting.status, waiting.closed_reason) == (
        Need.Status.EXPIRED,
        "Nobody confirmed within 5 days that it still holds.",
    )


def test_need_without_an_answer_expires_and_can_be_opened_again(borough: Borough, editor: User, approver: User) -> None:
    need, count = asked(borough), Need.objects.count
    before = count()
    aged()
    aged()
    need.refresh_from_db()
    assert need.status == Need.Status.EXPIRED
    assert verbs(need) == ["expire"]
    assert {row.user for row in Notification.objects.filter(kind=Kind.EXPIRED)} == {editor, approver}
    assert Work.objects.filter(task=Task.MATCH_NEEDS).exists()
    assert count() == before
    needs.reopen(need=need, by=approver)
    aged()
    need.refresh_from_db()
    assert need.status == Need.Status.OPEN


def test_need_that_is_still_within_its_time_stays_open(borough: Borough) -> None:
    need = asked(borough, days=59)
    aged()
    need.refresh_from_db()
    assert need.status == Need.Status.OPEN


def test_answer_ends_it(borough: Borough, editor: User, approver: User) -> None:
    confirmed, amended = asked(borough), asked(borough)
    needs.confirm(need=confirmed, by=editor)
    content = replace(content_of(amended), months=24)
    amendment = amendments.submit(amendment=amendments.begin(need=amended, content=content, by=editor), by=editor)
    amendments.approve(amendment=amendment, by=approver, revision=amendment.revision, need_revision=amended.revision)
    aged()
    assert set(Need.objects.values_list("status", flat=True)) == {Need.Status.OPEN}
    assert not Need.objects.exclude(confirmation_asked_at=None).exists()


def test_need_that_somebody_is_amending_does_not_expire(borough: Borough) -> None:
    worked_on, forgotten = asked(borough), asked(borough)
    AmendmentFactory(need=worked_on, content={}, updated_at=ago(1))
    left = AmendmentFactory(need=forgotten, content={}, updated_at=ago(61))
    aged()
    worked_on.refresh_from_db()
    forgotten.refresh_from_db()
    left.refresh_from_db()
    assert (worked_on.status, forgotten.status) == (Need.Status.OPEN, Need.Status.EXPIRED)
    assert left.status == Amendment.Status.DISCARDED


def test_many_are_asked_about_in_batches(
    borough: Borough,
    editor: User,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr(ageing, "BATCH", 4)
    for _ in range(10):
        old(borough)
    # One for each line of the audit trail, the rest once; savepoints count.
    with django_assert_max_num_queries(4 + 18):
        assert ageing.ask_some(at=timezone.now()) == 4
    aged()
    assert Notification.objects.filter(kind=Kind.CONFIRMATION_ASKED).count() == 10
    assert not Need.objects.filter(confirmation_asked_at=None).exists()


def test_contracts_that_end_are_told_of_in_the_same_round(borough: Borough, editor: User) -> None:
    ContractFactory(borough=borough, end_date=timezone.localdate() + timedelta(days=30))
    aged()
    assert Notification.objects.get().kind == Kind.RENEWAL_DUE


def test_register_that_grew_old_is_told_of_in_the_same_round_once(borough: Borough, editor: User) -> None:
    contract = ContractFactory(borough=borough)
    Contract.objects.filter(pk=contract.pk).update(updated_at=ago(400))
    aged()
    aged()
    assert Notification.objects.get().kind == Kind.REGISTER_OLD


def test_error_is_kept_for_an_operator(borough: Borough, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: Any) -> int:
        raise RuntimeError("no calendar")

    monkeypatch.setattr("boroughs.actions.renewals.tell", broken)
    ageing.request_daily()
    ageing.run()
    assert "no calendar" in Work.objects.get(task=Task.AGE_NEEDS).last_error


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_ask_and_expire_once(borough: Borough, editor: User) -> None:
    stale = [old(borough) for _ in range(6)]
    over = [asked(borough) for _ in range(6)]

    def age() -> None:
        while ageing.ask_some(at=timezone.now()):
            pass
        for need_id in ageing.unconfirmed(at=timezone.now()):
            ageing.expire_unconfirmed(need_id=need_id, at=timezone.now())

    outcomes = at_once(age, age)
    assert outcomes == [None, None]
    assert [verbs(need) for need in stale] == [["ask_to_confirm"]] * 6
    assert [verbs(need) for need in over] == [["expire"]] * 6
    assert Notification.objects.filter(user=editor).count() == 12


@pytest.mark.django_db(transaction=True)
def test_who_confirms_in_the_moment_of_expiry_was_first_or_is_told(borough: Borough, editor: User) -> None:
    need = asked(borough)
    expired, confirmed = at_once(
        lambda: ageing.expire_unconfirmed(need_id=need.pk, at=timezone.now()),
        lambda: needs.confirm(need=Need.objects.select_related("borough").get(pk=need.pk), by=editor),
    )
    need.refresh_from_db()
    if expired is True:
        assert isinstance(confirmed, IllegalMove)
        assert need.status == Need.Status.EXPIRED
    else:
        assert expired is False
        assert need.status == Need.Status.OPEN
    assert len(verbs(need)) == 1
