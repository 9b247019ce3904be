import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import Webhook as Verifier

from boroughs.background import Task
from boroughs.models import Work
from procurement.actions import alert_news, letters, webhook_turn, webhooks
from procurement.forms.board import read
from procurement.models import NoticeVersion, Webhook, WebhookDelivery
from procurement.outbound import backoff
from procurement.outbound import post as posting
from tests.factories import notices as scene
from tests.factories import questions as asked
from tests.factories.subscribers import SubscriberFactory, WebhookFactory
from tests.outbound import servers
from tests.outbound.servers import serving

pytestmark = pytest.mark.django_db
YESTERDAY = timedelta(days=1)


class Clock:
    """As real time, and as many days later as a test says."""

    def __init__(self) -> None:
        self.later = timedelta()
        self._now = timezone.now

    def __call__(self) -> datetime:
        return self._now() + self.later


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Clock:
    clock = Clock()
    settings.WEBHOOK_LOOPBACK = True
    monkeypatch.setattr("boroughs.background.ring", lambda *_, **__: None)
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


def hook(url: str, **fields: object) -> Webhook:
    return WebhookFactory(**({"url": url, "created_at": timezone.now() - YESTERDAY} | fields))


def publish(title: str = "Telephony") -> NoticeVersion:
    version = scene.publish(scene.confirmed_demand(title=title), title=title)
    tell(version)
    return version


def tell(version: NoticeVersion) -> None:
    Work.objects.filter(task=Task.TELL_SUBSCRIBERS).update(not_before=timezone.now())
    alert_news.tell(key=str(version.pk), read=read)


def turn() -> int:
    """One turn of a worker, now."""
    Work.objects.update(not_before=timezone.now())
    return webhook_turn.run()


@pytest.fixture
def good() -> Iterator[servers.Server]:
    with serving(servers.answers(servers.OK)) as server:
        yield server


def test_a_publication_arrives_signed_and_says_where_the_rest_is(good: servers.Server) -> None:
    mine = hook(good.url)
    version = publish()
    assert turn() == 1
    said = Verifier(mine.secret).verify(good.body(), good.head())
    assert said["type"] == "notice.published"
    reference = version.notice.reference
    assert said["data"] == {
        "reference": reference,
        "version": 1,
        "title": "Telephony",
        "url": f"http://127.0.0.1:8000/notices/{reference}/versions/1/",
        "api_url": f"http://127.0.0.1:8000/api/v1/notices/{reference}/",
        "digest": version.digest,
    }
    kept = WebhookDelivery.objects.get()
    assert (kept.is_taken, kept.status, kept.answer, kept.attempts) == (True, 200, "ok", 1)
    assert turn() == 0


def test_a_webhook_is_sent_what_its_search_finds_once_and_nothing_from_before_it(good: servers.Server) -> None:
    hook(good.url, search="q=telephony")
    hook(good.url, search="q=libraries")
    hook(good.url, created_at=timezone.now() + YESTERDAY)
    version = publish()
    # Whatever runs again writes none twice.
    Work.objects.update(requested=9, done=0)
    tell(version)
    assert turn() == 1
    assert turn() == 0
    assert len(good.requests) == 1


def test_the_event_follows_from_what_the_version_says_and_not_from_its_reason() -> None:
    def events() -> list[str]:
        versions = NoticeVersion.objects.in_order()
        return [webhook_turn.webhook_payload.event_of(version) for version in versions]

    notice = scene.publish().notice
    scene.correct(notice, "Question 1 answered.", summary="Another one.")
    assert events() == ["notice.published", "notice.updated"]
    question = asked.ask(notice)
    asked.publish(question)
    # The answers that stand are no news.
    scene.correct(notice, "Question 2 answered.", summary="A third one.")
    asked.publish(question, "No.", reason="Question 1 was answered too soon.")
    asked.tell(asked.write(notice))
    asked.publish(asked.ask(notice, text="Who hosts it?"))
    scene.withdraw(notice, "Question 1 answered it.")
    assert events()[2:] == [
        "question.answered",
        "notice.updated",
        "notice.updated",
        "notice.updated",
        "question.answered",
        "notice.withdrawn",
    ]


def test_a_server_that_is_mended_gets_the_same_message_later(clock: Clock) -> None:
    with serving(servers.answers(servers.status(500, text="Oops"), servers.OK)) as server:
        mine = hook(server.url)
        publish()
        assert turn() == 0
        failed = WebhookDelivery.objects.get()
        assert (failed.problem, failed.answer, failed.done_at) == ("It answered 500.", "Oops", None)
        # Not before it is due.
        assert turn() == 0
        assert len(server.requests) == 1
        clock.later = timedelta(seconds=6)
        assert turn() == 1
    first, second = server.head(0), server.head(1)
    assert first["webhook-id"] == second["webhook-id"]
    assert server.body(0) == server.body(1)
    Verifier(mine.secret).verify(server.body(1), second | {"webhook-timestamp": second["webhook-timestamp"]})
    assert Webhook.objects.get().failures == 0


def test_the_worker_is_rung_when_the_next_attempt_is_due() -> None:
    with serving(servers.answers(servers.status(500))) as server:
        hook(server.url)
        publish()
        turn()
    waits = Work.objects.get(task=Task.DELIVER_WEBHOOKS)
    assert waits.requested > waits.done
    assert abs(waits.not_before - WebhookDelivery.objects.get().not_before) < timedelta(seconds=2)


def test_after_the_last_attempt_it_is_paused_and_its_subscriber_told(clock: Clock) -> None:
    with serving(servers.answers(servers.status(302, "Location: http://127.0.0.1/\r\n"), servers.OK)) as server:
        mine = hook(server.url)
        publish()
        WebhookDelivery.objects.update(attempts=len(backoff.WAITS))
        turn()
        mine.refresh_from_db()
        assert mine.paused_at is not None
        given_up = WebhookDelivery.objects.get()
        assert given_up.is_given_up
        assert given_up.problem == "It answered 302, a redirect, which is not followed."
        # Nothing is written for it meanwhile, and what follows the end of the pause is sent again.
        publish("Libraries")
        assert WebhookDelivery.objects.count() == 1
        webhooks.resume(webhook=mine)
        publish("Housing")
        assert turn() == 1
    Work.objects.update(not_before=timezone.now())
    letters.run()
    assert [message.to for message in mail.outbox] == [[mine.subscriber.email]]
    assert "not followed" in str(mail.outbox[0].body)
    assert f"/webhooks/{mine.pk}/" in str(mail.outbox[0].body)


def test_a_server_that_is_gone_ends_its_webhook() -> None:
    with serving(servers.answers(servers.status(410))) as server:
        hook(server.url)
        publish()
        turn()
        publish("Libraries")
        turn()
    assert Webhook.objects.get().ended_at is not None
    assert len(server.requests) == 1


def test_twenty_that_hang_delay_nobody(good: servers.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "STEP", 1.0)
    monkeypatch.setattr(posting, "ALL", 2.0)
    heard: list[str] = []
    with ExitStack() as stack:
        for number in range(20):
            behaviour = servers.drips if number % 2 else servers.hangs
            hook(stack.enter_context(serving(behaviour)).url)
        hook(good.url)
        publish()
        record = webhook_turn._record

        def recorded(delivery: WebhookDelivery, answer: posting.Answer) -> bool:
            heard.append(delivery.webhook.url)
            return record(delivery, answer)

        monkeypatch.setattr(webhook_turn, "_record", recorded)
        assert turn() == 1
        # In the same turn, and before any of those that hang was given up.
        assert heard[0] == good.url
        assert len(heard) == 21
        assert WebhookDelivery.objects.exclude(problem="").count() == 20


def test_next_time_who_hung_comes_after_who_answered(good: servers.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_turn, "AT_ONCE", 1)
    with serving(servers.answers(servers.status(500))) as bad:
        hook(bad.url, failures=1)
        hook(good.url)
        publish()
        order: list[str] = []
        record = webhook_turn._record
        monkeypatch.setattr(
            webhook_turn,
            "_record",
            lambda delivery, answer: (order.append(delivery.webhook.url), record(delivery, answer))[1],
        )
        turn()
    assert order == [good.url, bad.url]


def test_to_one_webhook_one_message_is_under_way(good: servers.Server) -> None:
    hook(good.url)
    publish()
    waits = WebhookDelivery.objects.filter(pk=WebhookDelivery.objects.get().pk)
    waits.update(not_before=timezone.now() + YESTERDAY)
    publish("Libraries")
    first = webhook_turn._take([])
    assert len(first) == 1
    # Falls due while the other is under way.
    waits.update(not_before=timezone.now() - YESTERDAY)
    assert webhook_turn._take([]) == []
    webhook_turn._record(first[0], posting.Answer(200, "", ""))
    assert len(webhook_turn._take([])) == 1


def test_to_one_host_a_few_messages_are_under_way() -> None:
    for _ in range(6):
        hook("https://one.example/")
    other = hook("https://other.example/")
    publish()
    first = webhook_turn._take([])
    hosts = [each.webhook.host for each in first]
    assert sorted(hosts) == ["one.example"] * webhook_turn.TO_A_HOST + [other.host]
    assert webhook_turn._take(first) == []
    assert len(webhook_turn._take(first[1:])) == 1


def test_what_a_dead_worker_had_in_hand_is_sent_again_under_the_same_identifier(
    good: servers.Server, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook(good.url)
    publish()
    with monkeypatch.context() as patch:
        # Killed between the server's yes and the row.
        patch.setattr(webhook_turn, "_record", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            turn()
    assert turn() == 0
    clock.later = timedelta(minutes=2)
    assert turn() == 1
    assert good.head(0)["webhook-id"] == good.head(1)["webhook-id"]


def test_a_turn_that_another_took_over_writes_nothing_of_its_own(good: servers.Server) -> None:
    hook(good.url)
    publish()
    stale = webhook_turn._take([])[0]
    WebhookDelivery.objects.update(taken_at=timezone.now() + timedelta(minutes=2))
    assert webhook_turn._record(stale, posting.Answer(200, "", "")) is False
    assert WebhookDelivery.objects.get().done_at is None


def test_a_test_is_sent_once_and_pauses_nothing() -> None:
    with serving(servers.answers(servers.status(500))) as server:
        mine = hook(server.url)
        webhooks.test(webhook=mine)
        turn()
    kept = WebhookDelivery.objects.get()
    assert kept.is_given_up
    assert json.loads(server.body())["type"] == "webhook.test"
    assert Webhook.objects.standing().exists()


def test_both_secrets_sign_for_a_day(good: servers.Server, clock: Clock) -> None:
    before = hook(good.url)
    after = webhooks.rotate(webhook=before)
    publish()
    turn()
    for secret in (before.secret, after.secret):
        Verifier(secret).verify(good.body(), good.head())
    clock.later = timedelta(days=1, minutes=1)
    assert Webhook.objects.get().secrets_at(clock()) == [after.secret]


def test_deleting_the_mailbox_deletes_its_webhooks_and_what_waits(good: servers.Server) -> None:
    mailbox = SubscriberFactory()
    hook(good.url, subscriber=mailbox)
    publish()
    mailbox.delete()
    assert turn() == 0
    assert not WebhookDelivery.objects.exists()
    assert good.requests == []


def test_many_webhooks_cost_a_take_no_more_than_their_messages(good: servers.Server) -> None:
    for number in range(30):
        hook(f"http://127.0.0.1:{10_000 + number}/", host=f"host-{number}")
    publish()
    with CaptureQueriesContext(connection) as asked:
        assert len(webhook_turn._take([])) == webhook_turn.AT_ONCE
    assert len(asked) == 1 + 2 * webhook_turn.AT_ONCE
