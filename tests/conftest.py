"""Scenes that many tests share: a person of each role."""

import gc
import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.backends.sqlite3.base import DatabaseOperations
from django.dispatch import receiver
from factory.django import DjangoModelFactory
from hypothesis import HealthCheck, settings
from numpy.typing import NDArray
from xdist.scheduler import LoadScopeScheduling

from boroughs.api import limits
from boroughs.models import Borough, Role, User, append_only
from procurement.queries import board_search, board_table, live_picture
from procurement.views import board_cards, kept
from tests.factories import boroughs, procurement
from tests.factories.boroughs import BoroughFactory, MembershipFactory, UserFactory

# How long an example takes on a busy machine says nothing about what is tested.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parent.parent
APPEND_ONLY = (
    "boroughs_auditevent",
    "procurement_figurerelease",
    "procurement_noticeversion",
    "procurement_participationstep",
    "procurement_snapshot",
    "procurement_specificationversion",
    "procurement_toldneed",
)


@receiver(connection_created)
def _in_no_order(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Have SQLite give rows from the last to the first where no order is asked for: what relies on the order in which
    they were written fails here, and not now and then on PostgreSQL.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA reverse_unordered_selects = ON")


# What asks for one of these, itself or through others, touches the database.
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--second-engine", action="store_true", help="leave out what another engine cannot answer otherwise"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest: what is begun last is waited for by the other process, which has nothing to do."""
    if config.getoption("--second-engine"):
        config.hook.pytest_deselected(items=[item for item in items if not asks_the_engine(item)])
        items[:] = [item for item in items if asks_the_engine(item)]
    items.sort(key=turn)


def turn(item: pytest.Item) -> int:
    if item.get_closest_marker("services") is not None:
        return 0
    # Single tests of trust/ go through every page for one role after another, for up to minutes.
    return next((number for number, first in enumerate((TOGETHER, LONG), 1) if item.nodeid.startswith(first)), 3)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Take what was collected, which stays to the end, out of the garbage collector's rounds: they went through all of
    it again and again, for a tenth of the time of the tests.
    """
    gc.collect()
    gc.freeze()


# What the tests of one file share there takes long to make: real servers, or documents that several of them read.
TOGETHER = ("tests/e2e/", "tests/scale/", "tests/procurement/pdf/")
LONG = "tests/trust/"


class Portions(LoadScopeScheduling):
    """Which tests go to one process together: those of a file that shares much; every other test goes alone."""

    def _split_scope(self, nodeid: str) -> str:
        return portion(nodeid)


def portion(nodeid: str) -> str:
    file = nodeid.split("::")[0]
    return file if file.startswith(TOGETHER) else nodeid


# Named for xdist, which may be switched off.
@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Portions:
    return Portions(config, log)


def asks_the_engine(item: pytest.Item) -> bool:
    """Whether the test touches a database, by its mark, by a fixture or in a process that it starts, and its outcome
    may depend on which."""
    asked = DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
    touches = asked or item.get_closest_marker("django_db") or item.get_closest_marker("services")
    return bool(touches) and item.get_closest_marker("one_engine") is None


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Each test begins with nobody's attempts to sign in counted, and no page and no picture kept."""
    cache.clear()
    limits.counts.clear()
    live_picture.forget()


@pytest.fixture(autouse=True)
def _numbers_from_the_first() -> None:
    """Each test's made-up references and titles are the same, whatever ran before it in this process."""
    for module in (boroughs, procurement):
        for made in vars(module).values():
            if isinstance(made, type) and issubclass(made, DjangoModelFactory):
                made.reset_sequence(0, force=True)


@pytest.fixture
def borough() -> Borough:
    return BoroughFactory(name="Camden", slug="camden")


@pytest.fixture
def other_borough() -> Borough:
    return BoroughFactory(name="Brent", slug="brent")


def person(role: Role, borough: Borough | None = None) -> User:
    user = UserFactory()
    MembershipFactory(user=user, role=role, borough=borough)
    return user


@pytest.fixture
def reader(borough: Borough) -> User:
    return person(Role.BOROUGH_READER, borough)


@pytest.fixture
def editor(borough: Borough) -> User:
    return person(Role.BOROUGH_EDITOR, borough)


@pytest.fixture
def approver(borough: Borough) -> User:
    return person(Role.BOROUGH_APPROVER, borough)


@pytest.fixture
def stranger(other_borough: Borough) -> User:
    """An approver of another borough."""
    return person(Role.BOROUGH_APPROVER, other_borough)


@pytest.fixture
def analyst() -> User:
    return person(Role.LOTI_ANALYST)


@pytest.fixture
def second_analyst() -> User:
    return person(Role.LOTI_ANALYST)


@pytest.fixture
def cdo() -> User:
    return person(Role.CDO_READER)


@pytest.fixture
def administrator() -> User:
    return person(Role.ADMINISTRATOR)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of labelled sets and official schemas that are not part of the project."""
    folder = Path(os.environ.get("LOTI_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("The labelled sets and official schemas are not beside the project (LOTI_SHARED_DATA)")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _flush_append_only_tables() -> Iterator[None]:
    """Let the tests' own clean-up empty append-only tables: SQLite's flush is a DELETE, which their triggers refuse.

    PostgreSQL truncates, which the row triggers do not see.
    """
    original = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, style: object, tables: list[str], **options: object) -> list[str]:
        guarded = [table for table in APPEND_ONLY if table in tables]
        drops = [statement.format(table=table) for table in guarded for statement in append_only.DROP["sqlite"]]
        creates = [statement.format(table=table) for table in guarded for statement in append_only.CREATE["sqlite"]]
        return [*drops, *original(self, style, tables, **options), *creates]

    DatabaseOperations.sql_flush = sql_flush
    yield
    DatabaseOperations.sql_flush = original


class StubEmbedder:
    """A tiny sentence model: words hashed into 64 buckets. Deterministic, and texts that share words are near."""

    name = "stub"
    dimensions = 64

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.full((len(texts), self.dimensions), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.casefold().split():
                vectors[row, int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.dimensions] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(autouse=True)
def _no_board_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of versions are drawn anew in each test, so nothing may be known of those of the last."""
    monkeypatch.setattr(board_search._Shelf, "kept", None)
    board_search._vector.cache_clear()
    board_table._table.cache_clear()
    kept.shelf.clear()
    monkeypatch.setattr(board_cards, "shelf", board_cards.Shelf())


@pytest.fixture
def stub_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The matcher with a model that costs nothing, for tests of what surrounds it."""
    # In place of what loads it once a process: a stub that is kept there would answer later tests, too.
    monkeypatch.setattr("procurement.queries.sentence_model.loaded", lambda folder: StubEmbedder())
