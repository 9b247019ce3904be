"""Dates of a notice that are over are asked about; last days that the board does not show are refused instead."""

from datetime import date, timedelta

import pytest

from procurement.actions import corrections
from procurement.forms.date_remarks import date_remarks, days_to_change
from procurement.models import Notice
from tests.factories import notices as scene

TODAY = date(2026, 6, 15)
AHEAD = {"questions_close_date": date(2026, 7, 1), "closes_date": date(2026, 7, 15)}


def notice(**days: date | None) -> Notice:
    return Notice(**(AHEAD | days))


def test_days_of_the_procurement_that_are_over_are_asked_about_in_the_order_of_the_form() -> None:
    over = notice(start_date=date(2026, 6, 14), tender_date=date(2020, 1, 1))
    assert date_remarks(over, today=TODAY) == [
        "The day planned for the tender notice, 1 January 2020, is in the past. Is that right?",
        "The earliest start, 14 June 2026, is in the past. Is that right?",
    ]
    assert days_to_change(over, today=TODAY) == []


@pytest.mark.parametrize("day", [None, TODAY, date(2027, 4, 1)], ids=["none", "today", "ahead"])
def test_date_that_is_not_over_passes_without_a_word(day: date | None) -> None:
    assert date_remarks(notice(start_date=day, tender_date=day), today=TODAY) == []
    assert days_to_change(notice(**dict.fromkeys(AHEAD, TODAY)), today=TODAY) == []


def test_last_days_of_a_first_version_have_to_be_others() -> None:
    over = notice(questions_close_date=date(2026, 5, 1), closes_date=date(2026, 6, 14))
    assert date_remarks(over, today=TODAY) == []
    assert days_to_change(over, today=TODAY) == [
        "The date until which suppliers may ask has passed.",
        "The closing date has passed.",
    ]


@pytest.mark.django_db
def test_last_days_that_the_board_shows_are_asked_about() -> None:
    version = scene.publish()
    corrections.begin(notice=version.notice, by=scene.analyst())
    later = version.closes_date + timedelta(days=1)
    day = version.questions_close_date
    told = date_remarks(version.notice, today=later)
    assert told[0] == f"The last day for questions, {day.day} {day:%B %Y}, is in the past. Is that right?"
    assert len(told) == 2
    assert days_to_change(version.notice, today=later) == []
    Notice.objects.filter(pk=version.notice_id).update(closes_date=day)
    version.notice.refresh_from_db()
    assert days_to_change(version.notice, today=later) == ["The closing date has passed."]
