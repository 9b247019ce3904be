import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Membership, Role, User
from tests.conftest import person
from tests.factories.boroughs import MembershipFactory

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.django_db(transaction=True)
def test_added_person_sets_a_password_and_signs_in(client: Client, administrator: User, borough: Borough) -> None:
    client.force_login(administrator)
    data = {"name": "New Person", "email": "New@Example.org", "role": "BOROUGH_EDITOR", "borough": "camden"}
    page = text(client.post("/people/new/", data, follow=True))
    assert "New Person has been added" in page
    client.logout()
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)
    assert link
    form = client.get(link[1], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "a-long-password-33", "password2": "a-long-password-33"})
    client.logout()
    answer = client.post("/accounts/login/", {"login": "new@example.org", "password": "a-long-password-33"})
    assert answer.headers["Location"] == "/"
    assert client.get("/needs/").status_code == 200


def test_link_that_could_not_be_sent_is_said_and_sent_again(
    client: Client, administrator: User, borough: Borough, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    client.force_login(administrator)
    data = {"name": "New Person", "email": "new@example.org", "role": "BOROUGH_EDITOR", "borough": "camden"}
    with monkeypatch.context() as away:
        away.setattr("boroughs.notifications.EmailMessage.send", refuse)
        page = text(client.post("/people/new/", data, follow=True))
        added = User.objects.get(email="new@example.org")
        again = f'action="/people/{added.pk}/link/"'
        assert "New Person has been added, but the e-mail with a link to set a password could not be sent." in page
        assert "is on its way" not in page
        assert again in page
        page = text(client.post(f"/people/{added.pk}/link/", follow=True))
        assert "The e-mail to new@example.org could not be sent." in page
    page = text(client.post(f"/people/{added.pk}/link/", follow=True))
    assert "An e-mail with a new link is on its way to new@example.org." in page
    assert mail.outbox[0].to == ["new@example.org"]
    added.set_password("a-long-password-33")
    added.save()
    assert again not in text(client.get(f"/people/{added.pk}/"))
    page = text(client.post(f"/people/{added.pk}/link/", follow=True))
    assert "This person has set a password already" in page
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": " \u200b"}, "Enter a name"),
        ({"email": "nonsense"}, "Enter an e-mail address in the correct format"),
        ({"email": "a\x00@example.org"}, "Null characters are not allowed"),
        ({"role": "magic"}, "Choose a role from the list"),
        ({"borough": ""}, "Choose the borough in which the person has this role"),
        ({"role": "LOTI_ANALYST"}, "This role is for all of London: choose no borough"),
        ({"borough": "atlantis"}, "Choose a borough from the list"),
    ],
)
def test_wrong_input_is_named_and_nobody_is_added(
    client: Client, administrator: User, borough: Borough, changes: dict[str, str], message: str
) -> None:
    client.force_login(administrator)
    data = {"name": "New", "email": "new@example.org", "role": "BOROUGH_EDITOR", "borough": "camden"} | changes
    assert message in text(client.post("/people/new/", data))
    assert User.objects.count() == 1


def test_address_that_is_taken_is_told(client: Client, administrator: User, editor: User) -> None:
    client.force_login(administrator)
    data = {"name": "New", "email": editor.email.upper(), "role": "BOROUGH_EDITOR", "borough": "camden"}
    assert "already a person with this e-mail address" in text(client.post("/people/new/", data))


def test_role_is_changed_and_taken_away(client: Client, administrator: User, editor: User) -> None:
    client.force_login(administrator)
    page = f"/people/{editor.pk}/"
    client.post(f"{page}grant/", {"role": "BOROUGH_APPROVER", "borough": "camden"})
    membership = editor.memberships.get()
    assert membership.role == Role.BOROUGH_APPROVER
    assert "not both" in text(client.post(f"{page}grant/", {"role": "LOTI_ANALYST", "borough": ""}))
    client.post(f"{page}roles/{membership.pk}/revoke/")
    assert not editor.memberships.exists()


def test_closed_account_loses_its_session(client: Client, administrator: User, editor: User) -> None:
    other = Client()
    other.force_login(editor)
    assert other.get("/needs/").status_code == 200
    client.force_login(administrator)
    client.post(f"/people/{editor.pk}/deactivate/")
    assert other.get("/needs/").status_code == 302
    client.post(f"/people/{editor.pk}/reactivate/")
    assert User.objects.get(pk=editor.pk).is_active


def test_role_taken_away_holds_from_the_next_request(client: Client, administrator: User, editor: User) -> None:
    client.force_login(editor)
    assert client.get("/needs/").status_code == 200
    Membership.objects.filter(user=editor).delete()
    assert client.get("/needs/").status_code == 403


def test_administrator_cannot_change_the_own_account(client: Client, administrator: User) -> None:
    person(Role.ADMINISTRATOR)
    client.force_login(administrator)
    page = f"/people/{administrator.pk}/"
    assert "Give a role" not in text(client.get(page))
    membership = administrator.memberships.get()
    for move in (f"{page}deactivate/", f"{page}roles/{membership.pk}/revoke/"):
        assert "You cannot change your own roles" in text(client.post(move, follow=True))
    assert User.objects.get(pk=administrator.pk).is_active
    assert administrator.memberships.exists()


def test_membership_of_somebody_else_is_not_taken_by_a_wrong_address(
    client: Client, administrator: User, editor: User, reader: User
) -> None:
    client.force_login(administrator)
    foreign = editor.memberships.get()
    assert client.post(f"/people/{reader.pk}/roles/{foreign.pk}/revoke/").status_code == 404
    assert editor.memberships.exists()


def test_guest_is_admitted_once(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    assert "has been admitted" in text(
        client.post("/people/authorities/", {"name": "Greater London Authority"}, follow=True)
    )
    assert "is already there" in text(client.post("/people/authorities/", {"name": "GREATER LONDON AUTHORITY"}))
    assert Borough.objects.get().kind == Borough.Kind.GUEST


@pytest.mark.parametrize("role", ["BOROUGH_READER", "BOROUGH_EDITOR", "BOROUGH_APPROVER", "LOTI_ANALYST", "CDO_READER"])
def test_people_are_for_administrators(client: Client, role: str, borough: Borough, editor: User) -> None:
    client.force_login(person(Role(role), borough if role.startswith("BOROUGH") else None))
    membership = editor.memberships.get()
    for path in ("", "new/", "authorities/", f"{editor.pk}/"):
        assert client.get(f"/people/{path}").status_code == 403
    for path in (
        "new/",
        "authorities/",
        f"{editor.pk}/grant/",
        f"{editor.pk}/link/",
        f"{editor.pk}/deactivate/",
        f"{editor.pk}/reactivate/",
        f"{editor.pk}/roles/{membership.pk}/revoke/",
    ):
        assert client.post(f"/people/{path}").status_code == 403
    assert User.objects.get(pk=editor.pk).is_active
    assert editor.memberships.exists()


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 30])
def test_person_who_is_not_there_is_404(client: Client, administrator: User, pk: str) -> None:
    client.force_login(administrator)
    assert client.get(f"/people/{pk}/").status_code == 404


def test_list_asks_few_queries_whatever_the_amount(
    client: Client, administrator: User, borough: Borough, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(30):
        MembershipFactory(borough=borough)
    client.force_login(administrator)
    with django_assert_max_num_queries(7):
        client.get("/people/")
