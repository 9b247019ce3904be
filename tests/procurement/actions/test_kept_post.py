from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from procurement.actions import kept_post
from procurement.models import Letter, WebhookDelivery
from tests.factories.subscribers import DeliveryFactory, LetterFactory, WebhookFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def days_ago(settings: Settings) -> dict[int, datetime]:
    settings.TOLD_KEPT_DAYS = 20
    now = timezone.now()
    return {days: now - timedelta(days=days) for days in (19, 21)}


def test_letters_that_are_done_go_and_those_that_wait_stay(
    days_ago: dict[int, datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_post, "CHUNK", 1)
    old, late = days_ago[21], days_ago[19]
    LetterFactory(written_at=old, sent_at=old, body="")
    LetterFactory(written_at=old, error="No such mailbox")
    kept = [
        LetterFactory(written_at=old),
        LetterFactory(written_at=old, sent_at=late, body=""),
        LetterFactory(written_at=late, error="No such mailbox"),
    ]
    assert kept_post.drop() == 2
    assert list(Letter.objects.order_by("pk")) == kept
    assert kept_post.drop() == 0


def test_messages_that_are_done_go_and_those_that_wait_stay(days_ago: dict[int, datetime]) -> None:
    old, late = days_ago[21], days_ago[19]
    paused = WebhookFactory(paused_at=old)
    ended = WebhookFactory(ended_at=old)
    DeliveryFactory(written_at=old, done_at=old)
    DeliveryFactory(written_at=old, done_at=old, problem="It answered 500.")
    DeliveryFactory(written_at=old, webhook=ended)
    kept = [
        DeliveryFactory(written_at=old),
        DeliveryFactory(written_at=old, webhook=paused),
        DeliveryFactory(written_at=old, done_at=late),
    ]
    assert kept_post.drop() == 3
    assert list(WebhookDelivery.objects.order_by("pk")) == kept
