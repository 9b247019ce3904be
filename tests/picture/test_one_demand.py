"""The report of one joint demand: what is asked, what is not known, and what may be told to whom."""

from dataclasses import replace
from datetime import date

import pytest

from procurement.picture import facts, one_demand, one_document
from procurement.picture.facts import Frozen
from procurement.picture.one_report import NOT_TOLD, OneReport, Table
from procurement.picture.telling import EXACT, TOLD, Telling
from tests.picture import made
from tests.picture.scene import scene


def said(report: OneReport, heading: str) -> list[str]:
    return [each.text for group in report.groups if group.heading == heading for each in group.sentences]


def tables(report: OneReport) -> dict[str, Table]:
    return {table.key: table for chapter in report.chapters for table in chapter.tables}


def changed(**given: object) -> Frozen:
    """The scene, with its joint demand otherwise."""
    now = scene()
    demand = replace(now.facts.demands[0], **given)  # type: ignore[arg-type]
    return replace(now, facts=replace(now.facts, demands=(demand,)))


def test_what_is_asked_while_boroughs_decide() -> None:
    report = one_demand.report(scene(), "JD-0001", EXACT)

    assert said(report, "What is asked") == [
        "Each borough is asked to commit to “Joint tender, contracts of our own” or further, or to decline, by "
        "15 January 2027: 1 of the 2 that it takes has committed."
    ]
    assert "3 authorities have 3 open needs in Telephony that fit together: Brent, Camden and Sutton." in said(
        report, "Where it stands"
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"status": "SUGGESTED"}, "An analyst is asked to say whether these 3 needs belong together."),
        ({"lead": ""}, "One of the 3 authorities is asked to lead."),
        ({"decision_date": None}, "Camden is asked to set terms"),
        ({"decision_date": date(2026, 1, 1)}, "The decision was due by 1 January 2026, and no outcome is recorded"),
        ({"outcome": "REACHED"}, "The boroughs have decided: the quorum was reached."),
        ({"stances": ()}, "3 boroughs are asked for a first answer: Brent, Camden and Sutton."),
    ],
    ids=["suggested", "no lead", "no terms", "overdue", "decided", "silent"],
)
def test_what_is_asked_otherwise(given: dict[str, object], words: str) -> None:
    asked = said(one_demand.report(changed(**given), "JD-0001", EXACT), "What is asked")

    assert any(each.startswith(words) for each in asked), asked


def test_what_is_not_known_counts_what_needs_leave_open() -> None:
    now = made.frozen(made.london(made.need(1), made.need(2, "brent", users=5), demands=[made.demand(1, [1, 2])]))

    unknown = said(one_demand.report(now, "JD-0001", EXACT), "What is not known")

    assert unknown == [
        "1 need does not state a number of users.",
        "2 needs do not state a budget that can be added up.",
        "2 needs do not state an end of a present contract.",
    ]


def test_told_it_names_who_is_in_it_and_tells_of_no_borough() -> None:
    found = tables(one_demand.report(scene(), "JD-0001", TOLD))

    assert found.keys() == {"members", "told", "terms", "dates", "reasons", "notices"}
    assert [row[0] for row in found["members"].rows] == ["Camden", "Brent", "Sutton"]
    assert [row[2] for row in found["reasons"].rows] == ["Both want telephony"] * 3
    assert [row[1] for row in found["told"].rows] == [
        "20,000 to under 30,000",
        "£1,200,000 to under £1,300,000",
        "£1,500,000 to under £1,600,000",
    ]


@pytest.mark.parametrize("outcome", ["", "REACHED"])
@pytest.mark.parametrize(
    ("own", "reads"),
    [("", set()), ("merton", set()), ("brent", {"day"}), ("camden", {"day", "lead"})],
    ids=["told", "elsewhere", "in it", "leads"],
)
def test_who_leads_by_when_and_what_came_of_it_are_for_those_alone_who_are_asked(
    own: str, reads: set[str], outcome: str
) -> None:
    now, telling = changed(outcome=outcome), Telling(own=own)
    report = one_demand.report(now, "JD-0001", telling)
    whole = str(one_document.document(facts.to_json(now), kind="DEMAND", subject="JD-0001", telling=telling))

    terms = dict(tables(report)["terms"].rows)
    assert (terms["Led by"] != NOT_TOLD) is ("lead" in reads)
    assert ("Camden leads." in whole) is ("lead" in reads)
    assert (terms["Decision by"] != NOT_TOLD) is ("day" in reads)
    for day in ("15 January 2027", "2027-01-15"):
        assert (day in whole) is ("day" in reads)
    assert terms["Outcome"] is NOT_TOLD
    assert "quorum was reached" not in whole
    assert any("It takes 2 boroughs." in each for each in said(report, "What is asked"))


@pytest.mark.parametrize(
    "given", [{"lead": ""}, {"decision_date": None, "quorum": None}, {"lead": "", "outcome": "REACHED"}]
)
def test_told_it_does_not_say_that_nobody_leads_either(given: dict[str, object]) -> None:
    whole = str(one_demand.report(changed(**given), "JD-0001", TOLD))

    for words in ("asked to lead", "leads", "Nobody yet", "set terms", "have decided"):
        assert words not in whole


def test_own_rows_are_exact_and_others_are_left_out() -> None:
    found = tables(one_demand.report(scene(), "JD-0001", Telling(own="camden")))

    assert found["quantities"].rows == (("Camden", "N-00001", 7_111, 411_111, 511_111),)
    assert [row[0] for row in found["stands"].rows] == ["Camden (leads)"]
    assert all(cell is not NOT_TOLD for row in found["timing"].rows for cell in row)


def test_common_start_is_planned_of_those_that_have_not_declined() -> None:
    report = one_demand.report(scene(), "JD-0001", EXACT)
    timing = next(chapter for chapter in report.chapters if chapter.key == "timing")

    assert [row[0] for row in tables(report)["common-start"].rows] == ["Brent", "Camden"]
    assert any(each.text.startswith("2 of the 2 boroughs that have not declined") for each in timing.sentences)


def test_past_ends_are_said_and_missing_ones_come_last() -> None:
    needs = (made.need(1, contract_end_date=date(2026, 1, 1)), made.need(2, "brent"))
    now = made.frozen(made.london(*needs, demands=[made.demand(1, [2, 1])]))

    report = one_demand.report(now, "JD-0001", EXACT)

    assert [row[1] for row in tables(report)["timing"].rows] == ["N-00001", "N-00002"]
    timing = next(chapter for chapter in report.chapters if chapter.key == "timing")
    assert "By the dates given, the present contract of 1 need has ended already." in [
        each.text for each in timing.sentences
    ]


def test_joint_demand_of_which_the_matcher_is_not_sure_is_not_told_of() -> None:
    now = made.frozen(made.london(made.need(1), demands=[made.demand(1, [1], is_sure=False)]))

    with pytest.raises(LookupError, match="not sure of JD-0001"):
        one_demand.report(now, "JD-0001", EXACT)
    with pytest.raises(LookupError, match="knows no joint demand 'JD-0002'"):
        one_demand.report(now, "JD-0002", EXACT)
