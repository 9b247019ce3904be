"""A report about one thing as JSON: the same as its PDF, and no more than may be told."""

import json
from itertools import product

import pytest

from procurement.picture import facts, one_document
from procurement.picture.telling import EXACT, TOLD, Telling
from tests.picture.scene import ALONE, OWN, scene

CONTENT = facts.to_json(scene())
SUBJECTS = {"DEMAND": "JD-0001", "BOROUGH": "camden", "CATEGORY": "telephony"}
# As JSON writes them.
HIDDEN = {
    slug: [
        users.replace(",", ""),
        low.lstrip("£").replace(",", ""),
        high.lstrip("£").replace(",", ""),
        product_,
        reason,
    ]
    for slug, (users, low, high, _, product_, reason) in OWN.items()
}


def written(kind: str, telling: Telling) -> str:
    return one_document.write(CONTENT, kind=kind, subject=SUBJECTS[kind], telling=telling).decode()


@pytest.mark.parametrize("kind", ["DEMAND", "CATEGORY"])
def test_exact_has_what_every_borough_states(kind: str) -> None:
    text = written(kind, EXACT)

    for slug in OWN:
        assert all(each in text for each in HIDDEN[slug][:4]), slug


@pytest.mark.parametrize(
    ("kind", "telling"),
    [*product(["DEMAND", "CATEGORY"], [TOLD, Telling(own="camden")]), ("BOROUGH", EXACT)],
    ids=["demand told", "demand own", "category told", "category own", "borough"],
)
def test_nothing_of_another_borough_is_told(kind: str, telling: Telling) -> None:
    text = written(kind, telling)
    own = "camden" if kind == "BOROUGH" else telling.own

    for slug in OWN:
        if slug != own:
            assert [each for each in HIDDEN[slug] if each in text] == []
    assert ("7111" in text) == (own == "camden")
    # Totals of this moment, from which a borough that knows its own could take it away; and a need that stands alone.
    assert [each for each in ("21666", "29110", "1266666", "1566666", ALONE, "N-00004") if each in text] == []
    # The other boroughs' days and stages.
    assert [each for each in ("2027-05-12", "2027-06-13", "Declined") if each in text] == []


def test_form_of_the_document() -> None:
    told = json.loads(written("DEMAND", TOLD))

    assert (told["kind"], told["subject"], told["told"]) == ("DEMAND", "JD-0001", {"exact": False, "own": None})
    figures = {each["figure"]: each for each in told["figures"]}
    assert figures["demand/JD-0001/needs"]["needs"] == ["N-00001", "N-00002", "N-00003"]
    named = {key for group in told["summary"] for each in group["sentences"] for key in each["figures"]}
    assert named
    assert named <= figures.keys()
    members = next(each for chapter in told["chapters"] for each in chapter["tables"] if each["table"] == "members")
    assert members["rows"][0]["authority"] == "Camden"


def test_same_bytes_for_the_same_snapshot() -> None:
    assert written("BOROUGH", EXACT) == written("BOROUGH", TOLD)
    assert written("DEMAND", EXACT) != written("DEMAND", TOLD)
