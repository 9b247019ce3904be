import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from procurement.models import Subscriber, Webhook, WebhookDelivery
from procurement.outbound import address
from tests.factories.subscribers import DeliveryFactory, SubscriberFactory, WebhookFactory

pytestmark = pytest.mark.django_db
SERVER = "https://hooks.supplier.example/loti"


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boroughs.background.ring", lambda *_, **__: None)
    monkeypatch.setattr(address, "lookup", lambda *_: ["93.184.215.14"])


@pytest.fixture
def mailbox() -> Subscriber:
    return SubscriberFactory()


def add(client: Client, mailbox: Subscriber, url: str = SERVER, search: str = "") -> str:
    """What the page says, after an address was typed."""
    page = client.post(reverse("webhook-create", args=[mailbox.token]), {"url": url, "search": search})
    assert page.status_code == 200
    return page.content.decode()


def test_the_secret_is_shown_once(client: Client, mailbox: Subscriber) -> None:
    page = add(client, mailbox)
    made = Webhook.objects.get()
    assert made.secret in page
    for name, args in (("webhook", [mailbox.token, made.pk]), ("subscriber", [mailbox.token])):
        later = client.get(reverse(name, args=args))
        assert made.host in later.content.decode()
        assert made.secret not in later.content.decode()
        assert "no-store" in later.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("typed", "kept", "name"),
    [
        ("", "", "all notices"),
        ("https://board.example/board/?q=telephony&state=OPEN&sort=newest&page=3", "q=telephony", "Search: telephony"),
        ("q=telephony&utm=x", "q=telephony", "Search: telephony"),
        ("https://board.example/board/", "", "all notices"),
    ],
)
def test_a_search_is_typed_as_the_address_of_its_page(
    client: Client, mailbox: Subscriber, typed: str, kept: str, name: str
) -> None:
    add(client, mailbox, search=typed)
    made = Webhook.objects.get()
    assert (made.search, made.name) == (kept, name)


@pytest.mark.parametrize(
    ("url", "search", "why"),
    [
        ("", "", "Enter the address of your server"),
        ("http://hooks.supplier.example/", "", "must begin with https"),
        ("https://hooks.supplier.example:8443/", "", "port 8443"),
        ("https://ann:pw@hooks.supplier.example/", "", "password"),
        ("https://hooks.supplier.example/" + "a" * 2969, "", "has 3,000 characters"),
        (SERVER + "a" * 1900, f"q={'あ' * 200}", "more than 2,500 characters together"),
        (SERVER, "telephony", "Copy the address of a search"),
        (SERVER, "https://board.example/board/?utm=x", "Copy the address of a search"),
        (SERVER, "https://[/?", "Copy the address of a search"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    client: Client, mailbox: Subscriber, url: str, search: str, why: str
) -> None:
    if "utm" in search:
        search = search.replace("/board/", "/about/")
    page = add(client, mailbox, url, search)
    assert why in page
    assert "There is a problem" in page
    assert f'value="{search or url}"' in page or not url
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("found", [["10.0.0.1"], []])
def test_where_the_name_leads_is_looked_at_at_once(
    client: Client, mailbox: Subscriber, monkeypatch: pytest.MonkeyPatch, found: list[str]
) -> None:
    monkeypatch.setattr(address, "lookup", lambda *_: found)
    assert "The internet has no server called" in add(client, mailbox)
    assert not Webhook.objects.exists()


def test_this_machine_is_refused_unless_a_setting_allows_it(
    client: Client, mailbox: Subscriber, settings: Settings
) -> None:
    assert "must begin with https" in add(client, mailbox, "http://127.0.0.1:9000/")
    settings.WEBHOOK_LOOPBACK = True
    add(client, mailbox, "http://127.0.0.1:9000/")
    assert Webhook.objects.get().host == "127.0.0.1:9000"


def test_five_are_the_most_and_none_twice(client: Client, mailbox: Subscriber) -> None:
    add(client, mailbox)
    assert "sent the same already" in add(client, mailbox)
    WebhookFactory.create_batch(3, subscriber=mailbox)
    WebhookFactory(subscriber=mailbox, ended_at=timezone.now())
    add(client, mailbox, SERVER + "/other")
    assert "which is the most" in add(client, mailbox, SERVER + "/more")
    assert Webhook.objects.kept().filter(subscriber=mailbox).count() == 5


def test_a_mailbox_that_said_no_yes_has_none(client: Client) -> None:
    assert "Confirm your e-mail address first" in add(client, SubscriberFactory(confirmed_at=None))
    assert not Webhook.objects.exists()


def test_a_webhook_is_tried_given_another_secret_and_ended(client: Client, mailbox: Subscriber) -> None:
    mine = WebhookFactory(subscriber=mailbox)
    args = [mailbox.token, mine.pk]
    assert "A test is on its way" in client.post(reverse("webhook-test", args=args), follow=True).content.decode()
    assert "within the last minute" in client.post(reverse("webhook-test", args=args), follow=True).content.decode()
    assert WebhookDelivery.objects.get().event == "webhook.test"

    client.get(reverse("webhook-rotate", args=args))
    assert Webhook.objects.get().secret == mine.secret
    page = client.post(reverse("webhook-rotate", args=args)).content.decode()
    shown = re.search(r"whsec_[\w+/=]+", page)
    assert shown is not None
    assert shown[0] == Webhook.objects.get().secret != mine.secret
    assert "signed with the old secret, too" in page

    client.get(reverse("webhook-end", args=args))
    assert Webhook.objects.standing().exists()
    client.post(reverse("webhook-end", args=args))
    assert not Webhook.objects.kept().exists()
    assert "Nothing is sent" in client.post(reverse("webhook-test", args=args), follow=True).content.decode()
    assert "has ended" in client.post(reverse("webhook-rotate", args=args), follow=True).content.decode()


def test_a_paused_one_goes_on_when_told(client: Client, mailbox: Subscriber) -> None:
    mine = WebhookFactory(subscriber=mailbox, paused_at=timezone.now(), failures=8)
    page = client.get(reverse("webhook", args=[mailbox.token, mine.pk])).content.decode()
    assert "Set it going again" in page
    assert reverse("webhook-test", args=[mailbox.token, mine.pk]) not in page
    client.post(reverse("webhook-resume", args=[mailbox.token, mine.pk]))
    assert Webhook.objects.standing().get().failures == 0


@pytest.mark.parametrize("name", ["webhook", "webhook-test", "webhook-rotate", "webhook-resume", "webhook-end"])
def test_nobody_reaches_the_webhook_of_another(client: Client, mailbox: Subscriber, name: str) -> None:
    other = WebhookFactory(paused_at=timezone.now())
    way = client.get if name == "webhook" else client.post
    assert way(reverse(name, args=[mailbox.token, other.pk])).status_code == 404
    assert way(reverse(name, args=["x", other.pk])).status_code == 404
    other.refresh_from_db()
    assert (other.ended_at, other.rotated_at) == (None, None)


def test_the_log_shows_the_last_fifty_and_what_was_answered_as_text(
    client: Client, mailbox: Subscriber, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    mine = WebhookFactory(subscriber=mailbox)
    DeliveryFactory(webhook=mine, version=None, event="the oldest")
    DeliveryFactory.create_batch(49, webhook=mine, version=None, done_at=timezone.now(), status=200)
    DeliveryFactory(webhook=mine, version=None, answer="<script>x</script>", problem="It answered 500.", status=500)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("webhook", args=[mailbox.token, mine.pk])).content.decode()
    assert page.count("<tr") == 51
    assert "the oldest" not in page
    assert "&lt;script&gt;x" in page
    assert "It answered 500." in page
    assert "Next attempt" in page
