"""manage.py build_report"""

import io
import json
import zipfile
from pathlib import Path

import pypdf
import pytest
from django.core.management import CommandError, call_command

from procurement.actions import reports
from procurement.models import Snapshot
from procurement.pdf.render import PdfEngineMissing
from tests.factories.picture import joint_demand

pytestmark = pytest.mark.django_db


def test_build_report_writes_the_picture(tmp_path: Path) -> None:
    joint_demand("camden", "brent")
    out, said = tmp_path / "picture.pdf", io.StringIO()

    call_command("build_report", "picture", "--out", str(out), stdout=said)

    pages = len(pypdf.PdfReader(out).pages)
    reference = Snapshot.objects.get().reference
    assert said.getvalue() == f"{out}: {reference}, {pages} pages, {out.stat().st_size:,} bytes\n"


def test_build_report_of_an_earlier_snapshot_gives_the_same_file(tmp_path: Path) -> None:
    joint_demand("camden", "brent")
    first, again = tmp_path / "first.pdf", tmp_path / "again.pdf"
    call_command("build_report", "picture", "--out", str(first), stdout=io.StringIO())
    joint_demand("camden", "sutton", title="Fleet")

    reference = Snapshot.objects.get().reference
    call_command("build_report", "picture", "--snapshot", reference, "--out", str(again), stdout=io.StringIO())

    assert first.read_bytes() == again.read_bytes()
    with pytest.raises(CommandError, match="There is no snapshot DP-1999-0001"):
        call_command("build_report", "picture", "--snapshot", "DP-1999-0001", "--out", str(again))


def test_build_report_as_json_has_the_figures_of_the_snapshot(tmp_path: Path) -> None:
    joint_demand("camden", "brent")
    out, said = tmp_path / "picture.json", io.StringIO()

    call_command("build_report", "picture", "--format", "json", "--out", str(out), stdout=said)

    told = json.loads(out.read_text())
    assert (told["reference"], told["exact"]) == (Snapshot.objects.get().reference, True)
    assert said.getvalue() == f"{out}: {told['reference']}, {out.stat().st_size:,} bytes\n"


def test_build_report_as_odt_is_a_joint_demand_to_edit(tmp_path: Path) -> None:
    joint_demand("camden", "brent", reference="JD-0001", title="Telephony")
    out, told = tmp_path / "demand.odt", io.StringIO()

    call_command("build_report", "demand", "JD-0001", "--format", "odt", "--out", str(out), stdout=told)

    with zipfile.ZipFile(out) as package:
        assert "<dc:title>Telephony (JD-0001)</dc:title>" in package.read("meta.xml").decode()
    assert told.getvalue() == f"{out}: {Snapshot.objects.get().reference}, {out.stat().st_size:,} bytes\n"
    with pytest.raises(CommandError, match="Only a joint demand is written as odt"):
        call_command("build_report", "picture", "--format", "odt", "--out", str(out))


def test_build_report_into_a_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="could not be written: No such file or directory"):
        call_command("build_report", "picture", "--out", str(tmp_path / "no" / "picture.pdf"))


def test_build_report_without_the_engine_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(content: bytes, **options: object) -> None:
        raise PdfEngineMissing("Install libpango.")

    monkeypatch.setattr(reports.picture_pdf, "render", missing)
    out = tmp_path / "picture.pdf"
    out.write_text("old")

    with pytest.raises(CommandError, match="Install libpango"):
        call_command("build_report", "picture", "--out", str(out))
    assert out.read_text() == "old"
