"""An annex that would make a report too long is in files of its own, with every need, and the report says which."""

import io
import re

import pypdf
import pytest

from procurement.pdf import annex, annex_files
from procurement.pdf import picture as picture_pdf
from procurement.pdf.annex import Annex, Entry, Line
from procurement.picture import facts, reckoning
from procurement.picture.telling import EXACT
from tests.picture import large, made


def lists(*sizes: int, name: str = "JD") -> tuple[Entry, ...]:
    """Entries with so many needs each."""
    return tuple(
        Entry(f"needs-{name}-{place}", f"{name}-{place:04}", (Line("Needs", size, ("N-00001",) * size, ()),))
        for place, size in enumerate(sizes, 1)
    )


def whole(**given: tuple[Entry, ...]) -> Annex:
    return Annex(
        **{"headlines": (), "since": (), "authorities": (), "categories": (), "demands": (), "chapters": (), **given}
    )


def test_short_annex_stands_in_the_report() -> None:
    held = whole(demands=lists(3, 4), authorities=lists(7, name="A"))

    assert annex_files.divided(held, keep=()) == (held, ())


def test_long_annex_is_in_files_of_pages_that_one_can_leaf_through() -> None:
    held = whole(headlines=lists(9_000, name="H"), demands=lists(*[300] * 400), authorities=lists(300, 300, name="A"))

    report, files = annex_files.divided(held, keep={"needs-JD-2", "needs-JD-400"})

    assert [entry.name for entry in report.demands] == ["JD-0002", "JD-0400"]
    assert (report.authorities, report.categories) == ((), ())
    (line,) = report.headlines[0].lines
    assert (len(line.needs), line.left_out) == (annex_files.PRINTED, 9_000 - annex_files.PRINTED)
    assert [(file.name, file.total) for file in files] == [(f"annex-0{place}.pdf", len(files)) for place in (1, 2, 3)]
    found = [entry for file in files for part in file.parts for entry in part.entries]
    assert found == [*held.demands, *held.authorities]
    assert files[-1].holds.endswith("to JD-0400; authorities A-0001 to A-0002")


def test_one_list_of_very_many_needs_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annex_files, "PAGES_IN_REPORT", 0)
    most = annex_files.PRINTED_IN_FILE

    _, (file,) = annex_files.divided(whole(categories=lists(most + 5, name="C")), keep=())

    (line,) = file.parts[0].entries[0].lines
    assert (len(line.needs), line.left_out) == (most, 5)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a report of few pages were too long."""
    monkeypatch.setattr(annex_files, "PAGES_IN_REPORT", 1)
    monkeypatch.setattr(annex_files, "PAGES_IN_FILE", 4)


@pytest.mark.timeout(280)
@pytest.mark.usefixtures("short")
def test_report_with_files_of_the_annex_has_every_need_under_its_figure() -> None:
    content = facts.to_json(made.frozen(large.london(2)))
    shown = reckoning.figures(facts.from_json(content))

    pdf = picture_pdf.render(content, telling=EXACT)

    reader = pypdf.PdfReader(io.BytesIO(pdf.content))
    attached = reader.attachments
    assert list(attached) == sorted(attached)
    readers = {name: pypdf.PdfReader(io.BytesIO(held[0])) for name, held in attached.items() if name.endswith(".pdf")}
    assert len(readers) > 1
    text = text_of(reader)
    for name, file in readers.items():
        assert len(file.pages) <= annex_files.PAGES_IN_FILE + 1
        assert file.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert re.search(rf"{name} [^.]*? {len(file.pages)} ", text), name
    # Lines break at hyphens as well.
    annexed = "".join(map(text_of, readers.values())).replace(" ", "")
    every = annex.annex(shown, None, demands=shown.demands, telling=EXACT)
    chapters = [entry for _, entries in every.chapters for entry in entries if entry.is_part]
    for entry in (*every.demands, *every.authorities, *every.categories, *chapters):
        for line in entry.lines:
            value = "not given" if line.value is None else f"{line.value:,}"
            behind = "; ".join(filter(None, (", ".join(line.needs), ", ".join(line.contracts))))
            told = f"{line.words}: {value}{f' ({behind})' if behind else ''}"
            assert told.replace(" ", "") in annexed, entry.name


@pytest.mark.usefixtures("short")
def test_links_of_the_report_lead_to_what_is_in_it() -> None:
    told = picture_pdf.context(facts.to_json(made.frozen(large.london(20))), telling=EXACT)

    assert told["annex_to_make"]
    rows = {row["anchor"] for row in told["rows"]}
    assert 0 < len(rows & told["listed"]) < len(rows)
    anchors = {anchor for sentence in told["overlaps"] for _, anchor in sentence if anchor.startswith("needs-demand")}
    assert anchors
    assert anchors <= told["listed"]
    assert {row["anchor"] for row in told["sections"]} <= told["listed"]


def text_of(reader: pypdf.PdfReader) -> str:
    """Without the heads and feet of pages, which stand inside lists that go on."""
    found = []
    for page in reader.pages:
        lines = page.extract_text().splitlines()
        found += [line for line in lines if not re.match(r"Snapshot DP-|Page \d|London technology demand|Annex", line)]
    return re.sub(r"\s+", " ", " ".join(found))
