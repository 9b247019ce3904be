import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boroughs.actions import contracts, needs, register
from boroughs.actions.contract_content import ContractContent
from boroughs.actions.need_content import NeedContent
from boroughs.actions.register import ContractRow
from boroughs.exceptions import NotAcceptable
from boroughs.models import AuditEvent, Borough, Contract, ContractRevision, DataImport, RenewalDismissal
from boroughs.permissions import COMMAND_LINE
from tests.factories.boroughs import AmendmentFactory, CategoryFactory, ContractFactory, NeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def data_import(borough: Borough) -> DataImport:
    return DataImport.objects.create(
        borough=borough, noun="CONTRACTS", file_name="register.csv", size=1, digest="0", format="CSV"
    )


def rows(borough: Borough, *titles: str) -> list[ContractRow]:
    return [
        ContractRow(line=number + 1, borough=borough, reference=f"C-{number}", content=ContractContent(title=title))
        for number, title in enumerate(titles, start=1)
    ]


@transaction.atomic
def write(data_import: DataImport, *titles: str) -> list[str]:
    """Write contracts C-1, C-2 … of these titles; the verdicts."""
    borough = data_import.borough
    compared = register.compare(rows(borough, *titles), borough=borough, lock=True)
    register.write(compared, borough=borough, by=COMMAND_LINE, data_import=data_import)
    return [each.verdict for each in compared]


def titles() -> Sequence[str]:
    return list(Contract.objects.order_by("reference").values_list("title", flat=True))


def test_rows_become_entries_and_only_what_differs_is_written(borough: Borough, data_import: DataImport) -> None:
    contracts.add(borough=borough, reference="C-1", content=ContractContent(title="Parking"), by=COMMAND_LINE)
    contracts.add(borough=borough, reference="C-2", content=ContractContent(title="Libraries"), by=COMMAND_LINE)
    assert write(data_import, "Parking", "Library system", "Telecare") == ["UNCHANGED", "CHANGED", "NEW"]
    assert titles() == ["Parking", "Library system", "Telecare"]
    written = ContractRevision.objects.filter(data_import=data_import).order_by("contract__reference")
    assert [(each.contract.reference, each.number) for each in written] == [("C-2", 2), ("C-3", 1)]
    imported = AuditEvent.objects.filter(noun="contract", verb="import").order_by("reference")
    assert [event.reference for event in imported] == ["C-2", "C-3"]


def test_entry_of_another_borough_is_left_alone(other_borough: Borough, data_import: DataImport) -> None:
    ContractFactory(borough=other_borough, reference="C-1", title="Theirs")
    write(data_import, "Ours")
    assert Contract.objects.get(borough=other_borough).title == "Theirs"


def test_undoing_brings_back_what_was_there(borough: Borough, data_import: DataImport) -> None:
    category = CategoryFactory(slug="parking")
    before = ContractContent(title="Parking", category=category, end_date=date(2027, 3, 31), extension_options=(12, 6))
    contract = contracts.add(borough=borough, reference="C-1", content=before, by=COMMAND_LINE)
    write(data_import, "Permits", "Telecare")
    with transaction.atomic():
        register.undo(data_import, by=COMMAND_LINE)
    assert titles() == ["Parking"]
    contract.refresh_from_db()
    assert (contract.category, contract.end_date, contract.extension_options) == (category, date(2027, 3, 31), [12, 6])
    assert contract.revision == 3
    assert list(contract.revisions.order_by("number").values_list("content__title", flat=True)) == [
        "Parking",
        "Permits",
        "Parking",
    ]
    assert AuditEvent.objects.filter(verb="undo_import", noun="contract").count() == 2


def test_contract_from_before_revisions_is_brought_back_too(borough: Borough, data_import: DataImport) -> None:
    ContractFactory(borough=borough, reference="C-1", title="Old")
    write(data_import, "New")
    with transaction.atomic():
        register.undo(data_import, by=COMMAND_LINE)
    assert titles() == ["Old"]


def test_import_that_something_depends_on_is_not_undone(borough: Borough, data_import: DataImport) -> None:
    write(data_import, "Parking", "Telecare", "Libraries", "Waste")
    edited, needed, quiet, amended = Contract.objects.order_by("reference")
    contracts.edit(contract=edited, content=ContractContent(title="By hand"), revision=1, by=COMMAND_LINE)
    needs.log(borough=borough, content=NeedContent(title="Again", contract=needed), by=COMMAND_LINE)
    RenewalDismissal.objects.create(
        contract=quiet, reason="OTHER", until_date=date(2027, 1, 1), at=timezone.now(), actor="somebody"
    )
    AmendmentFactory(need=NeedFactory(borough=borough), content={"contract": amended.reference})
    with pytest.raises(NotAcceptable) as refusal, transaction.atomic():
        register.undo(data_import, by=COMMAND_LINE)
    assert refusal.value.problems == [
        "Changed since: C-1.",
        "Referred to by a need: C-2.",
        "Referred to by an amended need: C-4.",
        "Put off as a renewal: C-3.",
    ]
    assert Contract.objects.count() == 4


def test_many_obstacles_are_counted(data_import: DataImport) -> None:
    write(data_import, *(f"Contract {number}" for number in range(8)))
    Contract.objects.update(revision=2)
    assert register.obstacles(data_import) == ["Changed since: C-1, C-2, C-3, C-4, C-5 and 3 more."]


def test_number_of_statements_does_not_follow_the_number_of_rows(data_import: DataImport) -> None:
    with CaptureQueriesContext(connection) as few:
        write(data_import, *(f"Few {number}" for number in range(3)))
    with CaptureQueriesContext(connection) as many:
        write(data_import, *(f"Many {number}" for number in range(90)))
    assert len(many) <= len(few) + 6


def test_entry_that_was_taken_out_is_left_alone(borough: Borough, data_import: DataImport) -> None:
    write(data_import, "Parking", "Waste")
    for contract in Contract.objects.all():
        contracts.close(contract=contract, by=COMMAND_LINE, reason="Ended early")
    assert write(data_import, "Parking", "Waste routes") == ["UNCHANGED", "REFUSED"]
    assert titles() == ["Parking", "Waste"]
    refused = register.compare(rows(borough, "Parking", "Waste routes"), borough=borough)[1]
    assert refused.remark == "C-2 was taken out of the register. Put it back to change it."


def test_entries_stand_for_their_suppliers_and_do_so_again_after_undoing(
    borough: Borough, data_import: DataImport
) -> None:
    def supplied(reference: str, supplier: str) -> ContractRow:
        content = ContractContent(title="Housing", supplier=supplier)
        return ContractRow(line=2, borough=borough, reference=reference, content=content)

    def named() -> list[str]:
        found = Contract.objects.filter(supplier_name__isnull=False).order_by("reference")
        return list(found.values_list("supplier_name__supplier__name", flat=True))

    contracts.add(borough=borough, reference="C-1", content=supplied("C-1", "CIVICA").content, by=COMMAND_LINE)
    with transaction.atomic():
        own = [supplied("C-1", "Softcat"), supplied("C-2", "SOFTCAT PLC"), supplied("C-3", "n/a")]
        compared = register.compare(own, borough=borough, lock=True)
        register.write(compared, borough=borough, by=COMMAND_LINE, data_import=data_import)
    assert named() == ["Softcat", "Softcat"]
    with transaction.atomic():
        register.undo(data_import, by=COMMAND_LINE)
    assert named() == ["CIVICA"]


@pytest.fixture
def few_values() -> Iterator[None]:
    """A database that takes few values in one statement, so that a small register is a large one."""
    if connection.vendor != "sqlite":
        pytest.skip("the limit is SQLite's")
    connection.ensure_connection()
    before = connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999)
    yield
    connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, before)


def test_register_of_any_size_is_written_and_taken_back(data_import: DataImport, few_values: None) -> None:
    borough = data_import.borough
    Contract.objects.bulk_create(
        Contract(borough=borough, reference=f"C-{number}", title="Old") for number in range(1, 1_101)
    )
    assert set(write(data_import, *["New"] * 1_200)) == {"CHANGED", "NEW"}
    assert register.obstacles(data_import) == []
    with transaction.atomic():
        register.undo(data_import, by=COMMAND_LINE)
    assert (Contract.objects.count(), set(Contract.objects.values_list("title", flat=True))) == (1_100, {"Old"})
