from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.db import transaction

from boroughs.actions import people
from boroughs.exceptions import IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import AuditEvent, Borough, Membership, Role, User
from tests.conftest import person
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("boroughs.notifications.EmailMessage.send", refuse)


def invite(by: User, borough: Borough) -> people.Invited:
    return people.invite(
        email="New.Person@Example.org", name="New Person", role=Role.BOROUGH_EDITOR, borough=borough, by=by
    )


def test_invited_person_gets_a_role_and_a_link(administrator: User, borough: Borough) -> None:
    invited = invite(administrator, borough)
    assert invited.is_mailed
    user = invited.user
    assert (user.email, user.has_usable_password(), user.is_staff) == ("new.person@example.org", False, False)
    assert user.memberships.get().role == Role.BOROUGH_EDITOR
    trail = AuditEvent.objects.order_by("pk").values_list("verb", "noun")
    assert list(trail) == [("create", "person"), ("grant", "membership")]
    message = mail.outbox[0]
    assert message.to == ["new.person@example.org"]
    assert "Borough editor, Camden" in message.body
    assert "/accounts/password/reset/key/" in message.body


@pytest.mark.parametrize(
    "error", [ConnectionRefusedError(), SMTPServerDisconnected(), ValueError()], ids=["away", "gone", "unnamable"]
)
def test_mail_server_that_is_away_does_not_undo_the_invitation(
    administrator: User,
    borough: Borough,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("boroughs.notifications.EmailMessage.send", refuse)
    invited = invite(administrator, borough)
    assert not invited.is_mailed
    assert f"'invitation' to person {invited.user.pk} was not sent" in caplog.text
    assert User.objects.get(email="new.person@example.org").memberships.exists()


@pytest.mark.usefixtures("mail_is_away")
def test_colleague_who_could_not_be_told_has_the_role(approver: User, borough: Borough, other_borough: Borough) -> None:
    known = person(Role.BOROUGH_EDITOR, other_borough)
    for email in (known.email, "new@example.org"):
        invited = people.invite_colleague(
            email=email, name="Any", role=Role.BOROUGH_READER, borough=borough, by=approver
        )
        assert (invited.is_mailed, invited.user.memberships.filter(borough=borough).exists()) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_nobody_is_told_before_it_stands(administrator: User, borough: Borough) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        invite(administrator, borough)
    assert not mail.outbox


def test_link_is_sent_again_to_who_has_no_password(administrator: User, borough: Borough) -> None:
    user = invite(administrator, borough).user
    assert people.send_link(user=user, by=administrator)
    first, second = mail.outbox
    assert (second.to, second.subject) == (first.to, first.subject)
    assert "Borough editor, Camden" in second.body
    assert "/accounts/password/reset/key/" in second.body
    event = AuditEvent.objects.get(verb="send_link")
    assert (event.actor, event.noun, event.reference) == (administrator.email, "person", user.email)


def test_link_is_not_sent_again_to_who_has_a_password_or_may_not_come_in(administrator: User, borough: Borough) -> None:
    user = invite(administrator, borough).user
    people.deactivate(user=user, by=administrator)
    user.refresh_from_db()
    known = User.objects.create_user(email="known@example.org", name="Known", password="a-long-password-33")
    mail.outbox.clear()
    for nobody in (user, known):
        with pytest.raises(IllegalMove, match="no link was sent"):
            people.send_link(user=nobody, by=administrator)
    assert not mail.outbox
    assert not AuditEvent.objects.filter(verb="send_link").exists()


@pytest.mark.usefixtures("mail_is_away")
def test_link_that_was_not_sent_is_not_on_record_as_sent(administrator: User, borough: Borough) -> None:
    assert not people.send_link(user=invite(administrator, borough).user, by=administrator)
    assert not AuditEvent.objects.filter(verb="send_link").exists()


def test_only_administrators_send_the_link(administrator: User, approver: User, borough: Borough) -> None:
    with pytest.raises(PermissionRefused):
        people.send_link(user=invite(administrator, borough).user, by=approver)


def test_address_is_taken_in_any_case(administrator: User, editor: User, borough: Borough) -> None:
    with pytest.raises(NotAcceptable, match="already a person"):
        people.invite(
            email=editor.email.upper(), name="Again", role=Role.BOROUGH_READER, borough=borough, by=administrator
        )


@pytest.mark.parametrize("role", ["BOROUGH_APPROVER", "LOTI_ANALYST", "CDO_READER"])
def test_only_administrators_invite(role: Role, borough: Borough) -> None:
    user = person(role, borough if role == "BOROUGH_APPROVER" else None)
    with pytest.raises(PermissionRefused):
        people.invite(email="a@example.org", name="A", role=Role.BOROUGH_READER, borough=borough, by=user)


def test_new_role_in_the_same_borough_takes_the_place_of_the_old(
    administrator: User, editor: User, borough: Borough
) -> None:
    people.grant(user=editor, role=Role.BOROUGH_APPROVER, borough=borough, by=administrator)
    assert editor.memberships.get().role == Role.BOROUGH_APPROVER


def test_roles_of_borough_and_office_do_not_mix(
    administrator: User, editor: User, analyst: User, borough: Borough
) -> None:
    with pytest.raises(NotAcceptable, match="not both"):
        people.grant(user=editor, role=Role.LOTI_ANALYST, borough=None, by=administrator)
    with pytest.raises(NotAcceptable, match="not both"):
        people.grant(user=analyst, role=Role.BOROUGH_EDITOR, borough=borough, by=administrator)
    with pytest.raises(NotAcceptable, match="one office role"):
        people.grant(user=analyst, role=Role.ADMINISTRATOR, borough=None, by=administrator)


def test_role_must_fit_its_place(administrator: User, editor: User, borough: Borough) -> None:
    with pytest.raises(NotAcceptable, match="Choose a borough"):
        people.grant(user=editor, role=Role.BOROUGH_EDITOR, borough=None, by=administrator)


def test_administrators_cannot_change_themselves(administrator: User, borough: Borough) -> None:
    person(Role.ADMINISTRATOR)
    membership = administrator.memberships.get()
    for move in (
        lambda: people.grant(user=administrator, role=Role.LOTI_ANALYST, borough=None, by=administrator),
        lambda: people.revoke(membership=membership, by=administrator),
        lambda: people.deactivate(user=administrator, by=administrator),
    ):
        with pytest.raises(IllegalMove, match="your own"):
            move()
    assert administrator.memberships.get().role == Role.ADMINISTRATOR


def test_revoked_role_is_gone_and_recorded(administrator: User, editor: User) -> None:
    people.revoke(membership=editor.memberships.select_related("borough", "user").get(), by=administrator)
    assert not editor.memberships.exists()
    event = AuditEvent.objects.get()
    assert (event.verb, event.reference, event.borough_slug) == ("revoke", editor.email, "camden")


def test_closed_account_has_no_permissions_and_can_be_opened_again(administrator: User, editor: User) -> None:
    people.deactivate(user=editor, by=administrator)
    assert not User.objects.get(pk=editor.pk).is_active
    people.reactivate(user=editor, by=administrator)
    assert User.objects.get(pk=editor.pk).is_active
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True)) == ["deactivate", "reactivate"]


def test_closed_account_is_no_administrator_to_rely_on(administrator: User) -> None:
    other = person(Role.ADMINISTRATOR)
    people.deactivate(user=other, by=administrator)
    people.reactivate(user=other, by=administrator)
    people.revoke(membership=other.memberships.get(), by=administrator)
    assert Membership.objects.filter(role=Role.ADMINISTRATOR).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_remove_each_other_leave_one(administrator: User) -> None:
    other = person(Role.ADMINISTRATOR)

    def remove(victim: int, by: int) -> None:
        membership = Membership.objects.select_related("user", "borough").get(user_id=victim)
        people.revoke(membership=membership, by=User.objects.get(pk=by))

    at_once(lambda: remove(other.pk, administrator.pk), lambda: remove(administrator.pk, other.pk))
    assert Membership.objects.filter(role=Role.ADMINISTRATOR).count() == 1
