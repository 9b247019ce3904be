"""The bytes that a process keeps of the board: for whom, for how long, and how many."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from boroughs.models import User
from procurement.views import kept
from procurement.views.kept import Page, Shelf
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db


def test_the_same_question_costs_one_query(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    scene.publish()
    first = client.get("/board/?borough=camden")
    with django_assert_num_queries(1):
        again = client.get("/board/?borough=camden")
    assert again.content == first.content
    assert {name: again[name] for name in ("ETag", "Last-Modified", "Cache-Control", "Content-Type", "Vary")} == {
        name: first[name] for name in ("ETag", "Last-Modified", "Cache-Control", "Content-Type", "Vary")
    }
    assert "Cookie" in again["Vary"]


def test_a_file_keeps_its_name(client: Client) -> None:
    first, again = client.get("/board/figures.csv"), client.get("/board/figures.csv")
    assert first["Content-Disposition"] == again["Content-Disposition"]


def test_nobody_who_is_signed_in_gets_or_leaves_what_is_kept(client: Client, analyst: User) -> None:
    scene.publish()
    stranger = Client()
    before = stranger.get("/board/").content
    client.force_login(analyst)
    own = client.get("/board/")
    assert "All notices, drafts too" in own.content.decode()
    assert "no-store" in own["Cache-Control"]
    assert stranger.get("/board/").content == before
    assert "drafts too" not in before.decode()


def test_a_signed_in_person_leaves_nothing(client: Client, analyst: User) -> None:
    client.force_login(analyst)
    client.get("/board/")
    assert not kept.shelf.pages


def test_what_is_published_replaces_what_is_kept(client: Client) -> None:
    scene.publish(scene.confirmed_demand(title="One"))
    client.get("/board/")
    scene.publish(scene.confirmed_demand(title="Two"))
    assert "Two" in client.get("/board/").content.decode()
    assert len(kept.shelf.pages) == 1


def test_an_error_is_not_kept(client: Client) -> None:
    assert client.post("/board/").status_code == 405
    assert not kept.shelf.pages


def test_shelf_keeps_what_was_asked_for_last() -> None:
    shelf, page = Shelf(), Page(b"", {})
    for number in range(kept.PAGES):
        shelf.put("1", f"/{number}", page)
    assert shelf.find("1", "/0")
    shelf.put("1", "/new", page)
    assert shelf.find("1", "/0")
    assert shelf.find("1", "/1") is None
    assert len(shelf.pages) == kept.PAGES


def test_shelf_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "WHOLE", 10)
    shelf = Shelf()
    for address, size in (("/a", 4), ("/b", 4), ("/a", 5), ("/c", 3)):
        shelf.put("1", address, Page(b"x" * size, {}))
    assert [shelf.find("1", address) is not None for address in ("/a", "/b", "/c")] == [True, False, True]
    assert shelf.size == 8
    shelf.put("2", "/d", Page(b"x", {}))
    assert shelf.size == 1


def test_whole_page_of_open_data_is_kept(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    scene.publish()
    client.get("/api/1.0/ocdsReleasePackages")
    with django_assert_num_queries(1):
        client.get("/api/1.0/ocdsReleasePackages")


def test_shelf_knows_nothing_of_another_version() -> None:
    shelf, page = Shelf(), Page(b"", {})
    shelf.put("1", "/", page)
    assert shelf.find("2", "/") is None
    shelf.put("2", "/", page)
    assert shelf.find("1", "/") is None
