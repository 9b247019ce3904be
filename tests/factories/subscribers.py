from datetime import UTC, datetime

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from procurement.models import Alert, Interest, Letter, Subscriber, Webhook, WebhookDelivery
from procurement.outbound import signing

AT = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)


class SubscriberFactory(DjangoModelFactory[Subscriber]):
    class Meta:
        model = Subscriber

    email = factory.Sequence(lambda n: f"supplier-{n}@example.com")
    created_at = AT
    confirmed_at = AT


class AlertFactory(DjangoModelFactory[Alert]):
    class Meta:
        model = Alert

    subscriber = factory.SubFactory(SubscriberFactory)
    name = "all notices"
    frequency = Alert.Frequency.AT_ONCE
    asked_at = AT
    confirmed_at = AT


class InterestFactory(DjangoModelFactory[Interest]):
    """Standing, and for no borough. It changes no band: tests/factories/interests.py does as people do."""

    class Meta:
        model = Interest

    subscriber = factory.SubFactory(SubscriberFactory)
    organisation = factory.Sequence(lambda n: f"Supplier {n} Ltd")
    asked_at = AT
    confirmed_at = AT
    since = AT


class LetterFactory(DjangoModelFactory[Letter]):
    class Meta:
        model = Letter

    subscriber = factory.SubFactory(SubscriberFactory)
    key = factory.Sequence(lambda n: f"version-{n}")
    subject = "A notice"
    body = "Read it.\n"
    # A letter of long ago is no news and is given up.
    written_at = factory.LazyFunction(timezone.now)


class WebhookFactory(DjangoModelFactory[Webhook]):
    class Meta:
        model = Webhook

    subscriber = factory.SubFactory(SubscriberFactory)
    url = factory.Sequence(lambda n: f"https://hooks-{n}.supplier.example/loti")
    host = factory.LazyAttribute(lambda hook: hook.url.split("/")[2])
    name = "all notices"
    secret = factory.LazyFunction(signing.new_secret)
    created_at = AT


class DeliveryFactory(DjangoModelFactory[WebhookDelivery]):
    class Meta:
        model = WebhookDelivery

    webhook = factory.SubFactory(WebhookFactory)
    event = "notice.published"
    written_at = AT
    not_before = AT
    attempts = 1
