"""The picture as JSON: everything for those who may see it, counts and names for the others."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from procurement.picture import document, facts
from procurement.picture.facts import Facts
from procurement.picture.numbers import numbers
from procurement.picture.reckoning import figures
from procurement.picture.telling import EXACT, TOLD, Telling
from tests.picture import made
from tests.picture.test_reckoning import picture

CONTENT = facts.to_json(picture())


def test_every_figure_once_with_its_needs() -> None:
    told = document.document(CONTENT, telling=EXACT)

    assert [(each["figure"], each["value"], tuple(each["needs"])) for each in told["figures"]] == [
        (each.key, each.value, each.needs) for each in numbers(figures(picture()))
    ]
    known = {each["figure"] for each in told["figures"]}
    for sentence in (*told["summary"]["overlaps"], *told["summary"]["decisions"]):
        assert set(sentence["figures"]) <= known


def test_figures_of_what_moved_are_there_once() -> None:
    before = facts.to_json(made.frozen(made.london(made.need(1))))

    told = document.document(CONTENT, before, telling=EXACT)

    names = [each["figure"] for each in told["figures"]]
    assert len(set(names)) == len(names)
    of = {each["figure"]: each["value"] for each in told["figures"]}
    assert (of["open-needs"], of["since/needs-new"]) == (8, 7)


def test_others_read_what_the_page_of_the_picture_showed_them() -> None:
    told = document.document(CONTENT, telling=TOLD)

    names = {each["figure"] for each in told["figures"]}
    assert {"open-needs", "demand/JD-0002/needs", "authority/camden/needs", "category/fleet/demands"} <= names
    assert not [name for name in names if "budget" in name or "users" in name or name.startswith("ends/")]
    assert not [name for name in names if name.endswith(("/joining", "/committed", "with-lead", "without-lead"))]
    (needs,) = (each["needs"] for each in told["figures"] if each["figure"] == "open-needs")
    assert needs == [f"N-0000{number}" for number in range(1, 6)]
    keys = {"reference", "title", "status", "category", "area", "boroughs", "notice", "told"}
    assert told["demands"][0].keys() == keys
    said = {name for group in told["summary"].values() for each in group for name in each["figures"]}
    assert said
    assert said <= names


def test_others_read_what_becomes_of_needs_but_not_who_leads() -> None:
    told = {each["figure"]: each for each in document.document(CONTENT, telling=TOLD)["figures"]}

    of = {key.removeprefix("flow/"): each["value"] for key, each in told.items() if key.startswith("flow/")}
    assert (of["open"], of["matched"], of["alone"], of["confirmed"], of["notice"]) == (8, 5, 3, 3, 3)
    assert of["confirmed/notice"] == 3
    assert not [key for key in of if "led" in key.split("/") or "not-led" in key.split("/")]
    # Of needs in no joint demand others know the count.
    assert told["flow/alone"]["needs"] == told["flow/open/alone"]["needs"] == []


def test_a_stage_or_a_count_that_nobody_thought_of_is_not_open() -> None:
    found = numbers(figures(picture()))
    known = next(each for each in found if each.key == "flow/matched/confirmed")

    assert document.is_open(known)
    for key in ("flow/matched/committed", "flow/led", "coverage-ended", "coverage-stale", "coverage/camden/contracts"):
        assert not document.is_open(replace(known, key=key)), key


def _registers(*ends: date) -> Facts:
    """Camden alone has a register and needs."""
    kept = made.authority("camden", register_kept_at=made.MOMENT - timedelta(days=40))
    contracts = tuple(made.contract(f"C-{place}", end_date=end) for place, end in enumerate(ends))
    need = made.need(1, opened_at=made.MOMENT - timedelta(days=90))
    return made.london(need, authorities=(kept,), contracts=contracts)


FAR, PAST = date(2040, 1, 1), date(2026, 11, 29)
ONE = _registers(FAR)
ASKED = replace(ONE, needs=(replace(ONE.needs[0], asked_at=made.MOMENT),))
HELD = replace(ONE, needs=(replace(ONE.needs[0], confirmed_at=made.MOMENT),))


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(_registers(FAR, FAR), id="signed one more contract"),
        pytest.param(_registers(PAST), id="its contract has ended"),
        pytest.param(ASKED, id="has not said that a need holds"),
        pytest.param(HELD, id="has said that a need holds"),
    ],
)
def test_two_told_pictures_beside_each_other_tell_nothing_of_one_register(later: Facts) -> None:
    """Where one authority alone has a register and needs, every count of contracts or of waiting needs is its own."""

    def told(held: Facts, telling: Telling) -> Any:
        found = document.document(facts.to_json(made.frozen(held)), telling=telling)
        return found["figures"], found["summary"]

    assert told(ONE, TOLD) == told(later, TOLD)
    assert told(ONE, EXACT) != told(later, EXACT)


def test_told_figures_stand_with_their_day() -> None:
    day = made.MOMENT.date()
    told = facts.ToldFigures(
        users=facts.ToldFigure(value=120, as_at=day), budget_max=facts.ToldFigure(None, 50, 100, day)
    )
    content = facts.to_json(
        made.frozen(made.london(made.need(1, users=7), made.need(2), demands=[made.demand(1, [1, 2], told=told)]))
    )

    (demand,) = document.document(content, telling=TOLD)["demands"]

    assert demand["told"] == {
        "users": {"value": 120, "low": None, "high": None, "as_at": "2026-11-30"},
        "budget_min": dict.fromkeys(("value", "low", "high", "as_at")),
        "budget_max": {"value": None, "low": 50, "high": 100, "as_at": "2026-11-30"},
    }


def test_others_read_who_came_and_went_and_not_where_boroughs_went() -> None:
    needs = [made.need(1, "camden"), made.need(2, "brent"), made.need(3, "sutton")]
    before = made.frozen(made.london(*needs[:2], demands=[made.demand(1, [1, 2])]))
    stances = (facts.Stance("brent", "DECLINED", ""),)
    later = made.demand(1, [1, 2, 3], stances=stances, lead="camden", status="CONFIRMED")
    after = made.frozen(made.london(*needs, demands=[later]))

    told, whole = (document.moved(before, after, telling) for telling in (TOLD, EXACT))

    assert told.demands[0].what == ("Sutton joined", "confirmed")
    assert whole.demands[0].what == ("Sutton joined", "confirmed", "Brent: declined", "Camden leads")
    assert (told.demands_wider.value, told.demands_stepped.value, whole.demands_stepped.value) == (1, 0, 1)
    assert {each.after.key for each in told.headlines} < {each.after.key for each in whole.headlines}
    assert all(document.is_open(each.after) for each in told.headlines)


def test_written_the_same_each_time() -> None:
    assert document.write(CONTENT, telling=EXACT) == document.write(CONTENT, telling=EXACT)
    assert json.loads(document.write(CONTENT, telling=EXACT)) == document.document(CONTENT, telling=EXACT)
