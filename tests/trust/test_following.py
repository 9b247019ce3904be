"""Readers of the open data lose nothing while six people publish at once, and the same test finds what would be lost
without the chain: when a version's key is drawn some time before the version can be read.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client

from procurement.actions import notices
from procurement.models import Notice, NoticeVersion
from procurement.queries import published
from tests.factories import notices as scene
from tests.procurement.views.test_ocds import LIST, ids
from tests.threads import at_once

WRITERS = 6


class Newest:
    """Walks all pages from the first one, again and again."""

    def __init__(self) -> None:
        self.met: list[str] = []
        self.walks: list[list[str]] = []

    def read(self) -> None:
        found = walk(f"{LIST}?limit=2")
        self.walks.append(found)
        self.met += [name for name in reversed(found) if name not in self.met]


class Following:
    """Asks for what is dated at or after the newest that it has, as docs/open-data.md says."""

    def __init__(self) -> None:
        self.met: list[str] = []
        self.since = ""

    def read(self) -> None:
        address = f"{LIST}?limit=2" + (f"&updatedFrom={quote(self.since)}" if self.since else "")
        new = [name for name in reversed(walk(address)) if name not in self.met]
        self.met += new
        if new:
            newest = Client().get(f"{LIST}/{new[-1]}").json()["releases"][0]
            self.since = newest["date"]


def walk(address: str) -> list[str]:
    found: list[str] = []
    while address:
        value: dict[str, Any] = Client().get(address).json()
        found += ids(value)
        parts = urlsplit(value.get("links", {}).get("next", ""))
        address = f"{parts.path}?{parts.query}" if parts.path else ""
    return found


def in_order() -> list[str]:
    """Everything published, in the order of the chain, by the names of its releases."""
    rows = {row.previous_digest: row for row in NoticeVersion.objects.select_related("notice__demand")}
    found, digest = [], ""
    while digest in rows:
        row = rows[digest]
        found.append(f"ocds-213czf-{row.notice.demand.reference}-{row.notice.reference}-{row.number}".lower())
        digest = row.digest
    assert len(found) == len(rows)
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", [Newest, Following])
def test_reader_misses_nothing_while_six_publish(kind: type[Newest] | type[Following]) -> None:
    waiting = [scene.proposed(scene.confirmed_demand(title=f"Demand {n}")) for n in range(WRITERS)]
    people = [scene.analyst() for _ in range(WRITERS)]
    reader = kind()
    finished: list[int] = []
    over = threading.Event()

    def publish(place: int) -> None:
        notices.publish(notice=Notice.objects.get(pk=waiting[place].pk), by=people[place])
        finished.append(place)
        if len(finished) == WRITERS:
            over.set()

    def follow() -> None:
        while True:
            reader.read()
            # Writers get their turn between two rounds.
            if over.wait(0.02):
                return

    writers = [partial(publish, place) for place in range(WRITERS)]
    outcomes = at_once(follow, *writers)
    assert outcomes == [None] * (WRITERS + 1)
    reader.read()
    assert len(reader.met) == WRITERS
    assert reader.met == in_order()
    if isinstance(reader, Newest):
        # Each walk was everything up to some version, newest first, once.
        for one in reader.walks:
            assert one[::-1] == in_order()[: len(one)]


@contextmanager
def seen_late(late: set[int]) -> Iterator[None]:
    """Readers do not see these versions yet, though their keys and times are drawn: publication without the chain."""
    real = published.releases

    def releases(**asked: datetime | None) -> Any:
        return real(**asked).exclude(pk__in=late)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(published, "releases", releases)
        yield


@pytest.mark.django_db
@pytest.mark.one_engine
def test_without_the_chain_a_following_reader_loses_some() -> None:
    """The negative control: of six versions, two can be read only after later ones were."""
    made = [scene.publish(scene.confirmed_demand(title=f"Demand {n}")).pk for n in range(WRITERS)]
    reader = Following()
    with seen_late({made[1], made[3]}):
        reader.read()
    reader.read()
    assert len(reader.met) == WRITERS - 2
    assert reader.met != in_order()


@pytest.mark.django_db
@pytest.mark.one_engine
def test_without_the_chain_a_walk_has_holes() -> None:
    made = [scene.publish(scene.confirmed_demand(title=f"Demand {n}")).pk for n in range(WRITERS)]
    reader = Newest()
    with seen_late({made[1], made[3]}):
        reader.read()
    (one,) = reader.walks
    assert one[::-1] != in_order()[: len(one)]
