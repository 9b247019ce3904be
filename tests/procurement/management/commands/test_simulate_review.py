"""manage.py simulate_review"""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from procurement.management import measuring
from procurement.management.commands import simulate_review
from procurement.matching import Result, match
from tests.matching.builders import HashedWords

TITLES = {
    "parking": "Parking permits and penalty charge notices",
    "payroll": "Payroll and pensions of council staff",
    "library": "Library catalogue and loans",
}
ROWS = [
    {"id": f"N-{number}", "borough": f"borough-{number}", "title": TITLES[words], "cluster": f"secret-{cluster}"}
    for number, (words, cluster) in enumerate(
        [
            ("parking", "parking"),
            ("parking", "parking"),
            ("parking", "payroll"),
            ("payroll", "payroll"),
            ("payroll", "payroll"),
            ("library", "library"),
            ("library", "parking"),
        ]
    )
]


@pytest.fixture
def labelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(measuring, "embedder", lambda engine, options: HashedWords())
    path = tmp_path / "needs.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    return path


def simulated(path: Path, *options: str) -> str:
    said = io.StringIO()
    call_command("simulate_review", str(path), *options, stdout=said)
    return said.getvalue()


def test_simulate_review_as_json_needs_no_database(labelled: Path) -> None:
    figures = json.loads(simulated(labelled, "--json", "--reviewers", "2"))

    assert set(figures) == {"n", "seed", "budget", "before", "flawless", "curve", "erring", "team"}
    assert (figures["erring"]["error_rate"], figures["erring"]["reviewers"]) == (0.1, 2)
    assert (figures["team"]["people"], figures["team"]["reviewers"]) == (3, 2)
    assert figures["team"]["clicks_per_group"] <= 2
    assert figures["team"]["clicks"] <= figures["team"]["clicks_in_all"] <= 3 * figures["team"]["clicks"]
    assert figures["before"]["purity"] < figures["flawless"]["purity"] == 1.0
    assert figures["flawless"]["pairwise"]["f1"] > figures["before"]["pairwise"]["f1"]
    assert figures["flawless"]["clicks_per_group"] <= figures["budget"] == 2
    first, last = figures["curve"][0], figures["curve"][-1]
    assert (first["clicks"], first["opened"]) == (0, 0)
    assert first["f1"] == round(figures["before"]["pairwise"]["f1"], 4)
    assert (last["clicks"], last["opened"]) == (figures["flawless"]["clicks"], figures["flawless"]["opened"])


def test_simulate_review_repeats_itself(labelled: Path) -> None:
    once = simulated(labelled, "--json", "--reviewers", "2", "--error-rate", "0.3", "--seed", "4")
    assert once == simulated(labelled, "--json", "--reviewers", "2", "--error-rate", "0.3", "--seed", "4")


def test_simulate_review_as_table_and_as_drawing(labelled: Path, tmp_path: Path) -> None:
    said = simulated(labelled, "--error-rate", "0", "--plot", str(tmp_path / "curve.svg"))
    assert [line.split()[0] for line in said.splitlines()] == ["7", "Before", "Reviewed"]
    assert "clicks a group" in said.splitlines()[-1]
    assert (tmp_path / "curve.svg").read_text(encoding="utf-8").count("<polyline") == 2


def test_those_who_slip_are_drawn_beside_the_flawless(labelled: Path, tmp_path: Path) -> None:
    simulated(labelled, "--reviewers", "2", "--plot", str(tmp_path / "curve.svg"))
    drawn = (tmp_path / "curve.svg").read_text(encoding="utf-8")
    assert drawn.count("<polyline") == 6
    assert drawn.count(", 10% slips") >= 2
    assert drawn.count(", 3 who slip") >= 2


def test_a_team_is_left_out_or_of_another_size(labelled: Path) -> None:
    assert "team" not in json.loads(simulated(labelled, "--json", "--reviewers", "1", "--team", "0"))
    said = simulated(labelled, "--reviewers", "1", "--team", "2")
    assert said.splitlines()[-1].startswith("2 people")
    assert "by whoever clicks most" in said.splitlines()[-1]


def test_simulate_review_refuses_what_it_cannot_do(labelled: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="error rate"):
        simulated(labelled, "--error-rate", "1")
    with pytest.raises(CommandError, match="at least 2 people"):
        simulated(labelled, "--team", "1")
    with pytest.raises(CommandError, match="cannot be written"):
        simulated(labelled, "--error-rate", "0", "--plot", str(tmp_path / "nowhere" / "curve.svg"))


def test_simulate_review_keeps_the_labels_from_the_engine(labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def watched(*given: Any, **model: Any) -> Result:
        seen.append(repr(given))
        return match(*given, **model)

    monkeypatch.setattr(simulate_review, "match", watched)
    simulated(labelled, "--error-rate", "0")

    assert len(seen) > 1
    assert "Parking permits" in seen[-1]
    assert not any("secret" in given for given in seen)
