"""A borough's pack: what it decides by when, and what of others it tells."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from procurement.picture import one_borough
from procurement.picture.facts import Contract
from procurement.picture.numbers import each_once
from procurement.picture.one_report import OneReport, Table
from procurement.picture.telling import EXACT, Telling
from tests.picture import made
from tests.picture.scene import asked_of, scene


def tables(report: OneReport) -> dict[str, Table]:
    return {table.key: table for chapter in report.chapters for table in chapter.tables}


def test_decisions_come_by_date() -> None:
    found = tables(one_borough.report(scene(), "camden"))

    assert found["decisions"].rows == (
        (date(2027, 1, 15), "Commit or decline", "JD-0001", "Telephony for all"),
        (date(2027, 2, 1), "NT-0001 closes", "JD-0001", "Telephony for all"),
        (date(2027, 4, 11), "The contract ends: join JD-0001, or buy alone", "N-00001", "Need 1"),
    )


def test_partners_are_the_others() -> None:
    (row,) = tables(one_borough.report(scene(), "sutton"))["partners"].rows

    assert row[3:] == ("Brent and Camden", "Declined", "Camden", date(2027, 1, 15))


def test_whoever_asks_it_is_told_to_the_borough() -> None:
    assert one_borough.report(scene(), "camden", EXACT) == one_borough.report(scene(), "camden")
    assert one_borough.report(scene(), "camden", EXACT).telling == Telling(own="camden")


def test_contracts_of_the_register_have_notice_and_options() -> None:
    now = scene()
    entry = Contract(
        "CA-001", "camden", system="Camdenware", end_date=date(2027, 4, 11), options=(12,), notice_months=3
    )
    alone = Contract("CA-002", "camden", system="Other", end_date=date(2028, 4, 30))
    far = Contract("CA-003", "camden", system="Far", end_date=now.taken_at.date() + timedelta(days=800))
    now = replace(now, facts=replace(now.facts, contracts=(entry, alone, far)))

    report = one_borough.report(now, "camden")

    rows = [
        dict(zip([c.key for c in found.columns], row, strict=True))
        for found in [tables(report)["renewals"]]
        for row in found.rows
    ]
    assert [(row["contract"], row["need"], row["joint_demand"]) for row in rows] == [
        ("CA-001", "N-00001", "JD-0001"),
        ("CA-002", "None yet", "None yet"),
    ]
    assert (rows[0]["latest"], rows[0]["notice_by"]) == (date(2028, 4, 11), date(2027, 1, 11))
    assert tables(report)["decisions"].rows[0][:3] == (
        date(2027, 1, 11),
        "Give notice, so that the contract ends on 11 April 2027",
        "N-00001",
    )
    ending = next(each for each in each_once(report) if each.key == "authority/camden/ends-within-a-year")
    assert (ending.value, ending.contracts) == (1, ("camden/CA-001",))


def test_needs_to_confirm_are_those_that_were_asked_about() -> None:
    found = tables(one_borough.report(asked_of(), "camden"))

    assert [row[1] for row in found["needs-to-confirm"].rows] == ["N-00001"]
    assert found["decisions"].rows == (("No date", "Confirm that it still holds, or close it", "N-00001", "Need 1"),)
    assert [row[0] for row in found["needs-without-partners"].rows] == ["N-00001"]


def test_borough_with_nothing_says_so() -> None:
    report = one_borough.report(made.frozen(made.london()), "merton")

    assert (report.points, report.chapters) == ((), ())
    assert "Merton has no open need in this snapshot" in report.groups[0].sentences[0].text
    with pytest.raises(LookupError, match="the nearest are: merton"):
        one_borough.report(made.frozen(made.london()), "mertom")
