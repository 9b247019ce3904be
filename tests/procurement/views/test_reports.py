"""The report pages: who may, what they show, and the file."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from boroughs.models import User
from procurement.actions import reports
from procurement.models import Report

pytestmark = pytest.mark.django_db

OTHERS = ["reader", "editor", "approver", "administrator"]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media" / "reports").mkdir(parents=True)
    return tmp_path / "media"


def ready(media: Path, content: bytes = b"%PDF-1.7 stub") -> Report:
    now = timezone.now()
    report = Report.objects.create(
        status=Report.Status.READY,
        asked_at=now,
        asked_by="person@example.org",
        built_at=now,
        path=f"reports/{Report.objects.count()}.pdf",
        digest=hashlib.sha256(content).hexdigest(),
        pages=12,
        size=len(content),
    )
    (media / report.path).write_bytes(content)
    return report


@pytest.mark.parametrize("role", ["cdo", "analyst"])
def test_file_for_the_office(client: Client, media: Path, role: str, request: pytest.FixtureRequest) -> None:
    report = ready(media)
    client.force_login(request.getfixturevalue(role))

    response = client.get(reverse("report-file", args=[report.pk]))

    assert response.status_code == 200
    assert b"".join(response.streaming_content) == b"%PDF-1.7 stub"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith('attachment; filename="loti-demand-picture-')
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("name", ["report-file", "report-status"])
def test_not_there_for_others(
    client: Client, media: Path, role: str, name: str, request: pytest.FixtureRequest
) -> None:
    """The same answer for a report that is there and for one that is not."""
    report = ready(media)
    client.force_login(request.getfixturevalue(role))

    assert client.get(reverse(name, args=[report.pk])).status_code == 404
    assert client.get(reverse(name, args=[report.pk + 1])).status_code == 404


@pytest.mark.parametrize("role", OTHERS)
def test_list_and_asking_refused(client: Client, role: str, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(role))

    assert client.get(reverse("report-list")).status_code == 403
    assert client.post(reverse("report-ask")).status_code == 403
    assert not Report.objects.exists()


def test_everything_asks_for_a_sign_in(client: Client, media: Path) -> None:
    pk = ready(media).pk
    for address in (
        reverse("report-list"),
        reverse("report-status", args=[pk]),
        reverse("report-file", args=[pk]),
    ):
        assert client.get(address).status_code == 302
    assert client.post(reverse("report-ask")).status_code == 302


def test_file_not_ready_is_not_there(client: Client, cdo: User) -> None:
    client.force_login(cdo)
    waiting = reports.ask(kind=Report.Kind.PICTURE, by=cdo)

    assert client.get(reverse("report-file", args=[waiting.pk])).status_code == 404


@pytest.mark.parametrize("left", [None, b"%PDF-1.7", b"%PDF-1.7 STUB"], ids=["gone", "cut off", "another"])
def test_file_that_is_not_whole_is_not_handed_out(client: Client, cdo: User, media: Path, left: bytes | None) -> None:
    report = ready(media)
    path = media / report.path
    path.unlink() if left is None else path.write_bytes(left)
    client.force_login(cdo)

    response = client.get(reverse("report-file", args=[report.pk]), follow=True)

    assert not response.streaming
    assert response["Content-Type"].startswith("text/html")
    assert "byte for byte" in response.content.decode()


def test_ask_then_progress_then_list(client: Client, cdo: User) -> None:
    client.force_login(cdo)
    assert client.get(reverse("report-ask")).status_code == 405

    html = client.post(reverse("report-ask"), follow=True).content.decode()

    report = Report.objects.get()
    status_url = reverse("report-status", args=[report.pk])
    assert status_url in html
    assert "Ask for a report" not in html
    assert client.get(status_url).json() == {
        "value": 1,
        "maximum": 3,
        "label": "Waiting for a worker",
        "done": False,
    }

    Report.objects.update(status=Report.Status.FAILED, error="The report is too large.")
    assert client.get(status_url).json()["done"]
    html = client.get(reverse("report-list")).content.decode()
    assert "The report is too large." in html
    assert "Ask for a report" in html


def test_list_queries_do_not_grow(client: Client, cdo: User, media: Path) -> None:
    client.force_login(cdo)
    ready(media)
    client.get(reverse("report-list"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("report-list"))
    for _ in range(10):
        ready(media)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("report-list"))

    assert len(few) == len(many)
