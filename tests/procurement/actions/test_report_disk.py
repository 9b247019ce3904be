"""A disk that is full while a report is kept: no part is ever handed out, the page says why, the next try works."""

import hashlib
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from boroughs.models import User, Work
from procurement.actions import reports
from procurement.models import Report
from procurement.pdf import picture as picture_pdf
from procurement.pdf.job import Pdf
from tests.conftest import ROOT

CONTENT = b"%PDF-1.7 " + b"x" * 100_000
ROOM = 64 * 1024


@contextmanager
def room(size: int) -> Iterator[None]:
    """No file may grow past this: the kernel writes what fits and refuses the rest, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.django_db
def test_report_on_a_disk_that_fills_up(
    client: Client, analyst: User, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(picture_pdf, "render", lambda content, **options: Pdf(content=CONTENT, pages=3))
    report = reports.ask(kind=Report.Kind.PICTURE, by=analyst)
    address = reverse("report-file", args=[report.pk])
    client.force_login(analyst)
    whole = reports.write_whole

    def on_a_full_disk(path: Path, content: bytes) -> None:
        with room(ROOM):
            whole(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(reports, "write_whole", on_a_full_disk)
        reports.build(key=str(report.pk))

    report.refresh_from_db()
    assert report.status != Report.Status.READY
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert client.get(address).status_code == 404
    page = client.get(reverse("report-list")).content.decode()
    assert "The file could not be written: File too large. It is tried again in a moment." in page

    Work.objects.filter(key=str(report.pk)).update(not_before=timezone.now())
    reports.build(key=str(report.pk))

    response = client.get(address)
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == CONTENT
    report.refresh_from_db()
    assert report.digest == hashlib.sha256(CONTENT).hexdigest()


FULL = """
import subprocess, sys
from pathlib import Path
folder = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=True)
import django
django.setup()
from procurement.actions.reports import write_whole
target = folder / "report.pdf"
for length in (30_000, 100_000, 20_000):
    try:
        write_whole(target, b"x" * length)
    except OSError as error:
        print(error.strerror, end=" ")
    print(target.stat().st_size, sorted(each.name for each in folder.iterdir()))
"""


def test_a_real_disk_without_room_keeps_the_old_file_whole(tmp_path: Path) -> None:
    apart = ["unshare", "--user", "--map-root-user", "--mount"]
    mount = ["mount", "-t", "tmpfs", "tmpfs", str(tmp_path)]
    if not shutil.which("unshare") or subprocess.run([*apart, *mount], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk of their own")
    environment = {"DJANGO_SETTINGS_MODULE": "loti.settings", "LOTI_ENV": "test", "LOTI_NO_BOOTSTRAP": "1"}

    ran = subprocess.run(
        [*apart, sys.executable, "-c", FULL, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=environment | {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LOTI_VAR_DIR": str(tmp_path / "var")},
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [
        "30000 ['report.pdf']",
        "No space left on device 30000 ['report.pdf']",
        "20000 ['report.pdf']",
    ]
