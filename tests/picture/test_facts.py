"""Facts as bytes and back: nothing is lost, nothing foreign is read."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procurement.picture.facts import FORMAT, Frozen, ToldFigure, ToldFigures, from_json, to_json
from tests.picture import made

# What JSON in UTF-8 can hold: no half of a surrogate pair.
st.register_type_strategy(str, st.text(st.characters(codec="utf-8"), max_size=8))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))


@settings(max_examples=50, suppress_health_check=[HealthCheck.data_too_large])
@given(st.builds(Frozen, format=st.just(FORMAT)))
def test_what_is_written_is_read_again(frozen: Frozen) -> None:
    assert from_json(to_json(frozen)) == frozen


def test_a_need_is_read_as_it_was_written() -> None:
    frozen = made.frozen(made.london(made.need(1, contract_end_date=made.MOMENT.date(), users=3)))

    assert from_json(to_json(frozen)) == frozen


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data | {"format": True},
        lambda data: data | {"format": FORMAT + 1},
        lambda data: data | {"more": 1},
        lambda data: {name: value for name, value in data.items() if name != "previous"},
        lambda data: data | {"taken_at": None},
        lambda data: data | {"taken_at": "2026-11-30"},
        lambda data: data | {"facts": []},
    ],
)
def test_other_bytes_are_refused(change: object) -> None:
    data = json.loads(to_json(made.frozen(made.london(made.need(1)))))

    with pytest.raises(ValueError):  # noqa: PT011 - which of them does not matter
        from_json(json.dumps(change(data), sort_keys=True, separators=(",", ":")).encode())  # type: ignore[operator]


def test_bytes_with_a_space_too_many_are_refused() -> None:
    with pytest.raises(ValueError, match="canonically"):
        from_json(to_json(made.frozen(made.london())) + b" ")


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ({"budget_min": 10, "budget_max": 20, "budget_basis": "WHOLE_LIFE"}, (10, 20)),
        ({"budget_max": 20, "budget_basis": "ONE_OFF"}, (20, 20)),
        ({"budget_min": 10, "budget_basis": "PER_YEAR", "months": 30}, (25, 25)),
        ({"budget_min": 10, "budget_max": 20, "budget_basis": "PER_YEAR"}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_budget_over_the_whole_life(said: dict[str, object], ends: tuple[int | None, int | None]) -> None:
    need = made.need(1, **said)

    assert (need.lowest, need.highest) == ends


def test_waiting_until_every_member_was_read_or_it_is_pinned() -> None:
    demand = made.demand(1, [1, 2])
    read = replace(demand, members=(made.member(1, is_confirmed=True), made.member(2, is_confirmed=True)))
    moved = replace(read, is_pinned=True, members=(made.member(1, is_confirmed=True, has_moved=True),))

    assert demand.is_waiting
    assert not read.is_waiting
    assert not replace(demand, is_pinned=True).is_waiting
    assert moved.is_waiting


def test_a_snapshot_from_before_told_figures_is_read_as_telling_none() -> None:
    content = to_json(made.frozen(made.london(made.need(1), demands=[made.demand(1, [1])])))

    (demand,) = from_json(content).facts.demands

    assert b"told" not in content
    assert demand.told.users.withheld
    assert demand.members[0].told_for == ()


def test_told_figures_are_read_as_they_were_written() -> None:
    day = date(2026, 11, 28)
    told = ToldFigures(users=ToldFigure(value=120, as_at=day), budget_max=ToldFigure(low=50, high=100, as_at=day))
    frozen = made.frozen(made.london(made.need(1), demands=[made.demand(1, [1], told=told)]))

    (demand,) = from_json(to_json(frozen)).facts.demands

    assert demand.told == told
    assert (demand.told.users.withheld, demand.told.budget_min.withheld) == (False, True)


def test_reasons_that_others_may_read_are_named_by_their_places() -> None:
    member = made.member(
        1, reasons_for=("Both pay much", "Both want it"), reasons_against=("Ends apart",), open_for=(1,)
    )

    assert (member.told_for, member.told_against) == (("Both want it",), ())
