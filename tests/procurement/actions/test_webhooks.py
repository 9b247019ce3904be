import pytest
from django.utils import timezone

from boroughs.exceptions import IllegalMove, NotAcceptable
from boroughs.models import Work
from procurement.actions import webhook_turn, webhooks
from procurement.models import Webhook, WebhookDelivery
from tests.factories.subscribers import DeliveryFactory, SubscriberFactory, WebhookFactory
from tests.outbound import servers
from tests.outbound.servers import serving
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boroughs.background.ring", lambda *_, **__: None)


def test_of_requests_at_once_no_more_are_added_than_a_mailbox_may_have() -> None:
    mailbox = SubscriberFactory()
    WebhookFactory.create_batch(3, subscriber=mailbox)

    def add(number: int) -> object:
        return webhooks.add(subscriber=mailbox, url=f"https://a.example/{number}", search="", name="all notices")

    outcomes = at_once(*(lambda number=number: add(number) for number in range(4)))  # type: ignore[misc]
    assert Webhook.objects.filter(subscriber=mailbox).count() == webhooks.MOST
    assert sum(isinstance(each, NotAcceptable) for each in outcomes) == 2


def test_whoever_adds_a_webhook_anew_for_each_test_has_no_more_tests() -> None:
    mailbox = SubscriberFactory()

    def test_anew() -> None:
        made = webhooks.add(subscriber=mailbox, url="https://a.example/", search="", name="all notices")
        webhooks.test(webhook=made)
        webhooks.end(webhook=made)

    for _ in range(webhooks.MOST):
        test_anew()
    with pytest.raises(IllegalMove):
        test_anew()
    assert WebhookDelivery.objects.count() == webhooks.MOST


def test_of_two_who_change_a_secret_at_once_one_is_told_so() -> None:
    mine = WebhookFactory()
    outcomes = at_once(*[lambda: webhooks.rotate(webhook=mine)] * 2)
    assert sum(isinstance(each, IllegalMove) for each in outcomes) == 1
    # The one that every receiver has still signs.
    assert mine.secret in Webhook.objects.get().secrets_at(timezone.now())


def test_of_two_workers_at_once_one_sends(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    monkeypatch.setattr(settings, "WEBHOOK_LOOPBACK", True)
    with serving(servers.answers(servers.OK)) as server:
        DeliveryFactory(webhook=WebhookFactory(url=server.url), version=None, attempts=0)
        webhook_turn.wake()
        Work.objects.update(not_before=timezone.now())
        outcomes = at_once(webhook_turn.run, webhook_turn.run)
    assert sorted(outcomes) == [0, 1]
    assert len(server.requests) == 1
    assert WebhookDelivery.objects.get().is_taken
