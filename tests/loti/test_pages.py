"""The pages of plain words: open to everybody, reachable, easy to read, and true to the settings."""

import re
from html import unescape

import pytest
from django.test import Client
from pytest_django import Settings

from boroughs.forms.coaching_text import reading_age
from boroughs.models import User
from loti.pages import PAGES, Page
from tests.factories import notices as scene

# Years. Readers of 14 follow such a text; the coach advises authors from 16.
MOST = 14

pytestmark = pytest.mark.django_db


def main(client: Client, path: str) -> str:
    page = client.get(path).content.decode()
    return page[page.index("<main") : page.index("</main>")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_opens_for_everybody(client: Client, page: Page, editor: User) -> None:
    path = f"/{page.name}/"
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 405
    client.force_login(editor)
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_page_is_easy_to_read(client: Client, name: str) -> None:
    # An item or a heading ends as a sentence does.
    text = re.sub(r"</(?:p|li|h\d)>", ".\n", main(client, f"/{name}/"))
    text = re.sub(r"\.\.\n", ".\n", unescape(re.sub(r"<[^>]+>", "", text)))
    age = reading_age(text)
    assert age is not None
    assert age <= MOST, age


def test_links_of_the_pages_lead_somewhere(client: Client) -> None:
    scene.publish()
    found = {link for page in PAGES for link in re.findall(r'href="(/[^"#]*)"', main(client, f"/{page.name}/"))}
    assert "/board/" in found
    for link in found:
        assert client.get(link).status_code == 200, link


def test_every_page_is_in_the_footer(client: Client) -> None:
    footer = client.get("/about/").content.decode().split("<footer")[1]
    for page in PAGES:
        assert f'href="/{page.name}/"' in footer, page.name
        assert page.title in footer


def test_pages_name_whom_to_write_to(client: Client, settings: Settings) -> None:
    settings.CONTACT_EMAIL = "someone@board.example"
    for name in ("about", "accessibility", "privacy", "terms", "data-licence"):
        assert "someone@board.example" in main(client, f"/{name}/"), name


def test_data_licence_is_that_of_the_open_data(client: Client) -> None:
    scene.publish()
    shown = main(client, "/data-licence/")
    assert "Open Government Licence v3.0" in shown
    package = client.get("/api/1.0/ocdsReleasePackages").json()
    assert f'href="{package["license"]}"' in shown


def test_privacy_says_how_long_a_session_lasts(client: Client, settings: Settings) -> None:
    settings.SESSION_COOKIE_AGE = 7 * 3600
    assert "for 7 hours" in main(client, "/privacy/")
