"""The pages of the engagement log, and the public section that comes of it."""

import pytest
from django.test import Client
from django.urls import reverse

from boroughs.models import Role, User
from procurement.models import EngagementEntry, Notice
from tests.factories import notices as scene
from tests.factories import questions as asked
from tests.factories.boroughs import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = {"held_date_day": "5", "held_date_month": "1", "held_date_year": "2026"}
TYPED = {"kind": "CALL", "told": "It may start in parts.", "met_with": "Quiet Ltd", "revision": "0", **DAY}


@pytest.fixture
def notice() -> Notice:
    return scene.publish().notice


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def of(name: str) -> Client:
    user: User = UserFactory()
    MembershipFactory(user=user, role=Role.BOROUGH_EDITOR, borough=scene.borough(name))
    return signed_in(user)


def test_entry_goes_from_the_form_of_a_member_to_everybody(notice: Notice) -> None:
    member, analyst, log = (
        of("Brent"),
        signed_in(scene.analyst()),
        reverse("notice-engagement", args=[notice.reference]),
    )
    page = reverse("notice-detail", args=[notice.reference])
    write = reverse("engagement-write", args=[notice.reference])
    assert "Write what suppliers were told" in member.post(write, TYPED | {"told": ""}).content.decode()
    assert "Enter the day" in member.post(write, {"kind": "CALL", "told": "Yes.", "revision": "0"}).content.decode()
    listed = member.post(write, TYPED, follow=True).content.decode()
    assert "Call on 5 January 2026" in listed
    assert "You wrote this, so somebody else must publish it" in listed
    assert "What suppliers were told" not in Client().get(page).content.decode()
    entry = EngagementEntry.objects.get()
    edit = reverse("engagement-edit", args=[notice.reference, entry.pk])
    member.post(edit, TYPED | {"told": "It may start in two parts.", "revision": "1"})
    assert "A colleague has changed this entry" in member.post(edit, TYPED | {"revision": "1"}).content.decode()
    tell = reverse("engagement-tell", args=[notice.reference, entry.pk])
    assert member.post(tell, {"revision": "2"}).status_code == 403
    assert "Published with version 2" in analyst.post(tell, {"revision": "2"}, follow=True).content.decode()
    for client in (Client(), member):
        shown = client.get(page).content.decode()
        assert "It may start in two parts." in shown
        assert "Quiet Ltd" not in shown
    assert "Quiet Ltd" in member.get(log).content.decode()
    api = Client().get(reverse("api-notice-detail", args=[notice.reference])).json()
    told = {"number": 1, "kind": "CALL", "held_on": "2026-01-05", "told": "It may start in two parts."}
    assert api["engagement"] == [told]
    compared = Client().get(reverse("notice-compare", args=[notice.reference])).content.decode()
    assert "What suppliers were told: call on 5 January 2026" in compared


def test_others_do_not_read_the_log(notice: Notice) -> None:
    entry = asked.write(notice)
    client = of("Harrow")
    for name, arguments in (("notice-engagement", []), ("engagement-write", []), ("engagement-edit", [entry.pk])):
        assert client.get(reverse(name, args=[notice.reference, *arguments])).status_code == 404


def test_entry_is_given_up(notice: Notice) -> None:
    entry = asked.write(notice)
    client = of("Brent")
    drop = reverse("engagement-drop", args=[notice.reference, entry.pk])
    listed = client.post(drop, {"revision": "1"}, follow=True).content.decode()
    assert "Nothing was published" in listed
    assert entry.told not in listed
