"""The public board: what it shows, what it makes of any address, and how caches keep it."""

from datetime import date
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Category, User
from procurement.queries import board_table
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db


def page(client: Client, **parameters: object) -> str:
    response = client.get("/board/", parameters)
    assert response.status_code == 200
    return response.content.decode()


def test_board_lists_published_notices_and_no_drafts(client: Client) -> None:
    scene.publish(scene.confirmed_demand(title="Repairs for all"))
    scene.draft(scene.confirmed_demand(title="Secret draft"))
    scene.proposed(scene.confirmed_demand(title="Secret proposal"))
    html = page(client)
    assert "Repairs for all" in html
    assert "1 notice" in html
    assert "Secret" not in html


def test_board_is_there_before_anything_is_published(client: Client) -> None:
    assert "No notices yet" in page(client)


def test_board_says_to_search_engines_what_it_is(client: Client) -> None:
    assert '<meta name="description" content="Early notice of the technology that London’s boroughs' in page(client)


def test_board_searches_and_filters_without_scripts(client: Client) -> None:
    scene.publish(scene.confirmed_demand("Camden", "Brent", title="Parking permits"))
    scene.publish(scene.confirmed_demand("Hackney", "Brent", title="Library loans"))
    html = page(client, q="library")
    assert "<title>library – Demand board" in html
    assert "Library loans" in html
    assert "Parking permits" not in html
    html = page(client, borough="camden")
    assert "Parking permits" in html
    assert "Library loans" not in html


def test_board_without_a_hit_says_what_to_widen(client: Client) -> None:
    scene.publish()
    html = page(client, q="zebra crossing", borough="camden")
    assert "Nothing found" in html
    assert "Look at all authorities." in html
    assert "Search for fewer words" in html
    assert "Categories that come near" not in html


def test_board_says_why_each_result_is_one_and_how_the_search_was_read(client: Client) -> None:
    scene.publish(scene.confirmed_demand(title="Parking permits"))
    html = page(client, q="parkign permits")
    assert "“parkign” read as “parking”, in the title" in html
    assert "No notice has “parkign”, so we looked for “parking”." in html
    assert "Found because" not in page(client)


def test_board_offers_the_best_match_as_an_order_of_a_search_alone(client: Client) -> None:
    scene.publish()
    assert '<option value="" selected>Best match' in page(client, q="repairs")
    assert '<option value="newest" selected>Newest first' in page(client, q="repairs", sort="newest")
    assert "Best match" not in page(client)
    assert "Best match" not in page(client, sort="best")


def test_form_asks_for_no_order_until_somebody_chooses_one(client: Client) -> None:
    """Else the first search from the list would be in the list's order instead of the best match first."""
    scene.publish()
    for asked in ({}, {"sort": "newest"}):
        assert '<option value="" selected>Newest first' in page(client, **asked)
    assert '<option value="closing" selected>' in page(client, sort="closing")


def test_board_without_a_hit_names_categories_that_come_near(client: Client) -> None:
    Category.objects.create(slug="housing-repairs", name="Housing repairs", area="Housing", synonyms=["plumbline"])
    scene.publish(scene.confirmed_demand("Camden", "Brent"))
    scene.publish(scene.confirmed_demand("Hackney", "Brent", title="Other"))
    html = page(client, q='plumbline "zebra"')
    assert "Categories that come near" in html
    assert 'href="?category=housing-repairs"' in html
    assert "Search without asking for “zebra” word for word." in html


@pytest.mark.parametrize(("q", "hint"), [("🎉", "no word in this search"), ("zebra", "Search for fewer words")])
def test_board_without_a_hit_says_what_is_wrong_with_the_search(client: Client, q: str, hint: str) -> None:
    scene.publish()
    assert hint in page(client, q=q)


def test_search_that_is_being_prepared_says_so_and_is_not_kept(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.publish()
    monkeypatch.setattr("procurement.queries.board_search.find", lambda q, head: None)
    response = client.get("/board/", {"q": "repairs"})
    assert "The search is being prepared" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert "ETag" not in response
    assert "Housing repairs" in response.content.decode()


def test_page_feed_and_api_find_the_same(client: Client) -> None:
    scene.publish(scene.confirmed_demand(title="Parking permits"))
    scene.publish(scene.confirmed_demand(title="Library loans"))
    for q, title in (("parkign", "Parking permits"), ("library", "Library loans")):
        listed = client.get("/api/v1/notices/", {"q": q}).json()["results"]
        assert [notice["title"] for notice in listed] == [title]
        feed = client.get("/board/feed.atom", {"q": q}).content.decode()
        assert (title in feed, feed.count("<entry>")) == (True, 1)
        assert title in page(client, q=q)


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("page=1e20", "page number"),
        ("page=-1", "page number"),
        ("page=999999", "fewer pages"),
        ("page=99999999999999999999999", "page number"),
        ("sort=price", "do not know this order"),
        ("state=BROKEN", "left out a state"),
        ("borough=nowhere&borough=camden", "left out a borough"),
        ("category=" + "x" * 5000, "left out a category"),
        ("kind=%00", "left out a kind"),
        ("sub_region=%27%3B+DROP+TABLE", "left out a sub-region"),
        ("q=" + "+".join("abcdefghijklmnopqrstuvwxyz"), "first 20 words"),
        ("q=" + "x" * 2999, "first 200 characters"),
    ],
)
def test_board_leaves_out_what_it_does_not_understand_and_says_so(client: Client, query: str, note: str) -> None:
    scene.publish()
    response = client.get(f"/board/?{query}")
    assert response.status_code == 200
    assert note in response.content.decode()


@pytest.mark.parametrize("q", [" ".join("w" for _ in range(800)), "x" * 3000])
def test_board_says_that_a_search_without_end_was_a_wrong_question(client: Client, q: str) -> None:
    scene.publish()
    response = client.get("/board/", {"q": q})
    html = response.content.decode()
    assert response.status_code == 400
    # Twenty words, or two hundred characters.
    assert "We searched for the first 20" in html
    assert f'value="{q[:39]}' in html
    assert client.get("/board/", {"q": q}).status_code == 400


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%EF%BF%BD%F0%9F%92%A9", "q=%25_%5C", "utm_source=mail", "page=", "%00=1"]
)
def test_board_answers_strange_addresses_without_a_word(client: Client, query: str) -> None:
    scene.publish()
    response = client.get(f"/board/?{query}")
    assert response.status_code == 200
    assert "We left out" not in response.content.decode()


def test_board_escapes_what_people_type(client: Client) -> None:
    scene.publish(title="<script>alert(1)</script>", summary="<b>bold</b>")
    html = page(client, q='"><script>alert(2)</script>')
    assert "<script>alert" not in page(client)
    assert "<b>bold" not in page(client)
    assert "<script>alert" not in html


def test_board_pages_through_twenty_at_a_time(client: Client) -> None:
    scene.publish_many(21)
    first, second = page(client), page(client, page=2)
    assert first.count("loti-card__link") == 20
    assert second.count("loti-card__link") == 1
    assert "Need number 20<" in first
    assert "Need number 0<" in second


def test_board_costs_the_same_for_one_and_for_many(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    scene.publish_many(12)
    page(client, q="need")
    board_table._table.cache_clear()
    with django_assert_max_num_queries(8):
        page(client, q="need", state="OPEN", borough="camden")
    with django_assert_max_num_queries(3):
        page(client, q="another need", state="OPEN", borough="camden")


def test_board_names_each_filter_that_is_set_with_a_way_back(client: Client) -> None:
    scene.publish(scene.confirmed_demand("Camden", "Brent", title="Parking permits"))
    html = page(client, q="parking", borough="camden", value="not-published", page=1)
    assert 'href="/board/?borough=camden&amp;value=not-published"' in html
    assert 'href="/board/?q=parking&amp;value=not-published"' in html
    assert 'href="/board/?q=parking&amp;borough=camden"' in html
    assert "Borough: Camden" in html
    assert "Filters that are set" not in page(client)


def test_board_counts_what_an_option_would_give_with_the_other_filters(client: Client) -> None:
    scene.publish(scene.confirmed_demand("Camden", "Brent", title="Parking permits"))
    scene.publish(scene.confirmed_demand(title="Library loans"))
    html = page(client)
    assert "Not published (1)" in html
    assert "£250,000 to £1 million (1)" in html
    html = page(client, borough="hackney")
    assert "Not published (0)" in html
    assert "£250,000 to £1 million (1)" in html
    assert "Camden (2)" in html


def test_board_keeps_a_filter_of_the_timeline_while_others_change(client: Client) -> None:
    scene.publish(start_date=date(2031, 2, 1))
    html = page(client, quarter="2031-Q1")
    assert '<input type="hidden" name="quarter" value="2031-Q1"' in html
    assert "Starts in: January to March 2031" in html


def test_board_is_kept_by_caches_until_something_is_published(client: Client) -> None:
    scene.publish(scene.confirmed_demand(title="One"))
    first = client.get("/board/")
    assert "max-age=0" in first["Cache-Control"]
    assert "public" in first["Cache-Control"]
    again = client.get("/board/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/board/", headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    scene.publish(scene.confirmed_demand(title="Two"))
    assert client.get("/board/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_board_of_a_signed_in_person_is_kept_by_nobody(client: Client, analyst: User) -> None:
    client.force_login(analyst)
    response = client.get("/board/")
    assert "no-store" in response["Cache-Control"]
    assert "ETag" not in response
    assert "All notices, drafts too" in response.content.decode()


def test_board_offers_the_feed_of_the_same_search(client: Client) -> None:
    scene.publish()
    query = urlencode({"q": "repairs", "page": 1})
    assert 'href="http://127.0.0.1:8000/board/feed.atom?q=repairs"' in client.get(f"/board/?{query}").content.decode()


def test_board_refuses_to_be_written_to(client: Client) -> None:
    assert client.post("/board/").status_code == 405
