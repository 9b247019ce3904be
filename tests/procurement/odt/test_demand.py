"""A joint demand as a document: what it tells whom, what it says of itself, and that it opens whatever texts are in."""

import hashlib
import io
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from procurement.odt import demand
from procurement.picture import facts, one_demand
from procurement.picture.facts import Facts, Stance, ToldFigure, ToldFigures
from procurement.picture.telling import EXACT, TOLD, Telling
from tests.picture import made

OFFICE, TEXT, TABLE = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "text", "table"))
# What brent states, each in the form in which the document would say it.
OF_BRENT = ("£7,313,117", "£9,414,229", "41,413", "Vexillum", "17 March 2028", "19 May 2028", "Committed")
OF_CAMDEN = ("£3,111,557", "5,119", "Tabellarius", "Interested")


def held() -> Facts:
    return made.london(
        made.need(1, "camden", users=5_119, budget_max=3_111_557, incumbent="Tabellarius", revision=6),
        made.need(
            2,
            "brent",
            title="Switchboard",
            users=41_413,
            budget_min=7_313_117,
            budget_max=9_414_229,
            incumbent="Vexillum",
            contract_end_date=date(2028, 3, 17),
            start_date=date(2028, 5, 19),
            revision=4,
        ),
        demands=[
            made.demand(
                1,
                [1, 2],
                title="Telephony",
                status="CONFIRMED",
                stances=(Stance("brent", "COMMITTED", "TENDER"), Stance("camden", "INTERESTED", "MARKET")),
                lead="brent",
                quorum=2,
                depth="TENDER",
                decision_date=date(2027, 2, 13),
                told=ToldFigures(users=ToldFigure(low=40_000, high=60_000, as_at=date(2026, 11, 28))),
            )
        ],
        notices=(made.notice(1, 1, digest="d" * 64),),
    )


CONTENT = facts.to_json(made.frozen(held()))


def body(file: bytes) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        root = ElementTree.fromstring(package.read("content.xml"))  # noqa: S314 - our own
    found = root.find(f"{OFFICE}body/{OFFICE}text")
    assert found is not None
    return found


def said(file: bytes) -> str:
    """Every heading, paragraph and cell, a line each."""
    return "\n".join("".join(each.itertext()) for each in body(file).iter() if each.tag in (f"{TEXT}h", f"{TEXT}p"))


def rendered(telling: Telling = EXACT, content: bytes = CONTENT) -> bytes:
    return demand.render(content, subject="JD-0001", telling=telling)


def test_what_the_report_tells_stands_in_the_document() -> None:
    text = said(rendered())

    report = one_demand.report(facts.from_json(CONTENT), "JD-0001", EXACT)
    for words in (
        *(point.figure for point in report.points),
        *(each.text for group in report.groups for each in group.sentences),
        *(each.text for chapter in report.chapters for each in chapter.sentences),
        *(table.caption for chapter in report.chapters for table in chapter.tables),
        *OF_BRENT,
        *OF_CAMDEN,
        "13 February 2027",
        "NT-0001",
    ):
        assert words in text


def test_headings_are_headings_and_each_table_has_a_header_row_and_a_title() -> None:
    found = body(rendered())

    headings = [each.text for each in found.iter(f"{TEXT}h")]
    assert headings[0] == "At a glance"
    assert headings[-2:] == ["How to read it", "Sources"]
    assert {each.get(f"{TEXT}outline-level") for each in found.iter(f"{TEXT}h")} == {"1"}
    tables = list(found.iter(f"{TABLE}table"))
    assert len(tables) > 4
    for table in tables:
        assert [each.tag for each in table][:1] == [f"{TABLE}title"]
        (head,) = table.findall(f"{TABLE}table-header-rows/{TABLE}table-row")
        columns = len(table.findall(f"{TABLE}table-column"))
        for row in (head, *table.findall(f"{TABLE}table-row")):
            assert len(row.findall(f"{TABLE}table-cell")) == columns


def test_it_says_what_it_is_and_what_the_record_is() -> None:
    file = rendered()

    text = said(file)
    assert "Joint demand JD-0001, as at 30 November 2026, 09:00" in text
    assert "no longer the record: the record of this day is snapshot DP-2026-0001" in text
    assert (
        f"Snapshot DP-2026-0001, taken 30 November 2026, 09:00. SHA-256 {hashlib.sha256(CONTENT).hexdigest()}" in text
    )
    assert "Notice NT-0001, version 1. SHA-256 dddd" in text
    assert "N-00001 (6) and N-00002 (4)" in text
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        meta, styles = (package.read(name).decode() for name in ("meta.xml", "styles.xml"))
    assert "<dc:title>Telephony (JD-0001)</dc:title>" in meta
    assert "<dc:language>en-GB</dc:language>" in meta
    assert "2026-11-30T09:00:00Z" in meta
    assert "JD-0001, DP-2026-0001, a copy to work on" in styles


def test_of_a_moment_that_was_not_kept_it_names_no_snapshot_and_no_digest() -> None:
    now = facts.to_json(made.frozen(held(), reference=""))

    text = said(rendered(content=now))

    assert "no snapshot of that moment was kept" in text
    assert "DP-" not in text
    assert hashlib.sha256(now).hexdigest() not in text


def test_who_may_not_see_exact_figures_reads_names_counts_and_told_figures() -> None:
    text = said(rendered(TOLD))

    for words in (*OF_BRENT, *OF_CAMDEN, "(4)", "(6)"):
        assert words not in text
    for words in ("Brent", "Camden", "Switchboard", "N-00002", "40,000 to under 60,000", "28 November 2026"):
        assert words in text


def test_a_borough_reads_its_own_figures_and_no_other() -> None:
    text = said(rendered(Telling(own="camden")))

    assert "Of Camden it tells the exact figures." in text
    for words in (*OF_CAMDEN, "N-00001 (6) and N-00002"):
        assert words in text
    for words in (*OF_BRENT, "(4)"):
        assert words not in text


def test_a_borough_without_a_need_here_is_promised_nothing() -> None:
    text = said(rendered(Telling(own="sutton")))

    assert "Sutton" not in text
    assert text == said(rendered(TOLD))


@pytest.mark.parametrize("subject", ["JD-0009", "JD-0002", ""])
def test_a_joint_demand_that_the_snapshot_does_not_show_is_refused(subject: str) -> None:
    unsure = made.london(made.need(1), made.need(2, "brent"), demands=[made.demand(2, [1, 2], is_sure=False)])

    with pytest.raises(LookupError):
        demand.render(facts.to_json(made.frozen(unsure)), subject=subject, telling=EXACT)


HOSTILE = {
    "control": "a\x00\x0b\x1b\ufffe]]><b>&\r\n\tz",
    "long": "w" * 20_000,
    "right-to-left": "נגישות: (טלפוניה) 24/7!",
    "turned": "safe\u202eevil\u2066",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_any_text_makes_a_document_that_opens(name: str) -> None:
    text = HOSTILE[name]
    hostile = made.london(
        made.need(1, title=text, incumbent=text),
        made.need(2, "brent"),
        demands=[made.demand(1, [1, 2], title=text)],
    )

    file = rendered(content=facts.to_json(made.frozen(hostile)))

    lines = said(file).splitlines()
    expected = {
        "control": "a]]><b>& z",
        "long": f"{'w' * 299}…",
        # The text keeps its own direction, and what stands around it its place.
        "right-to-left": "\u2068נגישות: (טלפוניה) 24/7!\u2069",
        "turned": "safeevil",
    }[name]
    # As title, as what is needed and as what is in use.
    assert lines.count(expected) == 3
    assert any("3 texts of more than 300 signs are cut" in line for line in lines) == (name == "long")
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        for part in package.namelist():
            if part.endswith(".xml"):
                ElementTree.fromstring(package.read(part))  # noqa: S314 - our own


def test_a_thousand_needs_are_all_there() -> None:
    needs = [made.need(each, "camden" if each % 2 else "brent", users=each) for each in range(1, 1001)]
    many = made.london(*needs, demands=[made.demand(1, range(1, 1001))])

    text = said(rendered(content=facts.to_json(made.frozen(many))))

    assert not [need.reference for need in needs if text.count(need.reference) < 3]
    assert "500,500" in text


def test_another_process_writes_the_same_file(tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot.json"
    snapshot.write_bytes(CONTENT)
    code = (
        "import hashlib, pathlib, sys\n"
        "from procurement.odt import demand\n"
        "from procurement.picture.telling import EXACT\n"
        "content = pathlib.Path(sys.argv[1]).read_bytes()\n"
        "print(hashlib.sha256(demand.render(content, subject='JD-0001', telling=EXACT)).hexdigest())\n"
    )
    # Another seed of hashes, so that no order of a set comes through; and nothing of the framework is set up there.
    told = subprocess.run(
        [sys.executable, "-c", code, str(snapshot)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
        cwd=Path(__file__).parents[3],
    )

    assert told.stdout.strip() == hashlib.sha256(rendered()).hexdigest()
