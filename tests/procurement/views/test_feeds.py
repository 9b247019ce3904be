"""The feeds of the board and of a notice, as readers parse them."""

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from boroughs.models import User
from procurement.queries import board_table
from procurement.views import kept
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
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
    reference, demand = version.notice.reference, version.notice.demand.reference
    assert [(link.get("rel"), link.get("href")) for link in entry.findall(f"{ATOM}link")] == [
        ("alternate", f"{SITE}/notices/{reference}/"),
        (
            "alternate",
            f"{SITE}/api/1.0/ocdsReleasePackages/ocds-213czf-{demand.lower()}-{reference.lower()}-1",
        ),
        ("related", f"{SITE}/notices/{reference}/versions/1/"),
    ]
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


def feeds(client: Client, address: str) -> tuple[Any, dict[str, Any]]:
    """The same feed as feedparser reads the Atom, and as JSON."""
    query = f"?{address.partition('?')[2]}" if "?" in address else ""
    path = address.partition("?")[0]
    atom, answer = client.get(f"{path}feed.atom{query}"), client.get(f"{path}feed.json{query}")
    assert answer["Content-Type"] == "application/feed+json; charset=utf-8"
    read = feedparser.parse(atom.content)
    assert not read.bozo, read.get("bozo_exception")
    return read, json.loads(answer.content)


def test_both_formats_say_the_same_of_every_notice(client: Client) -> None:
    scene.publish(scene.confirmed_demand(title="One"), summary="A & B.\n\nSecond paragraph.")
    scene.correct(scene.publish(scene.confirmed_demand(title="Two")).notice, "We were wrong.", title="Two again")
    read, items = feeds(client, "/board/")
    assert [entry.title for entry in read.entries] == ["Two again (version 2)", "One"]
    assert [
        (item["id"], item["title"], item["url"], item["content_html"], item["tags"], item["authors"][0]["name"])
        for item in items["items"]
    ] == [
        (entry.id, entry.title, entry.link, entry.summary, [tag.term for tag in entry.tags], entry.author)
        for entry in read.entries
    ]
    assert items["version"] == "https://jsonfeed.org/version/1.1"
    assert (items["title"], items["home_page_url"]) == (read.feed.title, read.feed.link)
    assert items["feed_url"] == f"{SITE}/board/feed.json"


def test_a_new_version_says_why_and_what_changed(client: Client) -> None:
    first = scene.publish()
    scene.correct(first.notice, "We were wrong.", title="Repairs", months=24)
    read, items = feeds(client, "/board/")
    assert read.entries[0].summary.startswith("<p>We were wrong.</p><p>Changed: Title, Contract length.</p>")
    assert items["items"][0]["_loti"]["version"] == 2


def test_feed_of_a_notice_has_each_version_under_the_id_of_the_boards_feed(client: Client) -> None:
    first = scene.publish()
    address = f"/notices/{first.notice.reference}/"
    one, items = feeds(client, address)
    assert items["expired"] is False
    assert [entry.id for entry in one.entries] == [entry.id for entry in feeds(client, "/board/")[0].entries]
    scene.correct(first.notice, title="Second")
    scene.withdraw(first.notice)
    read, items = feeds(client, address)
    assert [entry.id.rpartition("/")[2] for entry in read.entries] == ["3", "2", "1"]
    assert [entry.title for entry in read.entries] == [
        "Second (withdrawn)",
        "Second (version 2)",
        "Housing repairs",
    ]
    assert read.entries[-1].summary == one.entries[0].summary
    assert items["expired"] is True
    assert [item["_loti"]["is_withdrawn"] for item in items["items"]] == [True, False, False]


@pytest.mark.parametrize("name", ["feed.atom", "feed.json", "calendar.ics"])
def test_what_is_not_published_has_no_feed(client: Client, name: str) -> None:
    draft = scene.draft()
    for reference in (draft.reference, "NT-9999", "N-1"):
        assert client.get(f"/notices/{reference}/{name}").status_code == 404


@pytest.mark.parametrize("name", ["feed.atom", "feed.json", "calendar.ics"])
def test_feeds_are_bounded_and_cost_few_queries(
    client: Client, name: str, django_assert_max_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("procurement.views.feeds.ENTRIES", 3)
    monkeypatch.setattr("procurement.views.calendars.ENTRIES", 3)
    for version in scene.publish_many(4):
        scene.correct(version.notice, months=24)
    board_table._table.cache_clear()
    with django_assert_max_num_queries(5):
        answer = client.get(f"/board/{name}")
    listed = {f"NT-{n:04d}" for n in range(1, 9999) if f"/notices/NT-{n:04d}/" in answer.content.decode()}
    assert len(listed) == 3


def test_empty_feeds_are_the_same_bytes_each_time(client: Client) -> None:
    for name in ("feed.atom", "feed.json", "calendar.ics"):
        first = client.get(f"/board/{name}").content
        kept.shelf.clear()
        assert client.get(f"/board/{name}").content == first


def test_feed_of_a_search_names_it_and_drops_what_links_carry_along(client: Client) -> None:
    scene.publish()
    read, items = feeds(client, "/board/?q=repairs&borough=camden&utm_source=x&page=3")
    assert read.feed.title == items["title"] == "LOTI demand board, Search: repairs, Borough: Camden"
    assert items["feed_url"] == f"{SITE}/board/feed.json?q=repairs&borough=camden"


def test_an_answer_before_the_search_is_ready_is_not_kept(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.publish()
    monkeypatch.setattr("procurement.queries.board_search.find", lambda q, *, head: None)
    for name in ("feed.atom", "feed.json", "calendar.ics"):
        assert "no-store" in client.get(f"/board/{name}?q=repairs")["Cache-Control"]
    assert not kept.shelf.pages


def test_pages_offer_their_feeds(client: Client) -> None:
    reference = scene.publish().notice.reference
    for address, base, query in (
        ("/board/", "/board/", ""),
        ("/board/?q=repairs&page=1", "/board/", "?q=repairs"),
        (f"/notices/{reference}/", f"/notices/{reference}/", ""),
    ):
        page = client.get(address).content.decode()
        for kind, name in (
            ("application/atom+xml", "feed.atom"),
            ("application/feed+json", "feed.json"),
            ("text/calendar", "calendar.ics"),
        ):
            assert re.search(rf'<link rel="alternate" type="{re.escape(kind)}" [^>]*href="([^"]*)"', page)[1] == (  # type: ignore[index]
                f"{SITE}{base}{name}{query}"
            )
        assert f'href="webcal://127.0.0.1:8000{base}calendar.ics{query}"' in page
