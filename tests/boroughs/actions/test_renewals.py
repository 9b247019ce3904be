from datetime import date, timedelta

import pytest
from django.utils import timezone

from boroughs.actions import renewals
from boroughs.models import Borough, Contract, Notification, User
from tests.factories.boroughs import ContractFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)


def headlines(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("headline", flat=True))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 6, 30), 6, date(2026, 12, 30)),
        (date(2026, 8, 29), 18, date(2028, 2, 29)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, expected: date) -> None:
    assert renewals.months_after(day, months) == expected


def test_contract_is_told_of_once_at_each_stage_as_its_end_comes_nearer(borough: Borough, editor: User) -> None:
    ContractFactory(borough=borough, reference="C-1", title="Telecare", end_date=date(2028, 5, 30))
    for days in (0, 1, 200, 201, 400, 401, 540):
        renewals.tell(today=TODAY + timedelta(days=days))
    assert headlines(editor) == [f"Contract C-1 “Telecare” ends within {months} months" for months in (18, 12, 6)]


def test_contract_that_is_met_late_is_told_of_at_its_present_stage_alone(borough: Borough, editor: User) -> None:
    ContractFactory(borough=borough, reference="C-1", title="Telecare", end_date=TODAY + timedelta(days=30))
    renewals.tell(today=TODAY)
    assert headlines(editor) == ["Contract C-1 “Telecare” ends within 6 months"]


def test_only_editors_and_approvers_of_the_borough_are_told_and_nothing_of_money_supplier_or_date(
    borough: Borough, editor: User, approver: User, reader: User, stranger: User, analyst: User
) -> None:
    ContractFactory(
        borough=borough, supplier="Vexillum plc", annual_value=7_313_117, end_date=date(2027, 3, 17), title="Telecare"
    )
    assert renewals.tell(today=TODAY) == 2
    assert not any(headlines(user) for user in (reader, stranger, analyst))
    row = Notification.objects.get(user=approver)
    said = f"{row.headline} {row.comment} {row.path} {row.subject}"
    assert not [word for word in ("Vexillum", "7313117", "2027", "March") if word in said]


def test_ended_far_and_endless_contracts_are_not_told_of(borough: Borough, editor: User) -> None:
    for end in (TODAY - timedelta(days=1), TODAY + timedelta(days=600), None):
        ContractFactory(borough=borough, end_date=end)
    assert renewals.tell(today=TODAY) == 0


def test_end_that_is_put_off_is_told_of_anew(borough: Borough, editor: User) -> None:
    ContractFactory(borough=borough, end_date=TODAY + timedelta(days=30))
    renewals.tell(today=TODAY)
    Contract.objects.update(end_date=TODAY + timedelta(days=60))
    assert renewals.tell(today=TODAY) == 1


def test_link_leads_to_the_contract(borough: Borough, editor: User) -> None:
    ContractFactory(borough=borough, reference="C-77", end_date=TODAY + timedelta(days=30))
    renewals.tell(today=TODAY)
    assert Notification.objects.get().path == "/contracts/?q=C-77"


def test_contract_that_was_taken_out_of_the_register_is_not_told_of(borough: Borough, editor: User) -> None:
    ContractFactory(borough=borough, end_date=TODAY + timedelta(days=30), closed_at=timezone.now())
    renewals.tell(today=TODAY)
    assert headlines(editor) == []
