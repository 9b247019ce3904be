from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Contract, Need
from boroughs.queries.radar import Radar, prefill, radar
from boroughs.queries.renewal_dates import Step, months_after
from boroughs.queries.renewal_others import Agreement
from tests.factories.boroughs import (
    BoroughFactory,
    CategoryFactory,
    ContractFactory,
    NeedFactory,
    RenewalDismissalFactory,
    supplier_name,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)
SOON = date(2027, 9, 30)


def titles(found: Radar) -> list[str]:
    return [each.title for each in found.suggestions]


@pytest.mark.parametrize("months", [6, 12, 18, 24])
def test_window_ends_with_the_same_day_of_its_last_month(borough: Borough, months: int) -> None:
    last = months_after(TODAY, months)
    for title, end in (
        ("Today", TODAY),
        ("Last", last),
        ("Ended", TODAY - timedelta(days=1)),
        ("Beyond", last + timedelta(days=1)),
        ("Endless", None),
    ):
        ContractFactory(borough=borough, title=title, end_date=end)
    assert titles(radar([borough.pk], today=TODAY, months=months)) == ["Today", "Last"]


def test_only_own_boroughs_contracts_that_are_in_the_register(borough: Borough, other_borough: Borough) -> None:
    ContractFactory(borough=borough, title="Mine", end_date=SOON)
    ContractFactory(borough=borough, title="Out", end_date=SOON, closed_at=timezone.now())
    ContractFactory(borough=other_borough, title="Theirs", end_date=SOON)
    assert titles(radar([borough.pk], today=TODAY)) == ["Mine"]
    assert titles(radar([borough.pk, other_borough.pk], today=TODAY)) == ["Mine", "Theirs"]
    assert titles(radar([], today=TODAY)) == []


@pytest.mark.parametrize("status", Need.Status)
def test_contract_with_a_need_is_left_out_unless_that_came_to_nothing(borough: Borough, status: Need.Status) -> None:
    contract = ContractFactory(borough=borough, end_date=SOON)
    NeedFactory(borough=borough, contract=contract, status=status)
    shown = status in (Need.Status.WITHDRAWN, Need.Status.EXPIRED)
    assert bool(titles(radar([borough.pk], today=TODAY))) == shown


def test_the_nearest_decision_comes_first(borough: Borough) -> None:
    for title, end, notice in (
        # Start a joint purchase by 1 April 2027.
        ("Third", date(2028, 3, 31), 6),
        # Notice is past: it ends on 30 March 2027.
        ("Second", date(2027, 3, 30), 6),
        # Give notice by 31 December 2026.
        ("First", date(2028, 3, 31), 15),
    ):
        ContractFactory(borough=borough, title=title, end_date=end, notice_months=notice)
    found = radar([borough.pk], today=TODAY)
    assert titles(found) == ["First", "Second", "Third"]
    assert [each.dates.next_step for each in found.suggestions] == [Step.NOTICE, Step.END, Step.JOINT]


def test_quiet_ones_are_apart_until_their_day_or_until_they_are_brought_back(borough: Borough) -> None:
    contract = ContractFactory(borough=borough, title="Quiet", end_date=SOON)
    RenewalDismissalFactory(contract=contract, until_date=TODAY, note="Ask Ade", reason="EXTENDING")
    RenewalDismissalFactory(contract=contract, until_date=SOON, ended_at=timezone.now())
    found = radar([borough.pk], today=TODAY)
    assert titles(found) == []
    assert [(each.title, each.reason, each.note, each.until_date) for each in found.quiet] == [
        ("Quiet", "We take up an option to extend", "Ask Ade", TODAY)
    ]
    found = radar([borough.pk], today=TODAY + timedelta(days=1))
    assert (titles(found), found.quiet) == (["Quiet"], ())


def test_quiet_ones_of_others_and_those_that_would_not_come_back_are_not_listed(
    borough: Borough, other_borough: Borough
) -> None:
    ended, needed, closed = ContractFactory.create_batch(3, borough=borough, end_date=SOON)
    Contract.objects.filter(pk=ended.pk).update(end_date=TODAY - timedelta(days=1))
    NeedFactory(borough=borough, contract=needed)
    Contract.objects.filter(pk=closed.pk).update(closed_at=timezone.now())
    for contract in (ended, needed, closed, ContractFactory(borough=other_borough, end_date=SOON)):
        RenewalDismissalFactory(contract=contract, until_date=SOON)
    assert radar([borough.pk], today=TODAY).quiet == ()


def test_every_word_must_be_found(borough: Borough) -> None:
    ContractFactory(borough=borough, title="Parking", system="Imperial 3Sixty", reference="C-7", end_date=SOON)
    ContractFactory(borough=borough, title="Planning", supplier="Imperial", end_date=SOON)
    for words, expected in (
        (["imperial"], ["Parking", "Planning"]),
        (["imperial", "parking"], ["Parking"]),
        (["c-7"], ["Parking"]),
        (["c-"], []),
    ):
        assert sorted(titles(radar([borough.pk], today=TODAY, words=words))) == expected


def test_others_are_told_by_folded_supplier_and_in_the_same_window_alone(
    borough: Borough, other_borough: Borough
) -> None:
    name = supplier_name("Access UK Ltd")
    ContractFactory(borough=borough, supplier="Access UK Ltd", supplier_name=name, end_date=SOON)
    theirs = ContractFactory(
        borough=other_borough,
        supplier="The Access Group",
        supplier_name=supplier_name("The Access Group", name.supplier),
        end_date=months_after(TODAY, 12),
    )
    RenewalDismissalFactory(contract=theirs)
    NeedFactory(borough=other_borough, contract=theirs)
    (suggestion,) = radar([borough.pk], today=TODAY, months=12).suggestions
    assert [(each.agreement, [other.name for other in each.boroughs]) for each in suggestion.others] == [
        (Agreement.SUPPLIER, ["Brent"])
    ]
    (suggestion,) = radar([borough.pk], today=TODAY + timedelta(days=1), months=10).suggestions
    assert (suggestion.others, suggestion.others_count) == ((), 0)


def test_own_other_borough_is_another_borough(borough: Borough, other_borough: Borough) -> None:
    for place in (borough, other_borough):
        ContractFactory(borough=place, system="Mosaic", end_date=SOON)
    found = radar([borough.pk, other_borough.pk], today=TODAY)
    assert [each.others[0].boroughs[0].name for each in found.suggestions] == ["Brent", "Camden"]


def test_prefill_makes_nothing_up(borough: Borough) -> None:
    said = prefill(ContractFactory(borough=borough, title="Telecare"))
    assert (said.title, said.incumbent) == ("Telecare", "")
    assert (said.category, said.contract_end_date, said.start_date, said.months) == (None,) * 4


@pytest.mark.parametrize(
    ("start", "months"), [(date(2022, 10, 1), 60), (date(2027, 9, 15), None), (date(1900, 1, 1), None)]
)
def test_length_is_the_present_terms_where_a_need_may_say_it(borough: Borough, start: date, months: int) -> None:
    assert prefill(ContractFactory(borough=borough, start_date=start, end_date=SOON)).months == months


def test_asks_three_queries_whatever_the_amount(
    borough: Borough, other_borough: Borough, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        category, name = CategoryFactory(), supplier_name(f"Supplier {number}")
        for place in (borough, other_borough, BoroughFactory()):
            said = {"category": category, "supplier_name": name, "system": f"System {number}"}
            contract = ContractFactory(borough=place, end_date=SOON, **said)
            if number % 2:
                RenewalDismissalFactory(contract=contract, until_date=SOON)
    with django_assert_max_num_queries(3):
        found = radar([borough.pk, other_borough.pk], today=TODAY)
    assert (len(found.suggestions), len(found.quiet)) == (30, 30)
