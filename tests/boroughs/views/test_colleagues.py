from typing import Any

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from boroughs import permissions
from boroughs.actions import people
from boroughs.exceptions import IllegalMove
from boroughs.models import Borough, Membership, Role, User
from boroughs.permissions import COMMAND_LINE
from boroughs.tasks import mail_reset_link
from tests.conftest import person
from tests.factories.boroughs import MembershipFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db
NEW = {"name": "New Colleague", "email": "New@Example.org", "role": "BOROUGH_EDITOR"}


def text(response: Any) -> str:
    return str(response.content.decode())


def test_approver_invites_a_colleague_who_is_told(
    client: Client,
    approver: User,
    borough: Borough,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    client.force_login(approver)
    with django_capture_on_commit_callbacks(execute=True):
        page = text(client.post("/colleagues/invite/", NEW, follow=True))
    assert "New Colleague has a role now" in page
    membership = Membership.objects.get(user__email="new@example.org")
    assert (membership.borough, membership.role) == (borough, Role.BOROUGH_EDITOR)
    assert mail.outbox[0].to == ["new@example.org"]
    assert "/accounts/password/reset/key/" in mail.outbox[0].body


def test_person_of_another_borough_gets_a_second_role_and_keeps_the_name(
    client: Client,
    approver: User,
    borough: Borough,
    other_borough: Borough,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    shared = person(Role.BOROUGH_READER, other_borough)
    client.force_login(approver)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/colleagues/invite/", NEW | {"email": shared.email.upper()})
    assert User.objects.get(pk=shared.pk).name == shared.name
    roles = {membership.borough: membership.role for membership in shared.memberships.select_related("borough")}
    assert roles == {other_borough: Role.BOROUGH_READER, borough: Role.BOROUGH_EDITOR}
    assert "Borough editor, Camden" in mail.outbox[0].body


def test_who_could_not_be_told_is_named_and_comes_in_by_the_sign_in_page(
    client: Client, approver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    client.force_login(approver)
    with monkeypatch.context() as away:
        away.setattr("boroughs.notifications.EmailMessage.send", refuse)
        page = text(client.post("/colleagues/invite/", NEW, follow=True))
    assert "New Colleague has a role now, but the e-mail that tells them could not be sent." in page
    assert "An e-mail tells them" not in page
    way = "I have forgotten my password"
    assert way in page
    visitor = Client()
    assert way in text(visitor.get("/accounts/login/"))
    visitor.post("/accounts/password/reset/", {"email": "new@example.org"})
    mail_reset_link(key="new@example.org")
    assert mail.outbox[0].to == ["new@example.org"]
    assert "/accounts/password/reset/key/" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "Enter a name"),
        ({"email": "nonsense"}, "Enter an e-mail address in the correct format"),
        ({"role": "LOTI_ANALYST"}, "Choose a role from the list"),
        ({"role": ""}, "Choose a role"),
    ],
)
def test_wrong_input_is_named_and_nobody_is_added(
    client: Client, approver: User, changes: dict[str, str], message: str
) -> None:
    client.force_login(approver)
    assert message in text(client.post("/colleagues/invite/", NEW | changes))
    assert User.objects.count() == 1


def test_office_people_closed_accounts_and_oneself_are_not_invited(
    client: Client, approver: User, analyst: User, editor: User
) -> None:
    User.objects.filter(pk=editor.pk).update(is_active=False)
    client.force_login(approver)
    told = {
        text(client.post("/colleagues/invite/", NEW | {"email": user.email})).count("cannot be given a role")
        for user in (analyst, editor)
    }
    # Twice: in the summary and at the field. Of an account that is closed and one of the office the same is told.
    assert told == {2}
    assert "has a role in the borough already" in text(
        client.post("/colleagues/invite/", NEW | {"email": approver.email})
    )
    assert approver.memberships.get().role == Role.BOROUGH_APPROVER
    assert analyst.memberships.get().role == Role.LOTI_ANALYST


def test_borough_that_is_not_the_approvers_cannot_be_chosen(
    client: Client, approver: User, borough: Borough, other_borough: Borough
) -> None:
    client.force_login(approver)
    client.post("/colleagues/invite/", NEW | {"borough": "brent"})
    assert Membership.objects.get(user__email="new@example.org").borough == borough


def test_approver_of_two_boroughs_says_which(
    client: Client, approver: User, borough: Borough, other_borough: Borough
) -> None:
    MembershipFactory(user=approver, borough=other_borough, role=Role.BOROUGH_APPROVER)
    client.force_login(approver)
    assert "Choose a borough" in text(client.post("/colleagues/invite/", NEW))
    client.post("/colleagues/invite/", NEW | {"borough": "brent"})
    assert Membership.objects.get(user__email="new@example.org").borough == other_borough


def test_role_is_changed_and_taken_away(client: Client, approver: User, editor: User) -> None:
    membership = editor.memberships.get()
    client.force_login(approver)
    client.post(f"/colleagues/{membership.pk}/change/", {"role": "BOROUGH_READER"})
    assert editor.memberships.get().role == Role.BOROUGH_READER
    client.post(f"/colleagues/{membership.pk}/remove/")
    assert not editor.memberships.exists()
    assert User.objects.get(pk=editor.pk).is_active


def test_last_approver_keeps_the_role(client: Client, approver: User, borough: Borough) -> None:
    other = person(Role.BOROUGH_APPROVER, borough)
    # Read before the role is gone, as by a request at the same time.
    assert permissions.memberships(approver)
    client.force_login(other)
    client.post(f"/colleagues/{approver.memberships.get().pk}/remove/")
    own = other.memberships.get()
    with pytest.raises(IllegalMove, match="no longer an approver"):
        people.remove_colleague(membership=own, by=approver)
    with pytest.raises(IllegalMove, match="last approver"):
        people.remove_colleague(membership=own, by=COMMAND_LINE)
    assert other.memberships.get().role == Role.BOROUGH_APPROVER


@pytest.mark.django_db(transaction=True)
def test_two_approvers_who_remove_each_other_at_once_leave_one(approver: User, borough: Borough) -> None:
    second = person(Role.BOROUGH_APPROVER, borough)

    def remove(whom: User, by: User) -> None:
        membership = Membership.objects.select_related("user", "borough").get(user=whom)
        actor = User.objects.get(pk=by.pk)
        people.remove_colleague(membership=membership, by=actor)

    at_once(lambda: remove(second, approver), lambda: remove(approver, second))
    assert Membership.objects.filter(borough=borough, role=Role.BOROUGH_APPROVER).count() == 1


def test_nobody_changes_their_own_role(client: Client, approver: User) -> None:
    own = approver.memberships.get()
    client.force_login(approver)
    for path, data in (("change", {"role": "BOROUGH_READER"}), ("remove", {})):
        page = text(client.post(f"/colleagues/{own.pk}/{path}/", data, follow=True))
        assert "You cannot change your own role" in page
    assert approver.memberships.get().role == Role.BOROUGH_APPROVER


def test_colleague_of_a_foreign_borough_is_as_one_who_is_not_there(
    client: Client, approver: User, other_borough: Borough
) -> None:
    foreign = MembershipFactory(borough=other_borough, role=Role.BOROUGH_READER)
    client.force_login(approver)
    for pk in (foreign.pk, 99999999):
        assert client.get(f"/colleagues/{pk}/change/").status_code == 404
        assert client.post(f"/colleagues/{pk}/remove/").status_code == 404
    assert Membership.objects.filter(pk=foreign.pk).exists()
    assert foreign.user.email not in text(client.get("/colleagues/"))


def test_editors_see_who_is_there_and_change_nothing(client: Client, editor: User, reader: User) -> None:
    client.force_login(editor)
    page = text(client.get("/colleagues/"))
    assert reader.email in page
    assert "Invite a colleague" not in page
    assert client.post("/colleagues/invite/", NEW).status_code == 403
    assert client.post(f"/colleagues/{reader.memberships.get().pk}/remove/").status_code == 403


def test_list_asks_few_queries_whatever_the_amount(
    client: Client, approver: User, borough: Borough, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(40):
        MembershipFactory(borough=borough, role=Role.BOROUGH_READER)
    client.force_login(approver)
    with django_assert_max_num_queries(6):
        assert text(client.get("/colleagues/")).count("Borough reader") == 40
