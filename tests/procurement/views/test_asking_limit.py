"""One machine that uses many mailboxes is told to wait, with everything that was typed still there."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from procurement.models import Letter, Notice
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db
FORMS = {
    "board-follow": {"frequency": "DAILY"},
    "notice-follow": {"frequency": "DAILY"},
    "notice-ask": {"text": "Who hosts it today, and where?"},
    "notice-interest": {"organisation": "Quill Ltd", "boroughs": "brent", "statement": "We host it."},
}


@pytest.fixture(autouse=True)
def _few(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boroughs.background.ring", lambda *_, **__: None)
    settings.ASKED_AN_HOUR = 3


@pytest.fixture
def notice() -> Notice:
    return scene.publish().notice


def send(name: str, notice: Notice, number: int = 0, **place: str) -> tuple[int, str, str]:
    path = reverse(name, args=[] if name == "board-follow" else [notice.reference])
    typed = FORMS[name] | {"email": f"supplier-{number}@example.com"}
    answer = Client().post(path, typed, **place)  # type: ignore[arg-type]
    return answer.status_code, answer.headers.get("Retry-After", ""), answer.content.decode()


@pytest.mark.parametrize("name", FORMS)
def test_one_place_is_told_to_wait_and_nothing_typed_is_lost(
    name: str, notice: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An hour begins at 1,800,000,000 seconds; forty minutes of it are over.
    clock = [1_800_000_000.0 + 2_400]
    monkeypatch.setattr("procurement.views.asking_limit.time.time", lambda: clock[0])
    assert [send(name, notice, number)[0] for number in range(3)] == [200, 200, 200]
    status, wait, page = send(name, notice, 3)
    assert (status, wait) == (429, "1200")
    assert "3 e-mails within an hour" in page
    assert "try again in 20 minutes" in page
    for typed in (*FORMS[name].values(), "supplier-3@example.com"):
        assert typed in page
    assert Letter.objects.count() == 3
    clock[0] += int(wait)
    assert send(name, notice, 3)[0] == 200
    assert Letter.objects.count() == 4


def test_all_forms_count_together_and_places_by_themselves(notice: Notice) -> None:
    assert [send(name, notice, number)[0] for number, name in enumerate(list(FORMS)[1:])] == [200, 200, 200]
    assert send("notice-ask", notice, 4)[0] == 429
    assert send("notice-ask", notice, 4, REMOTE_ADDR="192.0.2.7")[0] == 200


def test_whoever_invents_addresses_stays_one_place(notice: Notice) -> None:
    answers = [send("board-follow", notice, n, HTTP_X_FORWARDED_FOR=f"10.1.1.{n}")[0] for n in range(4)]
    assert answers == [200, 200, 200, 429]


def test_behind_a_proxy_places_are_what_the_proxy_saw(notice: Notice, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answers = [send("board-follow", notice, n, HTTP_X_FORWARDED_FOR=f"10.1.1.{n}, 192.0.2.66")[0] for n in range(4)]
    assert answers == [200, 200, 200, 429]
    assert send("board-follow", notice, 5, HTTP_X_FORWARDED_FOR="192.0.2.7")[0] == 200


def test_addresses_of_one_household_are_one_place(notice: Notice) -> None:
    answers = [send("board-follow", notice, n, REMOTE_ADDR=f"2001:db8:1:2::{n + 1}")[0] for n in range(4)]
    assert answers == [200, 200, 200, 429]
    assert send("board-follow", notice, 5, REMOTE_ADDR="2001:db8:1:3::1")[0] == 200


def test_what_sends_nothing_is_not_counted(notice: Notice) -> None:
    path = reverse("board-follow")
    for _ in range(5):
        assert Client().post(path, {"email": "nobody", "frequency": "DAILY"}).status_code == 200
        assert Client().get(path).status_code == 200
    assert send("board-follow", notice)[0] == 200


def test_nobody_reads_an_address_in_the_cache(notice: Notice, monkeypatch: pytest.MonkeyPatch) -> None:
    keys: list[str] = []
    monkeypatch.setattr("procurement.views.asking_limit.cache.add", lambda key, *_, **__: keys.append(key))
    monkeypatch.setattr("procurement.views.asking_limit.cache.incr", lambda _: 1)
    send("board-follow", notice, REMOTE_ADDR="192.0.2.7")
    assert len(keys) == 1
    assert re.fullmatch(r"asked-[0-9a-f]{64}", keys[0])
