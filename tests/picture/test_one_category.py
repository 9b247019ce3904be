"""One category across London: exact, and as those read it who see names, counts and told totals."""

from dataclasses import replace
from datetime import date

import pytest

from procurement.picture import one_category
from procurement.picture.numbers import each_once
from procurement.picture.one_report import OneReport, Table
from procurement.picture.telling import EXACT, TOLD, Telling
from tests.picture import made
from tests.picture.scene import scene


def tables(report: OneReport) -> dict[str, Table]:
    return {table.key: table for chapter in report.chapters for table in chapter.tables}


def numbers(report: OneReport) -> dict[str, int | None]:
    return {each.key: each.value for each in each_once(report)}


def test_counts_are_those_of_the_needs() -> None:
    found = numbers(one_category.report(scene(), "telephony", EXACT))

    assert found["category/telephony/needs"] == 4
    assert found["category/telephony/authorities"] == 4
    assert found["category/telephony/matched"] == 3
    assert found["category/telephony/needs-of-merton"] == 1
    assert found["category/telephony/matched-of-merton"] == 0
    assert found["category/telephony/users"] == 7_111 + 7_222 + 7_333 + 7_444


def test_needs_in_no_joint_demand_are_counted_and_not_named_where_told() -> None:
    report = one_category.report(scene(), "telephony", TOLD)

    assert [row[1] for row in tables(report)["needs"].rows] == ["N-00002", "N-00001", "N-00003"]
    assert all("N-00004" not in each.needs for each in each_once(report))
    needs = next(chapter for chapter in report.chapters if chapter.key == "needs")
    assert [each.text for each in needs.sentences] == ["1 more need in no joint demand is counted and not named here."]
    assert tables(report).keys() == {"authorities", "joint-demands", "needs"}


def test_told_it_promises_nothing_that_is_left_out() -> None:
    told, exact = (one_category.report(scene(), "telephony", telling) for telling in (TOLD, EXACT))

    for words in ("contracts end", "in use", "budgets"):
        said = (told.lede, *told.caveats, *(each.caption for each in tables(told).values()))
        assert not [each for each in said if words in each]
        assert [each for each in (exact.lede, *exact.caveats, tables(exact)["needs"].caption) if words in each]


def test_who_leads_and_by_when_boroughs_decide_is_told_to_those_alone_who_may_read_where_they_stand() -> None:
    exact, told, own = (
        one_category.report(scene(), "telephony", telling) for telling in (EXACT, TOLD, Telling(own="camden"))
    )

    assert [column.key for column in tables(exact)["joint-demands"].columns][-2:] == ["lead", "decision"]
    assert tables(told)["joint-demands"].columns[-1].key == "status"
    assert tables(own)["joint-demands"].columns[-1].key == "lead"
    assert "15 January 2027" in str(exact)
    assert "15 January 2027" not in str(told)


def test_told_it_does_not_say_that_nobody_leads_either() -> None:
    now = scene()
    demands = tuple(replace(each, lead="", status="CONFIRMED") for each in now.facts.demands)
    free = replace(now, facts=replace(now.facts, demands=demands))

    for telling, is_said in ((EXACT, True), (TOLD, False)):
        assert ("led by nobody" in str(one_category.report(free, "telephony", telling))) is is_said


def test_contract_ends_by_quarter() -> None:
    found = tables(one_category.report(scene(), "telephony", EXACT))

    counted = {row[0]: int(row[1]) for row in found["ends-by-quarter"].rows}  # type: ignore[call-overload]
    assert counted["April to June 2027"] == 3
    assert sum(counted.values()) == 3
    assert [row[0] for row in found["contract-ends"].rows] == [
        date(2027, 4, 11),
        date(2027, 5, 12),
        date(2027, 6, 13),
    ]


def test_products_of_one_supplier_are_one() -> None:
    now = scene()
    needs = (
        *(replace(each, supplier="ware") for each in now.facts.needs[:2]),
        *now.facts.needs[2:],
    )

    found = tables(one_category.report(replace(now, facts=replace(now.facts, needs=needs)), "telephony", EXACT))

    assert [(row[0], row[3]) for row in found["in-use-today"].rows] == [
        ("Brentware", "Brent and Camden"),
        ("Suttonware", "Sutton"),
    ]


def test_category_without_a_need_says_so() -> None:
    report = one_category.report(scene(), "fleet", EXACT)

    assert (report.points, report.chapters) == ((), ())
    assert report.groups[0].sentences[0].text == "No authority has an open need in Fleet in this snapshot."
    with pytest.raises(LookupError, match="the nearest are: telephony"):
        one_category.report(made.frozen(made.london()), "telefony", EXACT)
