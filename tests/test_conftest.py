"""Which tests run on the second engine as well."""

from types import SimpleNamespace

import pytest

from tests.conftest import asks_the_engine, portion, turn
from tests.factories.boroughs import CategoryFactory, NeedFactory


@pytest.mark.django_db
def test_mark_asks_the_engine(request: pytest.FixtureRequest) -> None:
    assert asks_the_engine(request.node)


@pytest.mark.usefixtures("db")
def test_fixture_asks_the_engine(request: pytest.FixtureRequest) -> None:
    assert asks_the_engine(request.node)


@pytest.mark.services
def test_other_processes_ask_the_engine(request: pytest.FixtureRequest) -> None:
    assert asks_the_engine(request.node)


def test_what_touches_no_database_does_not(request: pytest.FixtureRequest) -> None:
    assert not asks_the_engine(request.node)


@pytest.mark.django_db
@pytest.mark.one_engine
def test_what_every_engine_answers_alike_does_not(request: pytest.FixtureRequest) -> None:
    assert not asks_the_engine(request.node)


@pytest.mark.parametrize("before", [1, 2])
def test_numbers_begin_anew_whatever_was_made_before(before: int) -> None:
    assert (NeedFactory.build(category=CategoryFactory.build()).title, CategoryFactory.build().name) == (
        "Need 0",
        "Category 1",
    )
    NeedFactory.build_batch(before)


def test_file_that_shares_much_stays_together_and_others_are_dealt_out_singly() -> None:
    assert portion("tests/e2e/test_pages.py::test_one[a::b]") == portion("tests/e2e/test_pages.py::test_two")
    assert portion("tests/procurement/pdf/test_x.py::test_one") == portion("tests/procurement/pdf/test_x.py::test_two")
    assert portion("tests/test_x.py::test_one") != portion("tests/test_x.py::test_two")


@pytest.mark.services
def test_what_starts_servers_comes_first(request: pytest.FixtureRequest) -> None:
    assert turn(request.node) == 0


def test_what_takes_long_comes_before_the_rest(request: pytest.FixtureRequest) -> None:
    files = ("procurement/pdf/test_x.py", "trust/test_x.py", "test_x.py")
    items = [SimpleNamespace(nodeid=f"tests/{file}::test_x", get_closest_marker=lambda name: None) for file in files]
    assert [turn(item) for item in items] == [1, 2, 3]  # type: ignore[arg-type]
    assert turn(request.node) == 3
