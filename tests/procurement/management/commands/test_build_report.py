"""manage.py build_report"""

import io
import json
from pathlib import Path

import pypdf
import pytest
from django.core.management import CommandError, call_command

from procurement.models import Snapshot
from procurement.pdf import reports
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


@pytest.mark.parametrize("kind", ["demand", "borough", "category"])
def test_build_report_of_one_thing(tmp_path: Path, kind: str) -> None:
    demand = joint_demand("camden", "brent")
    assert demand.category is not None
    subject = {"demand": demand.reference, "borough": "camden", "category": demand.category.slug}[kind]
    out, said = tmp_path / "one.pdf", io.StringIO()

    call_command("build_report", kind, subject, "--out", str(out), stdout=said)
    call_command("build_report", kind, subject, "--format", "json", "--out", str(tmp_path / "one.json"), stdout=said)

    told = json.loads((tmp_path / "one.json").read_text())
    assert f" {len(pypdf.PdfReader(out).pages)} pages," in said.getvalue()
    assert (told["kind"], told["subject"]) == (kind.upper(), subject)
    assert told["reference"] == Snapshot.objects.get().reference


def test_build_report_told_says_less(tmp_path: Path) -> None:
    demand = joint_demand("camden", "brent", needs={"users_count": 7_111})
    exact, told = tmp_path / "exact.json", tmp_path / "told.json"
    given = ("build_report", "demand", demand.reference, "--format", "json")

    call_command(*given, "--out", str(exact), stdout=io.StringIO())
    call_command(*given, "--told", "--out", str(told), stdout=io.StringIO())

    assert "7111" in exact.read_text()
    assert "7111" not in told.read_text()


@pytest.mark.parametrize("format", ["pdf", "json"])
@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("demand",), "Say which demand: the reference of a joint demand, such as JD-0001."),
        (("picture", "camden"), "The picture is of all London: leave 'camden' out."),
        (("borough", "camdem"), "knows no authority 'camdem'. Of the .* the nearest are: camden"),
        (("demand", "JD-9999"), "knows no joint demand 'JD-9999'"),
    ],
    ids=["no subject", "subject of the picture", "near miss", "unknown"],
)
def test_build_report_of_what_is_not_there_says_so(
    tmp_path: Path, given: tuple[str, ...], words: str, format: str
) -> None:
    joint_demand("camden", "brent")
    out = tmp_path / "none"

    with pytest.raises(CommandError, match=words):
        call_command("build_report", *given, "--format", format, "--out", str(out))
    assert not out.exists()


def test_build_report_into_a_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="could not be written: No such file or directory"):
        call_command("build_report", "picture", "--out", str(tmp_path / "no" / "picture.pdf"))


def test_build_report_without_the_engine_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(content: bytes, **options: object) -> None:
        raise PdfEngineMissing("Install libpango.")

    monkeypatch.setattr(reports.picture, "render", missing)
    out = tmp_path / "picture.pdf"
    out.write_text("old")

    with pytest.raises(CommandError, match="Install libpango"):
        call_command("build_report", "picture", "--out", str(out))
    assert out.read_text() == "old"
