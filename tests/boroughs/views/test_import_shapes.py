"""Registers as boroughs have them come in through the web, and come in again without a question."""

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


@pytest.mark.parametrize("name", REGISTERS)
def test_register_comes_in_without_a_correction_and_again_without_a_change(
    client: Client, camden: Borough, name: str
) -> None:
    first = imported(client, name)
    assert (first.new, first.refused) == EXPECTED[name], list(first.rows.values_list("line", "remarks"))
    client.post(f"/imports/{first.pk}/apply/")
    assert _worked(first).status == "APPLIED"
    contracts = Contract.objects.filter(borough=camden)
    assert contracts.count() == EXPECTED[name][0]
    assert all(contract.title and contract.supplier for contract in contracts)

    again = imported(client, name)
    assert again.mapping == first.mapping
    assert (again.new, again.changed, again.unchanged, again.refused) == (0, 0, *EXPECTED[name])
