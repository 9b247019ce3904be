from collections.abc import Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boroughs import audit
from boroughs.actions import suppliers
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import AuditEvent, Borough, Contract, Supplier, SupplierName, User
from boroughs.permissions import COMMAND_LINE
from tests.factories.boroughs import ContractFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db
CIVICA, NUMBER, OTHER_NUMBER = "Civica UK Ltd", "01628868", "05389234"


def one(text: str, number: str = "") -> SupplierName:
    return suppliers.names_for(written=[(text, number)])[text, number]


def names_of(supplier: Supplier) -> list[str]:
    return sorted(SupplierName.objects.filter(supplier=supplier).values_list("text", flat=True))


def supplier_of(text: str) -> Supplier:
    return Supplier.objects.get(names__text=text)


# --- by the machine -------------------------------------------------------------------------------------------------


def test_names_of_one_key_are_one_supplier_in_one_call_and_later() -> None:
    found = suppliers.names_for(written=[("CIVICA", ""), (CIVICA, ""), ("Civica Pty Ltd", "")])
    assert found["CIVICA", ""].supplier_id == found[CIVICA, ""].supplier_id != found["Civica Pty Ltd", ""].supplier_id
    later = one("Civica (U.K.) Limited (t/a Civica Digital)")
    assert later.supplier.name == CIVICA
    assert later.folded_by == SupplierName.FoldedBy.MACHINE
    assert one("CIVICA") == found["CIVICA", ""]
    assert Supplier.objects.count() == 2
    assert SupplierName.objects.count() == 4


def test_what_names_nobody_has_no_row() -> None:
    assert suppliers.names_for(written=[("", ""), ("n/a", NUMBER), ("TBC", "")]) == {}
    assert not Supplier.objects.exists()


def test_equal_company_number_folds_whatever_the_names() -> None:
    first = one("Northgate Public Services (UK) Ltd", "968498")
    second = one("NEC Software Solutions UK Ltd (company number 00968498)")
    assert first.supplier_id == second.supplier_id
    assert {first.company_number, second.company_number} == {"00968498"}


def test_different_company_number_never_folds() -> None:
    found = suppliers.names_for(written=[(CIVICA, NUMBER), (CIVICA, OTHER_NUMBER)])
    assert found[CIVICA, NUMBER].supplier_id != found[CIVICA, OTHER_NUMBER].supplier_id
    assert one("CIVICA", OTHER_NUMBER).supplier_id == found[CIVICA, OTHER_NUMBER].supplier_id


def test_first_number_of_a_name_is_its_suppliers_from_then_on() -> None:
    plain = one(CIVICA)
    assert one(CIVICA, NUMBER).supplier_id == plain.supplier_id
    assert Supplier.objects.get().company_number == NUMBER
    assert one("Civica", OTHER_NUMBER).supplier_id != plain.supplier_id


@pytest.mark.parametrize("order", [1, -1])
def test_names_of_one_number_meet_however_they_come(order: int) -> None:
    one("Northgate Public Services")
    written = [("NEC Software", NUMBER), ("Northgate Public Services Ltd", NUMBER), ("NEC Software Ltd", "")]
    found = suppliers.names_for(written=written[::order])
    assert Supplier.objects.filter(names__isnull=False).distinct().count() == 1
    assert len(found) == 3


def test_name_without_number_joins_the_number_of_its_key() -> None:
    found = suppliers.names_for(written=[("Civica", ""), (CIVICA, NUMBER)])
    assert found["Civica", ""].supplier_id == found[CIVICA, NUMBER].supplier_id


def test_ten_thousand_names_take_a_handful_of_statements() -> None:
    written = [(f"Supplier {number:05} {form}", "") for number in range(5_000) for form in ("Ltd", "Limited")]
    with CaptureQueriesContext(
        connection,
    ) as first:
        found = suppliers.names_for(written=written)
    with CaptureQueriesContext(connection) as again:
        suppliers.names_for(written=written)
    assert Supplier.objects.count() == 5_000
    assert len(found) == 10_000
    reads = [query["sql"] for query in first.captured_queries if query["sql"].startswith("SELECT")]
    assert len(reads) <= 5
    assert len([query for query in again.captured_queries if query["sql"].startswith("SELECT")]) == 1


# --- at once --------------------------------------------------------------------------------------------------------


def _written(reverse: bool) -> Sequence[tuple[str, str]]:
    pairs = [(f"Firm {number} {form}", "") for number in range(40) for form in ("Ltd", "Limited")]
    pairs += [(f"Firm {number} plc", f"{number:08}") for number in range(1, 40)]
    return pairs[::-1] if reverse else pairs


@pytest.mark.django_db(transaction=True)
def test_imports_that_meet_the_same_new_names_at_once_make_each_supplier_once() -> None:
    outcomes = at_once(
        *[lambda turned=turned: suppliers.names_for(written=_written(turned)) for turned in (0, 1, 0, 1)]
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    placed = [{pair: name.supplier_id for pair, name in outcome.items()} for outcome in outcomes]
    assert placed[0] == placed[1] == placed[2] == placed[3]
    assert Supplier.objects.count() == 40
    assert SupplierName.objects.count() == len(_written(False))


@pytest.mark.django_db(transaction=True)
def test_spellings_of_one_name_met_at_once_are_one_supplier() -> None:
    spellings = ["Civica", "CIVICA", CIVICA, "Civica (UK) Limited"]
    outcomes = at_once(*[lambda text=text: one(text) for text in spellings])
    assert len({outcome.supplier_id for outcome in outcomes}) == 1
    assert names_of(Supplier.objects.get()) == sorted(spellings)


@pytest.mark.django_db(transaction=True)
def test_two_numbers_for_one_name_at_once_are_two_suppliers() -> None:
    one(CIVICA)
    found = at_once(lambda: one(CIVICA, NUMBER), lambda: one(CIVICA, OTHER_NUMBER))
    assert found[0].supplier_id != found[1].supplier_id
    assert {each.company_number for each in Supplier.objects.all()} == {NUMBER, OTHER_NUMBER}


@pytest.mark.django_db(transaction=True)
def test_two_folds_of_each_other_at_once_leave_one_supplier_with_both_names(analyst: User) -> None:
    bt, british = one("BT"), one("British Telecommunications plc")
    outcomes = at_once(
        lambda: suppliers.fold(names=[bt], into=british.supplier, by=analyst),
        lambda: suppliers.fold(names=[british], into=bt.supplier, by=analyst),
    )
    assert [type(outcome) for outcome in outcomes].count(ChangedMeanwhile) == 1
    assert Supplier.objects.filter(names__isnull=False).distinct().count() == 1


# --- by people ------------------------------------------------------------------------------------------------------


@pytest.fixture
def bt() -> list[SupplierName]:
    return [one("BT"), one("B.T.")]


@pytest.fixture
def british() -> Supplier:
    return one("British Telecommunications plc", "01800000").supplier


def test_fold_is_the_persons_and_undone_leaves_everything_as_it_was(
    bt: list[SupplierName], british: Supplier, analyst: User
) -> None:
    suppliers.fold(names=bt, into=british, by=analyst)
    assert names_of(british) == ["B.T.", "BT", "British Telecommunications plc"]
    assert set(british.names.values_list("text", "folded_by")) == {
        ("B.T.", "PERSON"),
        ("BT", "PERSON"),
        ("British Telecommunications plc", "MACHINE"),
    }
    # A spelling that comes later follows, the folded supplier stays empty.
    assert one("BT Ltd").supplier_id == british.pk
    back = suppliers.unfold(names=list(SupplierName.objects.filter(key="bt")), by=analyst)
    assert back == [bt[0].supplier]
    assert names_of(bt[0].supplier) == ["B.T.", "BT", "BT Ltd"]
    assert names_of(british) == ["British Telecommunications plc"]


def test_names_with_and_without_a_number_go_home_together(british: Supplier, analyst: User) -> None:
    civica = [one("CIVICA"), one(CIVICA, NUMBER)]
    suppliers.fold(names=civica, into=british, by=analyst)
    assert suppliers.unfold(names=list(SupplierName.objects.filter(key="civica")), by=analyst) == [civica[0].supplier]


def test_one_of_two_suppliers_without_a_number_takes_one(analyst: User) -> None:
    (new,) = suppliers.unfold(names=[[one("CIVICA"), one("Civica Ltd"), one(CIVICA)][0]], by=analyst)
    assert one("Civica", NUMBER).supplier_id == supplier_of(CIVICA).pk
    new.refresh_from_db()
    assert new.company_number == ""


def test_name_taken_out_by_a_person_stays_out(analyst: User) -> None:
    wrong = one("Computacenter plc")
    one("Computacenter (UK) Ltd"), one("Computacenter")
    (new,) = suppliers.unfold(names=[wrong], by=analyst)
    assert names_of(new) == ["Computacenter plc"]
    assert new.name == "Computacenter plc"
    assert one("Computacenter plc").supplier_id == new.pk
    # The many keep what is written anew.
    assert one("Computacenter Limited").supplier_id == supplier_of("Computacenter").pk


def test_every_step_is_told_at_both_suppliers(bt: list[SupplierName], british: Supplier, analyst: User) -> None:
    away = bt[0].supplier_id
    suppliers.fold(names=bt, into=british, by=analyst)
    suppliers.unfold(names=list(SupplierName.objects.filter(key="bt")), by=analyst)
    told = {
        pk: [(each.verb, each.details["names"]) for each in audit.history(noun="supplier", reference=str(pk))]
        for pk in (british.pk, away)
    }
    assert told[british.pk] == [("unfold", ["B.T.", "BT"]), ("fold", ["B.T.", "BT"])]
    assert told[away] == [("split_off", ["B.T.", "BT"]), ("fold_away", ["B.T.", "BT"])]
    assert set(AuditEvent.objects.values_list("actor", flat=True)) == {analyst.email}


def test_fold_brings_the_company_number_along(bt: list[SupplierName], british: Supplier, analyst: User) -> None:
    suppliers.fold(names=list(british.names.all()), into=bt[0].supplier, by=analyst)
    assert Supplier.objects.get(pk=bt[0].supplier_id).company_number == "01800000"


def test_what_was_moved_meanwhile_is_not_moved_again(
    bt: list[SupplierName], british: Supplier, analyst: User, second_analyst: User
) -> None:
    other = one("Openreach Ltd").supplier
    suppliers.fold(names=bt, into=british, by=analyst)
    with pytest.raises(ChangedMeanwhile):
        suppliers.fold(names=bt, into=other, by=second_analyst)
    with pytest.raises(ChangedMeanwhile, match="folded into another"):
        suppliers.fold(names=list(other.names.all()), into=bt[0].supplier, by=second_analyst)
    assert names_of(other) == ["Openreach Ltd"]
    assert len(names_of(british)) == 3


def test_moves_that_change_nothing_are_refused(bt: list[SupplierName], british: Supplier, analyst: User) -> None:
    with pytest.raises(IllegalMove, match="already"):
        suppliers.fold(names=list(british.names.all()), into=british, by=analyst)
    with pytest.raises(IllegalMove, match="has to stay"):
        suppliers.unfold(names=bt, by=analyst)
    with pytest.raises(IllegalMove, match="Choose"):
        suppliers.unfold(names=[], by=analyst)
    with pytest.raises(IllegalMove, match="one supplier"):
        suppliers.unfold(names=[bt[0], *british.names.all()], by=analyst)
    assert not AuditEvent.objects.exists()


def test_name_is_chosen_for_all(british: Supplier, analyst: User) -> None:
    suppliers.rename(supplier=british, name="BT", by=analyst)
    british.refresh_from_db()
    assert british.name == "BT"
    assert british.named_at
    (event,) = audit.history(noun="supplier", reference=str(british.pk))
    assert event.details == {"before": "British Telecommunications plc", "after": "BT"}
    for name in ("  ", "x" * 301):
        with pytest.raises(NotAcceptable):
            suppliers.rename(supplier=british, name=name, by=analyst)


@pytest.mark.parametrize("who", ["editor", "approver", "cdo", "administrator"])
def test_suppliers_are_not_for_one_borough_to_change(
    who: str, bt: list[SupplierName], british: Supplier, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    for move in (
        lambda: suppliers.fold(names=bt, into=british, by=user),
        lambda: suppliers.unfold(names=bt[:1], by=user),
        lambda: suppliers.rename(supplier=british, name="BT", by=user),
    ):
        with pytest.raises(PermissionRefused):
            move()


# --- contracts ------------------------------------------------------------------------------------------------------


def test_contracts_from_before_are_adopted_once(borough: Borough, other_borough: Borough) -> None:
    first = ContractFactory(borough=borough, supplier=CIVICA)
    second = ContractFactory(borough=other_borough, supplier="CIVICA", company_number="1628868")
    for text in ("n/a", ""):
        ContractFactory(borough=borough, supplier=text)
    assert suppliers.adopt() == 2
    assert suppliers.adopt() == 0
    for contract in (first, second):
        contract.refresh_from_db()
    assert first.supplier_name.supplier == second.supplier_name.supplier
    assert (second.supplier, second.company_number) == ("CIVICA", "1628868")
    assert Contract.objects.filter(supplier_name__isnull=True).count() == 2


def test_platform_itself_may_fold(bt: list[SupplierName], british: Supplier) -> None:
    suppliers.fold(names=bt, into=british, by=COMMAND_LINE)
    assert len(names_of(british)) == 3
