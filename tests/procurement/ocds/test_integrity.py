"""Each thing that the schema lets pass is found by our own checks."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from procurement.ocds import integrity
from tests.procurement.ocds.test_release import built

Break = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda r: r["buyer"].update(id="GB-LAE-XXX"), "buyer GB-LAE-XXX"),
        (lambda r: r["parties"][1].update(roles=["interestedParty"]), "not a party with the role buyer"),
        (lambda r: r.update(tag=["tender"]), "tag"),
        (lambda r: r["tender"].update(status="active"), "tender.status"),
        (lambda r: r["tender"]["items"][0].update(relatedLot="9"), "lot 9"),
        (lambda r: r["tender"]["items"][0].update(id=r["tender"]["items"][1]["id"]), "twice"),
        (lambda r: r["planning"]["documents"][0].update(noticeType="UK2"), "notice type"),
        (lambda r: r["planning"]["milestones"][0].update(dueDate="2027-01-18T09:00:00"), "no time zone"),
        (lambda r: r["tender"].update(description=""), "empty"),
        (lambda r: r["tender"].update(lots=[]), "empty"),
        (
            lambda r: r["planning"]["budget"].update(
                budgetBreakdown=[{"id": "1", "sourceParty": {"id": "GB-LAE-CMD"}}]
            ),
            "sourceParty",
        ),
    ],
)
def test_fault_is_found(break_it: Break, words: str) -> None:
    release = built()
    assert integrity.faults([release]) == []
    broken = deepcopy(release)
    break_it(broken)
    assert any(words in fault for fault in integrity.faults([broken])), integrity.faults([broken])


def test_faults_between_releases_are_found() -> None:
    found = integrity.faults([built(), built()])
    assert any("used twice" in fault for fault in found)
    assert any("same date" in fault for fault in found)
    assert any("begun twice" in fault for fault in found)
