from typing import Any

import pytest

from boroughs.actions import reference
from boroughs.actions.register import ContractRow
from boroughs.forms.contract_rows import ContractReader
from boroughs.forms.release_packages import PackageTable, read_package
from boroughs.forms.release_rows import rows_of
from boroughs.forms.rows import RawRow, RefusedRow
from boroughs.models import Borough
from boroughs.queries.authorities import authority_names
from tests.boroughs.forms.releases import package, release

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reference() -> None:
    reference.load()


@pytest.fixture
def camden() -> Borough:
    return Borough.objects.get(slug="camden")


def bought_by(*parties: dict[str, Any], buyer: dict[str, Any] | None = None) -> PackageTable:
    buyers = [{"roles": ["buyer"], **party} for party in parties]
    return read_package(package(release(buyer=buyer, parties=buyers)), "file.json")


def only(table: PackageTable, borough: Borough | None = None) -> RawRow | RefusedRow:
    (row,) = rows_of(table, authorities=authority_names(), borough=borough)
    return row


@pytest.mark.parametrize(
    "party",
    [
        {"name": "London Borough of Camden"},
        {"name": "CAMDEN COUNCIL"},
        {"id": "GB-LAE-CMD"},
        {"id": "1", "identifier": {"scheme": "GB-LAE", "id": "CMD"}},
        {"id": "1", "name": "Procurement team", "additionalIdentifiers": [{"scheme": "GB-LAE", "id": "GB-LAE-CMD"}]},
        {"identifier": {"legalName": "The London Borough of Camden"}},
    ],
)
def test_buyer_is_known_by_name_and_identifier(party: dict[str, Any], camden: Borough) -> None:
    for borough in (None, camden):
        row = only(bought_by(party), borough)
        assert isinstance(row, RawRow)
        assert row.values["borough"] == "camden"
        assert "buyer" not in row.values


def test_contract_that_another_authority_bought_is_refused(camden: Borough) -> None:
    row = only(bought_by({"name": "Hackney Council"}), camden)
    assert row == RefusedRow(1, ("The buyer is “Hackney Council”, not Camden.",))
    row = only(bought_by({"name": "Durham County Council"}), camden)
    assert row == RefusedRow(1, ("The buyer is “Durham County Council”, not Camden.",))


def test_buyer_that_is_no_authority_here_is_refused_by_name() -> None:
    row = only(bought_by({"name": "Durham County Council"}))
    assert isinstance(row, RawRow)
    refused = ContractReader(authority_names(), []).check(row)
    assert refused == RefusedRow(1, ("“Durham County Council” is not one of the authorities here.",))


def test_what_several_bought_together_is_that_of_each(camden: Borough) -> None:
    table = bought_by({"name": "Hackney"}, {"name": "Camden"})
    for borough, slug in ((camden, "camden"), (None, "hackney")):
        row = only(table, borough)
        assert isinstance(row, RawRow)
        assert row.values["borough"] == slug


def test_contract_whose_buyer_is_not_named_is_that_of_the_borough_alone(camden: Borough) -> None:
    row = only(bought_by(), camden)
    assert isinstance(row, RawRow)
    assert row.values["borough"] == "camden"
    nobody = only(bought_by())
    assert isinstance(nobody, RawRow)
    refused = ContractReader(authority_names(), []).check(nobody)
    assert refused == RefusedRow(1, ("The row names no borough.",))


def test_reader_of_one_borough_refuses_rows_of_others(camden: Borough) -> None:
    reader = ContractReader(authority_names(), [], borough=camden)
    for number, name in enumerate((None, "", "camden", "London Borough of Camden"), start=1):
        row = reader.check(RawRow(number, {"reference": f"C-{number}", "title": "Parking", "borough": name}))
        assert isinstance(row, ContractRow)
        assert row.borough == camden
    for name, said in (("Hackney", "Hackney"), ("atlantis", "atlantis")):
        refused = reader.check(RawRow(9, {"reference": "C-9", "title": "Parking", "borough": name}))
        assert refused == RefusedRow(9, (f"The row is for “{said}”, not for Camden.",))
