"""The PDF of a version: tagged, with both digests, kept, and never more of them at once than may be."""

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from boroughs.models import User
from procurement.actions import contacts
from procurement.models import Notice
from procurement.pdf import notice as notice_pdf
from procurement.pdf.job import Pdf
from procurement.pdf.render import ReportTooLarge
from procurement.queries import chain, published
from procurement.queries.published_notice import PublishedNotice
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db

ADDRESS = "https://board.example/notices/NT-0001/versions/1/"


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The contexts that would have been rendered, in the renderer's place."""
    found: list[Any] = []

    def render_pdf(*, template: str, context: Any, limits: Any) -> Pdf:
        found.append(context)
        return Pdf(content=f"%PDF {len(found)}".encode(), pages=1)

    monkeypatch.setattr(notice_pdf, "render_pdf", render_pdf)
    return found


def shown(notice: Notice, number: int = 1) -> PublishedNotice:
    found = published.version(notice.reference, number, at=timezone.now())
    assert found
    return found


def made(notice: PublishedNotice) -> bytes:
    return notice_pdf.of_version(notice, head=chain.end(), address=ADDRESS)


def test_file_is_tagged_and_names_version_head_and_address(tmp_path: Path) -> None:
    first = scene.publish(problem="<b>Old</b> & slow.")
    head = scene.publish(scene.confirmed_demand("Camden", "Brent", title="Telephony"))
    content = made(shown(first.notice))
    reader = pypdf.PdfReader(io.BytesIO(content))
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))
    tight = re.sub(r"[\s\u200b]", "", text)
    assert first.digest in tight
    assert head.digest in tight
    assert ADDRESS in tight
    assert "when 2 versions were published" in text
    assert "<b>Old</b> & slow." in text
    assert "not a preliminary market engagement notice (UK2)" in text
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en-GB"
    assert b"pdfuaid" in catalogue["/Metadata"].get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == f"{first.notice.reference}, version 1: Housing repairs"
    if qpdf := shutil.which("qpdf"):
        file = tmp_path / "notice.pdf"
        file.write_bytes(content)
        assert subprocess.run([qpdf, "--check", file], check=False, capture_output=True).returncode == 0


def test_file_is_made_once_for_each_version(rendered: list[Any]) -> None:
    notice = scene.publish().notice
    first = made(shown(notice))
    assert made(shown(notice)) == first
    assert len(rendered) == 1
    scene.correct(notice, title="Repairs of homes")
    assert made(shown(notice, 2)) != first
    assert made(shown(notice)) == first


def test_erased_contact_is_in_no_file_that_is_kept(
    rendered: list[Any], administrator: User, django_capture_on_commit_callbacks: Any
) -> None:
    notice = scene.publish().notice
    version = scene.correct(notice, contact=("Ann", "ann@camden.example"))
    made(shown(notice, 2))
    kept = notice_pdf.kept_as(version.digest, "Ann", "ann@camden.example")
    assert cache.get(kept)
    with django_capture_on_commit_callbacks(execute=True):
        contacts.erase(email="ann@camden.example", by=administrator)
    assert cache.get(kept) is None
    made(shown(notice, 2))
    assert [context["notice"].contact is None for context in rendered] == [False, True]


def test_only_so_many_are_made_at_once(rendered: list[Any]) -> None:
    notice = shown(scene.publish().notice)
    slots = [notice_pdf._claim(notice_pdf.LIMITS) for _ in range(notice_pdf.AT_ONCE)]
    with pytest.raises(notice_pdf.PdfBusy, match="Try again"):
        made(notice)
    cache.delete(slots[0])
    assert made(notice)
    assert made(notice), "it is kept now, so that it needs no place"


def test_place_is_given_back_where_the_file_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**given: Any) -> Pdf:
        raise ReportTooLarge("Too large.")

    monkeypatch.setattr(notice_pdf, "render_pdf", fail)
    notice = shown(scene.publish().notice)
    for _ in range(notice_pdf.AT_ONCE + 1):
        with pytest.raises(ReportTooLarge):
            made(notice)


def test_everybody_may_have_the_file(client: Client, rendered: list[Any]) -> None:
    reference = scene.publish().notice.reference
    answer = client.get(f"/notices/{reference}/versions/1/notice.pdf")
    assert (answer.status_code, answer.headers["Content-Type"], answer.content) == (200, "application/pdf", b"%PDF 1")
    assert f"loti-{reference.lower()}-version-1.pdf" in answer.headers["Content-Disposition"]
    again = client.get(f"/notices/{reference}/versions/1/notice.pdf", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get(f"/notices/{reference}/versions/2/notice.pdf").status_code == 404


def test_reader_is_told_to_come_again(client: Client, rendered: list[Any]) -> None:
    reference = scene.publish().notice.reference
    for _ in range(notice_pdf.AT_ONCE):
        notice_pdf._claim(notice_pdf.LIMITS)
    answer = client.get(f"/notices/{reference}/versions/1/notice.pdf")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "Try again in a few seconds." in answer.content.decode()
