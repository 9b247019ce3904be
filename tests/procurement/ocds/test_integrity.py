"""Each thing that the schema lets pass is found by our own checks."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from procurement.ocds import integrity
from tests.procurement.ocds.test_release import NOTICE, QUESTIONS, built, history

WHOLE = replace(NOTICE, tender_date=date(2027, 6, 1), questions=QUESTIONS)
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
        (lambda r: r["planning"]["milestones"][0].update(dueDate="2027-01-18"), "no time zone"),
        (lambda r: r["planning"]["milestones"][0].update(dueDate="soon"), "no date and time"),
        (lambda r: r["tender"]["communication"].update(futureNoticeDate="2027-01-18T09:00:00"), "no time zone"),
        (lambda r: r["planning"]["milestones"][0].update(relatedLots=["9"]), "milestone engagement belongs to lot 9"),
        (lambda r: r["planning"]["documents"][0].update(relatedLots=["9"]), "document nt-0001 belongs to lot 9"),
        (lambda r: r["tender"]["enquiries"][0].update(relatedLot="9"), "enquiry nt-0001-1 belongs to lot 9"),
        (lambda r: r["tender"]["enquiries"][0].update(relatedItem="9"), "belongs to item 9"),
        (lambda r: r["tender"]["enquiries"][0].update(author={"id": "x", "name": "Supplier"}), "names who asked"),
        (lambda r: r["tender"]["enquiries"][1].update(id="nt-0001-1"), "twice"),
        (lambda r: r["parties"][0].update(id="GB-LAE-CMD"), "twice"),
        (lambda r: r["planning"]["documents"][1].update(id="nt-0001"), "twice"),
        (lambda r: r["planning"]["milestones"][1].update(id="engagement"), "twice"),
        (lambda r: r["parties"][0].update(roles=["customer"]), "role customer"),
        (lambda r: r["planning"]["documents"][0].update(documentType="advert"), "documentType advert"),
        (lambda r: r["planning"]["milestones"][0].update(type="party"), "milestone type party"),
        (lambda r: r["planning"]["milestones"][0].update(status="late"), "milestone status late"),
        (lambda r: r.update(id="one"), "does not end with the number"),
        (lambda r: r["tender"].update(value=None), "empty"),
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
    release = built(WHOLE)
    assert integrity.faults([release]) == []
    broken = deepcopy(release)
    break_it(broken)
    assert any(words in fault for fault in integrity.faults([broken])), integrity.faults([broken])


def test_faults_between_releases_are_found() -> None:
    found = integrity.faults([built(), built()])
    assert any("used twice" in fault for fault in found)
    assert any("same date" in fault for fault in found)
    assert any("begun twice" in fault for fault in found)


def test_versions_in_another_order_than_their_dates_are_found() -> None:
    later = replace(NOTICE, number=2, published_at=datetime(2027, 2, 1, tzinfo=UTC))
    releases = history(NOTICE, later)
    assert integrity.faults(releases[::-1]) == []
    releases[1]["date"] = "2027-01-01T00:00:00Z"
    assert any("not dated after" in fault for fault in integrity.faults(releases))


def test_value_may_be_taken_back_by_an_update_only() -> None:
    later = replace(NOTICE, number=2, budget_max_total=None, published_at=datetime(2027, 2, 1, tzinfo=UTC))
    first, update = history(NOTICE, later)
    assert update["tender"]["value"]["amount"] is None
    assert integrity.faults([first, update]) == []
    first["tender"]["value"]["amount"] = None
    assert any("tender.value.amount is empty" in fault for fault in integrity.faults([first, update]))
