"""robots.txt as RFC 9309 reads it, and the sitemap."""

import re
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from loti import crawlers
from procurement.views import kept
from tests.architecture.test_routes import PUBLIC, Route, address, routes
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
# Open to everybody, and nothing to find for a search engine.
NOT_FOR_CRAWLERS = {
    *("board-head", "healthz", "readyz", "robots"),
    *("board-follow", "notice-follow", "notice-ask", "notice-interest"),
}


def rules(client: Client) -> list[tuple[bool, str]]:
    text = client.get("/robots.txt").content.decode()
    return [(verb == "Allow", path) for verb, path in re.findall(r"^(Allow|Disallow): (.*)$", text, re.M)]


def may_read(path: str, found: list[tuple[bool, str]]) -> bool:
    """The longest rule that fits; of two as long the one that allows."""
    fitting = [
        (len(rule), allows)
        for allows, rule in found
        if re.match(re.escape(rule).replace(r"\*", ".*").replace(r"\$", "$"), path)
    ]
    return max(fitting)[1] if fitting else True


def sample(route: Route) -> str:
    return address(route).replace("X-1", "NT-0001")


def test_crawlers_may_read_what_is_public_and_nothing_else(client: Client) -> None:
    found = rules(client)
    for route in routes():
        name = route.name
        is_ours = name in PUBLIC - NOT_FOR_CRAWLERS and not name.startswith(("account_", "api-", "ocds-"))
        # Signed addresses are their mailbox's.
        is_ours = is_ours and "token" not in route.arguments
        assert may_read(sample(route), found) == is_ours, name


def test_crawlers_leave_the_choices_of_filters_alone(client: Client) -> None:
    found = rules(client)
    assert not may_read("/board/?q=repairs&page=2", found)
    assert not may_read("/board/map/?kind=PLANNED", found)
    assert may_read("/board/feed.atom?q=repairs", found)
    assert may_read("/static/build/loti.css", found)
    assert f"Sitemap: {SITE}/sitemap.xml" in client.get("/robots.txt").content.decode()


def read(client: Client, path: str, each: str = "url") -> dict[str, str | None]:
    answer = client.get(path)
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    root = ET.fromstring(answer.content)  # noqa: S314 (our own)
    return {
        str(entry.findtext(f"{SPACE}loc")).removeprefix(SITE): entry.findtext(f"{SPACE}lastmod")
        for entry in root.findall(f"{SPACE}{each}")
    }


def test_sitemap_has_every_public_page_once_with_its_last_change(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    first, second = scene.publish_many(2)
    scene.draft(scene.confirmed_demand())
    version = scene.correct(second.notice, months=24)
    scene.withdraw(first.notice)
    with django_assert_max_num_queries(3):
        found = read(client, "/sitemap.xml")
    assert found[f"/notices/{second.notice.reference}/"] == version.published_at.isoformat(timespec="seconds")
    assert {path for path in found if path.startswith("/notices/")} == {
        f"/notices/{each.notice.reference}/" for each in (first, second)
    }
    assert {"/", "/board/", "/about/", "/data-licence/"} <= found.keys()
    for path in found:
        assert client.get(path).status_code == 200
        assert may_read(path, rules(client))


def test_large_sitemap_is_an_index_of_parts(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = scene.publish_many(3)
    whole = read(client, "/sitemap.xml")
    kept.shelf.clear()
    monkeypatch.setattr(crawlers, "ADDRESSES", 4)
    parts = read(client, "/sitemap.xml", "sitemap")
    assert [*parts] == [f"/sitemap-{n}.xml" for n in range(1, -(-len(whole) // 4) + 1)]
    together = [entry for part in parts for entry in read(client, part).items()]
    assert together == [*whole.items()]
    assert [*parts.values()][-1] == versions[-1].published_at.isoformat(timespec="seconds")
    for number in (0, len(parts) + 1, 10**12):
        assert client.get(f"/sitemap-{number}.xml").status_code == 404


def test_sitemap_of_an_empty_board_has_the_pages_of_words(client: Client) -> None:
    assert read(client, "/sitemap.xml")["/board/"] is None
