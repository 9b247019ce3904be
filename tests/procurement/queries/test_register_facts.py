"""What a snapshot reads from contract registers."""

from datetime import date

import pytest
from django.utils import timezone

from procurement.queries import picture_facts
from tests.factories.boroughs import BoroughFactory, CategoryFactory, ContractFactory, NeedFactory, supplier_name

pytestmark = pytest.mark.django_db


def test_entries_that_are_listed_or_that_an_open_need_names() -> None:
    camden = BoroughFactory(slug="camden")
    ContractFactory(borough=camden, reference="A", category=CategoryFactory(slug="telephony"))
    closed = ContractFactory(borough=camden, reference="B", closed_at=timezone.now())
    ContractFactory(borough=camden, reference="C", closed_at=timezone.now())
    NeedFactory(borough=camden, contract=closed)

    read = picture_facts.read()

    assert [(each.reference, each.category, each.is_listed) for each in read.contracts] == [
        ("camden/A", "telephony", True),
        ("camden/B", "", False),
    ]
    assert [need.contract for need in read.needs] == ["camden/B"]


def test_terms_and_money_and_nothing_that_an_entry_says_at_length() -> None:
    terms = {"start_date": date(2024, 4, 1), "end_date": date(2027, 3, 31), "extension_options": [12, 24]}
    notice = {"notice_months": 3, "notice_days": 5}
    money = {"annual_value": 40_000, "total_value": 120_000}
    entry = ContractFactory(system="Orbit", description="All about it", **terms, **notice, **money)

    (read,) = picture_facts.read().contracts

    assert (read.start_date, read.end_date, read.options) == (date(2024, 4, 1), date(2027, 3, 31), (12, 24))
    assert (read.notice_months, read.notice_days) == (3, 5)
    assert (read.annual_value, read.total_value, read.system) == (40_000, 120_000, "Orbit")
    assert entry.title not in repr(read)
    assert entry.description not in repr(read)


def test_names_that_were_folded_are_one_supplier() -> None:
    one = supplier_name("Orbit Ltd")
    for name in (one, supplier_name("Orbital Systems", one.supplier), supplier_name("Quill")):
        ContractFactory(supplier=name.text, supplier_name=name)
    ContractFactory(supplier="Nobody has folded Ltd")

    found = picture_facts.read().contracts

    suppliers = sorted((each.supplier_name, each.supplier) for each in found)
    assert [name for name, _ in suppliers] == ["Nobody has folded Ltd", "Orbit Ltd", "Orbit Ltd", "Quill"]
    assert len({key for _, key in suppliers}) == 3
    assert dict(suppliers)["Nobody has folded Ltd"] == "nobodyhasfolded"


def test_when_a_register_was_last_looked_after() -> None:
    entry = ContractFactory(borough=BoroughFactory(slug="camden"))
    BoroughFactory(slug="brent")

    kept = {each.slug: each.register_kept_at for each in picture_facts.read().authorities}

    assert kept == {"brent": None, "camden": entry.updated_at}
