from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boroughs.models import Borough, Supplier, SupplierName
from boroughs.queries.renewal_others import (
    Agreement,
    InUse,
    OtherBorough,
    Others,
    OthersInUse,
    in_use_in_london,
    key_of,
    quarter_of,
)
from tests.factories.boroughs import ContractFactory, supplier_name

END = date(2027, 5, 31)


def in_use(borough: str, **said: object) -> InUse:
    fields = {"system": "", "supplier": "", "supplier_pk": None, "category_pk": None, "end_date": END} | said
    return InUse(borough_pk=sum(map(ord, borough)), borough=borough, **fields)  # type: ignore[arg-type]


MINE = in_use("Camden", system="Civica Cx", supplier="Civica UK Ltd", supplier_pk=7, category_pk=1)


@pytest.mark.parametrize(
    ("theirs", "agreement"),
    [
        (in_use("Brent", system="CIVICA-CX", category_pk=1), Agreement.SYSTEM),
        (in_use("Brent", system="Civica  Cx."), Agreement.SYSTEM),
        (in_use("Brent", system="Civica CxR", supplier="civica uk ltd."), Agreement.SUPPLIER),
        (in_use("Brent", supplier="Civica Group", supplier_pk=7, category_pk=1), Agreement.SUPPLIER),
        # The same spelling, but a person has said that these are two companies.
        (in_use("Brent", supplier="Civica UK Ltd", supplier_pk=8), None),
        (in_use("Brent", system="Northgate", category_pk=1), Agreement.CATEGORY),
        (in_use("Brent", system="Northgate", category_pk=2), None),
        (in_use("Brent"), None),
    ],
)
def test_closest_agreement_is_told_to_both_sides(theirs: InUse, agreement: Agreement | None) -> None:
    for one, other in ((MINE, theirs), (theirs, MINE)):
        found = OthersInUse([other]).beside(one)
        assert [each.agreement for each in found] == ([agreement] if agreement else [])


@pytest.mark.parametrize("text", ["", "N/A", "n/a", "TBC", " unknown ", "—", "None"])
def test_what_says_nothing_is_not_the_same(text: str) -> None:
    mine, theirs = (in_use(borough, system=text, supplier=text) for borough in ("Camden", "Brent"))
    assert OthersInUse([theirs]).beside(mine) == ()


def test_own_borough_is_no_other() -> None:
    assert OthersInUse([MINE]).beside(MINE) == ()


def test_each_borough_stands_once_under_its_closest_and_soonest_contract_by_name() -> None:
    others = OthersInUse(
        [
            in_use("Hackney", system="Civica Cx", end_date=date(2028, 1, 1)),
            in_use("Brent", category_pk=1, end_date=date(2027, 1, 1)),
            in_use("Brent", system="civica cx", end_date=date(2028, 12, 31)),
            in_use("Brent", system="Civica CX", end_date=date(2028, 9, 30)),
            in_use("Barnet", supplier="Civica UK Ltd", end_date=date(2027, 4, 1)),
            in_use("Sutton", category_pk=1, system="n/a", supplier="Agilisys"),
        ]
    )
    assert others.beside(MINE) == (
        Others(
            Agreement.SYSTEM,
            (
                OtherBorough("Brent", "Civica CX", "July to September 2028"),
                OtherBorough("Hackney", "Civica Cx", "January to March 2028"),
            ),
        ),
        Others(Agreement.SUPPLIER, (OtherBorough("Barnet", "Civica UK Ltd", "April to June 2027"),)),
        Others(Agreement.CATEGORY, (OtherBorough("Sutton", "Agilisys", "April to June 2027"),)),
    )


names = st.sampled_from(["", "Mosaic", "MOSAIC", "Civica Cx", "civica-cx", "n/a"])
contracts = st.builds(
    InUse,
    borough_pk=st.integers(1, 4),
    borough=st.just(""),
    system=names,
    supplier=names,
    supplier_pk=st.none() | st.integers(1, 2),
    category_pk=st.none() | st.integers(1, 2),
    end_date=st.sampled_from([date(2027, 5, 31), date(2028, 2, 29)]),
)


def agreement(one: InUse, other: InUse) -> Agreement | None:
    """Of two contracts looked at together."""
    if key_of(one.system) and key_of(one.system) == key_of(other.system):
        return Agreement.SYSTEM
    if one.supplier_pk and other.supplier_pk:
        is_same = one.supplier_pk == other.supplier_pk
    else:
        is_same = bool(key_of(one.supplier)) and key_of(one.supplier) == key_of(other.supplier)
    if is_same:
        return Agreement.SUPPLIER
    return Agreement.CATEGORY if one.category_pk and one.category_pk == other.category_pk else None


@given(mine=contracts, london=st.lists(contracts, max_size=8))
def test_index_finds_what_looking_at_every_pair_finds(mine: InUse, london: list[InUse]) -> None:
    closest: dict[int, tuple[Agreement, date]] = {}
    for theirs in london:
        how = agreement(mine, theirs)
        if how and theirs.borough_pk != mine.borough_pk:
            found = (how, theirs.end_date)
            closest[theirs.borough_pk] = min(found, closest.get(theirs.borough_pk, found))
    told = [(each.agreement, other.quarter) for each in OthersInUse(london).beside(mine) for other in each.boroughs]
    assert sorted(told) == sorted((how, quarter_of(end)) for how, end in closest.values())


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2028, 1, 1), "January to March 2028"), (date(2028, 12, 31), "October to December 2028")],
)
def test_quarter_is_told_in_words(day: date, words: str) -> None:
    assert quarter_of(day) == words


def test_compatibility_forms_and_punctuation_do_not_tell_names_apart() -> None:
    assert key_of("ＮＥＣ  Housing (Cloud)") == key_of("nec housing cloud") == "nec housing cloud"


@pytest.mark.django_db
def test_london_is_read_within_the_days_without_what_was_taken_out(borough: Borough, other_borough: Borough) -> None:
    first, last = date(2027, 1, 1), date(2027, 12, 31)
    name: SupplierName = supplier_name("Access Group")
    ContractFactory(borough=borough, end_date=last, system="Later")
    ContractFactory(borough=other_borough, end_date=first, system="Sooner", supplier_name=name)
    ContractFactory(borough=borough, end_date=date(2028, 1, 1))
    ContractFactory(borough=borough, end_date=date(2026, 12, 31))
    ContractFactory(borough=borough, end_date=None)
    ContractFactory(borough=borough, end_date=last, closed_at="2026-11-30T12:00Z")
    found = [(each.borough, each.system, each.supplier_pk) for each in in_use_in_london(first, last)]
    assert found == [("Brent", "Sooner", Supplier.objects.get().pk), ("Camden", "Later", None)]
