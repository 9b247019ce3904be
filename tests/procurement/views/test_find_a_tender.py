"""The sheet for Find a Tender in the browser: which text it shows, and that it never says more than the board."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from boroughs.models import Role
from procurement.actions import corrections, notices
from procurement.models import Notice
from procurement.queries import find_a_tender, notice_problems
from tests.factories import notices as scene
from tests.factories.boroughs import MembershipFactory

pytestmark = pytest.mark.django_db


def page(client: Client, notice: Notice, query: str = "") -> str:
    response = client.get(reverse("notice-find-a-tender", args=[notice.reference]) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_draft_says_that_it_is_one(client: Client) -> None:
    notice = scene.draft(title="Repairs booking")
    client.force_login(scene.analyst())
    shown = page(client, notice)
    assert "The text is that of a draft" in shown
    assert "Wait until the notice is published" in shown
    assert "Repairs booking</textarea>" in shown
    assert "Engagement closes" in shown


def test_draft_that_nobody_leads_says_what_is_missing_and_names_no_buyer(client: Client) -> None:
    analyst = scene.analyst()
    notice = notices.draft_from(demand=scene.confirmed_demand(), by=analyst)
    client.force_login(analyst)
    shown = page(client, notice)
    assert notice_problems.NOBODY_LEADS in shown
    assert find_a_tender.NOBODY_LEADS in shown
    assert "Nobody yet" not in shown
    assert "Link to the demand board" in shown
    assert reverse("notice-detail", args=[notice.reference]) + "<" not in shown
    # The page that everybody may read is not there yet; the preview is.
    assert f'href="{reverse("notice-preview", args=[notice.reference])}"' in shown
    assert f'href="{reverse("notice-detail", args=[notice.reference])}"' not in shown


def test_box_holds_the_text_and_no_space_before_it(client: Client) -> None:
    notice = scene.publish(title="Repairs booking").notice
    client.force_login(scene.analyst())
    shown = page(client, notice)
    assert ">Repairs booking</textarea>" in shown
    assert "Missing or wrong" not in shown
    assert reverse("notice-detail", args=[notice.reference]) + "</textarea>" in shown


def test_published_text_stays_while_a_correction_is_prepared(client: Client) -> None:
    notice = scene.publish(title="As published").notice
    analyst = scene.analyst()
    corrections.begin(notice=Notice.objects.get(pk=notice.pk), by=analyst)
    Notice.objects.filter(pk=notice.pk).update(title="Not yet")
    client.force_login(analyst)
    shown = page(client, notice)
    assert re.search(r"version 1, published on [^<>]*\d{4}\. Only what the board shows", shown)
    assert "As published</textarea>" in shown
    assert "Not yet" not in shown


def test_each_box_has_a_label_and_can_only_be_read(client: Client) -> None:
    notice = scene.draft()
    client.force_login(scene.analyst())
    for query in ("?form=UK1", "?form=UK2", "?form=UK3", "?form=UK9"):
        shown = page(client, notice, query)
        boxes = re.findall(r'<textarea[^>]*id="([^"]+)"[^>]*>', shown)
        assert len(boxes) > 8
        assert shown.count("readonly") == len(boxes) == len(set(boxes))
        for box in boxes:
            assert f'for="{box}"' in shown


def test_markup_in_a_text_is_text(client: Client) -> None:
    notice = scene.draft(summary="</textarea><b>bold</b>")
    client.force_login(scene.analyst())
    assert "<b>bold</b>" not in page(client, notice)


def test_people_who_do_not_prepare_it_find_nothing(client: Client) -> None:
    notice = scene.publish().notice
    client.force_login(MembershipFactory(role=Role.BOROUGH_EDITOR).user)
    assert client.get(reverse("notice-find-a-tender", args=[notice.reference])).status_code == 404
