"""How far the telling of one version is: as the office reads it, in one query."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from boroughs.background import Task
from boroughs.models import User, Work
from procurement.models import Letter, NoticeVersion
from procurement.queries import telling
from tests.factories import notices as scene
from tests.factories.subscribers import LetterFactory

pytestmark = pytest.mark.django_db


def written(version: NoticeVersion, count: int) -> list[Letter]:
    return [LetterFactory(key=f"version-{version.pk}") for _ in range(count)]


def have_it_written() -> None:
    for row in Work.objects.filter(task=Task.TELL_SUBSCRIBERS):
        Work.objects.filter(pk=row.pk).update(done=row.requested)


def page(client: Client, version: NoticeVersion) -> str:
    text = client.get(f"/notices/{version.notice.reference}/").content.decode()
    return " ".join(text.split())


def test_letters_of_this_version_are_counted_by_what_became_of_them(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    version = scene.publish()
    other = scene.publish(scene.confirmed_demand(title="Another"))
    sent, refused, _ = written(version, 3)
    written(other, 2)
    now = timezone.now()
    Letter.objects.filter(pk=sent.pk).update(sent_at=now, body="")
    Letter.objects.filter(pk=refused.pk).update(error="550 no such user")
    with django_assert_num_queries(1):
        found = telling.of_version(version.pk)
    assert found == telling.Telling(is_being_written=True, written=3, sent=1, refused=1, last_sent_at=now)
    assert not found.is_done
    have_it_written()
    assert not telling.of_version(version.pk).is_done  # type: ignore[union-attr]
    Letter.objects.filter(sent_at=None, error="").update(sent_at=now, body="")
    done = telling.of_version(version.pk)
    assert done is not None
    assert (done.is_done, done.sent, done.refused) == (True, 2, 1)


def test_version_that_nobody_was_asked_to_tell_of_has_none() -> None:
    version = scene.publish()
    Work.objects.filter(task=Task.TELL_SUBSCRIBERS).delete()
    assert telling.of_version(version.pk) is None


def test_who_publishes_sees_how_far_it_is_and_nobody_else(client: Client, analyst: User, approver: User) -> None:
    version = scene.publish()
    letters = written(version, 3)
    Letter.objects.filter(pk=letters[0].pk).update(sent_at=timezone.now(), body="")
    heading = "Telling subscribers of version 1"
    assert heading not in page(client, version)
    client.force_login(approver)
    assert heading not in page(client, version)
    client.force_login(analyst)
    under_way = page(client, version)
    assert heading in under_way
    assert "1 of 3" in under_way
    assert "More are being written." in under_way
    have_it_written()
    Letter.objects.filter(sent_at=None).update(sent_at=timezone.now(), body="")
    assert "3 e-mails sent, the last on" in page(client, version)


def test_page_says_what_was_refused_where_nothing_was_sent(client: Client, analyst: User) -> None:
    version = scene.publish()
    written(version, 2)
    have_it_written()
    Letter.objects.update(error="554 looks like spam")
    client.force_login(analyst)
    told = page(client, version)
    assert "The mail server refused 2 e-mails for good." in told
    assert "Nobody asked to be told at once." not in told


def test_page_says_that_nobody_asked(client: Client, analyst: User) -> None:
    version = scene.publish()
    have_it_written()
    client.force_login(analyst)
    assert "Nobody asked to be told at once." in page(client, version)


def test_nothing_is_said_once_letters_of_that_time_are_deleted(
    client: Client, analyst: User, settings: Settings
) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=settings.TOLD_KEPT_DAYS + 1)):
        version = scene.publish()
    have_it_written()
    client.force_login(analyst)
    assert "Telling subscribers" not in page(client, version)
