from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boroughs.actions import contracts
from boroughs.actions.contract_content import ContractContent, as_json, categories_of, content_of, from_json
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import AuditEvent, Borough, Contract, ContractRevision, Role
from boroughs.permissions import COMMAND_LINE
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory, CategoryFactory, ContractFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db
CONTENT = ContractContent(title="Parking", supplier="Permit Ltd", end_date=date(2027, 3, 31), extension_options=(12, 6))


def test_every_change_keeps_what_was_said_before(borough: Borough) -> None:
    contract = contracts.add(borough=borough, reference="C-1", content=CONTENT, by=COMMAND_LINE)
    contracts.edit(contract=contract, content=ContractContent(title="Permits"), revision=1, by=COMMAND_LINE)
    said = ContractRevision.objects.filter(contract=contract).order_by("number")
    assert [revision.content["title"] for revision in said] == ["Parking", "Permits"]
    event = AuditEvent.objects.get(noun="contract", verb="edit")
    assert event.details == {"revision": 2, "fields": ["title", "supplier", "end_date", "extension_options"]}


def test_contract_from_before_revisions_keeps_its_first_text() -> None:
    contract = ContractFactory(title="Old")
    contracts.edit(contract=contract, content=ContractContent(title="New"), revision=1, by=COMMAND_LINE)
    said = ContractRevision.objects.filter(contract=contract).order_by("number")
    assert [(revision.number, revision.content["title"], revision.actor) for revision in said] == [
        (1, "Old", ""),
        (2, "New", "command line"),
    ]


def test_second_of_two_editors_is_told(borough: Borough) -> None:
    contract = contracts.add(borough=borough, reference="C-1", content=CONTENT, by=COMMAND_LINE)
    contracts.edit(contract=contract, content=ContractContent(title="First"), revision=1, by=COMMAND_LINE)
    with pytest.raises(ChangedMeanwhile, match="C-1 was changed by somebody else"):
        contracts.edit(contract=contract, content=ContractContent(title="Second"), revision=1, by=COMMAND_LINE)
    assert Contract.objects.get().title == "First"


def test_saying_the_same_again_is_no_change(borough: Borough) -> None:
    contract = contracts.add(borough=borough, reference="C-1", content=CONTENT, by=COMMAND_LINE)
    contracts.edit(contract=contract, content=CONTENT, revision=1, by=COMMAND_LINE)
    assert ContractRevision.objects.count() == AuditEvent.objects.count() == 1
    # Whoever says it on what is not current is told, as with any other text.
    contracts.edit(contract=contract, content=ContractContent(title="Other"), revision=1, by=COMMAND_LINE)
    with pytest.raises(ChangedMeanwhile):
        contracts.edit(contract=contract, content=CONTENT, revision=1, by=COMMAND_LINE)


def test_entry_that_is_out_of_the_register_is_not_changed(borough: Borough) -> None:
    contract = contracts.add(borough=borough, reference="C-1", content=CONTENT, by=COMMAND_LINE)
    loaded_before = Contract.objects.get()
    contracts.close(contract=contract, by=COMMAND_LINE, reason="Ended early")
    for entry in (contract, loaded_before):
        with pytest.raises(IllegalMove, match="C-1 is out of the register"):
            contracts.edit(contract=entry, content=ContractContent(title="Other"), revision=1, by=COMMAND_LINE)
    with pytest.raises(IllegalMove):
        contracts.edit(contract=contract, content=CONTENT, revision=1, by=COMMAND_LINE)
    assert Contract.objects.get().title == "Parking"


def test_going_out_and_coming_back_are_changes_of_the_moment(borough: Borough) -> None:
    contract = contracts.add(borough=borough, reference="C-1", content=CONTENT, by=COMMAND_LINE)
    moments = [contract.updated_at]
    moments.append(contracts.close(contract=contract, by=COMMAND_LINE, reason="").updated_at)
    moments.append(contracts.reopen(contract=contract, by=COMMAND_LINE).updated_at)
    assert moments == sorted(set(moments))


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_in_the_same_moment_one_is_told() -> None:
    borough = BoroughFactory()
    contract = contracts.add(borough=borough, reference="C-1", content=CONTENT, by=COMMAND_LINE)

    def edit(title: str) -> Callable[[], Contract]:
        mine, said = Contract.objects.get(pk=contract.pk), ContractContent(title=title)
        return lambda: contracts.edit(contract=mine, content=said, revision=1, by=COMMAND_LINE)

    outcomes = at_once(edit("First"), edit("Second"))
    (written,) = [outcome for outcome in outcomes if isinstance(outcome, Contract)]
    (told,) = [outcome for outcome in outcomes if isinstance(outcome, ChangedMeanwhile)]
    assert "C-1 was changed by somebody else" in str(told)
    assert list(ContractRevision.objects.order_by("number").values_list("content__title", flat=True)) == [
        "Parking",
        written.title,
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_a_reference_in_the_same_moment_one_is_told() -> None:
    borough = BoroughFactory()

    def add(title: str) -> Callable[[], Contract]:
        said = ContractContent(title=title)
        return lambda: contracts.add(borough=borough, reference="C-1", content=said, by=COMMAND_LINE)

    outcomes = at_once(add("First"), add("Second"))
    assert {type(outcome) for outcome in outcomes} == {Contract, NotAcceptable}
    assert ContractRevision.objects.count() == 1


def test_reference_stands_once_in_a_register(borough: Borough) -> None:
    contracts.add(borough=borough, reference="C-1", content=CONTENT, by=COMMAND_LINE)
    with pytest.raises(NotAcceptable, match="C-1 is in the register already") as refusal:
        contracts.add(borough=borough, reference="C-1", content=CONTENT, by=COMMAND_LINE)
    assert refusal.value.fields == {"reference": ["C-1 is in the register already"]}


def test_entry_goes_out_and_comes_back(borough: Borough) -> None:
    contract = contracts.add(borough=borough, reference="C-1", content=CONTENT, by=COMMAND_LINE)
    contracts.close(contract=contract, by=COMMAND_LINE, reason="Ended early")
    assert not Contract.objects.listed().exists()
    with pytest.raises(IllegalMove):
        contracts.close(contract=contract, by=COMMAND_LINE, reason="Again")
    contracts.reopen(contract=contract, by=COMMAND_LINE)
    assert Contract.objects.listed().get().closed_reason == ""
    with pytest.raises(IllegalMove):
        contracts.reopen(contract=contract, by=COMMAND_LINE)


@pytest.mark.parametrize(("role", "own"), [(Role.BOROUGH_READER, True), (Role.BOROUGH_EDITOR, False)])
def test_only_editors_of_the_borough_keep_its_register(
    borough: Borough, other_borough: Borough, role: Role, own: bool
) -> None:
    somebody = person(role, borough if own else other_borough)
    contract = ContractFactory(borough=borough)
    with pytest.raises(PermissionRefused):
        contracts.add(borough=borough, reference="C-1", content=CONTENT, by=somebody)
    with pytest.raises(PermissionRefused):
        contracts.edit(contract=contract, content=CONTENT, revision=1, by=somebody)
    with pytest.raises(PermissionRefused):
        contracts.close(contract=contract, by=somebody, reason="")
    with pytest.raises(PermissionRefused):
        contracts.reopen(contract=contract, by=somebody)


@given(
    title=st.text(max_size=30),
    day=st.none() | st.dates(),
    options=st.lists(st.integers(1, 240), max_size=4),
    value=st.none() | st.integers(0, 10**11),
)
def test_content_comes_back_from_json_as_it_was(
    title: str, day: date | None, options: list[int], value: int | None
) -> None:
    category = CategoryFactory(slug="parking")
    content = ContractContent(
        title=title, category=category, end_date=day, extension_options=tuple(options), annual_value=value
    )
    stored = as_json(content)
    assert from_json(stored, categories=categories_of([stored])) == content


def test_stored_contract_says_what_was_written(borough: Borough) -> None:
    contracts.add(borough=borough, reference="C-1", content=CONTENT, by=COMMAND_LINE)
    assert content_of(Contract.objects.get()) == CONTENT


def test_suppliers_name_follows_what_the_contract_says(borough: Borough) -> None:
    content = ContractContent(title="Housing", supplier="CIVICA")
    contract = contracts.add(borough=borough, reference="C-1", content=content, by=COMMAND_LINE)
    assert contract.supplier_name is not None
    first = contract.supplier_name.supplier
    for supplier, expected in (("Civica UK Ltd", first.name), ("Softcat plc", "Softcat plc"), ("", None)):
        content = ContractContent(title="Housing", supplier=supplier)
        contract = contracts.edit(contract=contract, content=content, revision=contract.revision, by=COMMAND_LINE)
        contract.refresh_from_db()
        assert contract.supplier == supplier
        found = contract.supplier_name
        assert (found.supplier.name if found else None) == expected
