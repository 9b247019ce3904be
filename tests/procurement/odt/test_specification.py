"""A version of a common specification as a document: whole, well-formed, and without what its reader may not know."""

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from procurement.odt import document, specification
from procurement.odt.document import Block, Style

AT = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
CONTENT: dict[str, Any] = {
    "demand": "JD-0003",
    "number": 2,
    "boroughs": [{"slug": "brent", "name": "Brent"}, {"slug": "camden", "name": "Camden"}],
    "requirements": [
        {
            "number": 4,
            "text": "Shows <b>wait</b> times & queues.",
            "priority": "SHOULD",
            "standards": [],
            "accepted": [],
            "differences": [],
            "settled": "",
        },
        {
            "number": 1,
            "text": "Record every call.",
            "priority": "MUST",
            "standards": ["wcag-2-2"],
            "accepted": [{"slug": "camden", "name": "Camden"}],
            "differences": [{"slug": "brent", "name": "Brent", "text": "Ninety days."}],
            "settled": "Sixty days, for all.",
        },
    ],
}


def rendered(*, shows_boroughs: bool = True) -> bytes:
    return specification.render(
        CONTENT,
        title="Telephony",
        digest="ab12",
        frozen_at=AT,
        frozen_words="1 March 2027",
        shows_boroughs=shows_boroughs,
    )


def lines(file: bytes) -> list[str]:
    """The text of each heading and paragraph."""
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        root = ElementTree.fromstring(package.read("content.xml"))  # noqa: S314 - our own
    return ["".join(each.itertext()) for each in root.iter() if re.search(r"}(h|p)$", each.tag)]


def test_musts_come_before_shoulds_each_with_what_is_kept_beside_it() -> None:
    assert lines(rendered()) == [
        "Telephony",
        "Common specification JD-0003, version 2, frozen 1 March 2027. SHA-256 ab12",
        "Asked: Brent, Camden.",
        "What it must do",
        "R1 Record every call.",
        "Open standards: Web Content Accessibility Guidelines (WCAG) 2.2",
        "Accepted by Camden",
        "Brent keeps beside it: Ninety days.",
        "Clash settled: Sixty days, for all.",
        "What it should do",
        "R4 Shows <b>wait</b> times & queues.",
    ]


def test_who_does_not_take_part_reads_no_borough() -> None:
    text = " ".join(lines(rendered(shows_boroughs=False)))
    assert "Record every call." in text
    for words in ("Brent", "Camden", "Ninety", "Sixty"):
        assert words not in text


def test_the_package_is_an_opendocument_text_and_always_the_same() -> None:
    file = rendered()
    assert file == rendered()
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        assert package.testzip() is None
        first = package.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert package.read("mimetype").decode() == document.MIMETYPE
        manifest = package.read("META-INF/manifest.xml").decode()
        names = {name for name in package.namelist() if name not in ("mimetype", "META-INF/manifest.xml")}
        assert set(re.findall(r'full-path="([^"/]+)"', manifest)) == names
        for name in names:
            ElementTree.fromstring(package.read(name))  # noqa: S314 - our own
    # What programs look at to tell the kind of the file: the name and the type, where the format puts them.
    assert file[30:38] == b"mimetype"
    assert file[38 : 38 + len(document.MIMETYPE)].decode() == document.MIMETYPE


@given(st.lists(st.tuples(st.sampled_from(list(Style)), st.text(max_size=20)), max_size=6))
def test_any_text_in_any_order_is_well_formed(given_blocks: list[tuple[Style, str]]) -> None:
    file = document.written([Block(style, text) for style, text in given_blocks], title="\x00<t>", made_at=AT)
    assert len(lines(file)) == len(given_blocks)
