"""Reminders: who may send them, to whom they go, and that a borough is left alone for 30 days after each."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.actions import mailing, reminding
from boroughs.exceptions import IllegalMove, PermissionRefused
from boroughs.models import AuditEvent, Borough, Contract, Notification, Reminder, Role, User
from boroughs.permissions import SCHEDULER
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory, ContractFactory, MembershipFactory, NeedFactory, UserFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
Kind = Reminder.Kind


@pytest.fixture(autouse=True)
def _no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boroughs.background.ring", lambda *_, **__: None)


def ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def old(borough: Borough, days: float = 400) -> Contract:
    contract = ContractFactory(borough=borough)
    Contract.objects.filter(pk=contract.pk).update(updated_at=ago(days))
    return contract


def ended(borough: Borough) -> None:
    ContractFactory(borough=borough, end_date=timezone.localdate() - timedelta(days=1))


SCENES = {
    Kind.REGISTER_ABSENT: (lambda borough: None, "/imports/new/"),
    Kind.REGISTER_OLD: (old, "/contracts/"),
    Kind.CONTRACTS_ENDED: (ended, "/contracts/"),
    Kind.NEEDS_ABSENT: (lambda borough: None, "/needs/new/"),
}


@pytest.mark.parametrize("kind", Kind)
def test_editors_and_approvers_are_told(
    kind: Reminder.Kind, borough: Borough, editor: User, approver: User, reader: User, stranger: User, analyst: User
) -> None:
    make: Any
    make, path = SCENES[kind]
    make(borough)
    assert reminding.send(borough=borough, kind=kind, by=analyst) == 2
    told = Notification.objects.all()
    assert {row.user for row in told} == {editor, approver}
    assert {(row.kind, row.subject, row.path) for row in told} == {(kind.value, "Camden", path)}
    last = Reminder.objects.get()
    assert (last.borough, last.kind, last.sent_by) == (borough, kind, analyst.email)
    event = AuditEvent.objects.get()
    assert (event.actor, event.verb, event.noun, event.reference) == (analyst.email, "remind", "borough", "camden")
    assert (event.borough_slug, event.details) == ("camden", {"of": kind.value})


def test_email_goes_out_to_those_who_want_emails(borough: Borough, editor: User, approver: User, analyst: User) -> None:
    User.objects.filter(pk=approver.pk).update(mail_preference=User.MailPreference.NONE)
    reminding.send(borough=borough, kind=Kind.REGISTER_ABSENT, by=analyst)
    assert mailing.run() == 1
    assert mail.outbox[0].to == [editor.email]
    assert mail.outbox[0].subject == "Camden’s contract register is not here yet"
    assert Notification.objects.filter(user=approver).exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.LOTI_ANALYST])
def test_only_analysts_remind(role: Role, borough: Borough, editor: User) -> None:
    somebody = person(role, borough if role.startswith("BOROUGH") else None)
    with pytest.raises(PermissionRefused, match="You need permission to remind boroughs of what is missing"):
        reminding.send(borough=borough, kind=Kind.REGISTER_ABSENT, by=somebody)
    assert not Reminder.objects.exists()
    assert not Notification.objects.exists()


def test_borough_is_left_alone_for_thirty_days(
    borough: Borough, other_borough: Borough, editor: User, stranger: User, analyst: User, second_analyst: User
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        reminding.send(borough=borough, kind=Kind.REGISTER_ABSENT, by=analyst)
        clock.move_to(NOW + timedelta(days=30, seconds=-1))
        with pytest.raises(IllegalMove) as refusal:
            reminding.send(borough=borough, kind=Kind.REGISTER_ABSENT, by=second_analyst)
        assert str(refusal.value) == (
            f"Camden was reminded of this on 20 November 2026 by {analyst.email}. "
            "The next reminder can go out on 20 December 2026."
        )
        # Another kind, and another borough, are other matters.
        reminding.send(borough=borough, kind=Kind.NEEDS_ABSENT, by=second_analyst)
        reminding.send(borough=other_borough, kind=Kind.REGISTER_ABSENT, by=second_analyst)
        clock.move_to(NOW + timedelta(days=30))
        reminding.send(borough=borough, kind=Kind.REGISTER_ABSENT, by=second_analyst)
    assert Notification.objects.filter(user=editor, kind=Kind.REGISTER_ABSENT).count() == 2
    assert Reminder.objects.get(borough=borough, kind=Kind.REGISTER_ABSENT).sent_by == second_analyst.email


@pytest.mark.parametrize("kind", Kind)
def test_nothing_is_sent_of_what_does_not_apply(
    kind: Reminder.Kind, borough: Borough, editor: User, analyst: User
) -> None:
    ContractFactory(borough=borough)
    NeedFactory(borough=borough)
    with pytest.raises(IllegalMove, match="nothing to remind Camden of"):
        reminding.send(borough=borough, kind=kind, by=analyst)
    assert not Reminder.objects.exclude(sent_at=None).exists()


def test_guests_are_not_reminded(analyst: User) -> None:
    guest = BoroughFactory(name="Kent", slug="kent", kind=Borough.Kind.GUEST)
    MembershipFactory(borough=guest)
    with pytest.raises(IllegalMove, match="nothing to remind Kent of"):
        reminding.send(borough=guest, kind=Kind.REGISTER_ABSENT, by=analyst)


@pytest.mark.parametrize("role", [None, Role.BOROUGH_READER])
def test_reminder_that_nobody_would_get_is_not_counted_as_sent(
    role: Role | None, borough: Borough, analyst: User
) -> None:
    if role:
        MembershipFactory(borough=borough, role=role)
    MembershipFactory(borough=borough, user=UserFactory(is_active=False))
    with pytest.raises(IllegalMove, match="Nobody of Camden who could do this is here yet"):
        reminding.send(borough=borough, kind=Kind.REGISTER_ABSENT, by=analyst)
    MembershipFactory(borough=borough)
    assert reminding.send(borough=borough, kind=Kind.REGISTER_ABSENT, by=analyst) == 1


@pytest.mark.django_db(transaction=True)
def test_two_analysts_at_once_send_one(borough: Borough, editor: User, analyst: User, second_analyst: User) -> None:
    outcomes = at_once(
        *(
            lambda by=by: reminding.send(borough=borough, kind=Kind.REGISTER_ABSENT, by=by)
            for by in (analyst, second_analyst, analyst, second_analyst)
        )
    )
    assert sorted(map(str, (each for each in outcomes if isinstance(each, int)))) == ["1"]
    assert sum(isinstance(each, IllegalMove) for each in outcomes) == 3
    assert Notification.objects.count() == 1
    assert AuditEvent.objects.filter(verb="remind").count() == 1


# --- the clock --------------------------------------------------------------------------------------------------


def test_clock_reminds_of_an_old_register_once_a_year(borough: Borough, editor: User) -> None:
    sent = []
    with time_machine.travel(NOW, tick=False) as clock:
        ContractFactory(borough=borough)
        for days in (0, 364, 365, 366, 367, 400, 730, 731, 732):
            clock.move_to(NOW + timedelta(days=days))
            if reminding.tell_of_old_registers(at=timezone.now()):
                sent.append(days)
    assert sent == [366, 731]
    assert Notification.objects.filter(user=editor, kind=Kind.REGISTER_OLD).count() == 2
    assert Reminder.objects.get().sent_by == "scheduler"
    assert set(AuditEvent.objects.values_list("actor", "verb")) == {("scheduler", "remind")}


def test_clock_leaves_alone_whom_an_analyst_has_reminded(borough: Borough, editor: User, analyst: User) -> None:
    old(borough)
    reminding.send(borough=borough, kind=Kind.REGISTER_OLD, by=analyst)
    assert reminding.tell_of_old_registers(at=timezone.now()) == 0
    assert Notification.objects.count() == 1


def test_analyst_leaves_alone_whom_the_clock_has_reminded(borough: Borough, editor: User, analyst: User) -> None:
    old(borough)
    assert reminding.tell_of_old_registers(at=timezone.now()) == 1
    with pytest.raises(IllegalMove, match="by the platform itself"):
        reminding.send(borough=borough, kind=Kind.REGISTER_OLD, by=analyst)


def test_clock_reminds_as_soon_as_somebody_is_there(borough: Borough, reader: User) -> None:
    old(borough)
    assert reminding.tell_of_old_registers(at=timezone.now()) == 0
    MembershipFactory(borough=borough, role=Role.BOROUGH_APPROVER)
    assert reminding.tell_of_old_registers(at=timezone.now()) == 1


def test_clock_says_nothing_of_registers_that_are_fresh_or_not_here(
    borough: Borough, other_borough: Borough, editor: User, stranger: User
) -> None:
    old(borough, 300)
    assert reminding.tell_of_old_registers(at=timezone.now()) == 0
    assert not Notification.objects.exists()


def test_clock_costs_two_queries_where_nothing_is_old(
    borough: Borough, editor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(2):
        reminding.tell_of_old_registers(at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_remind_once(borough: Borough, other_borough: Borough, editor: User, stranger: User) -> None:
    old(borough)
    old(other_borough)
    at = timezone.now()
    outcomes = at_once(*(lambda: reminding.tell_of_old_registers(at=at) for _ in range(3)))
    assert all(isinstance(each, int) for each in outcomes)
    assert Notification.objects.count() == 2
    assert AuditEvent.objects.filter(actor=SCHEDULER.name).count() == 2
