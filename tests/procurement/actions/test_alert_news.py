from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from boroughs.actions import work
from boroughs.background import Task
from boroughs.models import Work
from procurement.actions import alert_news, alerts, kept_post, letters, subscribers
from procurement.forms.board import read
from procurement.models import Alert, Letter, Notice, NoticeVersion, Subscriber
from procurement.queries import board, board_search
from tests.factories import notices as scene
from tests.factories.subscribers import AlertFactory, SubscriberFactory

pytestmark = pytest.mark.django_db
# A Monday, before the e-mails of the morning.
NIGHT = datetime(2026, 7, 6, 5, 0, tzinfo=UTC)
MORNING = datetime(2026, 7, 6, 6, 31, tzinfo=UTC)
DAILY, WEEKLY, AT_ONCE = Alert.Frequency.DAILY, Alert.Frequency.WEEKLY, Alert.Frequency.AT_ONCE


class Clock:
    def __init__(self) -> None:
        self.now = NIGHT


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("boroughs.background.ring", lambda *_, **__: None)
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.now)
    return clock


def work_off() -> None:
    """What the workers do with what is due now."""
    alert_news.request_digests()
    Work.objects.update(not_before=timezone.now())
    told = Work.objects.due(at=timezone.now()).filter(task=Task.TELL_SUBSCRIBERS).order_by("pk")
    for key in told.values_list("key", flat=True):
        alert_news.tell(key=key, read=read)
    alert_news.write_digests(key=alert_news.ALL, read=read)
    Work.objects.update(not_before=timezone.now())
    letters.run()


def follow(**fields: object) -> Alert:
    return AlertFactory(**({"asked_at": NIGHT - timedelta(days=9), "confirmed_at": NIGHT - timedelta(days=9)} | fields))


def publish(title: str = "Telephony") -> NoticeVersion:
    return scene.publish(scene.confirmed_demand(title=title), title=title)


def subjects() -> list[str]:
    return [message.subject for message in mail.outbox]


def test_a_publication_is_told_at_once_to_whom_it_concerns_and_to_nobody_else() -> None:
    hears = follow(search="q=telephony", name="Search: telephony")
    follow(search="q=libraries")
    publish()
    work_off()
    assert [message.to for message in mail.outbox] == [[hears.subscriber.email]]
    text = str(mail.outbox[0].body)
    assert "New notice: Telephony" in mail.outbox[0].subject
    assert "- Search: telephony" in text
    assert "/notices/NT-" in text


def test_a_worker_that_has_just_begun_on_a_large_board_hears_what_the_page_would_find(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(board_search, "SMALL", 0)
    follow(search="q=telefony")
    publish()
    work_off()
    assert subjects() == ["New notice: Telephony"]


def test_of_two_published_at_once_both_are_found_by_their_meaning() -> None:
    """The index that the first one's worker builds knows the second one's words, and not its meaning yet."""
    follow(search="q=telephony")
    one, two = publish("Telephony"), publish("Parking permits")
    Work.objects.update(not_before=timezone.now())
    for version in (one, two):
        alert_news.tell(key=str(version.pk), read=read)
        found = board_search.find("permits", head=two.digest)
        assert found is not None
        assert version.pk not in [document.id for document in found.index.without_vectors]


def test_a_publication_that_began_before_the_morning_and_is_seen_after_it_is_told(clock: Clock) -> None:
    follow(frequency=DAILY)
    clock.now = MORNING - timedelta(seconds=30)
    work_off()
    clock.now = MORNING - timedelta(seconds=61)
    publish()
    clock.now = MORNING
    work_off()
    assert subjects() == ["1 publication on the demand board"]


def test_nobody_is_told_twice_whatever_runs_again() -> None:
    follow()
    version = publish()
    work_off()
    Work.objects.update(requested=9, done=0)
    work_off()
    assert alert_news.tell(key=str(version.pk), read=read) == 0
    assert len(mail.outbox) == 1


def test_two_alerts_of_one_mailbox_make_one_email_that_names_both() -> None:
    reader = SubscriberFactory()
    follow(subscriber=reader, name="all notices")
    follow(subscriber=reader, search="q=telephony", name="Search: telephony")
    publish()
    work_off()
    assert len(mail.outbox) == 1
    assert "- all notices" in str(mail.outbox[0].body)
    assert "- Search: telephony" in str(mail.outbox[0].body)


def test_what_was_published_before_somebody_followed_is_no_news(clock: Clock) -> None:
    publish()
    clock.now += timedelta(minutes=1)
    follow(confirmed_at=clock.now)
    work_off()
    assert subjects() == []


def test_a_follower_of_a_notice_hears_of_its_correction_and_withdrawal(clock: Clock) -> None:
    version = publish()
    work_off()
    follow(notice=version.notice, confirmed_at=clock.now)
    clock.now += timedelta(minutes=1)
    scene.correct(version.notice, reason="The summary was wrong.", summary="Telephones for all.")
    scene.withdraw(Notice.objects.get(), "Two boroughs left.")
    work_off()
    assert subjects() == ["Changed: Telephony", "Withdrawn: Telephony"]
    assert "Why: The summary was wrong." in str(mail.outbox[0].body)


def test_a_filter_that_nothing_on_the_board_has_finds_nothing() -> None:
    version = publish()
    gone = "closing=2020-01"
    there = f"closing={version.content['closes_date'][:7]}"
    work_off()
    for search in (gone, f"q=telephony&{gone}", there, f"{there}&{gone}&borough=nowhere", f"{there}&{gone}"):
        follow(search=search, name=search)
    scene.withdraw(version.notice, "Two boroughs left.")
    work_off()
    told = [str(message.body).partition("you follow:\n- ")[2].split("\n")[0] for message in mail.outbox]
    # One value of a filter that is there is enough.
    assert sorted(told) == [there, f"{there}&{gone}"]


def test_a_search_hears_of_a_withdrawal_too() -> None:
    follow(search="q=telephony")
    version = publish()
    scene.withdraw(version.notice, "Two boroughs left.")
    work_off()
    assert subjects() == ["New notice: Telephony", "Withdrawn: Telephony"]


def test_a_muted_notice_is_left_out_and_the_others_are_not() -> None:
    alert = follow()
    version = publish()
    alerts.mute(subscriber=alert.subscriber, notice=version.notice)
    publish("Parking")
    work_off()
    assert subjects() == ["New notice: Parking"]


@pytest.mark.parametrize("change", ["ended", "refused", "unconfirmed"])
def test_whom_nothing_is_to_be_sent_to_is_sent_nothing(change: str) -> None:
    alert = follow()
    if change == "ended":
        alerts.end(alert=alert)
    elif change == "refused":
        type(alert.subscriber).objects.update(refused_at=NIGHT)
    else:
        Alert.objects.update(confirmed_at=None)
    publish()
    work_off()
    assert Letter.objects.count() == 0


def test_the_morning_tells_all_that_was_published_since_the_last_and_once(clock: Clock) -> None:
    follow(frequency=DAILY)
    publish("Telephony")
    publish("Parking")
    work_off()
    assert subjects() == []
    clock.now = MORNING
    work_off()
    work_off()
    assert subjects() == ["2 publications on the demand board"]
    clock.now += timedelta(days=1)
    work_off()
    assert len(mail.outbox) == 1


def test_a_week_ends_on_monday_morning(clock: Clock) -> None:
    follow(frequency=WEEKLY)
    publish()
    clock.now = MORNING
    work_off()
    assert len(mail.outbox) == 1
    publish("Parking")
    clock.now += timedelta(days=6)
    work_off()
    assert len(mail.outbox) == 1
    clock.now += timedelta(days=1)
    work_off()
    assert len(mail.outbox) == 2


def test_a_morning_that_the_scheduler_slept_through_is_made_good(clock: Clock) -> None:
    follow(frequency=DAILY)
    publish()
    clock.now = MORNING + timedelta(days=3)
    work_off()
    assert subjects() == ["1 publication on the demand board"]


def test_what_one_alert_told_at_once_is_not_told_by_another_in_the_morning(clock: Clock) -> None:
    reader = SubscriberFactory()
    follow(subscriber=reader, search="q=telephony")
    follow(subscriber=reader, frequency=DAILY)
    publish("Telephony")
    publish("Parking")
    work_off()
    clock.now = MORNING
    work_off()
    assert subjects() == ["New notice: Telephony", "1 publication on the demand board"]
    assert "Parking" in str(mail.outbox[1].body)
    assert "New notice: Telephony" not in str(mail.outbox[1].body)


@pytest.mark.parametrize(("before", "after"), [(DAILY, AT_ONCE), (AT_ONCE, DAILY), (WEEKLY, DAILY)])
def test_another_rhythm_tells_nothing_twice_and_loses_nothing(
    clock: Clock, before: Alert.Frequency, after: Alert.Frequency
) -> None:
    alert = follow(frequency=before)
    publish("Telephony")
    clock.now += timedelta(minutes=1)
    work_off()
    alerts.change(alert=alert, frequency=after)
    clock.now += timedelta(minutes=1)
    publish("Parking")
    clock.now = MORNING
    work_off()
    told = "\n".join(f"{message.subject}\n{message.body}" for message in mail.outbox)
    for title in ("Telephony", "Parking"):
        assert len([line for line in told.splitlines() if line.startswith(f"New notice: {title} (")]) <= 1
        assert f"New notice: {title}" in told


@pytest.mark.parametrize("rhythm", [WEEKLY, DAILY, AT_ONCE])
def test_nothing_is_told_again_once_its_letter_is_deleted(clock: Clock, rhythm: Alert.Frequency) -> None:
    alert = follow()
    # The same mailbox's e-mail of the week would tell of it too, but that the mailbox takes nothing for a month.
    weekly = follow(subscriber=alert.subscriber, search="q=telephony", frequency=WEEKLY)
    publish()
    work_off()
    assert subjects() == ["New notice: Telephony"]
    Subscriber.objects.update(refused_at=clock.now)
    clock.now += timedelta(days=31)
    assert kept_post.drop() == 1
    Subscriber.objects.update(refused_at=None)
    for each in (alert, weekly):
        alerts.change(alert=Alert.objects.get(pk=each.pk), frequency=rhythm)
    work_off()
    assert subjects() == ["New notice: Telephony"]


def test_one_click_from_the_mailbox_ends_what_the_email_was_for() -> None:
    alert, other = follow(search="q=telephony"), follow(search="q=libraries")
    publish()
    work_off()
    header = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    path = header.partition("://")[2].partition("/")[2]
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(f"/{path}").status_code == 200
    assert Alert.objects.standing().count() == 2
    assert strict.post(f"/{path}", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert list(Alert.objects.standing()) == [other]
    assert alert.pk != other.pk


def test_telling_five_hundred_asks_no_more_than_telling_five(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for letter in "telph":
        follow(search="q=" + "telephony".replace(letter, letter.upper()))
    for _ in range(300):
        follow(search="q=telephony")
    version = publish()
    Work.objects.update(not_before=timezone.now())
    with django_assert_max_num_queries(60):
        assert alert_news.tell(key=str(version.pk), read=read) == 305


@pytest.mark.parametrize("frequency", [AT_ONCE, DAILY])
def test_searches_that_take_longer_than_a_lease_lose_it_to_nobody(
    frequency: str, clock: Clock, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """Many searches, each shorter than the lease, and another worker that looks for work after each."""
    task, ask = (Task.TELL_SUBSCRIBERS if frequency == AT_ONCE else Task.WRITE_DIGESTS), board.search
    reader = SubscriberFactory()
    for letter in "telph":
        follow(subscriber=reader, frequency=frequency, search="q=" + "telephony".replace(letter, letter.upper()))
    version = publish()
    clock.now = MORNING

    def slow(*args: Any, **kwargs: Any) -> Any:
        clock.now += timedelta(seconds=settings.WORK_LEASE_SECONDS / 2)
        assert work.claim(task=task, key=key) is None
        return ask(*args, **kwargs)

    monkeypatch.setattr(board, "search", slow)
    if frequency == AT_ONCE:
        key = str(version.pk)
        assert alert_news.tell(key=key, read=read) == 1
    else:
        key = alert_news.ALL
        alert_news.request_digests()
        assert alert_news.write_digests(key=key, read=read) == 1


def test_what_nobody_confirmed_is_deleted_with_its_mailbox(clock: Clock) -> None:
    asked = alerts.follow(email="a@example.com", frequency=DAILY, name="all notices")
    alerts.confirm(alert=alerts.follow(email="b@example.com", frequency=DAILY, name="all notices"))
    assert subscribers.drop_unconfirmed() == 0
    clock.now += timedelta(days=8)
    assert subscribers.drop_unconfirmed() == 1
    assert not Alert.objects.filter(pk=asked.pk).exists()
    assert Alert.objects.standing().count() == 1
