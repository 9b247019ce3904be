"""A notice never shows a fact before its time: the clock stepped across publication, the end of questions, closing and
the midnights of London, on every page, search, filter and file of the board, and in the bytes that are kept of them.
"""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from procurement.actions import notices
from procurement.models import Notice, PublicState
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
FACES = (
    "/",
    "/board/",
    "/board/?q=quixotic",
    "/board/?category=housing-repairs",
    "/board/?borough=camden",
    "/board/?sort=value",
    "/board/map/",
    "/board/timeline/",
    "/board/figures/",
    "/board/figures.csv",
    "/board/feed.atom",
    "/board/feed.atom?q=quixotic",
    "/board/feed.json",
    "/board/feed.json?q=quixotic",
    "/board/calendar.ics",
    "/board/calendar.ics?q=quixotic",
    "/api/v1/notices/",
    "/api/v1/notices/?q=quixotic",
    "/api/1.0/ocdsReleasePackages",
)


def texts(client: Client, *more: str) -> dict[str, str]:
    """Every face, asked for twice: what is kept of the first answer must be as true as it."""
    found = {}
    for address in (*FACES, *more):
        client.get(address)
        found[address] = client.get(address).content.decode()
    return found


def saying(found: dict[str, str], words: str) -> set[str]:
    return {address for address, text in found.items() if words in text.replace("quixotic", "")}


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2027, 1, 4, 9, tzinfo=LONDON), tick=False) as clock:
        yield clock


def test_nothing_is_told_before_its_publication(client: Client, clock: Any) -> None:
    before = texts(client)
    draft = scene.proposed(scene.confirmed_demand(title="Quixotic ledgers"))
    clock.shift(timedelta(minutes=1))
    waiting = texts(client, f"/notices/{draft.reference}/")
    assert not saying(waiting, "Quixotic")
    assert not saying(waiting, draft.reference)
    assert {address: waiting[address] for address in before if "ocds" not in address} == {
        address: text for address, text in before.items() if "ocds" not in address
    }
    clock.shift(timedelta(minutes=1))
    notices.publish(notice=draft, by=scene.analyst())
    after = texts(client, f"/notices/{draft.reference}/")
    counted = {"/board/map/", "/board/timeline/", "/board/figures/", "/board/figures.csv"}
    assert saying(after, "Quixotic") == {*after} - counted
    assert all(after[address] != before[address] for address in counted)


def test_what_the_office_writes_is_told_when_it_is_published(client: Client, clock: Any) -> None:
    version = scene.publish(scene.confirmed_demand(title="Quixotic ledgers"))
    before = texts(client, f"/notices/{version.notice.reference}/")
    Notice.objects.filter(pk=version.notice_id).update(title="Zanzibar ledgers", kind=Notice.Kind.PIPELINE)
    clock.shift(timedelta(minutes=1))
    now = texts(client, f"/notices/{version.notice.reference}/")
    assert not saying(now, "Zanzibar")
    assert {address for address in now if now[address] != before[address] and "ocds" not in address} == set()


def states(client: Client, reference: str) -> dict[str, set[str]]:
    """Face → the states in which it shows the only notice."""
    found: dict[str, set[str]] = {}
    for state in PublicState:
        for name, address in (
            ("list", f"/board/?state={state}"),
            ("search", f"/board/?q=quixotic&state={state}"),
            ("feed", f"/board/feed.atom?state={state}"),
            ("JSON feed", f"/board/feed.json?state={state}"),
            ("calendar", f"/board/calendar.ics?state={state}"),
        ):
            for _ in "12":
                text = client.get(address).content.decode()
            found.setdefault(name, set()).update({state} if "Quixotic ledgers" in text else ())
        answer = client.get(f"/api/v1/notices/?state={state}")
        listed = json.loads(answer.content)["results"] if answer.status_code == 200 else []
        found.setdefault("api filter", set()).update({state} if listed else ())
        tag = f">{state.label}</strong>"
        for name, address in (("card", "/board/"), ("notice", f"/notices/{reference}/"), ("landing", "/")):
            for _ in "12":
                text = client.get(address).content.decode()
            found.setdefault(name, set()).update({state} if tag in text else ())
    found["api"] = {json.loads(client.get(f"/api/v1/notices/{reference}/").content)["state"]}
    return found


def open_figures(client: Client) -> tuple[bool, int]:
    """Whether the page of figures has open notices, and the lines of its file."""
    for _ in "12":
        page = client.get("/board/figures/").content.decode()
        file = client.get("/board/figures.csv").content.decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(file)) if row["about"] == "category"]
    return "No open notices" not in page, len(rows)


@pytest.mark.parametrize(
    ("questions_close", "closes"),
    [
        (datetime(2027, 1, 14, tzinfo=LONDON), datetime(2027, 1, 21, tzinfo=LONDON)),
        # Summer time: London's midnight is 23:00 of the day before by the world's clock.
        (datetime(2027, 7, 14, tzinfo=LONDON), datetime(2027, 7, 21, tzinfo=LONDON)),
        # The clocks go forward in the night after the last day, and back.
        (datetime(2027, 3, 20, tzinfo=LONDON), datetime(2027, 3, 27, tzinfo=LONDON)),
        (datetime(2027, 10, 23, tzinfo=LONDON), datetime(2027, 10, 30, tzinfo=LONDON)),
    ],
    ids=["winter", "summer", "clocks-forward", "clocks-back"],
)
def test_states_change_at_londons_midnight_on_every_face(
    client: Client, questions_close: datetime, closes: datetime
) -> None:
    with time_machine.travel(questions_close - timedelta(days=9), tick=False) as clock:
        version = scene.publish(
            scene.confirmed_demand(title="Quixotic ledgers"), **scene.dates(questions_close.date(), closes.date())
        )
        reference = version.notice.reference
        steps = (
            (questions_close - timedelta(days=8), PublicState.OPEN),
            (questions_close.replace(hour=23, minute=59, second=59), PublicState.OPEN),
            (questions_close + timedelta(days=1), PublicState.QUESTIONS_CLOSED),
            (closes.replace(hour=23, minute=59, second=59), PublicState.QUESTIONS_CLOSED),
            (closes + timedelta(days=1), PublicState.CLOSED),
        )
        for moment, state in steps:
            clock.move_to(moment)
            told = states(client, reference)
            assert all(each == {state} for each in told.values()), moment
            assert open_figures(client) == ((False, 0) if state == PublicState.CLOSED else (True, 1)), moment


def test_a_page_that_a_reader_kept_is_asked_for_anew_after_midnight(client: Client) -> None:
    closes = datetime(2027, 7, 21, tzinfo=LONDON)
    with time_machine.travel(closes.replace(hour=23, minute=59, second=59), tick=False) as clock:
        scene.publish(**scene.dates(closes.date(), closes.date()))
        tag = client.get("/board/")["ETag"]
        assert client.get("/board/", headers={"If-None-Match": tag}).status_code == 304
        clock.move_to(closes + timedelta(days=1))
        assert client.get("/board/", headers={"If-None-Match": tag}).status_code == 200
        since = (closes - timedelta(seconds=1)).astimezone(ZoneInfo("GMT")).strftime("%a, %d %b %Y %H:%M:%S GMT")
        assert client.get("/board/", headers={"If-Modified-Since": since}).status_code == 200


def test_withdrawal_takes_it_off_every_list_at_once(client: Client, clock: Any) -> None:
    version = scene.publish(scene.confirmed_demand(title="Quixotic ledgers"))
    texts(client)
    clock.shift(timedelta(minutes=1))
    scene.withdraw(version.notice)
    told = saying(texts(client), "Quixotic")
    assert told == {"/api/1.0/ocdsReleasePackages"}
    assert "Quixotic" in client.get("/board/?state=WITHDRAWN").content.decode()
