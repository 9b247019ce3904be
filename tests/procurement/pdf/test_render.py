"""The renderer: nothing is fetched, limits hold, the same input gives the same bytes, and the PDF is accessible."""

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
import weasyprint
from django.conf import settings

from boroughs.exceptions import LeaseLost
from procurement.pdf import job as jobs
from procurement.pdf import render
from procurement.pdf.job import Attachment, Job, Pdf
from procurement.pdf.render import Limits, PdfEngineMissing, PdfFailed, ReportTooLarge
from tests.procurement.pdf.canary import Canary

PAGE = '<html lang="en-GB"><head><title>Title</title><meta name="author" content="Author"></head><body>{}</body></html>'


@pytest.fixture
def pdf_of(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Renders a body that stands in for a template."""

    def make(body: str, **options: Any) -> Pdf:
        monkeypatch.setattr(render, "render_to_string", lambda template, context: PAGE.format(body))
        return render.render_pdf(template="test.html", context={}, **options)

    return make


def test_fetches_leave_no_trace(pdf_of: Any, canary: Canary, caplog: pytest.LogCaptureFixture) -> None:
    pdf = pdf_of(canary.body())

    reader = pypdf.PdfReader(io.BytesIO(pdf.content))
    assert canary.hits == []
    assert dict(reader.attachments) == {}
    assert "secret" not in "".join(page.extract_text() for page in reader.pages)
    assert any(address.startswith("file:") for address in pdf.blocked)
    assert any(address.startswith(canary.address) for address in pdf.blocked)
    assert "was refused" in caplog.text


def test_fetches_would_leave_traces_with_the_engines_own_fetcher(canary: Canary) -> None:
    """The control: without the lock the same text reads the file and calls the server."""
    content = weasyprint.HTML(string=PAGE.format(canary.body())).write_pdf()

    assert canary.hits
    attached = pypdf.PdfReader(io.BytesIO(content)).attachments
    assert any(b"secret-of-the-file" in data for files in attached.values() for data in files)


def test_bytes_same_for_same_input(pdf_of: Any) -> None:
    attachment = Attachment(name="a.csv", content="a,b\r\n", description="Figures", at="2027-01-01T10:00:00+00:00")

    first = pdf_of("<h1>One</h1>", attachments=[attachment])
    again = pdf_of("<h1>One</h1>", attachments=[attachment])
    other = pdf_of("<h1>Two</h1>", attachments=[attachment])

    assert first.content == again.content
    assert first.content != other.content


def test_accessible_tags_language_title_scopes_and_printed_links(pdf_of: Any) -> None:
    pdf = pdf_of(
        '<h1 id="top">Head</h1><p><a href="#top">Up</a></p><table><thead><tr><th>A</th><th>B</th></tr></thead>'
        "<tbody><tr><th>Row</th><td>1</td></tr></tbody></table>"
    )

    reader = pypdf.PdfReader(io.BytesIO(pdf.content))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert reader.metadata.title == "Title"
    assert reader.metadata.author == "Author"
    heads = [cell["/A"]["/Scope"] for cell in _elements(root["/StructTreeRoot"]) if cell.get("/S") == "/TH"]
    assert sorted(heads) == ["/Column", "/Column", "/Row"]
    links = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    assert links
    assert {link["/F"] for link in links} == {4}


def _elements(node: Any) -> Iterator[Any]:
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        element = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(element, dict):
            yield element
            yield from _elements(element)


def test_attachment_is_in_the_file(pdf_of: Any) -> None:
    attachment = Attachment(name="a.csv", content="£,ü\r\n", description="Figures", at="2027-01-01T10:00:00+00:00")

    pdf = pdf_of("<p>x</p>", attachments=[attachment])

    assert pypdf.PdfReader(io.BytesIO(pdf.content)).attachments == {"a.csv": ["£,ü\r\n".encode()]}


def test_another_pdf_is_attached_as_it_is(pdf_of: Any) -> None:
    inner = bytes(range(256))
    attachment = Attachment(name="annex.pdf", content=inner, description="More", at="2027-01-01T10:00:00+00:00")

    pdf = pdf_of("<p>x</p>", attachments=[attachment])

    assert pypdf.PdfReader(io.BytesIO(pdf.content)).attachments == {"annex.pdf": [inner]}


def test_memory_bomb_ends_the_child_and_the_next_one_works(pdf_of: Any) -> None:
    with pytest.raises(ReportTooLarge, match="too large"):
        pdf_of("<p>x</p>" * 20000, limits=Limits(memory=300))

    assert pdf_of("<p>x</p>").pages == 1


def test_processor_time_is_limited(pdf_of: Any) -> None:
    with pytest.raises(ReportTooLarge):
        pdf_of('<table><tr><td colspan="65534">x</td></tr></table>', limits=Limits(cpu_seconds=2))


def test_clock_is_limited(pdf_of: Any) -> None:
    with pytest.raises(ReportTooLarge, match="seconds"):
        pdf_of("<p>x</p>" * 20000, limits=Limits(seconds=0.4), every=0.2)


def test_deep_nesting_is_a_fault_in_words(pdf_of: Any) -> None:
    with pytest.raises(PdfFailed, match="layout engine"):
        pdf_of("<div>" * 600)


def test_tick_that_raises_ends_the_child(pdf_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            started.append(self)

    def lost() -> None:
        raise LeaseLost("taken over")

    monkeypatch.setattr(render.subprocess, "Popen", Watched)
    with pytest.raises(LeaseLost):
        pdf_of("<p>x</p>" * 20000, tick=lost, every=0.1)
    assert [child.returncode for child in started] == [-9]


def test_child_that_starts_slowly_still_gets_the_whole_document(pdf_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a pipe holds, and a child that reads only after the first look at it."""

    class Slow(subprocess.Popen[bytes]):
        def __init__(self, command: list[str], **options: Any) -> None:
            super().__init__(["/bin/sh", "-c", 'sleep 0.5; exec "$@"', "sh", *command], **options)

    monkeypatch.setattr(render.subprocess, "Popen", Slow)
    pdf = pdf_of(f"<!-- {'x ' * 100_000} --><p>Whole</p>", every=0.1, limits=Limits(seconds=30))
    assert "Whole" in pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()


def test_engine_missing_names_the_packages(pdf_of: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(render.sys, "executable", str(_program(tmp_path, jobs.EXIT_NO_ENGINE)))

    with pytest.raises(PdfEngineMissing, match="apt-get install libpango"):
        pdf_of("<p>x</p>")


def test_child_says_when_the_engine_does_not_load() -> None:
    code = "import sys; sys.modules['weasyprint'] = None; from procurement.pdf import child; sys.exit(child.main())"
    job = Job(html="<p>x</p>", css="", fonts_dir="")

    done = subprocess.run(
        [sys.executable, "-c", code], input=job.dump(), capture_output=True, cwd=settings.BASE_DIR, check=False
    )

    assert done.returncode == jobs.EXIT_NO_ENGINE
    assert done.stdout == b""


def test_child_whose_parent_is_gone_already_renders_nothing() -> None:
    job = Job(html="<p>x</p>", css="", fonts_dir="", parent=1)

    done = subprocess.run(
        [sys.executable, "-m", "procurement.pdf.child"],
        input=job.dump(),
        capture_output=True,
        cwd=settings.BASE_DIR,
        check=False,
    )

    assert (done.returncode, done.stdout) == (-9, b"")


def _program(folder: Path, status: int) -> Path:
    program = folder / "python"
    program.write_text(f"#!/bin/sh\ncat > /dev/null\nexit {status}\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>short words stay</p>", "<p>short words stay</p>"),
        ("<p>" + "W" * 41 + "</p>", "<p>" + "W" * 40 + "\u200bW</p>"),
        ("<p>" + "&amp;" * 41 + "</p>", "<p>" + "&amp;" * 40 + "\u200b&amp;</p>"),
        ('<a href="' + "x" * 90 + '">a</a>', '<a href="' + "x" * 90 + '">a</a>'),
    ],
)
def test_break_long_words(html: str, expected: str) -> None:
    assert render.break_long_words(html) == expected


def test_blocks_end_without_the_blanks_that_included_templates_leave() -> None:
    html = "<ul><li>One\n</li><li>Two <b>three </b> </li></ul>\n<p>Four </p>"

    trimmed = render.without_trailing_blanks(html)

    assert trimmed == "<ul><li>One</li><li>Two <b>three </b></li></ul>\n<p>Four</p>"
