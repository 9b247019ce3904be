from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from boroughs.actions import suppliers
from boroughs.models import Borough, Contract, Membership, Role, Supplier, User
from boroughs.permissions import COMMAND_LINE
from tests.conftest import person
from tests.factories.boroughs import ContractFactory

pytestmark = pytest.mark.django_db


def supplied(borough: Borough, text: str, number: str = "", **fields: Any) -> Contract:
    name = suppliers.names_for(written=[(text, number)])[text, number]
    return ContractFactory(borough=borough, supplier=text, company_number=number, supplier_name=name, **fields)


def of(contract: Contract) -> Supplier:
    assert contract.supplier_name is not None
    return Supplier.objects.get(names=contract.supplier_name_id)


def page(pk: int) -> str:
    return f"/suppliers/{pk}/"


def text(response: Any) -> str:
    return str(response.content.decode())


# --- who sees what --------------------------------------------------------------------------------------------------


def test_borough_sees_the_suppliers_of_its_own_register(
    client: Client, reader: User, borough: Borough, other_borough: Borough
) -> None:
    supplied(borough, "Civica UK Ltd", title="Own")
    supplied(borough, "CIVICA", title="Own too")
    supplied(other_borough, "Civica UK Limited (CANARY)", title="CANARY")
    supplied(other_borough, "Canary Ltd")
    supplied(borough, "Closed Ltd", closed_at="2026-01-01T00:00:00Z")
    client.force_login(reader)
    (row,) = client.get("/suppliers/").context["page"].object_list
    assert (row.name, row.names, row.contracts) == ("Civica UK Ltd", ("CIVICA", "Civica UK Ltd"), 2)
    shown = text(client.get(page(row.pk)))
    assert "Own too" in shown
    assert "CANARY" not in shown
    assert "Fold in" not in shown
    assert "By its spelling" in shown


def test_name_that_another_borough_wrote_first_is_not_the_own_boroughs_name_for_it(
    client: Client, reader: User, borough: Borough, other_borough: Borough, analyst: User
) -> None:
    theirs = supplied(other_borough, "Civica UK Ltd (formerly CANARY)")
    supplied(borough, "CIVICA")
    client.force_login(reader)
    for address in ("/suppliers/", page(of(theirs).pk)):
        assert "CANARY" not in text(client.get(address))
        assert "CIVICA" in text(client.get(address))
    suppliers.rename(supplier=of(theirs), name="Civica", by=analyst)
    assert "Civica" in text(client.get(page(of(theirs).pk)))


def test_supplier_of_other_boroughs_is_answered_as_a_missing_one(
    client: Client, reader: User, borough: Borough, other_borough: Borough
) -> None:
    foreign = of(supplied(other_borough, "Canary Ltd")).pk
    closed = of(supplied(borough, "Closed Ltd", closed_at="2026-01-01T00:00:00Z")).pk
    client.force_login(reader)
    assert {client.get(page(pk)).status_code for pk in (foreign, closed, 99_999_999)} == {404}


def test_analyst_sees_names_and_numbers_of_boroughs_and_nothing_else_of_contracts(
    client: Client, analyst: User, borough: Borough, other_borough: Borough
) -> None:
    for place in (borough, other_borough):
        supplied(place, "Civica UK Ltd", title="CANARY", annual_value=7_313_117, end_date=date(2031, 3, 17))
    contract = supplied(borough, "CIVICA", title="CANARY")
    client.force_login(analyst)
    (row,) = client.get("/suppliers/").context["page"].object_list
    assert row.boroughs == 2
    names = client.get(page(of(contract).pk)).context["names"]
    assert [(name.text, name.boroughs) for name in names] == [("Civica UK Ltd", 2), ("CIVICA", 1)]
    for address in ("/suppliers/", page(row.pk)):
        shown = text(client.get(address))
        assert not [word for word in ("CANARY", "7,313", "2031") if word in shown]


@pytest.mark.parametrize("role", ["CDO_READER", "ADMINISTRATOR"])
def test_suppliers_are_not_for_the_rest_of_the_office(client: Client, role: str, borough: Borough) -> None:
    contract = supplied(borough, "CIVICA")
    client.force_login(person(Role(role)))
    for address in ("/suppliers/", page(of(contract).pk), f"{page(of(contract).pk)}rename/"):
        assert client.get(address).status_code == 403


def test_who_works_for_a_borough_and_for_loti_sees_both(client: Client, analyst: User, borough: Borough) -> None:
    Membership.objects.create(user=analyst, borough=borough, role=Role.BOROUGH_READER)
    contract = supplied(borough, "CIVICA", title="Own contract")
    client.force_login(analyst)
    shown = text(client.get(page(of(contract).pk)))
    assert "Own contract" in shown
    assert "What was done" in shown


# --- search ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("civica", ["Civica UK Ltd"]),
        ("CIVICA (UK) Limited", ["Civica UK Ltd"]),
        ("uk ltd", ["Civica UK Ltd", "Zellis UK Ltd"]),
        ("01628868", ["Civica UK Ltd"]),
        ("nobody", []),
        ("\x00" + "x" * 300, ["Civica UK Ltd", "Softcat plc", "Zellis UK Ltd"]),
    ],
)
def test_suppliers_are_found_by_words_number_and_however_they_are_written(
    words: str, found: list[str], client: Client, reader: User, borough: Borough
) -> None:
    supplied(borough, "Civica UK Ltd", "01628868")
    supplied(borough, "Softcat plc")
    supplied(borough, "Zellis UK Ltd")
    client.force_login(reader)
    assert [row.name for row in client.get("/suppliers/", {"q": words}).context["page"].object_list] == found


# --- folding --------------------------------------------------------------------------------------------------------


def test_analyst_folds_a_suggestion_and_takes_it_out_again(
    client: Client, analyst: User, borough: Borough, other_borough: Borough
) -> None:
    british = of(supplied(borough, "British Telecommunications plc"))
    bt = of(supplied(other_borough, "BT"))
    client.force_login(analyst)
    (suggested,) = client.get(page(british.pk)).context["suggested"]
    assert (suggested.supplier.pk, suggested.reason) == (bt.pk, "One is the initials of the other.")
    answer = client.post(f"{page(british.pk)}fold/", {"other": bt.pk}, follow=True)
    assert "BT is British Telecommunications plc now" in text(answer)
    assert [name.text for name in answer.context["names"]] == ["British Telecommunications plc", "BT"]
    assert [(line.words, line.by) for line in answer.context["history"]] == [("Names folded in from BT", analyst.name)]
    assert "all were folded into another one" in text(client.get(page(bt.pk)))
    chosen = [name.pk for name in answer.context["names"] if name.text == "BT"]
    answer = client.post(f"{page(british.pk)}unfold/", {"names": chosen}, follow=True)
    assert "Taken out of British Telecommunications plc: BT" in text(answer)
    assert [row.name for row in client.get("/suppliers/").context["page"].object_list] == [
        "British Telecommunications plc",
        "BT",
    ]


def test_any_supplier_can_be_looked_for_and_folded_in(client: Client, analyst: User, borough: Borough) -> None:
    nec = of(supplied(borough, "NEC Software Solutions UK Ltd"))
    northgate = of(supplied(borough, "Northgate Public Services"))
    client.force_login(analyst)
    answer = client.get(page(nec.pk), {"q": "northgate"})
    assert [each.supplier.pk for each in answer.context["found"]] == [northgate.pk]
    assert answer.context["suggested"] == []


def test_more_than_is_shown_is_said(client: Client, analyst: User, borough: Borough) -> None:
    capita = of(supplied(borough, "Capita"))
    for number in range(17):
        supplied(borough, f"Capita {'abcdefghijklmnopq'[number] * 9} Ltd")
    client.force_login(analyst)
    shown = text(client.get(page(capita.pk), {"q": "ltd"}))
    assert "2 suppliers more are not shown" in shown
    assert "2 suppliers more have these words" in shown


@pytest.mark.parametrize(
    ("move", "data", "said"),
    [
        ("unfold", {}, "Choose the names to take out"),
        ("unfold", {"names": ["x", "99999999"]}, "Choose the names to take out"),
        ("unfold", {"names": "all"}, "At least one name"),
        ("fold", {"other": "own"}, "already"),
        ("fold", {"other": "emptied"}, "already"),
    ],
)
def test_move_that_cannot_be_is_said_in_words(
    move: str, data: dict[str, Any], said: str, client: Client, analyst: User, borough: Borough
) -> None:
    supplier = of(supplied(borough, "Civica"))
    supplied(borough, "Civica UK Ltd")
    emptied = of(supplied(borough, "Sanderson"))
    suppliers.fold(names=list(emptied.names.all()), into=supplier, by=COMMAND_LINE)
    all_names = list(supplier.names.values_list("pk", flat=True))
    chosen = {"all": all_names, "own": supplier.pk, "emptied": emptied.pk}
    data = {name: chosen.get(value, value) if isinstance(value, str) else value for name, value in data.items()}
    client.force_login(analyst)
    assert said in text(client.post(f"{page(supplier.pk)}{move}/", data, follow=True))
    assert supplier.names.count() == len(all_names)


@pytest.mark.parametrize("other", ["", "x", "99999999", "9" * 30, "-1"])
def test_fold_of_what_is_not_there_is_said(other: str, client: Client, analyst: User, borough: Borough) -> None:
    supplier = of(supplied(borough, "Civica"))
    client.force_login(analyst)
    assert "Choose the supplier" in text(client.post(f"{page(supplier.pk)}fold/", {"other": other}, follow=True))
    assert client.post(f"{page(99_999_999)}fold/", {"other": supplier.pk}).status_code == 404


def test_analyst_chooses_the_name(client: Client, analyst: User, borough: Borough) -> None:
    supplier = of(supplied(borough, "CIVICA"))
    client.force_login(analyst)
    assert "Enter a name" in text(client.post(f"{page(supplier.pk)}rename/", {"name": " "}))
    answer = client.post(f"{page(supplier.pk)}rename/", {"name": "Civica UK Ltd"}, follow=True)
    assert "CIVICA → Civica UK Ltd" in text(answer)
    assert answer.context["name"] == "Civica UK Ltd"


def test_name_that_a_person_took_out_is_not_suggested_for_its_spelling(
    client: Client, analyst: User, borough: Borough
) -> None:
    supplier = of(supplied(borough, "Computacenter (UK) Ltd"))
    plc = supplied(borough, "Computacenter plc").supplier_name
    assert plc is not None
    (new,) = suppliers.unfold(names=[plc], by=analyst)
    client.force_login(analyst)
    for each in (supplier, new):
        assert client.get(page(each.pk)).context["suggested"] == []


def test_what_a_borough_wrote_is_never_markup(client: Client, analyst: User, borough: Borough) -> None:
    contract = supplied(borough, "<script>alert(1)</script> Ltd")
    supplied(borough, "<SCRIPT>alert(1)</script> Ltd x")
    client.force_login(analyst)
    for address in ("/suppliers/", page(of(contract).pk), f"{page(of(contract).pk)}rename/"):
        assert "<script>alert" not in text(client.get(address))


def test_pages_ask_few_queries_whatever_the_amount(
    client: Client, borough: Borough, analyst: User, reader: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        supplied(borough, f"Civica {'Ltd' if number % 2 else 'UK Ltd'}{' ' * number}.")
        supplied(borough, f"Supplier {number}")
    pk = of(Contract.objects.filter(supplier__startswith="Civica")[0]).pk
    for user in (analyst, reader):
        client.force_login(user)
        for address in ("/suppliers/", page(pk), f"{page(pk)}?q=supplier"):
            with django_assert_max_num_queries(12):
                assert client.get(address).status_code == 200
