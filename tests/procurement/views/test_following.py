import re

import pytest
from django.core import mail, signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from boroughs.models import Work
from procurement.actions import alerts, letters
from procurement.models import Alert, Subscriber
from tests.factories import notices as scene
from tests.factories.subscribers import AlertFactory

pytestmark = pytest.mark.django_db
YES = {"email": "ann@example.com", "frequency": "DAILY"}


@pytest.fixture(autouse=True)
def _no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boroughs.background.ring", lambda *_, **__: None)


def link() -> str:
    """The path of the link in the newest e-mail."""
    Work.objects.update(not_before=timezone.now())
    letters.run()
    found = re.search(r"https?://[^/\s]+(/confirm/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def test_a_search_is_followed_from_the_form_to_the_mailbox_and_ended_again(client: Client) -> None:
    scene.publish(scene.confirmed_demand(title="Telephony"))
    page = client.get(reverse("board-follow"), {"q": "telephony", "state": "OPEN", "utm": "x", "page": "2"})
    # The state of today is no part of what is followed.
    assert "Search: telephony<" in page.content.decode()
    assert "1 publication would have been in your e-mails: 1 e-mail at once" in page.content.decode()
    sent = client.post(page.wsgi_request.get_full_path(), YES)
    assert "ann@example.com" in sent.content.decode()

    path = link()
    assert "Search: telephony" in client.get(path).content.decode()
    # Mail scanners follow links: reading changes nothing.
    assert not Alert.objects.standing().exists()
    mine = client.post(path, follow=True)
    alert = Alert.objects.standing().get()
    assert (alert.search, alert.frequency) == ("q=telephony", "DAILY")
    assert "You follow Search: telephony" in mine.content.decode()

    token = alert.subscriber.token
    client.post(reverse("alert-change", args=[token, alert.pk]), {f"{alert.pk}-frequency": "WEEKLY"})
    assert Alert.objects.get().frequency == "WEEKLY"
    end = reverse("alert-end", args=[token, alert.pk])
    client.get(end)
    assert Alert.objects.standing().exists()
    client.post(end)
    assert not Alert.objects.standing().exists()


def test_nobody_has_us_write_their_words_to_somebody_else(client: Client) -> None:
    client.post(reverse("board-follow") + "?q=Your+account+ends:+https://evil.example/", YES)
    link()
    written = f"{mail.outbox[0].subject}\n{mail.outbox[0].body}"
    assert "evil.example" not in written
    assert "want to follow the demand board" in written


def test_what_the_board_does_not_understand_is_no_part_of_what_is_followed(client: Client) -> None:
    scene.publish(scene.confirmed_demand(title="Telephony"))
    asked = {"q": f" {'fibre' * 600}", "borough": "nowhere", "kind": ["x" * 3000]}
    for _ in range(2):
        client.post(reverse("board-follow", query=asked), YES)
    alert = Alert.objects.get()
    assert alert.search == f"q={('fibre' * 40)}"


def test_a_search_that_no_index_could_hold_is_refused_in_words(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.publish(scene.confirmed_demand(title="Telephony"))
    asked = reverse("board-follow", query={"q": "\U0001f6b2" * 200})
    client.post(asked, YES)
    assert Alert.objects.count() == 1
    monkeypatch.setattr(alerts, "MOST_CHARACTERS", 2000)
    page = client.post(asked, YES | {"email": "bob@example.com"})
    assert "This search has too many filters to be followed" in page.content.decode()
    assert Alert.objects.count() == 1


def test_a_notice_is_followed_by_its_reference(client: Client) -> None:
    notice = scene.publish(scene.confirmed_demand(title="Telephony")).notice
    client.post(reverse("notice-follow", args=[notice.reference]), YES)
    assert Alert.objects.get().notice == notice


def test_a_draft_cannot_be_followed(client: Client) -> None:
    draft = scene.draft(scene.confirmed_demand())
    assert client.get(reverse("notice-follow", args=[draft.reference])).status_code == 404


@pytest.mark.parametrize("typed", [{}, {"email": "ann", "frequency": "DAILY"}, YES | {"frequency": "HOURLY"}])
def test_what_is_wrong_is_said_and_nothing_is_sent(client: Client, typed: dict[str, str]) -> None:
    page = client.post(reverse("board-follow"), typed)
    assert "There is a problem" in page.content.decode()
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("kind", ["cut off", "deleted since", "signed for something else"])
def test_a_link_that_is_not_ours_says_so(client: Client, kind: str) -> None:
    tokens = {
        "deleted since": Alert(pk=999).confirmation_token,
        "signed for something else": signing.dumps(["alert", 1]),
    }
    token = tokens.get(kind, "x")
    page = client.post(reverse("confirm", args=[token]))
    assert page.status_code == 404
    assert "does not work any more" in page.content.decode()


def test_a_mailbox_sees_and_ends_its_own_alerts_only(client: Client) -> None:
    mine, other = AlertFactory(name="Mine"), AlertFactory(name="Other")
    page = client.get(reverse("subscriber", args=[mine.subscriber.token])).content.decode()
    assert "Mine" in page
    assert "Other" not in page
    assert client.post(reverse("alert-end", args=[mine.subscriber.token, other.pk])).status_code == 404
    assert Alert.objects.standing().count() == 2


def test_links_of_a_forgotten_mailbox_are_dead(client: Client) -> None:
    alert = AlertFactory()
    token = alert.subscriber.token
    client.get(reverse("subscriber-forget", args=[token]))
    assert Subscriber.objects.exists()
    client.post(reverse("subscriber-forget", args=[token]))
    assert not Subscriber.objects.exists()
    for name, arguments in (("subscriber", [token]), ("alert-end", [token, alert.pk]), ("webhook-create", [token])):
        page = client.get(reverse(name, args=arguments))
        assert page.status_code == 404
        assert "This link does not work any more" in page.content.decode()


def test_no_cache_keeps_these_pages(client: Client) -> None:
    alert = AlertFactory()
    for path in (reverse("board-follow"), reverse("subscriber", args=[alert.subscriber.token])):
        assert "no-store" in client.get(path).headers["Cache-Control"]
