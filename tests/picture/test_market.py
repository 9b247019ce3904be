"""Who holds the market: shares to the pound, and nothing that the registers do not say."""

from datetime import date
from typing import Any

import pytest

from procurement.picture.facts import Contract, Interest
from procurement.picture.market import Market, market, runs, worth
from tests.picture import made

TODAY = made.MOMENT.date()


def of(*contracts: Contract, **given: Any) -> Market:
    return market(made.frozen(made.london(made.need(1, contract="camden/A"), contracts=contracts, **given)))


def held_by(supplier: str, value: int | None, borough: str, entry: str = "A", **given: Any) -> Contract:
    return made.contract(entry, borough, supplier=supplier, supplier_name=supplier.title(), annual_value=value, **given)


def test_shares_and_index_are_of_the_value() -> None:
    contracts = (held_by("orbit", 600, "camden"), held_by("quill", 300, "brent"), held_by("zeta", 100, "sutton"))

    found = of(*contracts, held_by("orbit", None, "merton"))

    (telephony,) = found.categories
    assert [int(each) for each in (telephony.contracts, telephony.boroughs, telephony.suppliers)] == [4, 4, 3]
    assert [int(each) for each in (telephony.value, telephony.first, telephony.first_three)] == [1_000, 60, 100]
    # 60² + 30² + 10².
    assert telephony.index.value == 4_600
    assert [(each.supplier, int(each.percent)) for each in telephony.shares] == [
        ("Orbit", 60),
        ("Quill", 30),
        ("Zeta", 10),
    ]
    assert (int(found.contracts), int(found.valued), int(found.largest)) == (4, 3, 100)
    assert (int(found.markets), int(found.concentrated)) == (1, 1)


def test_contracts_and_the_needs_that_name_them_stand_behind_a_figure() -> None:
    found = of(held_by("orbit", 600, "camden"), held_by("quill", 300, "brent"))

    (telephony,) = found.categories
    assert telephony.contracts.contracts == ("brent/A", "camden/A")
    assert telephony.contracts.needs == ("N-00001",)
    assert telephony.first.contracts == ("camden/A",)
    assert telephony.shares[1].percent.needs == ()


@pytest.mark.parametrize(
    ("given", "is_running"),
    [
        ({}, True),
        ({"end_date": TODAY}, True),
        ({"end_date": date(2026, 11, 29)}, False),
        ({"start_date": date(2026, 12, 1)}, False),
        ({"is_listed": False}, False),
    ],
    ids=["without-dates", "ends-today", "has-ended", "has-not-begun", "was-taken-out"],
)
def test_running_is_what_is_in_force_on_the_day(given: dict[str, Any], is_running: bool) -> None:
    contract = made.contract("A", **given)

    assert runs(contract, TODAY) == is_running
    assert int(of(contract).contracts) == is_running


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"annual_value": 7, "total_value": 100}, 7),
        (
            {
                "annual_value": None,
                "total_value": 3_000,
                "start_date": date(2026, 1, 1),
                "end_date": date(2028, 6, 30),
            },
            1_200,
        ),
        ({"annual_value": None, "total_value": 3_000}, None),
        ({"annual_value": None, "total_value": 3_000, "start_date": TODAY, "end_date": TODAY}, None),
        ({"annual_value": None}, None),
    ],
    ids=["a-year", "by-its-length", "without-length", "shorter-than-a-month", "without-value"],
)
def test_value_is_that_of_a_year(given: dict[str, Any], value: int | None) -> None:
    assert worth(made.contract("A", **given)) == value


def test_two_boroughs_are_no_market() -> None:
    found = of(held_by("orbit", 600, "camden"), held_by("orbit", 300, "brent"))

    assert found.categories[0].index.value == 10_000
    assert (int(found.markets), int(found.concentrated)) == (0, 0)


def test_without_any_value_no_share_is_told() -> None:
    found = of(held_by("orbit", None, "camden"), held_by("quill", 0, "brent"))

    (telephony,) = found.categories
    assert (telephony.first.value, telephony.index.value, telephony.shares) == (None, None, ())
    assert found.largest.value is None


def test_contracts_that_name_no_supplier_are_not_one_supplier() -> None:
    contracts = (held_by("", 500, "camden"), held_by("", 500, "brent"))

    (telephony,) = of(*contracts).categories

    assert (int(telephony.suppliers), int(telephony.first)) == (0, 50)
    assert telephony.shares[0].supplier == "Not named"


def test_boroughs_on_one_product_use_no_other_one_in_the_category() -> None:
    ends = [{"end_date": date(2027, 3, 31)}, {"end_date": date(2028, 3, 31)}, {}]
    alone = [
        held_by("orbit", 1, slug, system=system, **end)
        for slug, system, end in zip(
            ("brent", "camden", "sutton"), ("Orbit-One", "ORBIT ONE", "Orbit One"), ends, strict=True
        )
    ]

    (held,) = (
        of(*alone, held_by("orbit", 1, "merton"), held_by("quill", 1, "merton", "B", system="Quill")).categories[0].held
    )

    assert held.boroughs == ("Brent", "Camden", "Sutton")
    assert (held.first_end, held.last_end) == (date(2027, 3, 31), date(2028, 3, 31))
    assert held.count.contracts == ("brent/A", "camden/A", "sutton/A")


def test_product_that_two_boroughs_use_or_that_has_no_name_holds_nobody() -> None:
    two = [held_by("orbit", 1, slug) for slug in ("brent", "camden")]
    nameless = [held_by("orbit", 1, slug, category="fleet", system="") for slug in ("brent", "camden", "sutton")]

    found = of(*two, *nameless)

    assert [each.held for each in found.categories] == [(), ()]
    assert int(found.locked) == 0


def test_small_suppliers_are_told_of_by_what_they_say_in_notices_alone() -> None:
    notices = (
        made.notice(1, 1, interest=Interest(suppliers=5, smes=3, others=1)),
        made.notice(2, 1, interest=Interest(suppliers=4, smes=1, others=1), status="WITHDRAWN"),
    )

    found = of(made.contract("A"), notices=notices, demands=[made.demand(1, [1])])

    assert [int(each) for each in (found.interested, found.smes, found.others)] == [5, 3, 1]
    assert found.smes.needs == ("N-00001",)


def test_contract_without_category_is_in_the_totals_alone() -> None:
    found = of(made.contract("A", category=""))

    assert (int(found.contracts), int(found.uncategorised), found.categories) == (1, 1, ())
