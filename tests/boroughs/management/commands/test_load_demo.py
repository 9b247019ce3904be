"""manage.py load_demo and list_sign_ins: what `up` fills an empty database with."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from boroughs.actions import demo
from boroughs.models import Borough, Contract, Need, Role, User
from tests.factories.boroughs import NeedFactory

pytestmark = pytest.mark.django_db


def run(name: str) -> str:
    out = io.StringIO()
    call_command(name, stdout=out)
    return out.getvalue()


def test_demo_has_needs_of_every_borough_and_a_person_of_each_role() -> None:
    run("load_reference")
    said = run("load_demo")
    assert "0 refused" in said
    assert Need.objects.open().count() == 300
    assert Need.objects.open().values("borough").distinct().count() == 33
    assert Contract.objects.count() == 400
    assert set(User.objects.filter(is_demo=True).values_list("memberships__role", flat=True)) == set(Role.values)
    # Each role finds something to do.
    assert set(Need.objects.values_list("status", flat=True)) == {"DRAFT", "SUBMITTED", "OPEN"}

    assert "0 demonstration people added" in run("load_demo")
    assert Need.objects.open().count() == 300


def test_demo_that_was_stopped_half_way_is_loaded_whole_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    run("load_reference")

    def stopped() -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(demo, "load_drafts", stopped)
        with pytest.raises(KeyboardInterrupt):
            run("load_demo")
    assert not Need.objects.exists()

    run("load_demo")
    assert Need.objects.open().count() == 300


def test_demo_leaves_a_database_with_needs_alone() -> None:
    run("load_reference")
    NeedFactory(borough=Borough.objects.get(slug="camden"))
    assert "left out" in run("load_demo")
    assert Need.objects.count() == 1


def test_demo_is_refused_in_production(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production refuses"):
        run("load_demo")
    assert not User.objects.exists()


def test_sign_ins_are_those_that_work() -> None:
    run("load_reference")
    assert "no demonstration accounts" in run("list_sign_ins")
    demo.load_people()
    User.objects.filter(email="cdo@london.example").update(is_active=False)
    said = run("list_sign_ins")
    assert "approver@camden.example" in said
    assert "Borough approver, Camden" in said
    assert demo.PASSWORD in said
    assert "cdo@london.example" not in said
