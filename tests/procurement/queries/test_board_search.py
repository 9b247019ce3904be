"""The search of the board: what it finds among published notices, and how its index follows what is published."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Category
from procurement.actions import notice_vectors
from procurement.matching.embed import EmbedderUnavailable
from procurement.queries import board, board_documents, board_facets, board_search, chain, published
from procurement.queries.board import Filters
from procurement.search.index import Index
from tests.factories import notices as scene
from tests.factories import questions as with_questions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub_embedder")]


def found(q: str, **filters: Any) -> list[str]:
    at = timezone.now()
    asked = Filters(q=q, sort=filters.pop("sort", "best"), **filters)
    return [notice.title for notice in published.read(board.search(asked, stamp=published.stamp(at=at)), at=at)]


def head() -> str:
    newest = chain.head()
    assert newest
    return newest.digest


# --- what is found ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_indexed", [True, False])
def test_what_suppliers_asked_and_were_told_is_searched(is_indexed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    notice = scene.publish().notice
    scene.publish(scene.confirmed_demand("Camden", "Brent", title="Another"), title="Another")
    asked = with_questions.ask(notice, "May we visit the orangery?")
    entry = with_questions.write(notice, "A pergola comes first.")
    if not is_indexed:
        monkeypatch.setattr(board_search, "find", lambda *_, **__: None)
    words = ("orangery", "wheelbarrow", "pergola")
    assert [found(q) for q in words] == [[], [], []]
    with_questions.publish(asked, "Only with a wheelbarrow.")
    with_questions.tell(entry)
    assert [found(q) for q in words] == [["Housing repairs"]] * 3
    if is_indexed:
        result = board_search.find("wheelbarrow", head=head())
        assert result
        assert "in what suppliers asked and were told" in result.why(result.ids[0])[0]


@pytest.mark.parametrize(
    "q",
    [
        "repairs",
        "Repair",
        "reapirs",
        "hackney repairs",
        "48000000",
        "cafe",
        "bookings in a café",
        "NT-0001",
        "nt-1",
        "response times",
        "advisers",
        '"by phone"',
        "maintenance call-outs zebra",
    ],
)
def test_everything_that_a_supplier_may_read_is_searched(q: str) -> None:
    version = scene.publish(
        summary="Bookings in a café.",
        buying_together="Response times are compared each quarter.",
        should_requirements=["Maintenance call-outs by text message."],
    )
    q = q.replace("NT-0001", version.notice.reference).replace("nt-1", version.notice.reference.lower())
    assert found(q) == ["Housing repairs"]


@pytest.mark.parametrize(
    "q", ["zebra", "hackney zebra", "NT-777777", "12345678", '"phone by"', "🎉", "%", "_", "Sutton"]
)
def test_what_no_notice_says_finds_nothing(q: str) -> None:
    scene.publish()
    assert found(q) == []


def test_search_does_not_see_the_working_copy_or_drafts() -> None:
    version = scene.publish()
    type(version.notice).objects.filter(pk=version.notice_id).update(title="Zebra")
    scene.draft(scene.confirmed_demand(title="Secret zebra"))
    assert found("zebra") == []
    assert found("repairs") == ["Housing repairs"]


def test_synonyms_of_the_categories_find_their_notices() -> None:
    Category.objects.create(slug="housing-repairs", name="Housing repairs", area="Housing", synonyms=["plumbline"])
    scene.publish()
    assert found("plumbline") == ["Housing repairs"]


def test_filters_hold_in_every_order() -> None:
    scene.publish(scene.confirmed_demand("Camden", "Brent", title="Repairs one"))
    scene.publish(scene.confirmed_demand("Hackney", "Brent", title="Repairs two"))
    for sort in board_facets.SORTS:
        assert found("repairs", boroughs=("camden",), sort=sort) == ["Repairs one"]
        assert len(found("repairs", sort=sort)) == 2


def test_best_match_stands_first_and_the_newest_on_demand() -> None:
    scene.publish(scene.confirmed_demand(title="Housing repairs"))
    scene.publish(scene.confirmed_demand(title="Planner for vans"))
    assert found("housing repairs", sort="best") == ["Housing repairs", "Planner for vans"]
    assert found("housing repairs", sort="newest") == ["Planner for vans", "Housing repairs"]


def test_pages_of_a_search_neither_repeat_nor_leave_out() -> None:
    scene.publish_many(7)
    listing = board.search(Filters(q="need", sort="best"), stamp=published.stamp(at=timezone.now()))
    met = [version.pk for start in range(0, 8, 3) for version in listing[start : start + 3]]
    assert len(listing) == len(met) == len(set(met)) == 7


def test_every_result_says_why() -> None:
    version = scene.publish()
    listing = board.search(Filters(q="reapirs", sort="best"), stamp=published.stamp(at=timezone.now()))
    assert listing.why(version.pk) == ("“reapirs” read as “repairs”, in the title",)
    assert board.search(Filters(), stamp=published.stamp(at=timezone.now())).why(version.pk) == ()


# --- meaning ------------------------------------------------------------------------------------------------------


def test_meaning_is_compared_once_the_background_has_computed_it(monkeypatch: pytest.MonkeyPatch) -> None:
    version = scene.publish()
    first = board_search.find("repairs", head=None)
    assert first is not None
    assert not first.is_complete
    notice_vectors.run()
    again = board_search.find("repairs", head=head())
    assert again is not None
    assert not again.is_complete  # nobody looks again so soon
    monkeypatch.setattr(board_search, "PAUSE", -1.0)
    later = board_search.find("repairs", head=head())
    assert later is not None
    assert later.is_complete
    passages = board_documents.documents([version.pk])[0].passages
    assert later.index._vectors[version.pk].shape[0] == len(passages)


def test_search_goes_on_without_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_folder: object) -> None:
        raise EmbedderUnavailable("no files")

    monkeypatch.setattr("procurement.queries.sentence_model.loaded", missing)
    version = scene.publish()
    listing = board.search(Filters(q="repairs"), stamp=published.stamp(at=timezone.now()))
    assert len(listing) == 1
    assert listing.is_final
    assert "Close in meaning" not in listing.why(version.pk)


def test_search_goes_on_where_the_model_gives_no_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    scene.publish()

    def refuse(_self: object, _texts: object) -> None:
        raise EmbedderUnavailable("no direction")

    monkeypatch.setattr("procurement.matching.embed.MiniLmEmbedder.encode", refuse)
    board_search._vector.cache_clear()
    assert len(board.search(Filters(q="repairs"), stamp=published.stamp(at=timezone.now()))) == 1
    board_search._vector.cache_clear()


def test_close_in_meaning_is_said_and_found() -> None:
    version = scene.publish()
    notice_vectors.run()
    found = board_search.find("zebra quux", head=None)
    assert found is not None
    assert found.ids == []
    near = np.array(board_search._vector("zebra quux"))
    index = found.index.changed(vectors={version.pk: np.stack([near])})
    board_search._Shelf.kept = board_search._Kept(head(), board_documents.thesaurus(), index, 0.0)
    listing = board.search(Filters(q="zebra quux", sort="best"), stamp=published.stamp(at=timezone.now()))
    assert len(listing) == 1
    assert listing.why(version.pk) == ("Close in meaning",)


# --- the index follows the board -----------------------------------------------------------------------------------


def test_what_is_published_is_found_at_once_and_costs_few_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    scene.publish()
    board_search.find("repairs", head=head())
    scene.publish(scene.confirmed_demand(title="Library loans"))
    now = head()
    with django_assert_num_queries(4):
        board_search.find("library", head=now)
    with django_assert_num_queries(0):
        board_search.find("loans", head=now)
    assert found("library") == ["Library loans"]


def test_only_new_versions_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    scene.publish_many(3)
    board_search.find("need", head=head())
    version = scene.publish(scene.confirmed_demand(title="Library loans"))
    read: list[list[int]] = []
    documents = board_documents.documents
    monkeypatch.setattr(board_documents, "documents", lambda ids: read.append(list(ids)) or documents(ids))
    board_search.find("need", head=head())
    assert read == [[version.pk]]


def test_changed_synonym_is_known_after_the_next_publication() -> None:
    scene.publish()
    assert found("plumbline") == []
    Category.objects.filter(slug="housing-repairs").update(synonyms=["plumbline"])
    scene.publish(scene.confirmed_demand(title="More repairs"))
    assert set(found("plumbline")) == {"Housing repairs", "More repairs"}


# --- a large board ------------------------------------------------------------------------------------------------


class Gate:
    """Holds the builder until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go, self.builds = threading.Event(), threading.Event(), 0
        build = Index.build

        def held(*given: Any, **more: Any) -> Index:
            self.builds += 1
            self.begun.set()
            assert self.go.wait(timeout=30)
            return build(*given, **more)

        monkeypatch.setattr(Index, "build", held)

    def open(self) -> None:
        self.go.set()
        builder = board_search._Shelf.builder
        assert builder
        builder.join(timeout=30)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Every board is one that no search waits for."""
    monkeypatch.setattr(board_search, "SMALL", 0)
    monkeypatch.setattr(board_search._Shelf, "begun", float("-inf"))
    monkeypatch.setattr(board_search._Shelf, "builder", None)
    gate = Gate(monkeypatch)
    yield gate
    gate.open()


@pytest.mark.django_db(transaction=True)
def test_large_board_is_searched_by_plain_words_until_its_index_is_there(gate: Gate) -> None:
    scene.publish()
    listing = board.search(Filters(q="repairs housing", sort="best"), stamp=published.stamp(at=timezone.now()))
    assert (listing.is_plain, listing.is_final, len(listing)) == (True, False, 1)
    assert found("reapirs") == []
    assert gate.begun.wait(timeout=30)
    gate.open()
    assert found("reapirs") == ["Housing repairs"]
    assert gate.builds == 1


@pytest.mark.django_db(transaction=True)
def test_page_of_a_large_board_has_its_index_built_before_anybody_searches(gate: Gate) -> None:
    scene.publish()
    board_search.prepare(0)
    assert board_search._Shelf.builder is None
    board_search.prepare(1)
    gate.open()
    assert found("reapirs") == ["Housing repairs"]


@pytest.mark.django_db(transaction=True)
def test_builder_that_fails_lets_the_next_one_try(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.publish()

    def fails() -> None:
        raise RuntimeError("no")

    thesaurus = board_documents.thesaurus
    monkeypatch.setattr(board_documents, "thesaurus", fails)
    board_search.prepare(1)
    gate.open()
    assert board_search._Shelf.kept is None
    monkeypatch.setattr(board_documents, "thesaurus", thesaurus)
    monkeypatch.setattr(board_search, "PAUSE", 0.0)
    board_search.prepare(1)
    gate.open()
    assert found("reapirs") == ["Housing repairs"]


def test_closed_notice_is_found_with_its_state() -> None:
    version = scene.publish()
    later = timezone.now() + timedelta(days=5000)
    found = [
        published.read(board.search(Filters(q="repairs"), stamp=published.stamp(at=at)), at=at)[0]
        for at in (timezone.now(), later)
    ]
    assert [notice.state for notice in found] == ["OPEN", "CLOSED"]
    assert [notice.version_id for notice in found] == [version.pk, version.pk]
