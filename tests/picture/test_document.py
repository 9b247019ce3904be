"""The picture as JSON: everything for those who may see it, counts and names for the others."""

import json

from procurement.picture import document, facts
from procurement.picture.numbers import numbers
from procurement.picture.reckoning import figures
from tests.picture import made
from tests.picture.test_reckoning import picture

CONTENT = facts.to_json(picture())


def test_every_figure_once_with_its_needs() -> None:
    told = document.document(CONTENT, exact=True)

    assert [(each["figure"], each["value"], tuple(each["needs"])) for each in told["figures"]] == [
        (each.key, each.value, each.needs) for each in numbers(figures(picture()))
    ]
    known = {each["figure"] for each in told["figures"]}
    for sentence in (*told["summary"]["overlaps"], *told["summary"]["decisions"]):
        assert set(sentence["figures"]) <= known


def test_figures_of_what_moved_are_there_once() -> None:
    before = facts.to_json(made.frozen(made.london(made.need(1))))

    told = document.document(CONTENT, before, exact=True)

    names = [each["figure"] for each in told["figures"]]
    assert len(set(names)) == len(names)
    of = {each["figure"]: each["value"] for each in told["figures"]}
    assert (of["open-needs"], of["since/needs-new"]) == (8, 7)


def test_others_read_what_the_page_of_the_picture_shows_them() -> None:
    told = document.document(CONTENT, CONTENT, exact=False)

    assert "summary" not in told
    names = {each["figure"] for each in told["figures"]}
    assert {"open-needs", "demand/JD-0002/needs", "authority/camden/needs", "category/fleet/demands"} <= names
    assert not [name for name in names if "budget" in name or "users" in name or name.startswith(("ends/", "since/"))]
    assert not [name for name in names if name.endswith(("/joining", "/committed", "waiting-demands"))]
    (needs,) = (each["needs"] for each in told["figures"] if each["figure"] == "open-needs")
    assert needs == [f"N-0000{number}" for number in range(1, 6)]
    assert told["demands"][0].keys() == {"reference", "title", "status", "category", "area", "boroughs", "notice"}


def test_written_the_same_each_time() -> None:
    assert document.write(CONTENT, exact=True) == document.write(CONTENT, exact=True)
    assert json.loads(document.write(CONTENT, exact=True)) == document.document(CONTENT, exact=True)
