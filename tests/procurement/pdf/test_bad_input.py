"""The worst that a snapshot may hold: the report comes out right, or says what was left out; and nothing is fetched."""

import io
import re
from dataclasses import replace

import pypdf
import pytest

from procurement.pdf import annex
from procurement.pdf import picture as picture_pdf
from procurement.pdf.job import Pdf
from procurement.picture import facts
from procurement.picture.telling import EXACT
from tests.picture import made
from tests.procurement.pdf.canary import Canary

MANY = 1_000
NAME = "Royal Borough " * 21 + "End321"
WORD = "W" * 20_000
ARABIC = "نظام إدارة الإسكان الاجتماعي"
HEBREW = "מערכת ניהול דיור"
# A right-to-left override, an isolate that is not closed, and an embedding.
TURNED = "Payroll \u202egnp.exe\u2066 and \u202bcasework"
CONTROLS = "Bell\u0007 null\u0000 escape\u001b[31m c1\u0085\u009b zero\u200bwidth\ufeff join\u2060er"
EMOJI = "Schools 🏫 family 👨‍👩‍👧 flag 🏴󠁧󠁢󠁥󠁮󠁧󠁿"
MARKUP = "<script>alert(1)</script><svg onload=alert(2)><circle r=9></svg>"
STYLE = "</style><style>p{display:none}</style> url(file:///etc/hostname) @import 'x'; {{ settings.SECRET_KEY }}"


def content(*more: str) -> bytes:
    """A joint demand of 1,000 needs, one for each bad title, and a borough with nothing."""
    titles = (WORD, ARABIC, HEBREW, TURNED, CONTROLS, EMOJI, MARKUP, STYLE, "", "   ", *more)
    boroughs = ("brent", "camden", "merton")
    needs = [
        made.need(place, boroughs[place % 3], title=title, incumbent=title, category="" if place % 2 else "telephony")
        for place, title in enumerate(titles, 1)
    ]
    first = len(needs) + 1
    needs += [made.need(place, boroughs[place % 3], users=7) for place in range(first, first + MANY)]
    demands = [
        made.demand(place, [place, first + place], title=title, terms=(title,), category="")
        for place, title in enumerate(titles, 1)
    ]
    demands[0] = replace(demands[0], members=(made.member(1, reasons_for=(WORD, *titles), reasons_against=titles),))
    wide = made.demand(99, range(first + first, first + MANY), title="Wide", status="CONFIRMED", lead="brent")
    held = made.london(*needs, demands=(*demands, wide))
    authorities = tuple(replace(each, name=NAME) if each.slug == "merton" else each for each in held.authorities)
    return facts.to_json(made.frozen(replace(held, authorities=authorities)))


@pytest.fixture(scope="module")
def pdf() -> Pdf:
    return picture_pdf.render(content(), telling=EXACT)


@pytest.fixture(scope="module")
def text(pdf: Pdf) -> str:
    pages = (page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.content)).pages)
    return re.sub(r"\s+", " ", " ".join(pages))


def test_nothing_of_it_was_read_as_markup(pdf: Pdf, text: str) -> None:
    assert pdf.blocked == ()
    assert MARKUP in text
    assert "</style><style>p{display:none}</style> url(file:///etc/hostname)" in text
    assert "{{ settings.SECRET_KEY }}" in text


def test_report_of_a_joint_demand_of_a_thousand_needs_is_short_and_says_what_it_leaves_out(pdf: Pdf, text: str) -> None:
    assert pdf.pages < 45
    assert re.search(r"9\d\d more needs: see the annex", text)
    assert re.search(r"and [67]\d\d more in figures-and-needs\.csv", text)


def test_long_name_stands_whole_in_the_annex_and_in_the_attached_tables(pdf: Pdf, text: str) -> None:
    attached = pypdf.PdfReader(io.BytesIO(pdf.content)).attachments

    assert NAME in text
    assert NAME in attached[picture_pdf.NEEDS_CSV_NAME][0].decode()
    assert WORD in attached[picture_pdf.CSV_NAME][0].decode()


def test_characters_that_cannot_be_seen_turn_nothing_round(text: str) -> None:
    """The words stand in the order in which they were written; nothing that steers a printer or a reader is left."""
    assert "Payroll gnp.exe and casework" in text
    assert not re.search(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert "Bell null escape[31m" in text
    assert "Schools [school] family [man, woman, girl] flag [waving black flag]" in text


def test_missing_dates_and_budgets_are_not_given_and_a_borough_with_nothing_has_its_place(text: str) -> None:
    assert "Users Not given" in text
    assert "Whole-life budget Not given" in text
    assert "No open need: Sutton" in text
    assert "Sutton 0 0" in text


def test_same_bytes_again(pdf: Pdf) -> None:
    assert picture_pdf.render(content(), telling=EXACT).content == pdf.content


def test_whole_report_with_hostile_texts_reads_no_file_and_calls_nobody(canary: Canary) -> None:
    """In every place where a text of a need or of a joint demand stands, on pages and in attached files."""
    texts = [line.strip() for line in canary.body().splitlines()]
    texts += [f'"><link rel="attachment" href="{canary.file.as_uri()}">', f"{canary.address}/f", canary.file.as_uri()]

    pdf = picture_pdf.render(content(*texts), telling=EXACT)

    reader = pypdf.PdfReader(io.BytesIO(pdf.content))
    assert canary.hits == []
    assert pdf.blocked == ()
    assert set(reader.attachments) == {
        picture_pdf.CSV_NAME,
        picture_pdf.NEEDS_CSV_NAME,
        annex.FIGURES_CSV_NAME,
    }
    assert b"secret-of" not in b"".join(data for files in reader.attachments.values() for data in files)
    assert "secret-of" not in "".join(page.extract_text() for page in reader.pages)
    addresses = [
        str(note.get_object().get("/A", {}).get("/URI", ""))
        for page in reader.pages
        for note in page.get("/Annots", [])
    ]
    assert not [each for each in addresses if canary.address in each or each.startswith("file:")]
