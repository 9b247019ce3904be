from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Notification, Role, User
from tests.factories.boroughs import MembershipFactory, NotificationFactory

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return str(response.content.decode())


def test_list_shows_the_newest_first_and_marks_what_is_new(client: Client, borough: Borough, editor: User) -> None:
    NotificationFactory(user=editor, borough=borough, headline="First <b>", read_at=timezone.now())
    NotificationFactory(user=editor, borough=borough, headline="Second", comment="Whose users?")
    client.force_login(editor)
    page = text(client.get("/notifications/"))
    assert page.index("Second") < page.index("First &lt;b&gt;")
    assert page.count(">New</strong>") == 1
    assert "Whose users?" in page
    assert ' (1<span class="govuk-visually-hidden"> unread</span>)' in page


def test_empty_list_says_what_will_be_there(client: Client, editor: User) -> None:
    client.force_login(editor)
    page = text(client.get("/notifications/"))
    assert "Nothing yet" in page
    assert "Mark all as read" not in page
    assert "unread" not in page


def test_link_leads_on_and_marks_as_read(client: Client, borough: Borough, editor: User) -> None:
    told = NotificationFactory(user=editor, borough=borough, path="/needs/N-1/")
    client.force_login(editor)
    for _ in range(2):
        response = client.get(f"/notifications/{told.pk}/")
        assert (response.status_code, response.headers["Location"]) == (302, "/needs/N-1/")
    told.refresh_from_db()
    assert told.read_at is not None


def test_somebody_elses_and_a_missing_one_are_answered_alike(
    client: Client, borough: Borough, editor: User, approver: User
) -> None:
    theirs = NotificationFactory(user=approver, borough=borough)
    client.force_login(editor)
    for pk in (theirs.pk, 99999999, 10**30):
        assert client.get(f"/notifications/{pk}/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_what_was_told_of_a_borough_goes_with_the_role_there(
    client: Client, borough: Borough, other_borough: Borough, editor: User
) -> None:
    told = NotificationFactory(user=editor, borough=other_borough, headline="Of Brent")
    client.force_login(editor)
    page = text(client.get("/notifications/"))
    assert "Of Brent" not in page
    assert "unread" not in page
    assert client.get(f"/notifications/{told.pk}/").status_code == 404
    MembershipFactory(user=editor, borough=other_borough, role=Role.BOROUGH_READER)
    assert "Of Brent" in text(client.get("/notifications/"))


def test_all_that_was_seen_is_marked_as_read(client: Client, borough: Borough, editor: User, approver: User) -> None:
    seen = [NotificationFactory(user=editor, borough=borough) for _ in range(30)]
    theirs = NotificationFactory(user=approver, borough=borough)
    client.force_login(editor)
    page = client.get("/notifications/?page=2")
    came_meanwhile = NotificationFactory(user=editor, borough=borough)
    client.post("/notifications/read/", {"upto": page.context["newest"]})
    unread = set(Notification.objects.unread().values_list("pk", flat=True))
    assert unread == {theirs.pk, came_meanwhile.pk}
    assert page.context["newest"] == seen[-1].pk


@pytest.mark.parametrize("upto", ["", "x", "-1", "9" * 40])
def test_nonsense_marks_nothing(client: Client, borough: Borough, editor: User, upto: str) -> None:
    NotificationFactory(user=editor, borough=borough)
    client.force_login(editor)
    assert client.post("/notifications/read/", {"upto": upto}).status_code == 302
    assert Notification.objects.unread().count() == 1


def test_preference_is_chosen(client: Client, editor: User) -> None:
    client.force_login(editor)
    form = client.get("/settings/notifications/").context["form"]
    assert form["mail_preference"].value() == "AT_ONCE"
    page = text(client.post("/settings/notifications/", {"mail_preference": "DAILY"}, follow=True))
    assert "Your choice is saved." in page
    editor.refresh_from_db()
    assert editor.mail_preference == User.MailPreference.DAILY


@pytest.mark.parametrize("choice", ["", "SOMETIMES"])
def test_wrong_preference_is_named_and_not_saved(client: Client, editor: User, choice: str) -> None:
    client.force_login(editor)
    page = text(client.post("/settings/notifications/", {"mail_preference": choice}))
    assert "Choose" in page
    assert "There is a problem" in page
    editor.refresh_from_db()
    assert editor.mail_preference == User.MailPreference.AT_ONCE


def test_office_people_are_told_of_reports_alone(client: Client, borough: Borough, analyst: User, editor: User) -> None:
    NotificationFactory(user=analyst, borough=borough, headline="Of a borough")
    for user in (analyst, editor):
        NotificationFactory(user=user, borough=None, kind=Notification.Kind.REPORT_READY, headline="Of London")

    client.force_login(analyst)
    page = text(client.get("/notifications/"))
    assert "Of London" in page
    assert "Of a borough" not in page
    assert "Notifications (1<span" in text(client.get("/needs/"))
    client.force_login(editor)
    assert "Of London" not in text(client.get("/notifications/"))


def test_administrators_are_told_nothing_and_asked_nothing(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    assert client.get("/notifications/").status_code == 403
    assert "Notifications" not in text(client.get("/people/"))


def test_list_asks_few_queries_whatever_the_amount(
    client: Client, borough: Borough, editor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(60):
        NotificationFactory(user=editor, borough=borough)
    client.force_login(editor)
    with django_assert_max_num_queries(8):
        assert len(client.get("/notifications/").context["page"].object_list) == 25


def test_settings_say_what_emails_are_about(client: Client, editor: User) -> None:
    client.force_login(editor)
    page = text(client.get("/settings/notifications/"))
    assert [label for label in Notification.Kind.labels if f"<li>{label}</li>" not in page.replace("&#x27;", "'")] == []
