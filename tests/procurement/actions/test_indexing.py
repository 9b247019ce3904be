"""One index a process: who builds it, who waits, and who is answered from the old one meanwhile."""

import threading
from typing import Any

import pytest

from boroughs.models import Need
from procurement.actions import indexing
from procurement.matching.index import Index
from procurement.models import MatchRun
from tests.factories.boroughs import NeedFactory
from tests.factories.procurement import MatchRunFactory
from tests.threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("stub_embedder", "nothing_kept")]


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing._Shelf, "kept", None)
    monkeypatch.setattr(indexing._Shelf, "told", None)
    monkeypatch.setattr(indexing._Shelf, "begun", float("-inf"))


@pytest.fixture
def run() -> MatchRun:
    NeedFactory.create_batch(3)
    made: MatchRun = MatchRunFactory()
    return made


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every index is one that no page waits for."""
    monkeypatch.setattr(indexing, "SMALL", 0)


class Gate:
    """Holds each build until it is let go; counts them."""

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
        """Let go, and wait until whoever built is through."""
        self.go.set()
        with indexing._building:
            pass


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(monkeypatch)


def test_small_one_is_built_at_once(run: MatchRun) -> None:
    index = indexing.at_hand()
    assert index is not None
    assert len(index) == 3
    assert indexing.at_hand() is index


def test_pages_and_workers_have_each_their_own(run: MatchRun) -> None:
    Need.objects.update(incumbent="Civica Authority")
    pages, workers = indexing.at_hand(), indexing.of_run(run)
    assert pages is not None
    assert {item.incumbent for item in pages._built.items} == {""}
    assert {item.incumbent for item in workers._built.items} == {"Civica Authority"}
    assert (indexing.at_hand(), indexing.of_run(run)) == (pages, workers)


def test_there_is_none_before_the_first_run() -> None:
    NeedFactory()
    assert indexing.at_hand() is None


def test_page_does_without_while_a_large_first_one_is_built(run: MatchRun, large: None, gate: Gate) -> None:
    assert indexing.at_hand() is None
    assert gate.begun.wait(timeout=30)
    assert indexing.at_hand() is None
    gate.open()
    index = indexing.at_hand()
    assert index is not None
    assert len(index) == 3
    assert gate.builds == 1


def test_old_one_answers_while_the_newer_is_built(
    run: MatchRun, large: None, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate.go.set()
    indexing.at_hand()
    gate.open()
    old = indexing.at_hand()
    gate.go.clear()
    gate.begun.clear()
    monkeypatch.setattr(indexing._Shelf, "begun", float("-inf"))
    NeedFactory()
    MatchRunFactory()
    assert indexing.at_hand() is old
    assert gate.begun.wait(timeout=30)
    assert indexing.at_hand() is old
    gate.open()
    new = indexing.at_hand()
    assert new is not None
    assert len(new) == 4


def test_no_second_build_begins_right_after_the_first(run: MatchRun, large: None, gate: Gate) -> None:
    assert indexing.at_hand() is None
    gate.open()
    old = indexing.at_hand()
    MatchRunFactory()
    assert indexing.at_hand() is old
    assert gate.builds == 1


def test_of_many_at_once_one_builds(run: MatchRun, gate: Gate) -> None:
    gate.go.set()
    workers = at_once(*[lambda: indexing.of_run(run)] * 4)
    assert gate.builds == 1
    assert len({id(each) for each in workers}) == 1
    assert isinstance(workers[0], Index)
    pages = at_once(*[indexing.at_hand] * 4)
    assert gate.builds == 2
    assert len({id(each) for each in pages if each is not None}) == 1


def test_run_that_ends_during_the_build_makes_it_old(run: MatchRun, gate: Gate) -> None:
    gate.go.set()
    indexing.at_hand()
    Need.objects.filter(pk=Need.objects.first().pk).delete()
    MatchRunFactory()
    index = indexing.at_hand()
    assert index is not None
    assert len(index) == 2


def test_build_that_fails_leaves_the_way_free(run: MatchRun, large: None, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", told.append)
    with monkeypatch.context() as broken:
        broken.setattr(Index, "build", lambda *given, **more: 1 / 0)
        assert indexing.at_hand() is None
        with indexing._building:
            pass
        assert indexing.at_hand() is None
    for thread in threading.enumerate():
        if thread.name == "index of open needs":
            thread.join(timeout=30)
    assert [each.exc_type for each in told] == [ZeroDivisionError]
    assert len(indexing.of_run(run)) == 3


def test_small_build_that_fails_leaves_the_way_free(run: MatchRun, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Index, "build", lambda *given, **more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            indexing.at_hand()
    assert indexing.at_hand() is not None
