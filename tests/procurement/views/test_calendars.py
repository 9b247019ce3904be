"""Calendars of the board and of a notice, as icalendar reads them."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from tests.factories import notices as scene

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


def events(client: Client, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    found = calendar.walk("VEVENT")
    assert not any(event.errors for event in found)
    return {str(event["UID"]).partition("@")[0]: event for event in found}


def test_calendar_has_every_date_of_the_notice_as_a_whole_day(client: Client) -> None:
    with time_machine.travel(datetime(2027, 1, 4, 0, 30, tzinfo=LONDON), tick=False):
        reference = scene.publish(
            **scene.dates(date(2027, 6, 14), date(2027, 6, 21)),
            tender_date=date(2027, 9, 1),
            start_date=date(2028, 4, 1),
        ).notice.reference
        found = events(client, f"/notices/{reference}/calendar.ics")
    name = reference.lower()
    assert {key: (event["DTSTART"].dt, event["DTEND"].dt, str(event["STATUS"])) for key, event in found.items()} == {
        f"questions.{name}": (date(2027, 6, 14), date(2027, 6, 15), "CONFIRMED"),
        f"closes.{name}": (date(2027, 6, 21), date(2027, 6, 22), "CONFIRMED"),
        f"tender.{name}": (date(2027, 9, 1), date(2027, 9, 2), "TENTATIVE"),
        f"start.{name}": (date(2028, 4, 1), date(2028, 4, 2), "TENTATIVE"),
    }
    closing = found[f"closes.{name}"]
    assert str(closing["SUMMARY"]) == "Closes: Housing repairs"
    assert closing["DTSTAMP"].dt == datetime(2027, 1, 4, 0, 30, tzinfo=LONDON)
    assert str(closing["UID"]) == f"closes.{name}@127.0.0.1"
    assert "Not a call for competition" in str(closing["DESCRIPTION"])
    assert str(closing["URL"]) == f"http://127.0.0.1:8000/notices/{reference}/"


def test_a_date_keeps_its_uid_and_counts_the_versions(client: Client) -> None:
    with time_machine.travel(datetime(2027, 1, 4, 9, tzinfo=LONDON), tick=False) as clock:
        notice = scene.publish(start_date=date(2028, 4, 1)).notice
        address = f"/notices/{notice.reference}/calendar.ics"
        before = events(client, address)
        clock.shift(timedelta(days=1))
        scene.correct(notice, start_date=date(2028, 5, 1))
        after = events(client, address)
        assert after.keys() == before.keys()
        moved = after[f"start.{notice.reference.lower()}"]
        assert (moved["DTSTART"].dt, moved["SEQUENCE"], str(moved["STATUS"])) == (date(2028, 5, 1), 2, "TENTATIVE")
        assert {event["DTSTAMP"].dt for event in after.values()} == {datetime(2027, 1, 5, 9, tzinfo=LONDON)}
        # A date that was taken back stays, so that programs take it out of calendars that have it.
        scene.correct(notice, start_date=None)
        gone = events(client, address)[f"start.{notice.reference.lower()}"]
        assert (gone["DTSTART"].dt, gone["SEQUENCE"], str(gone["STATUS"])) == (date(2028, 5, 1), 3, "CANCELLED")


def test_withdrawal_cancels_every_date_and_leaves_the_list(client: Client) -> None:
    notice = scene.publish(start_date=date(2028, 4, 1)).notice
    address = f"/notices/{notice.reference}/calendar.ics"
    assert len(events(client, "/board/calendar.ics")) == len(events(client, address)) == 3
    scene.withdraw(notice)
    assert {(str(event["STATUS"]), event["SEQUENCE"]) for event in events(client, address).values()} == {
        ("CANCELLED", 2)
    }
    assert events(client, "/board/calendar.ics") == {}
    assert len(events(client, "/board/calendar.ics?state=WITHDRAWN")) == 3


def test_calendar_is_the_same_bytes_until_something_is_published(client: Client) -> None:
    with time_machine.travel(datetime(2027, 1, 4, 9, tzinfo=LONDON), tick=False) as clock:
        scene.publish(**scene.dates(date(2027, 2, 1), date(2027, 2, 8)))
        first = client.get("/board/calendar.ics").content
        clock.move_to(datetime(2027, 1, 20, 18, tzinfo=LONDON))
        assert client.get("/board/calendar.ics").content == first


def test_calendar_asks_to_be_read_again_and_names_the_search(client: Client) -> None:
    scene.publish()
    calendar = Calendar.from_ical(client.get("/board/calendar.ics?borough=camden").content)
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=12)
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert str(calendar["X-WR-CALNAME"]) == str(calendar["NAME"]) == "LOTI demand board, Borough: Camden"
    assert str(calendar["SOURCE"]) == "http://127.0.0.1:8000/board/calendar.ics?borough=camden"


def test_what_closes_next_stands_before_what_is_cut_off(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("procurement.views.calendars.ENTRIES", 1)
    with time_machine.travel(datetime(2027, 1, 4, 9, tzinfo=LONDON), tick=False) as clock:
        scene.publish(scene.confirmed_demand(title="Over"), **scene.dates(date(2027, 1, 5), date(2027, 1, 5)))
        scene.publish(scene.confirmed_demand(title="Next"), **scene.dates(date(2027, 3, 1), date(2027, 3, 1)))
        scene.publish(scene.confirmed_demand(title="Later"), **scene.dates(date(2027, 5, 1), date(2027, 5, 1)))
        clock.move_to(datetime(2027, 2, 1, 9, tzinfo=LONDON))
        found = events(client, "/board/calendar.ics")
    assert {str(event["SUMMARY"]).partition(": ")[2] for event in found.values()} == {"Next"}
