"""manage.py take_snapshot, and verify_publications, which reads them again."""

import io

import pytest
from django.core.management import CommandError, call_command

from procurement.models import Snapshot
from tests.factories.boroughs import NeedFactory
from tests.picture import made
from tests.procurement.queries.test_snapshot_check import kept

pytestmark = pytest.mark.django_db


def said(command: str) -> str:
    output = io.StringIO()
    call_command(command, stdout=output)
    return output.getvalue()


def test_take_snapshot_names_it_and_again_the_same() -> None:
    NeedFactory()

    first = said("take_snapshot")

    snapshot = Snapshot.objects.get()
    assert first.startswith(f"{snapshot.reference}, taken ")
    assert first.endswith(f", SHA-256 {snapshot.digest}\n")
    assert said("take_snapshot") == first
    assert "1 snapshot verifies." in said("verify_publications")


def test_verify_publications_finds_a_changed_snapshot() -> None:
    kept(1, taken_at=made.MOMENT.replace(year=2025))

    with pytest.raises(CommandError, match="DP-2026-0001 is filed under other values"):
        call_command("verify_publications", stdout=io.StringIO())
