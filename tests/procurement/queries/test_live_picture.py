"""The picture of this moment: the same as a snapshot's, and kept until something is done."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boroughs import audit
from boroughs.models import Borough
from boroughs.permissions import COMMAND_LINE
from procurement.actions import snapshots
from procurement.picture import reckoning
from procurement.picture.numbers import Unit, numbers
from procurement.queries import live_picture
from tests.factories.boroughs import ContractFactory, NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import CoalitionFactory, MatchRunFactory

pytestmark = pytest.mark.django_db


def test_it_has_the_figures_of_a_snapshot_of_the_same_moment() -> None:
    joint_demand("camden", "brent", "sutton", needs={"budget_min": 100_000, "users_count": 7})
    MatchRunFactory()

    live = live_picture.live_picture()

    frozen = snapshots.take(by=COMMAND_LINE).frozen()
    assert live.figures == reckoning.figures(frozen)
    assert live.facts == frozen.facts


def test_it_is_kept_while_nothing_is_done() -> None:
    joint_demand("camden", "brent")
    first = live_picture.live_picture()

    with CaptureQueriesContext(connection) as asked:
        assert live_picture.live_picture() is first

    assert len(asked) == 2


def test_it_is_computed_anew_once_something_is_done() -> None:
    first = live_picture.live_picture()
    NeedFactory()
    audit.record(by=COMMAND_LINE, verb="open", noun="need", reference="N-00001")

    assert int(first.figures.headlines.needs) == 0
    assert int(live_picture.live_picture().figures.headlines.needs) == 1


def test_it_is_computed_anew_once_a_run_has_finished() -> None:
    first = live_picture.live_picture()
    run = MatchRunFactory()

    found = live_picture.live_picture().facts.run

    assert first.facts.run is None
    assert found is not None
    assert found.number == run.pk


def test_it_is_computed_anew_after_a_while_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(live_picture.time, "monotonic", lambda: now)
    first = live_picture.live_picture()
    NeedFactory()

    now += live_picture.LONGEST
    assert live_picture.live_picture() is first
    now += 1
    assert int(live_picture.live_picture().figures.headlines.needs) == 1


def test_one_that_took_long_is_kept_for_a_while_whatever_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    now, compute = 1000.0, live_picture.compute
    monkeypatch.setattr(live_picture.time, "monotonic", lambda: now)

    def slowly() -> live_picture.LivePicture:
        nonlocal now
        now += 2
        return compute()

    monkeypatch.setattr(live_picture, "compute", slowly)
    first = live_picture.live_picture()
    MatchRunFactory()

    now += live_picture.REST * 2 - 3
    assert live_picture.live_picture() is first
    now += 2
    assert live_picture.live_picture().facts.run is not None


def test_one_that_cannot_be_computed_leaves_the_next_a_try(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(live_picture, "compute", _fail)
        with pytest.raises(OSError, match="gone"):
            live_picture.live_picture()

    assert int(live_picture.live_picture().figures.headlines.needs) == 0


def test_old_one_stays_as_old_as_it_is_where_none_can_be_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    old = live_picture.live_picture()
    monkeypatch.setattr(live_picture, "LONGEST", 0.0)
    with monkeypatch.context() as broken:
        broken.setattr(live_picture, "compute", _fail)
        with pytest.raises(OSError, match="gone"):
            live_picture.live_picture()
        computed = live_picture._Shelf.computed
        with pytest.raises(OSError, match="gone"):
            live_picture.live_picture()

    assert live_picture._Shelf.computed == computed
    assert live_picture.live_picture() is not old


def test_told_coverage_counts_needs_that_wait_and_names_none() -> None:
    joint_demand("camden", "brent", needs={"confirmation_asked_at": timezone.now()})

    live = live_picture.live_picture()

    assert len(live.numbers["coverage-stale"].needs) == 2
    assert live.told.numbers["coverage-stale"].value == 2
    held = [each for each in live.told.numbers.values() if each.key.startswith("coverage-")]
    assert [each.key for each in held if each.key in ("coverage-stale", "coverage-recent") and each.needs] == []


def _fail() -> live_picture.LivePicture:
    raise OSError("gone")


def test_what_is_told_holds_no_value_of_a_number_that_is_not_open() -> None:
    joint_demand("camden", "brent", needs={"budget_min": 100_000, "budget_max": 200_000, "users_count": 7})
    snapshots.take(by=COMMAND_LINE)
    NeedFactory(budget_max=300_000)

    told = live_picture.live_picture().told

    assert all(live_picture.is_open(number) for number in told.numbers.values())
    hidden = [number for number in numbers((told.figures, told.changes)) if not live_picture.is_open(number)]
    assert not [number.key for number in hidden if number.value and number.unit in (Unit.POUNDS, Unit.USERS)]
    assert told.figures.headlines.needs.value == 3
    assert {(need.users, need.budget_min, need.contract_end_date) for need in told.facts.needs} == {(None, None, None)}


def test_what_is_told_names_no_contract_and_no_lead() -> None:
    demand = joint_demand("camden", "brent")
    ContractFactory(borough=Borough.objects.get(slug="camden"), end_date=timezone.localdate() - timedelta(days=3))
    CoalitionFactory(demand=demand, lead=Borough.objects.get(slug="camden"))

    live = live_picture.live_picture()

    assert live.figures.coverage.ended.contracts
    assert live.told.figures.coverage.ended.value == 1
    assert not [number.key for number in live.told.numbers.values() if number.contracts]
    assert "Led by a borough" in [stage.name for level in live.figures.flow.levels for stage in level]
    assert not [stage.name for level in live.told.figures.flow.levels for stage in level if "Led by" in stage.name]
