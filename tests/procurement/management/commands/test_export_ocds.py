"""manage.py export_ocds and verify_publications, as an operator runs them."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from jsonschema import Draft4Validator

from boroughs.models import User
from procurement.models import Notice
from tests.factories import notices as scene
from tests.procurement.ocds.test_release import errors, validator

__all__ = ["validator"]

pytestmark = pytest.mark.django_db


def run(name: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def test_export_writes_everything_published(tmp_path: Path, analyst: User, validator: Draft4Validator) -> None:
    version = scene.publish()
    scene.publish(scene.confirmed_demand("Camden", "Brent", title="Two"))
    scene.withdraw(version.notice, "Why.")
    target = tmp_path / "releases.json"
    target.write_text("old")
    assert "3 releases of 2 joint demands" in run("export_ocds", "--out", str(target))
    value = json.loads(target.read_text(encoding="utf-8"))
    assert errors(validator, value) == []
    assert len(value["releases"]) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["releases.json"]


def test_export_to_the_standard_output_is_the_package_alone() -> None:
    scene.publish()
    assert len(json.loads(run("export_ocds", "--out", "-"))["releases"]) == 1


def test_export_of_an_empty_board_says_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Nothing is published yet"):
        run("export_ocds", "--out", str(tmp_path / "releases.json"))
    assert list(tmp_path.iterdir()) == []


def test_export_to_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    scene.publish()
    with pytest.raises(CommandError, match="cannot be written"):
        run("export_ocds", "--out", str(tmp_path / "missing" / "releases.json"))


def test_verify_counts_the_versions_and_prints_the_head() -> None:
    assert run("verify_publications") == "0 versions verify.\n"
    version = scene.publish()
    assert run("verify_publications") == f"1 version verifies.\nHead: {version.digest}\n"


def test_verify_fails_with_the_versions_name(analyst: User) -> None:
    version = scene.publish()
    scene.withdraw(version.notice, "Why.")
    Notice.objects.update(current=version)
    with pytest.raises(CommandError, match=version.notice.reference):
        run("verify_publications")
