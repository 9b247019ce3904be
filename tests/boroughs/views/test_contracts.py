from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Role, User
from tests.conftest import person
from tests.factories.boroughs import CategoryFactory, ContractFactory

pytestmark = pytest.mark.django_db


def test_register_is_the_own_boroughs_by_end(
    client: Client, reader: User, borough: Borough, other_borough: Borough
) -> None:
    ContractFactory(borough=borough, title="Later", end_date=date(2029, 1, 1))
    ContractFactory(borough=borough, title="Sooner", end_date=date(2027, 1, 1), annual_value=64_000)
    ContractFactory(borough=other_borough, title="CANARY")
    client.force_login(reader)
    answer = client.get("/contracts/")
    assert [contract.title for contract in answer.context["page"].object_list] == ["Sooner", "Later"]
    assert "£64,000" in answer.content.decode()
    assert "CANARY" not in answer.content.decode()


def test_register_is_searched(client: Client, reader: User, borough: Borough) -> None:
    ContractFactory(borough=borough, title="Parking", supplier="Permit Ltd")
    ContractFactory(borough=borough, title="Housing")
    client.force_login(reader)
    found = client.get("/contracts/?q=permit").context["page"].object_list
    assert [contract.title for contract in found] == ["Parking"]
    assert client.get("/contracts/?q=%00" + "x" * 300).status_code == 200


@pytest.mark.parametrize("role", ["LOTI_ANALYST", "CDO_READER", "ADMINISTRATOR"])
def test_register_is_not_for_the_office(client: Client, role: str) -> None:
    client.force_login(person(Role(role)))
    assert client.get("/contracts/").status_code == 403


def test_register_asks_few_queries_whatever_the_amount(
    client: Client, reader: User, borough: Borough, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(40):
        ContractFactory(borough=borough, category=CategoryFactory())
    client.force_login(reader)
    with django_assert_max_num_queries(6):
        client.get("/contracts/")
