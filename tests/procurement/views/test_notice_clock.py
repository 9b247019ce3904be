"""The notice clock in the browser: the day of the notice, another day, and who may see it."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from boroughs.models import Role
from procurement.models import Notice
from tests.factories import notices as scene
from tests.factories.boroughs import MembershipFactory

pytestmark = pytest.mark.django_db

TENDER = date(2031, 11, 17)


def page(client: Client, notice: Notice, query: str = "") -> str:
    response = client.get(reverse("notice-clock", args=[notice.reference]) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_shows_the_windows_of_the_planned_tender_notice(client: Client) -> None:
    notice = scene.draft(tender_date=TENDER)
    client.force_login(scene.analyst())
    shown = page(client, notice)
    for words in (
        "UK1, pipeline notice",
        "1 April 2031",
        "26 May 2031",
        "UK2, preliminary market engagement notice",
        "16 November 2031",
        "UK3, planned procurement notice",
        "17 November 2030",
        "8 October 2031",
        "UK4, tender notice",
        "22 December 2031",
        "Calendar days",
        "not legal advice",
    ):
        assert words in shown, words
    assert "tried out only" not in shown


def test_asks_for_a_day_where_the_notice_has_none(client: Client) -> None:
    notice = scene.draft()
    client.force_login(scene.analyst())
    shown = page(client, notice)
    assert "Enter the day on which the lead wants" in shown
    assert "UK3, planned" not in shown


def test_another_day_is_tried_out_and_not_kept(client: Client) -> None:
    notice = scene.draft(tender_date=TENDER)
    client.force_login(scene.analyst())
    shown = page(client, notice, "?tender_date_day=5&tender_date_month=1&tender_date_year=2032")
    assert "tender notice on 5 January 2032" in shown
    assert "says 17 November 2031" in shown
    notice.refresh_from_db()
    assert notice.tender_date == TENDER


def test_day_that_does_not_exist_is_told_and_stays_in_the_boxes(client: Client) -> None:
    notice = scene.draft(tender_date=TENDER)
    client.force_login(scene.analyst())
    shown = page(client, notice, "?tender_date_day=31&tender_date_month=2&tender_date_year=2032")
    assert "There is a problem" in shown
    assert 'value="31"' in shown
    assert "UK3, planned" not in shown


@pytest.mark.parametrize("year", ["1", "99999", "0"])
def test_day_outside_the_act_is_refused(client: Client, year: str) -> None:
    notice = scene.draft()
    client.force_login(scene.analyst())
    assert "There is a problem" in page(
        client, notice, f"?tender_date_day=1&tender_date_month=1&tender_date_year={year}"
    )


def test_too_late_for_the_short_period_says_from_when(client: Client) -> None:
    notice = scene.draft(tender_date=timezone.localdate())
    client.force_login(scene.analyst())
    assert "It is too late for a planned procurement notice that allows 10 days." in page(client, notice)


def test_published_notice_has_its_clock_and_others_have_none(client: Client) -> None:
    notice = scene.publish(tender_date=TENDER).notice
    editor = MembershipFactory(role=Role.BOROUGH_EDITOR).user
    client.force_login(editor)
    assert client.get(reverse("notice-clock", args=[notice.reference])).status_code == 404
    client.force_login(scene.analyst())
    assert "UK4, tender notice" in page(client, notice)
