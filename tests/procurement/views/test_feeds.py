"""The Atom feed as a reader parses it."""

from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from boroughs.models import User
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


def feed(client: Client, query: str = "") -> ET.Element:
    response = client.get(f"/board/feed.atom{query}")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    return ET.fromstring(response.content)  # noqa: S314


def texts(root: ET.Element, path: str) -> list[str]:
    return [element.text or "" for element in root.findall("/".join(ATOM + step for step in path.split("/")))]


def test_feed_has_one_entry_a_notice_with_a_stable_id(client: Client) -> None:
    version = scene.publish()
    root = feed(client)
    day = version.published_at.date().isoformat()
    assert texts(root, "entry/id") == [f"tag:127.0.0.1,{day}:{version.notice.reference}/1"]
    assert texts(root, "entry/title") == ["Housing repairs"]
    entry = root.find(f"{ATOM}entry")
    assert entry is not None
    links = [link.get("href") for link in entry.findall(f"{ATOM}link")]
    assert links == [f"http://127.0.0.1:8000/notices/{version.notice.reference}/"]
    terms = {category.get("term") for category in entry.findall(f"{ATOM}category")}
    assert terms == {"48000000", "brent", "camden", "hackney"}
    assert feed(client).find(f"{ATOM}entry/{ATOM}id").text == texts(root, "entry/id")[0]  # type: ignore[union-attr]


def test_feed_gives_a_new_version_a_new_id_and_time(client: Client, analyst: User) -> None:
    first = scene.publish()
    scene.withdraw(first.notice, "Why & when.")
    root = feed(client, "?state=WITHDRAWN")
    assert texts(root, "entry/id")[0].endswith("/2")
    assert texts(root, "entry/updated") != texts(root, "entry/published")
    assert "Why &amp; when." in texts(root, "entry/summary")[0]


def test_feed_obeys_the_boards_filters_and_leaves_out_drafts(client: Client) -> None:
    scene.publish(scene.confirmed_demand("Camden", "Brent", title="One"))
    scene.publish(scene.confirmed_demand("Hackney", "Brent", title="Two"))
    scene.draft(scene.confirmed_demand("Camden", "Brent", title="Three"))
    assert texts(feed(client), "entry/title") == ["Two", "One"]
    root = feed(client, "?borough=camden")
    assert texts(root, "entry/title") == ["One"]
    assert {link.get("href") for link in root.findall(f"{ATOM}link")} == {
        "http://127.0.0.1:8000/board/?borough=camden",
        "http://127.0.0.1:8000/board/feed.atom?borough=camden",
    }
    assert texts(feed(client, "?page=1e20&state=BROKEN"), "entry/title") == ["Two", "One"]


def test_feed_of_an_empty_board_is_a_feed(client: Client) -> None:
    assert texts(feed(client), "entry/id") == []


def test_feed_escapes_text_twice_because_readers_render_it(client: Client) -> None:
    scene.publish(title="A & B <i>", summary="<script>alert(1)</script>")
    root = feed(client)
    assert texts(root, "entry/title") == ["A & B <i>"]
    assert "&lt;script&gt;" in texts(root, "entry/summary")[0]


def test_feed_answers_304_until_something_is_published(client: Client) -> None:
    scene.publish(scene.confirmed_demand(title="One"))
    tag = client.get("/board/feed.atom")["ETag"]
    assert client.get("/board/feed.atom", headers={"If-None-Match": tag}).status_code == 304
    scene.publish(scene.confirmed_demand(title="Two"))
    assert client.get("/board/feed.atom", headers={"If-None-Match": tag}).status_code == 200
