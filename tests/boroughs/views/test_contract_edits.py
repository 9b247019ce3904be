"""Keeping the register by hand: nothing that was typed is lost, and nothing is written over unseen."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from boroughs.actions import contracts
from boroughs.actions.contract_content import ContractContent, content_of
from boroughs.models import AuditEvent, Borough, Contract, ContractRevision, Role, User
from boroughs.permissions import COMMAND_LINE
from tests.factories.boroughs import CategoryFactory, ContractFactory, NeedFactory

pytestmark = pytest.mark.django_db

TYPED = {
    "title": "Parking permits",
    "description": "Issues permits.\nAlso online.",
    "system": "Permitter",
    "supplier": "Permit Ltd",
    "company_number": "01234567",
    "department": "Streets",
    "category": "parking",
    "start_date_day": "1",
    "start_date_month": "april",
    "start_date_year": "2024",
    "end_date_day": "31",
    "end_date_month": "3",
    "end_date_year": "2027",
    "extension_options": "2 x 1 year",
    "notice": "90 days",
    "annual_value": "£64,000",
    "total_value": "0.5m",
    "ocid": "ocds-213czf-1",
}


@pytest.fixture(autouse=True)
def _category() -> None:
    CategoryFactory(slug="parking", name="Parking")


@pytest.fixture
def at(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


@pytest.fixture
def contract(borough: Borough) -> Contract:
    content = ContractContent(title="Parking", supplier="Permit Ltd", end_date=date(2027, 3, 31))
    return contracts.add(borough=borough, reference="LBC 2021/17", content=content, by=COMMAND_LINE)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_contract_is_added_with_everything_that_was_typed(at: Client, borough: Borough) -> None:
    answer = at.post("/contracts/new/", TYPED | {"reference": "LBC 2021/17"})
    contract = Contract.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/contracts/{contract.pk}/")
    assert (contract.borough, contract.reference) == (borough, "LBC 2021/17")
    said = content_of(contract)
    assert (said.start_date, said.end_date, said.extension_options) == (date(2024, 4, 1), date(2027, 3, 31), (12, 12))
    assert (said.notice_days, said.annual_value, said.total_value) == (90, 64_000, 500_000)
    assert (said.description, said.category.slug if said.category else "") == (TYPED["description"], "parking")


def test_reference_and_title_are_enough(at: Client) -> None:
    assert at.post("/contracts/new/", {"reference": "1", "title": "A"}).status_code == 302


def test_mistakes_are_named_and_what_was_typed_stays(at: Client, contract: Contract) -> None:
    wrong = TYPED | {"reference": contract.reference, "end_date_day": "32", "supplier": "<Typed> & kept"}
    page = text(at.post("/contracts/new/", wrong))
    assert "<title>Error: " in page
    assert "End date must be a real date" in page
    assert "&lt;Typed&gt; &amp; kept" in page
    # A reference that is taken is found when it is written.
    taken = text(at.post("/contracts/new/", TYPED | {"reference": contract.reference}))
    assert "LBC 2021/17 is in the register already" in taken
    assert Contract.objects.count() == 1


def test_person_with_two_boroughs_says_which(at: Client, editor: User, other_borough: Borough) -> None:
    editor.memberships.create(borough=other_borough, role=Role.BOROUGH_EDITOR)
    assert "Which borough is this for?" in text(at.get("/contracts/new/"))
    new = {"reference": "1", "title": "A"}
    assert "Choose a borough" in text(at.post("/contracts/new/", new))
    assert at.post("/contracts/new/", new | {"borough": "brent"}).status_code == 302
    assert Contract.objects.get().borough == other_borough


def test_form_shows_what_is_stored_and_saves_what_is_changed(at: Client, contract: Contract) -> None:
    address = f"/contracts/{contract.pk}/edit/"
    page = text(at.get(address))
    assert 'name="seen" value="1"' in page
    assert 'name="reference"' not in page
    assert at.post(address, TYPED | {"seen": "1", "reference": "Other"}).status_code == 302
    contract.refresh_from_db()
    assert (contract.reference, contract.title, contract.revision) == ("LBC 2021/17", "Parking permits", 2)
    # Saved again as it is: no new revision.
    assert at.post(address, TYPED | {"seen": "2"}).status_code == 302
    assert ContractRevision.objects.count() == 2


@pytest.mark.parametrize("seen", ["1", "", "x", "9" * 30])
def test_second_of_two_editors_is_shown_both_texts(at: Client, contract: Contract, seen: str) -> None:
    other = ContractContent(title="Parking", supplier="The first text")
    contracts.edit(contract=contract, content=other, revision=1, by=COMMAND_LINE)
    address = f"/contracts/{contract.pk}/edit/"
    answer = at.post(address, TYPED | {"supplier": "The second text", "seen": seen})
    assert answer.status_code == 409
    found = {each.label: (each.theirs, each.mine) for each in answer.context["differences"]}
    assert found["Supplier"] == ("The first text", "The second text")
    assert found["End date"] == ("", "31 March 2027")
    page = text(answer)
    for words in ("was changed by somebody else", "Save my text", 'value="The second text"', 'name="seen" value="2"'):
        assert words in page
    assert Contract.objects.get().supplier == "The first text"
    assert at.post(address, TYPED | {"supplier": "The second text", "seen": "2"}).status_code == 302
    assert Contract.objects.get().supplier == "The second text"


def test_mistake_in_an_old_page_does_not_make_it_current(at: Client, contract: Contract) -> None:
    contracts.edit(contract=contract, content=ContractContent(title="Meanwhile"), revision=1, by=COMMAND_LINE)
    address = f"/contracts/{contract.pk}/edit/"
    page = text(at.post(address, TYPED | {"title": "", "seen": "1"}))
    assert 'name="seen" value="1"' in page
    assert at.post(address, TYPED | {"seen": "1"}).status_code == 409


def test_text_for_an_entry_that_was_taken_out_meanwhile_can_be_copied(at: Client, contract: Contract) -> None:
    contracts.close(contract=contract, by=COMMAND_LINE, reason="Ended")
    address = f"/contracts/{contract.pk}/edit/"
    answer = at.post(address, TYPED | {"seen": "1"})
    assert answer.status_code == 409
    assert "is out of the register" in text(answer)
    assert "so that you can copy it" in text(answer)
    assert "Save my text" not in text(answer)
    assert 'value="Permitter"' in text(answer)
    assert at.get(address).headers["Location"] == f"/contracts/{contract.pk}/"


def test_entry_is_taken_out_with_a_reason_and_put_back(at: Client, contract: Contract) -> None:
    NeedFactory(borough=contract.borough, contract=contract)
    address = f"/contracts/{contract.pk}/"
    assert "Needs that name it keep it." in text(at.get(f"{address}close/"))
    assert "Say why" in text(at.post(f"{address}close/", {"reason": " "}))
    assert at.post(f"{address}close/", {"reason": "Ended early"}).status_code == 302
    contract.refresh_from_db()
    assert contract.closed_at is not None
    assert contract.closed_reason == "Ended early"
    again = at.post(f"{address}close/", {"reason": "Again"}, follow=True)
    assert "is out of the register already" in text(again)
    assert "is in the register again" in text(at.post(f"{address}reopen/", follow=True))
    assert "is in the register." in text(at.post(f"{address}reopen/", follow=True))
    verbs = AuditEvent.objects.filter(noun="contract").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["add", "close", "reopen"]


def test_reader_is_refused(client: Client, reader: User, contract: Contract) -> None:
    client.force_login(reader)
    for address in ("new/", f"{contract.pk}/edit/", f"{contract.pk}/close/"):
        assert client.get(f"/contracts/{address}").status_code == 403
        assert client.post(f"/contracts/{address}", TYPED | {"seen": "1", "reason": "R"}).status_code == 403
    assert client.post(f"/contracts/{contract.pk}/reopen/").status_code == 403
    assert Contract.objects.get().title == "Parking"


def test_editor_of_one_borough_reads_and_does_not_write_in_another(
    at: Client, editor: User, other_borough: Borough
) -> None:
    editor.memberships.create(borough=other_borough, role=Role.BOROUGH_READER)
    theirs = ContractFactory(borough=other_borough)
    assert at.get(f"/contracts/{theirs.pk}/").status_code == 200
    assert at.post(f"/contracts/{theirs.pk}/edit/", TYPED | {"seen": "1"}).status_code == 403
