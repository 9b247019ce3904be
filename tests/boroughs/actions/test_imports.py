from dataclasses import replace

import pytest
from django.db import IntegrityError

from boroughs.actions import imports, needs
from boroughs.actions.imports import NeedRow
from boroughs.actions.need_content import NeedContent
from boroughs.exceptions import PermissionRefused
from boroughs.models import Borough, Need, User
from boroughs.permissions import COMMAND_LINE
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def row(borough: Borough | None, external_id: str = "X-1", guest: str = "") -> NeedRow:
    content = NeedContent(title="Parking permits")
    return NeedRow(line=1, external_id=external_id, content=content, borough=borough, guest_name=guest)


def test_analyst_may_import_and_nobody_else(
    borough: Borough, analyst: User, approver: User, administrator: User
) -> None:
    assert imports.take_in_needs(rows=[row(borough)], by=analyst).new == 1
    for user in (approver, administrator):
        with pytest.raises(PermissionRefused):
            imports.take_in_needs(rows=[row(borough, "X-2")], by=user)


def test_row_that_does_not_go_with_what_is_stored_is_refused(borough: Borough) -> None:
    content = NeedContent(title="Parking", budget_min=50_000, budget_max=60_000, budget_basis="WHOLE_LIFE")
    imports.take_in_needs(rows=[replace(row(borough), content=content)], by=COMMAND_LINE)
    said = replace(row(borough), content=replace(content, budget_max=40_000), told=frozenset({"budget_max"}))
    refused = imports.take_in_needs(rows=[said], by=COMMAND_LINE).refused
    assert [words.partition(" in N-")[0] for _, words in refused] == [
        "With this row, the highest budget (£40,000) would be below the lowest (£50,000)"
    ]


def test_basis_goes_with_the_last_of_the_budget(borough: Borough) -> None:
    content = NeedContent(title="Parking", budget_max=60_000, budget_basis="WHOLE_LIFE")
    imports.take_in_needs(rows=[replace(row(borough), content=content)], by=COMMAND_LINE)
    said = replace(row(borough), told=frozenset({"budget_max"}))
    assert imports.take_in_needs(rows=[said], by=COMMAND_LINE).changed == 1
    assert Need.objects.values_list("budget_max", "budget_basis").get() == (None, "")


def test_analyst_may_not_admit_guests(analyst: User) -> None:
    with pytest.raises(PermissionRefused):
        imports.take_in_needs(rows=[row(None, guest="Hull City Council")], by=analyst)
    assert not Borough.objects.exists()


def test_rows_of_a_batch_are_written_together_or_not_at_all(borough: Borough, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in = needs.take_in

    def break_at_the_third(**arguments: object) -> str:
        if arguments["external_id"] == "3":
            raise RuntimeError("power cut")
        return take_in(**arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(needs, "take_in", break_at_the_third)
    with pytest.raises(RuntimeError):
        imports.take_in_needs(rows=[row(borough, str(number)) for number in range(5)], by=COMMAND_LINE)
    assert not Need.objects.exists()


def test_clash_with_another_import_is_tried_again(borough: Borough, monkeypatch: pytest.MonkeyPatch) -> None:
    once = iter([IntegrityError("another import was quicker")])
    whole = imports._take_in_needs

    def clash(*arguments: object) -> imports.Outcome:
        if error := next(once, None):
            raise error
        return whole(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(imports, "_take_in_needs", clash)
    assert imports.take_in_needs(rows=[row(borough)], by=COMMAND_LINE).new == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_rows_at_once_are_written_once(borough: Borough) -> None:
    rows = [row(borough, str(number)) for number in range(10)]
    outcomes = at_once(*[lambda: imports.take_in_needs(rows=rows, by=COMMAND_LINE)] * 2)
    assert sorted((outcome.new, outcome.unchanged) for outcome in outcomes) == [(0, 10), (10, 0)]
    assert Need.objects.count() == 10
