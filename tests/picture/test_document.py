"""The picture as JSON: everything for those who may see it, counts and names for the others."""

import json

from procurement.picture import document, facts
from procurement.picture.numbers import numbers
from procurement.picture.reckoning import figures
from procurement.picture.telling import EXACT, TOLD
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
