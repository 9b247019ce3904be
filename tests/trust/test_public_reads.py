"""What each public read of the board tells caches and other sites; docs/following.md has the same table."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import resolve

from boroughs.models import Borough, User
from tests.factories import notices as scene
from tests.factories.api import Program

pytestmark = pytest.mark.django_db
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "following.md"
EXAMPLE = "NT-0001"
ROW = re.compile(r"^\| `(/[^`]*)` \| (yes|no) \| (yes|no) \|$", re.M)


def table() -> list[tuple[str, bool, bool]]:
    """Address, whether it says 304, whether pages of other sites may read it."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return [(path, kept == "yes", open_ == "yes") for path, kept, open_ in ROW.findall(text)]


READS = table()


def test_table_has_the_reads_of_the_board() -> None:
    names = {resolve(path).url_name for path, _, _ in READS}
    assert names >= {
        "board",
        "board-map",
        "board-timeline",
        "board-figures",
        "board-figures-csv",
        "board-feed",
        "board-json-feed",
        "board-calendar",
        "board-head",
        "notice-detail",
        "notice-version",
        "notice-compare",
        "notice-pdf",
        "notice-feed",
        "notice-json-feed",
        "notice-calendar",
        "ocds-release-packages",
        "api-notice-list",
        "api-notice-detail",
        "api-notice-version-list",
        "api-notice-version",
        "robots",
        "sitemap",
    }


@pytest.fixture
def reference(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("procurement.pdf.notice.of_version", lambda *args, **kwargs: b"%PDF")
    return str(scene.publish().notice.reference)


@pytest.mark.parametrize(("path", "is_kept", "is_open"), READS, ids=[path for path, _, _ in READS])
def test_public_read_is_asked_about_and_open_as_documented(
    client: Client, analyst: User, reference: str, path: str, is_kept: bool, is_open: bool
) -> None:
    path = path.replace(EXAMPLE, reference)
    first = client.get(path)
    assert first.status_code == 200
    assert first.has_header("ETag") == first.has_header("Last-Modified") == is_kept
    answers = [first]
    if is_kept:
        assert "max-age=0" in first["Cache-Control"]
        assert "must-revalidate" in first["Cache-Control"]
        for header in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
            unchanged = client.get(path, headers=header)
            assert (unchanged.status_code, unchanged.content) == (304, b"")
            assert unchanged["ETag"] == first["ETag"]
            answers.append(unchanged)
        answers.append(client.head(path))
    # A refusal is read by the same programs.
    answers.append(client.post(path))
    assert {answer.get("Access-Control-Allow-Origin") for answer in answers} == {"*" if is_open else None}
    assert not any(answer.has_header("Access-Control-Allow-Credentials") for answer in answers)
    if is_kept:
        scene.publish(scene.confirmed_demand(title="Another"))
        assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200
        client.force_login(analyst)
        own = client.get(path, headers={"If-None-Match": first["ETag"]})
        assert own.status_code == 200
        assert "no-store" in own["Cache-Control"]
        # What answers a cookie is for nobody's page but ours.
        for answer in (own, client.post(path), client.options(path)):
            assert not answer.has_header("Access-Control-Allow-Origin")


@pytest.mark.parametrize(
    "path",
    ["/api/v1/needs/", "/api/v1/contracts/", "/api/v1/imports/", "/api/v1/demands/", "/", "/needs/", "/demands/"],
)
def test_nothing_private_is_open_to_pages_of_other_sites(
    client: Client, borough: Borough, approver: User, path: str
) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    answers = [client.get(path, headers=origin), client.options(path, headers=origin)]
    client.force_login(approver)
    answers += [client.get(path, headers=origin), client.options(path, headers=origin)]
    answers.append(Program(borough).get(path))
    for answer in answers:
        assert not [name for name in answer.headers if name.startswith("Access-Control-")]
