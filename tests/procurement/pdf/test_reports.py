"""Reports of one joint demand, one borough and one category: every figure of their JSON, and the needs behind it."""

import csv
import hashlib
import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pypdf
import pytest

from boroughs.templatetags.formatting import count
from procurement.charts import timeline
from procurement.pdf import annex, annex_files, demand, parts, render, reports
from procurement.picture import facts, one_borough, one_document
from procurement.picture.facts import Frozen
from procurement.picture.numbers import each_once
from procurement.picture.one_report import Group, OneReport, Point, Table
from procurement.picture.sentences import Sentence
from procurement.picture.telling import EXACT, TOLD, Telling
from tests.picture import made
from tests.picture.scene import ALONE, OWN, TOLD_BUDGET, TOLD_USERS, TOTAL_USERS, scene

ROOT = Path(__file__).resolve().parents[3]
CONTENT = facts.to_json(scene())
SUBJECTS = {"DEMAND": "JD-0001", "BOROUGH": "camden", "CATEGORY": "telephony"}
KINDS = sorted(SUBJECTS)


@cache
def rendered(kind: str, telling: Telling, content: bytes) -> bytes:
    pdf = reports.render(kind, content, telling=telling, subject=SUBJECTS[kind])
    assert pdf.blocked == ()
    return pdf.content


@cache
def built(kind: str, telling: Telling = EXACT, content: bytes = CONTENT) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(rendered(kind, telling, content)))


@cache
def text_of(reader: pypdf.PdfReader) -> str:
    """The text of all pages, with every run of blanks as one."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages)).replace("\u200b", "")


def attached(reader: pypdf.PdfReader) -> dict[str, str]:
    return {name: content[0].decode() for name, content in reader.attachments.items()}


@pytest.mark.parametrize("telling", [EXACT, TOLD], ids=["exact", "told"])
@pytest.mark.parametrize("kind", KINDS)
def test_text_has_every_figure_of_the_json(kind: str, telling: Telling) -> None:
    text = text_of(built(kind, telling))
    told = one_document.document(CONTENT, kind=kind, subject=SUBJECTS[kind], telling=telling)

    assert told["title"] in text
    assert hashlib.sha256(CONTENT).hexdigest() in text.replace(" ", "")
    for figure in told["figures"]:
        assert re.search(rf"(?<![\d,]){count(figure['value'])}(?![\d,])", text), figure
        assert all(need in text for need in figure["needs"])
    for point in told["points"]:
        assert f"{point['said']} {point['name']}" in text
    for group in told["summary"]:
        assert all(sentence["text"] in text for sentence in group["sentences"]), group
    for chapter in told["chapters"]:
        assert all(sentence["text"] in text for sentence in chapter["sentences"])
        for table in chapter["tables"]:
            assert_rows_are_in(text, table)


def assert_rows_are_in(text: str, table: dict[str, Any]) -> None:
    kinds = {column["column"]: column["kind"] for column in table["columns"]}
    for row in table["rows"]:
        for column, value in row.items():
            if kinds[column] == "pounds" and value is not None:
                assert f"£{count(value)}" in text, (table["table"], row)
            elif isinstance(value, int):
                assert count(value) in text
            elif kinds[column] in ("reference", "label"):
                assert value is None or value in text


@pytest.mark.parametrize("kind", KINDS)
def test_outline_page_numbers_and_name(kind: str) -> None:
    reader = built(kind)
    told = one_document.document(CONTENT, kind=kind, subject=SUBJECTS[kind], telling=EXACT)

    titles = [entry["/Title"] for entry in reader.outline if not isinstance(entry, list)]  # type: ignore[call-overload]
    assert titles == [
        "Contents",
        "Summary",
        *(chapter["title"] for chapter in told["chapters"]),
        "How to read this report",
        "Annex: the needs behind every figure",
    ]
    pages = len(reader.pages)
    assert f"Page {pages} of {pages}" in reader.pages[-1].extract_text()
    assert reader.metadata is not None
    assert reader.metadata.title is not None
    assert reader.metadata.title.endswith(f"{told['title']}, 30 November 2026")


@pytest.mark.parametrize("kind", KINDS)
def test_attached_files_have_every_figure_and_every_row(kind: str) -> None:
    told = one_document.document(CONTENT, kind=kind, subject=SUBJECTS[kind], telling=EXACT)
    files = attached(built(kind))

    figures = {row["figure"]: row for row in csv.DictReader(io.StringIO(files[annex.FIGURES_CSV_NAME]))}
    assert figures.keys() == {each["figure"] for each in told["figures"]}
    for each in told["figures"]:
        row = figures[each["figure"]]
        assert row["value"] == ("" if each["value"] is None else str(each["value"]))
        assert list(filter(None, row["need_references"].split("; "))) == each["needs"]
    tables = [table for chapter in told["chapters"] for table in chapter["tables"]]
    assert files.keys() == {annex.FIGURES_CSV_NAME, *(f"{table['table']}.csv" for table in tables)}
    for table in tables:
        assert len(list(csv.DictReader(io.StringIO(files[f"{table['table']}.csv"])))) == len(table["rows"])


def test_each_file_is_written_once_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    table_csv = parts.table_csv

    def counted(table: Table) -> str:
        written.append(parts.csv_name(table))
        return table_csv(table)

    monkeypatch.setattr(parts, "table_csv", counted)
    pdf = reports.render("CATEGORY", CONTENT, telling=EXACT, subject=SUBJECTS["CATEGORY"])

    reader = pypdf.PdfReader(io.BytesIO(pdf.content))
    assert sorted([*written, annex.FIGURES_CSV_NAME]) == sorted(attached(reader))
    text = text_of(reader)
    assert [name for name in attached(reader) if f"{name} (" not in text] == []


@pytest.mark.parametrize("kind", ["DEMAND", "CATEGORY"])
def test_told_no_page_and_no_file_tells_of_a_borough(kind: str) -> None:
    reader = built(kind, TOLD)
    assert "Chapters and columns of these are left out: they are its own" in text_of(reader)
    text = "\n".join([text_of(reader), *attached(reader).values()])

    for own in OWN.values():
        assert [each for each in own if each in text or each.replace(",", "").lstrip("£") in text] == []
    assert [each for each in (TOTAL_USERS, ALONE, "N-00004", "Declined", "Committed") if each in text] == []
    assert TOLD_USERS in text
    assert TOLD_BUDGET in text
    assert "Names, counts and told totals" in text


def test_pack_is_exact_of_its_borough_alone() -> None:
    reader = built("BOROUGH", EXACT)
    text = "\n".join([text_of(reader), *attached(reader).values()])

    assert all(each in text for each in OWN["camden"][:5])
    assert [each for slug in ("brent", "sutton") for each in OWN[slug] if each in text] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_link_leads_into_the_annex(kind: str) -> None:
    frozen = scene()
    report = one_document.KINDS[kind](frozen, SUBJECTS[kind], EXACT)

    told = parts.context(CONTENT, frozen, report, {})

    anchors = [entry.anchor for entry in told["entries"]]
    links = {anchor for _, sentences in told["groups"] for each in sentences for _, anchor in each if anchor}
    links |= {anchor for _, _, anchor in told["points"] if anchor}
    assert links
    assert links <= set(anchors)
    assert len(set(anchors)) == len(anchors)
    assert len(anchors) == len([each for each in each_once(report) if each.needs or each.contracts])


RENDER = """
import hashlib, sys
import django
django.setup()
from procurement.pdf import reports
from procurement.picture.telling import EXACT
content = sys.stdin.buffer.read()
for kind, subject in (("BOROUGH", "camden"), ("CATEGORY", "telephony"), ("DEMAND", "JD-0001")):
    pdf = reports.render(kind, content, telling=EXACT, subject=subject)
    print(hashlib.sha256(pdf.content).hexdigest())
"""


def test_two_processes_make_the_same_files() -> None:
    """Each with its own order of sets; and neither knows of a database, so that nothing but the bytes is told."""

    def made_anew(seed: str) -> list[str]:
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
        environment |= {"PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "loti.settings", "LOTI_ENV": "test"}
        environment |= {"LOTI_NO_BOOTSTRAP": "1", "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}
        ran = subprocess.run(
            [sys.executable, "-c", RENDER], input=CONTENT, capture_output=True, check=True, cwd=ROOT, env=environment
        )
        return ran.stdout.decode().split()

    first = made_anew("1")

    assert first == made_anew("2")
    assert first == [hashlib.sha256(rendered(kind, EXACT, CONTENT)).hexdigest() for kind in KINDS]


HOSTILE = "<script>alert(1)</script><img src='file:///etc/hostname'>"


@pytest.mark.parametrize("kind", KINDS)
def test_texts_that_are_long_hostile_or_from_right_to_left_do_no_harm(kind: str) -> None:
    titles = (HOSTILE, "=1+1", "نظام إدارة الإسكان", "x" * 300, "W" * 20_000, "{{ settings.SECRET_KEY }}")
    needs = [
        made.need(place, slug, title=title, incumbent=title, contract_end_date=date(2027, 3, 31))
        for place, (title, slug) in enumerate(zip(titles, ("camden", "camden", "brent") * 2, strict=True), 1)
    ]
    demand = made.demand(1, range(1, len(titles) + 1), title="W" * 20_000)
    content = facts.to_json(made.frozen(made.london(*needs, demands=[demand])))

    reader = built(kind, EXACT, content)

    text = text_of(reader)
    assert len(reader.pages) < 20
    assert "<script>alert(1)</script>" in text
    assert "'=1+1" in "".join(attached(reader).values())


@pytest.mark.parametrize("telling", [EXACT, TOLD], ids=["exact", "told"])
def test_demand_of_a_thousand_needs_is_cut_and_says_so(telling: Telling) -> None:
    slugs = ("brent", "camden", "merton", "sutton")
    needs = [made.need(place, slugs[place % 4]) for place in range(1, 1_001)]
    demand = made.demand(1, range(1, 1_001))
    frozen = made.frozen(made.london(*needs, demands=[demand]))
    report = one_document.KINDS["DEMAND"](frozen, "JD-0001", telling)

    told = parts.context(facts.to_json(frozen), frozen, report, {})

    tables = [table for chapter in told["chapters"] for table in chapter["tables"]]
    members = next(table for table in tables if table["key"] == "members")
    assert (len(members["rows"]), members["left_out"]) == (annex.ROWS, 1_000 - annex.ROWS)
    files = {each.name: each.content for each in parts.attachments(frozen, report)}
    assert len(files["members.csv"].splitlines()) == 1_001
    assert all(len(entry.behind) <= annex_files.PRINTED for entry in told["entries"])


@pytest.mark.parametrize("kind", ["BOROUGH", "CATEGORY"])
def test_nothing_is_a_report_and_says_so(kind: str) -> None:
    text = text_of(built(kind, EXACT, facts.to_json(made.frozen(made.london(run=None)))))

    assert "no open need in this snapshot" in text or "No authority has an open need" in text
    assert "It has not run yet" in text


@pytest.mark.parametrize("kind", KINDS)
def test_subject_that_is_not_there_is_refused(kind: str) -> None:
    with pytest.raises(LookupError, match="DP-2026-0001 knows no"):
        reports.render(kind, CONTENT, telling=EXACT, subject="nowhere")


def test_picture_is_one_of_the_kinds() -> None:
    assert reports.render("PICTURE", CONTENT, telling=EXACT).content.startswith(b"%PDF")


def test_summary_that_asks_for_much_stands_on_its_page() -> None:
    """Every sentence of a joint demand that there can be, of long names."""
    now = scene()
    authorities = tuple(
        replace(each, name=f"{each.name} and the whole of its surroundings") for each in now.facts.authorities
    )
    demand = replace(now.facts.demands[0], title="Words " * 50, lead="", status="SUGGESTED", stances=())
    proposed = made.notice(2, 1, version=0, status="PROPOSED")
    held = replace(now.facts, authorities=authorities, demands=(demand,), notices=(*now.facts.notices, proposed))
    content = facts.to_json(replace(now, facts=held))

    reader = built("DEMAND", EXACT, content)

    page = reader.pages[1].extract_text()
    assert "What is asked" in page
    assert "Each figure in these sentences leads to the needs behind it" in re.sub(r"\s+", " ", page)


@pytest.mark.parametrize("kind", KINDS)
def test_short_summary_stands_on_the_page_of_the_contents(kind: str) -> None:
    told = one_document.document(CONTENT, kind=kind, subject=SUBJECTS[kind], telling=EXACT)

    page = re.sub(r"\s+", " ", built(kind).pages[1].extract_text())

    assert page.index("Annex: the needs behind every figure") < page.index(f"Summary {told['points'][0]['said']}")
    assert "Each figure in these sentences leads to the needs behind it" in page


def pages_of_summary(headings: int, sentences: int, lines: int, *, budget: Point | None = None) -> list[str]:
    """Of a report with ten lines of contents, and six figures of which a budget takes two lines."""
    text = "Camden has 9 open needs in Parking that fit with those of Barking and Dagenham, Brent and Westminster; "
    said = Sentence(((text * lines)[: parts.CHARACTERS * lines],))
    groups = tuple(Group(f"Heading {at}", (said,)) for at in range(headings - 1))
    groups += (Group("Last heading", (said,) * (sentences - headings + 1)),)

    def report(frozen: Frozen) -> OneReport:
        whole = one_document.KINDS["DEMAND"](frozen, SUBJECTS["DEMAND"], EXACT)
        assert len(whole.chapters) == 7
        figures = (*"12345", "£111.1 million to £222.2 million")
        points = tuple(Point(figure, "authorities with an open need in it") for figure in figures)
        points = points if budget is None else (*points[:-1], budget)
        return replace(whole, groups=groups, points=points)

    pdf = parts.render(CONTENT, report, figures=lambda *_: {}, limits=render.LIMITS, tick=None, every=10)
    pages = pypdf.PdfReader(io.BytesIO(pdf.content)).pages
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]


@pytest.mark.parametrize(
    ("headings", "sentences", "lines"),
    [(3, 13, 1), (2, 15, 1), (1, 1, 23)],
    ids=["three headings", "two headings", "long sentence"],
)
def test_fullest_summary_on_the_page_of_the_contents_is_whole(headings: int, sentences: int, lines: int) -> None:
    page = pages_of_summary(headings, sentences, lines)[1]

    assert "Contents" in page
    assert "Last heading" in page
    assert "Each figure in these sentences leads to the needs behind it" in page


def test_longer_key_figures_count_as_well() -> None:
    budget = Point(
        "Lowest from £111.1 million, highest up to £222.2 million",
        "whole-life budget, lowest as at 30 September 2026, highest as at 28 November 2026",
    )
    pages = pages_of_summary(headings=3, sentences=13, lines=1, budget=budget)

    assert "Contents" in pages[1]
    assert "Heading 0" not in pages[1]
    assert "Each figure in these sentences leads to the needs behind it" in pages[2]


def test_longer_summary_has_a_page_of_its_own() -> None:
    pages = pages_of_summary(headings=3, sentences=18, lines=1)

    assert "Contents" in pages[1]
    assert "Heading 0" not in pages[1]
    assert "Heading 0" in pages[2]
    assert "Each figure in these sentences leads to the needs behind it" in pages[2]


def test_timeline_that_leaves_lanes_out_says_so() -> None:
    needs = [made.need(at, contract_end_date=date(2027, 1, at)) for at in range(1, timeline.LANES + 2)]
    for count_of, caption in (
        (timeline.LANES, "When present contracts end"),
        (timeline.LANES + 1, "When present contracts end, the first 16 of 17"),
    ):
        frozen = made.frozen(made.london(*needs[:count_of], demands=[made.demand(1, range(1, count_of + 1))]))

        drawn = demand.figures(frozen, one_document.KINDS["DEMAND"](frozen, "JD-0001", EXACT))["timing"]

        assert drawn.caption == caption
        assert drawn.drawing.count(">Camden<") == timeline.LANES


def test_pack_of_few_decisions_has_them_beside_the_summary() -> None:
    report = one_borough.report(scene(), "camden")

    assert report.chapters[0].key == "decide"
    page = built("BOROUGH").pages[1].extract_text()
    # In the contents, and as a chapter.
    assert "Contents" in page
    assert page.count("What to decide, by when") == 2


def test_pack_of_many_decisions_begins_them_beside_the_summary_and_goes_on() -> None:
    contracts = [made.contract(f"C-{at:02}", end_date=date(2027, 1 + at % 12, 28)) for at in range(40)]
    content = facts.to_json(made.frozen(made.london(made.need(1), contracts=tuple(contracts))))

    pages = [page.extract_text() for page in built("BOROUGH", content=content).pages]

    assert pages[1].count("What to decide, by when") == 2
    begun, going_on = (len(re.findall(r"C-\d\d", page)) for page in pages[1:3])
    assert begun >= 2
    assert going_on > begun
    assert "What to decide About" in re.sub(r"\s+", " ", pages[2])
