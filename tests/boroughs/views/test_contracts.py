"""The register's pages: what is shown to whom, in which order, and as a file."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.actions import contracts
from boroughs.actions.contract_content import ContractContent
from boroughs.actions.renewals import months_after
from boroughs.models import Borough, Contract, ContractRevision, DataImport, Need, Role, User
from boroughs.permissions import COMMAND_LINE
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory, CategoryFactory, ContractFactory, NeedFactory

pytestmark = pytest.mark.django_db


def titles(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/contracts/{query}")
    assert answer.status_code == 200
    return [contract.title for contract in answer.context["page"].object_list]


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def sheet(client: Client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/contracts/export/{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


# --- list -----------------------------------------------------------------------------------------------------------


def test_register_is_the_own_boroughs_by_end(
    client: Client, reader: User, borough: Borough, other_borough: Borough
) -> None:
    ContractFactory(borough=borough, title="Never")
    ContractFactory(borough=borough, title="Later", end_date=date(2029, 1, 1))
    ContractFactory(borough=borough, title="Sooner", end_date=date(2027, 1, 1), annual_value=64_000)
    ContractFactory(borough=other_borough, title="CANARY")
    client.force_login(reader)
    assert titles(client) == ["Sooner", "Later", "Never"]
    page = text(client, "/contracts/")
    assert "£64,000" in page
    assert "CANARY" not in page


def test_register_is_searched(client: Client, reader: User, borough: Borough) -> None:
    ContractFactory(borough=borough, title="Parking", supplier="Permit Ltd", reference="LBC 2021/17")
    ContractFactory(borough=borough, title="Housing")
    client.force_login(reader)
    for words in ("permit", "parking+permit", "LBC+2021/17", "2021"):
        assert titles(client, f"?q={words}") == ["Parking"]
    assert titles(client, "?q=permit+housing") == []
    # No fit search narrows nothing, as with any other value that is not on offer.
    assert len(titles(client, "?q=%00" + "x" * 300)) == 2


def test_register_is_filtered(client: Client, reader: User, borough: Borough) -> None:
    today = timezone.localdate()
    ends = {"ended": today - timedelta(days=1), "today": today, "6": months_after(today, 6), "24": today, "none": None}
    ends["24"] = months_after(today, 24)
    for title, end in ends.items():
        ContractFactory(borough=borough, title=title, end_date=end)
    category = CategoryFactory(slug="parking")
    ContractFactory(borough=borough, title="P", category=category, supplier="Permit Ltd", end_date=today)
    ContractFactory(borough=borough, title="Out", closed_at=timezone.now(), end_date=today)
    client.force_login(reader)
    assert titles(client, "?ends=ended") == ["ended"]
    assert titles(client, "?ends=6") == ["today", "P", "6"]
    assert titles(client, "?ends=24") == ["today", "P", "6", "24"]
    assert titles(client, "?ends=none") == ["none"]
    assert titles(client, "?category=parking") == titles(client, "?supplier=permit") == ["P"]
    assert titles(client, "?taken_out=yes") == ["Out"]
    assert "Out" not in titles(client)
    for nonsense in ("?ends=7", "?category=x", "?taken_out=%00", "?sort=x", "?borough=camden"):
        assert titles(client, nonsense) == titles(client)


def test_register_is_put_in_order(client: Client, reader: User, borough: Borough) -> None:
    ContractFactory(borough=borough, title="b", supplier="zeta", annual_value=1, end_date=date(2027, 1, 1))
    ContractFactory(borough=borough, title="A", supplier="", annual_value=None, end_date=date(2028, 1, 1))
    ContractFactory(borough=borough, title="C", supplier="Alpha", annual_value=9, end_date=date(2029, 1, 1))
    client.force_login(reader)
    orders = {sort: titles(client, f"?sort={sort}") for sort in ("", "title", "supplier", "value")}
    assert orders == {
        "": ["b", "A", "C"],
        "title": ["A", "b", "C"],
        "supplier": ["C", "b", "A"],
        "value": ["C", "b", "A"],
    }


def test_person_with_two_boroughs_chooses_between_them(
    client: Client, editor: User, borough: Borough, other_borough: Borough
) -> None:
    editor.memberships.create(borough=other_borough, role=Role.BOROUGH_READER)
    ContractFactory(borough=borough, title="Ours")
    ContractFactory(borough=other_borough, title="Theirs")
    ContractFactory(borough=BoroughFactory(slug="sutton"), title="CANARY")
    client.force_login(editor)
    assert titles(client) == ["Ours", "Theirs"]
    assert titles(client, "?borough=brent") == ["Theirs"]
    assert titles(client, "?borough=sutton") == ["Ours", "Theirs"]


@pytest.mark.parametrize("role", ["LOTI_ANALYST", "CDO_READER", "ADMINISTRATOR"])
def test_register_is_not_for_the_office(client: Client, role: str, borough: Borough) -> None:
    contract = ContractFactory(borough=borough)
    client.force_login(person(Role(role)))
    assert client.get("/contracts/").status_code == 403
    assert client.get("/contracts/export/").status_code == 403
    assert client.get(f"/contracts/{contract.pk}/").status_code == 404


def test_pages_ask_few_queries_whatever_the_amount(
    client: Client, editor: User, borough: Borough, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(60):
        ContractFactory(borough=borough, category=CategoryFactory())
    contract = contracts.add(borough=borough, reference="X", content=ContractContent(title="0"), by=editor)
    for number in range(1, 25):
        contracts.edit(contract=contract, content=ContractContent(title=str(number)), revision=number, by=editor)
    for _ in range(9):
        NeedFactory(borough=borough, contract=contract, status=Need.Status.OPEN)
    client.force_login(editor)
    addresses = ["", "export/", "new/", *(f"{contract.pk}/{rest}" for rest in ("", "edit/", "close/", "history/"))]
    for address in addresses:
        with django_assert_max_num_queries(12):
            assert client.get(f"/contracts/{address}").status_code == 200


# --- file -----------------------------------------------------------------------------------------------------------


def test_file_holds_what_the_list_shows_on_all_its_pages(client: Client, reader: User, borough: Borough) -> None:
    for number in range(60):
        ContractFactory(borough=borough, title=f"Parking {number:02}")
    ContractFactory(borough=borough, title="Housing", end_date=date(2027, 1, 1))
    client.force_login(reader)
    assert len(sheet(client)) == 61
    assert [row["title"] for row in sheet(client, "?q=parking&sort=title&page=2")] == [
        f"Parking {number:02}" for number in range(60)
    ]
    answer = client.get("/contracts/?q=parking&sort=title&page=2&x=1")
    assert answer.context["export_url"] == "/contracts/export/?q=parking&sort=title"


def test_no_cell_of_the_file_is_a_formula(client: Client, reader: User, borough: Borough) -> None:
    ContractFactory(borough=borough, title='=HYPERLINK("x")', supplier="@x", system="'+1", department="it's")
    client.force_login(reader)
    (row,) = sheet(client)
    cells = [row[name] for name in ("title", "supplier", "system", "department")]
    assert cells == ['\'=HYPERLINK("x")', "'@x", "''+1", "it's"]


# --- one contract ---------------------------------------------------------------------------------------------------

CONTENT = ContractContent(
    title="Parking permits",
    system="Permitter",
    supplier="Permit Ltd",
    end_date=date(2027, 3, 31),
    extension_options=(12, 6),
    notice_months=3,
    annual_value=64_000,
)


@pytest.fixture
def contract(borough: Borough, editor: User) -> Contract:
    return contracts.add(borough=borough, reference="LBC 2021/17", content=CONTENT, by=editor)


def test_everything_is_shown_and_what_is_missing_is_named(client: Client, reader: User, contract: Contract) -> None:
    client.force_login(reader)
    page = text(client, f"/contracts/{contract.pk}/")
    for words in ("LBC 2021/17", "Permitter", "31 March 2027", "12 + 6 months", "3 months", "£64,000", "Start date"):
        assert words in page
    assert "Category" in page


def test_needs_that_replace_it_are_named(client: Client, reader: User, contract: Contract) -> None:
    need = NeedFactory(borough=contract.borough, contract=contract, title="Permits anew", status=Need.Status.DRAFT)
    client.force_login(reader)
    page = text(client, f"/contracts/{contract.pk}/")
    assert f'href="/needs/{need.reference}/"' in page
    assert "Permits anew" in page


def test_reader_has_no_buttons_and_an_editor_has(
    client: Client, reader: User, editor: User, contract: Contract
) -> None:
    client.force_login(reader)
    for address in ("/contracts/", f"/contracts/{contract.pk}/"):
        page = text(client, address)
        for way in ("new/", "edit/", "close/", "reopen/"):
            assert way not in page
    client.force_login(editor)
    page = text(client, f"/contracts/{contract.pk}/")
    assert f"/contracts/{contract.pk}/edit/" in page
    assert f"/contracts/{contract.pk}/close/" in page
    contracts.close(contract=contract, by=editor, reason="Ended\nearly")
    page = text(client, f"/contracts/{contract.pk}/")
    assert f"/contracts/{contract.pk}/reopen/" in page
    assert f"/contracts/{contract.pk}/edit/" not in page
    assert "<bdi>Ended<br>early</bdi>" in page


def test_foreign_contract_answers_as_a_missing_one(client: Client, stranger: User, contract: Contract) -> None:
    client.force_login(stranger)
    for rest in ("", "edit/", "close/", "history/"):
        for method in (client.get, client.post):
            answers = [method(f"/contracts/{pk}/{rest}") for pk in (contract.pk, 99_999_999)]
            assert [answer.status_code for answer in answers] in ([404, 404], [405, 405])


def test_history_tells_each_change_field_by_field(
    client: Client, reader: User, editor: User, contract: Contract
) -> None:
    changed = ContractContent(title="Parking permits", supplier="Other Ltd", notice_days=90)
    contracts.edit(contract=contract, content=changed, revision=1, by=COMMAND_LINE)
    taken = DataImport.objects.create(
        borough=contract.borough, noun="CONTRACTS", file_name="register-2027.csv", size=1, digest="0", created_by="x"
    )
    ContractRevision.objects.filter(number=2).update(data_import=taken)
    contracts.close(contract=contract, by=editor, reason="Ended early")
    # The same reference in another register is another contract.
    foreign = ContractFactory(reference=contract.reference)
    contracts.close(contract=foreign, by=COMMAND_LINE, reason="CANARY")
    client.force_login(reader)
    answer = client.get(f"/contracts/{contract.pk}/history/")
    last, first = answer.context["changes"]
    found = {each.label: (each.theirs, each.mine) for each in last.differences}
    assert found == {
        "System or product": ("Permitter", ""),
        "Supplier": ("Permit Ltd", "Other Ltd"),
        "End date": ("31 March 2027", ""),
        "Options to extend": ("12 + 6 months", ""),
        "Notice period": ("3 months", "90 days"),
        "Value a year": ("£64,000", ""),
    }
    assert (first.number, first.by, first.differences) == (1, editor.name, [])
    page = answer.content.decode()
    for words in ("register-2027.csv", "command line", "Taken out of the register", "Ended early", "The first text."):
        assert words in page
    assert "CANARY" not in page


def test_history_of_an_entry_from_before_revisions_is_no_fault(client: Client, reader: User, borough: Borough) -> None:
    old = ContractFactory(borough=borough)
    client.force_login(reader)
    assert "No revisions are kept" in text(client, f"/contracts/{old.pk}/history/")
    shown: Any = client.get(f"/contracts/{old.pk}/").context["last"]
    assert shown is None
