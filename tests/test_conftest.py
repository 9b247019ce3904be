"""Which tests run on the second engine as well."""

import pytest

from tests.conftest import asks_the_engine, portion
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
