"""How complete and how fresh the picture is."""

from datetime import date, timedelta

from boroughs.queries.register_age import RegisterAge
from procurement.picture.coverage import Coverage, coverage, handed_on
from procurement.picture.numbers import numbers
from tests.picture import made

DAY = timedelta(days=1)


def picture() -> Coverage:
    authorities = (
        made.authority("brent", register_kept_at=made.MOMENT - 200 * DAY),
        made.authority("camden", register_kept_at=made.MOMENT),
        made.authority("guest", is_london=False),
        made.authority("merton", register_kept_at=made.MOMENT - 366 * DAY),
        made.authority("sutton"),
    )
    contracts = (
        made.contract("A", "brent"),
        made.contract("A", "camden", end_date=date(2026, 11, 29)),
        made.contract("B", "camden", end_date=made.MOMENT.date()),
        made.contract("C", "camden", is_listed=False),
    )
    needs = (
        made.need(1, "camden", confirmed_at=made.MOMENT - 10 * DAY),
        made.need(2, "camden", opened_at=made.MOMENT - 400 * DAY, asked_at=made.MOMENT - 30 * DAY),
        made.need(3, "brent", opened_at=made.MOMENT - 500 * DAY, confirmed_at=made.MOMENT - 183 * DAY),
        made.need(4, "guest"),
    )
    return coverage(made.frozen(made.london(*needs, authorities=authorities, contracts=contracts)))


def test_who_has_logged_and_who_has_not() -> None:
    found = picture()

    assert (int(found.logged), int(found.silent)) == (2, 2)
    assert found.silent_names == ("Merton", "Sutton")
    assert found.logged.needs == ("N-00001", "N-00002", "N-00003")


def test_registers_by_how_long_ago_somebody_looked_after_them() -> None:
    found = picture()

    assert [(row.name, row.register, int(row.contracts), int(row.ended)) for row in found.authorities] == [
        ("Brent", RegisterAge.AGEING, 1, 0),
        ("Camden", RegisterAge.FRESH, 2, 1),
        # Kept, but nothing is listed in it.
        ("Merton", RegisterAge.ABSENT, 0, 0),
        ("Sutton", RegisterAge.ABSENT, 0, 0),
    ]
    assert (int(found.registers), int(found.fresh), int(found.ended)) == (2, 1, 1)
    assert found.ended.contracts == ("camden/A",)


def test_stale_is_what_a_borough_was_asked_and_has_not_answered() -> None:
    found = picture()

    assert (int(found.stale), found.stale.needs) == (1, ("N-00002",))
    assert found.stale_since == (made.MOMENT - 400 * DAY).date()
    assert [int(row.stale) for row in found.authorities] == [0, 1, 0, 0]


def test_how_long_ago_needs_were_said_to_hold() -> None:
    found = picture()

    assert found.recent.needs == ("N-00001", "N-00003", "N-00004")
    # Of 0, 10, 183 and 400 days.
    assert found.median_days.value == 10


def test_empty_london() -> None:
    found = coverage(made.frozen(made.london()))

    assert (int(found.silent), found.median_days.value, found.stale_since) == (4, None, None)


def test_handed_on_it_tells_who_has_what_and_in_what_state() -> None:
    found = handed_on(picture())

    assert [int(each) for each in (found.logged, found.silent, found.registers, found.fresh)] == [2, 2, 2, 1]
    assert [(row.name, row.register) for row in found.authorities] == [
        ("Brent", RegisterAge.AGEING),
        ("Camden", RegisterAge.FRESH),
        ("Merton", RegisterAge.ABSENT),
        ("Sutton", RegisterAge.ABSENT),
    ]


def test_handed_on_it_has_nothing_of_single_contracts_and_of_needs_to_confirm() -> None:
    whole, found = picture(), handed_on(picture())

    kept = {whole.logged.key, whole.silent.key, whole.registers.key, whole.fresh.key}
    assert [each.key for each in numbers(whole) if each.value and each.key not in kept]
    assert not [each.key for each in numbers(found) if each.value is not None and each.key not in kept]
    assert not [each.key for each in numbers(found) if each.contracts]
    assert whole.stale_since
    assert (found.stale_since, {row.kept_on for row in found.authorities}) == (None, {None})
