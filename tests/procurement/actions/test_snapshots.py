"""Freezing the demand picture: once for each state of the register, in a chain, never to be changed."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from boroughs.exceptions import ChangedMeanwhile, PermissionRefused
from boroughs.models import AuditEvent, Need, User
from boroughs.permissions import COMMAND_LINE
from procurement.actions import snapshots
from procurement.models import Snapshot
from procurement.picture.facts import Link
from procurement.queries import picture_facts
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import MatchRunFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def test_it_keeps_what_is_true_then(cdo: User) -> None:
    run = MatchRunFactory(digest="abc")
    joint_demand("camden", "brent")

    snapshot = snapshots.take(by=cdo)

    frozen = snapshot.frozen()
    assert frozen.facts == picture_facts.read()
    assert (frozen.reference, frozen.taken_at, frozen.previous) == (snapshot.reference, snapshot.taken_at, None)
    assert snapshot.digest == hashlib.sha256(bytes(snapshot.content)).hexdigest()
    assert (snapshot.run, snapshot.taken_by) == (run, cdo.email)
    assert AuditEvent.objects.filter(noun="snapshot", verb="take", reference=snapshot.reference).count() == 1


def test_nothing_changed_gives_the_same_snapshot() -> None:
    NeedFactory()
    first = snapshots.take(by=COMMAND_LINE)

    assert snapshots.take(by=COMMAND_LINE) == first
    assert Snapshot.objects.count() == 1

    Need.objects.update(revision=2)
    second = snapshots.take(by=COMMAND_LINE)
    assert second.frozen().previous == Link(first.reference, first.digest)
    assert second.taken_at > first.taken_at


def test_references_begin_anew_each_year_in_london() -> None:
    taken = []
    for at in (
        datetime(2026, 12, 31, 12, tzinfo=UTC),
        datetime(2026, 12, 31, 13, tzinfo=UTC),
        datetime(2027, 1, 1, 1, tzinfo=UTC),
    ):
        with time_machine.travel(at, tick=False):
            NeedFactory()
            taken.append(snapshots.take(by=COMMAND_LINE).reference)

    assert taken == ["DP-2026-0001", "DP-2026-0002", "DP-2027-0001"]


def test_time_rises_where_the_clock_goes_back() -> None:
    with time_machine.travel(datetime(2026, 12, 2, tzinfo=UTC), tick=False):
        first = snapshots.take(by=COMMAND_LINE)
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC), tick=False):
        NeedFactory()
        second = snapshots.take(by=COMMAND_LINE)

    assert second.taken_at > first.taken_at


def test_refused(administrator: User) -> None:
    with pytest.raises(PermissionRefused):
        snapshots.take(by=administrator)
    assert not Snapshot.objects.exists()


def test_taken_for_a_borough_that_asks_for_its_report(reader: User) -> None:
    assert snapshots.take(by=reader).taken_by == reader.email


@pytest.mark.parametrize("change", [lambda rows: rows.update(content=b"{}"), lambda rows: rows.delete()])
def test_database_refuses_changes(change: Any) -> None:
    snapshots.take(by=COMMAND_LINE)

    with pytest.raises(IntegrityError), transaction.atomic():
        change(Snapshot.objects.all())
    assert Snapshot.objects.get().is_whole


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one() -> None:
    NeedFactory()

    outcomes = at_once(*[lambda: snapshots.take(by=COMMAND_LINE)] * 2)

    assert outcomes[0] == outcomes[1] == Snapshot.objects.get()


def test_another_that_came_first_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    NeedFactory()
    take, refusals = snapshots._take, iter([IntegrityError()])

    def late(*given: Any) -> Snapshot:
        for refusal in refusals:
            raise refusal
        return take(*given)

    heads = iter([None, "another"])
    monkeypatch.setattr(snapshots, "newest", lambda: next(heads, "another"))
    monkeypatch.setattr(snapshots, "_take", late)

    assert snapshots.take(by=COMMAND_LINE) == Snapshot.objects.get()


def test_gives_up_where_it_is_never_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> Snapshot:
        raise IntegrityError

    monkeypatch.setattr(snapshots, "_take", refused)
    with pytest.raises(IntegrityError):
        snapshots.take(by=COMMAND_LINE)

    newest = iter(range(100))
    monkeypatch.setattr(snapshots, "newest", lambda: next(newest))
    with pytest.raises(ChangedMeanwhile):
        snapshots.take(by=COMMAND_LINE)


@pytest.mark.django_db(transaction=True)
def test_all_is_read_at_one_moment() -> None:
    """PostgreSQL shows later statements what others have committed since, unless it is asked not to."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets nobody else write meanwhile")
    NeedFactory()
    with picture_facts.one_moment():
        before = picture_facts.read()
        at_once(NeedFactory)
        assert picture_facts.read() == before
    assert picture_facts.read() != before
