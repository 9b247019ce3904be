"""Registers as boroughs have them come in through the web, and come in again without a question."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from boroughs.actions import import_jobs
from boroughs.forms import import_reading
from boroughs.models import Borough, Contract, DataImport, User
from tests.boroughs.forms.registers import REGISTERS

pytestmark = pytest.mark.django_db
# By register: how many contracts it holds that can be read, and how many of its rows are refused.
EXPECTED = {
    "transparency_code.csv": (5, 0),
    "kept_by_hand.xlsx": (5, 0),
    "contract_system.txt": (5, 0),
    "contracts_finder.csv": (5, 0),
    "german_excel.csv": (5, 0),
    "libre_office.xlsx": (2, 2),
}
# One contract of each, by its title: start, end, options, notice, value a year, value of the whole term, supplier.
SAID: dict[str, tuple[str, tuple[object, ...]]] = {
    "transparency_code.csv": (
        "Payroll system",
        (date(2022, 4, 5), date(2030, 3, 31), [], (0, 0), None, 120_004, "Elm People Ltd"),
    ),
    "kept_by_hand.xlsx": (
        "Housing management",
        (None, date(2027, 4, 30), [], (0, 0), 10_000, None, "Alder Software Ltd"),
    ),
    "contract_system.txt": (
        "Planning portal, support and hosting",
        (date(2023, 4, 1), date(2028, 3, 31), [12, 12], (0, 90), 71_001, 281_000, "Birch Systems plc"),
    ),
    "contracts_finder.csv": (
        "Telephony",
        (date(2024, 4, 1), date(2030, 3, 31), [], (0, 0), None, 150_003, "Dogwood Telecom Ltd"),
    ),
    "german_excel.csv": (
        "Payroll",
        (date(2027, 4, 1), date(2031, 3, 31), [], (0, 0), 5_235, 8_938, "Müller People Ltd"),
    ),
    "libre_office.xlsx": (
        "Planning portal",
        (date(2023, 4, 1), date(2028, 3, 31), [], (0, 0), 8_001, None, "Alder Software Ltd"),
    ),
}


@pytest.fixture
def camden(editor: User, client: Client) -> Borough:
    client.force_login(editor)
    borough = Borough.objects.get(slug="camden")
    Borough.objects.filter(pk=borough.pk).update(official_name="London Borough of Camden")
    return borough


def imported(client: Client, name: str) -> DataImport:
    """Hand the file in and take the columns as they were guessed."""
    client.post("/imports/new/", {"noun": "CONTRACTS", "file": SimpleUploadedFile(name, REGISTERS[name]())})
    data_import = DataImport.objects.newest_first()[0]
    chosen = {
        f"column-{number}": data_import.mapping.get(heading, "") for number, heading in enumerate(data_import.columns)
    }
    answer: Any = client.post(f"/imports/{data_import.pk}/columns/", chosen)
    assert answer.status_code == 302, answer.content.decode()
    return _worked(data_import)


def _worked(data_import: DataImport) -> DataImport:
    import_jobs.run(key=str(data_import.pk), read=import_reading.read)
    data_import.refresh_from_db()
    return data_import


def _said(contract: Contract) -> tuple[object, ...]:
    return (
        contract.start_date,
        contract.end_date,
        contract.extension_options,
        (contract.notice_months, contract.notice_days),
        contract.annual_value,
        contract.total_value,
        contract.supplier,
    )


@pytest.mark.parametrize("name", REGISTERS)
def test_register_comes_in_without_a_correction_and_again_without_a_change(
    client: Client, camden: Borough, name: str
) -> None:
    first = imported(client, name)
    assert (first.new, first.refused) == EXPECTED[name], list(first.rows.values_list("line", "remarks"))
    client.post(f"/imports/{first.pk}/apply/", {"check": first.check_number})
    assert _worked(first).status == "APPLIED"
    contracts = Contract.objects.filter(borough=camden)
    assert contracts.count() == EXPECTED[name][0]
    title, said = SAID[name]
    assert _said(contracts.get(title=title)) == said

    again = imported(client, name)
    assert again.mapping == first.mapping
    assert (again.new, again.changed, again.unchanged, again.refused) == (0, 0, *EXPECTED[name])
