"""The map, the timeline and the figures of the board: what they count, where they lead, and what they cost."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from html import unescape
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Category
from procurement.queries import board_table
from procurement.views import kept
from tests.factories import notices as scene
from tests.factories.board import spread
from tests.factories.boroughs import BoroughFactory, CategoryFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
LINK = re.compile(r'href="(/board/\?[^"]+)"')


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone()), tick=True):
        yield


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def counted(client: Client, address: str) -> int:
    """How many notices the list under an address has."""
    (number,) = re.findall(r'class="loti-count"[^>]*>([\d,]+) notice', page(client, address))
    return int(number)


def links(html: str) -> set[str]:
    return {unescape(address) for address in LINK.findall(html)}


def two() -> None:
    scene.publish(
        scene.confirmed_demand("Camden", "Brent", "Hackney", title="Parking permits"),
        start_date=date(2027, 2, 1),
        **scene.dates(date(2026, 12, 1), date(2026, 12, 8)),
    )
    scene.publish(
        scene.confirmed_demand("Camden", "Barnet", title="Library loans"),
        start_date=None,
        **scene.dates(date(2026, 12, 1), date(2027, 1, 8)),
    )


def test_map_counts_the_notices_of_each_authority_and_leads_to_them(client: Client) -> None:
    two()
    BoroughFactory(name="Sutton", slug="sutton")
    html = page(client, "/board/map/")
    assert 'aria-label="Camden: 2"' in html
    assert 'aria-label="Hackney: 1"' in html
    assert "Sutton: 0" in html
    assert "/board/?borough=sutton" not in html
    assert counted(client, "/board/?borough=camden") == 2


def test_map_keeps_the_filters(client: Client) -> None:
    two()
    html = page(client, "/board/map/?value=not-published&borough=hackney&page=4")
    assert 'aria-label="Camden: 1"' in html
    # The filter of boroughs is what the map is for; the others stay.
    assert links(html) >= {"/board/?borough=camden&value=not-published", "/board/?borough=barnet&value=not-published"}
    assert 'href="/board/map/?value=not-published"' in html


def test_timeline_leads_to_what_starts_and_closes_in_each_period(client: Client) -> None:
    two()
    html = page(client, "/board/timeline/")
    assert links(html) >= {
        "/board/?quarter=2027-Q1",
        "/board/?start=not-said",
        "/board/?closing=2026-12",
        "/board/?closing=2027-01",
    }
    # A period without a notice has its place and leads nowhere.
    assert "October to December 2026" in html
    assert "quarter=2026-Q4" not in html
    assert counted(client, "/board/?quarter=2027-Q1") == 1
    assert "1 notice without a start" in html


def test_timeline_without_a_notice_says_so(client: Client) -> None:
    assert "Nothing found" in page(client, "/board/timeline/")
    assert "No open notices" in page(client, "/board/figures/")


def test_every_link_leads_to_as_many_notices_as_it_says(client: Client) -> None:
    boroughs = [BoroughFactory(name=f"Borough {n}") for n in range(5)]
    spread(40, today=TODAY, boroughs=boroughs, categories=[CategoryFactory(name=f"Kind {n}") for n in range(3)])
    found = list(csv.DictReader(io.StringIO(client.get("/board/figures.csv").content.decode("utf-8-sig"))))
    assert {row["about"] for row in found} == {"category", "start", "closing"}
    for row in found:
        # An unknown period is left out of the question, so what has no notice is not asked for.
        if row["notices"] != "0":
            assert counted(client, address_in(row)) == int(row["notices"]), row
    html = page(client, "/board/figures/")
    assert links(html) >= {address_in(row) for row in found if row["notices"] != "0"}


def address_in(row: dict[str, str]) -> str:
    parts = urlsplit(row["list"])
    return f"{parts.path}?{parts.query}"


def test_figures_give_a_sum_only_where_every_notice_publishes_its_value(client: Client) -> None:
    scene.publish(scene.confirmed_demand(budget_max=250_000))
    (row,) = rows(client)
    assert (row["value_from"], row["value_to"]) == ("750000", "800000")
    scene.publish(scene.confirmed_demand(budget_max=260_000))
    (row,) = rows(client)
    assert (row["value_from"], row["value_to"]) == ("1500000", "1600000")
    scene.publish(scene.confirmed_demand("Camden", "Brent"))
    (row,) = rows(client)
    assert (row["notices"], row["authorities"], row["value_from"], row["value_to"]) == ("3", "3", "", "")
    assert "Published by 2 of 3" in page(client, "/board/figures/")


def rows(client: Client) -> list[dict[str, str]]:
    text = client.get("/board/figures.csv").content.decode("utf-8-sig")
    return [row for row in csv.DictReader(io.StringIO(text)) if row["about"] == "category"]


def test_file_holds_no_formula(client: Client) -> None:
    version = scene.publish()
    Category.objects.filter(slug=version.category_slug).update(name="=HYPERLINK(1)")
    assert rows(client)[0]["name"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("address", ["/board/map/", "/board/timeline/", "/board/figures/", "/board/figures.csv"])
def test_ways_cost_the_same_for_one_and_for_many(
    client: Client, address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    boroughs = [BoroughFactory() for _ in range(33)]
    spread(330, today=TODAY, boroughs=boroughs, categories=[CategoryFactory() for _ in range(60)])
    with django_assert_max_num_queries(4):
        page(client, address)
    board_table._table.cache_clear()
    kept.shelf.clear()
    with django_assert_max_num_queries(4):
        page(client, address)
    with django_assert_max_num_queries(1):
        page(client, address)


@pytest.mark.parametrize("address", ["/board/map/", "/board/timeline/"])
def test_ways_say_what_they_did_not_understand(client: Client, address: str) -> None:
    two()
    html = page(client, f"{address}?value=cheap&quarter=%00&closing=2027-99")
    assert "left out a value" in html
    assert "left out a quarter" in html
    assert "left out a closing" in html
