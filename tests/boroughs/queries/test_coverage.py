"""Who has a register and needs, how old they are, and what of it is a borough's own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Contract, DataImport, Need, Role, User
from boroughs.queries.coverage import BoroughCoverage, coverage
from boroughs.queries.register_age import AGEING_AFTER, OLD_AFTER, RegisterAge, register_age
from tests.factories.boroughs import BoroughFactory, ContractFactory, MembershipFactory, NeedFactory, UserFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def kept(borough: Borough, at: datetime, **more: Any) -> Contract:
    """A contract that was last changed then."""
    contract = ContractFactory(borough=borough, **more)
    Contract.objects.filter(pk=contract.pk).update(updated_at=at)
    return contract


def row(borough: Borough, *, own: bool = False, at: datetime = NOW) -> BoroughCoverage:
    return next(each for each in coverage(at=at, own=[borough.pk] if own else []).boroughs if each.slug == borough.slug)


@pytest.mark.parametrize(
    ("days", "word"), [(0, "up to date"), (183, "up to date"), (184, "ageing"), (365, "ageing"), (366, "old")]
)
def test_age_of_a_register_in_words(borough: Borough, days: int, word: str) -> None:
    kept(borough, NOW - timedelta(days=days))
    kept(borough, NOW - timedelta(days=days + 500))
    assert row(borough).register.value == word
    assert row(borough).kept_at == NOW - timedelta(days=days)


def test_register_ages_while_nobody_looks_after_it(borough: Borough) -> None:
    with time_machine.travel(NOW, tick=False):
        ContractFactory(borough=borough)
        words = [row(borough, at=timezone.now()).register]
    for days in (200, 400):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            words.append(row(borough, at=timezone.now()).register)
    assert words == [RegisterAge.FRESH, RegisterAge.AGEING, RegisterAge.OLD]


@given(st.integers(1, 10_000), st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_word_never_grows_younger_with_time(contracts: int, age: timedelta) -> None:
    order = list(RegisterAge)
    now, later = (order.index(register_age(contracts, NOW, NOW + each)) for each in (age, age + timedelta(days=1)))
    assert 1 <= now <= later
    assert (order[now] == RegisterAge.FRESH) == (age <= AGEING_AFTER)
    assert (order[now] == RegisterAge.OLD) == (age > OLD_AFTER)


def test_register_that_is_empty_or_all_taken_out_is_not_here(borough: Borough) -> None:
    assert (row(borough).register, row(borough).kept_at) == (RegisterAge.ABSENT, None)
    kept(borough, NOW, closed_at=NOW)
    assert (row(borough).register, row(borough).contracts) == (RegisterAge.ABSENT, 0)


def test_taking_an_entry_out_is_looking_after_it(borough: Borough) -> None:
    kept(borough, NOW - timedelta(days=900))
    kept(borough, NOW - timedelta(days=900), closed_at=NOW - timedelta(days=3))
    assert row(borough).register == RegisterAge.FRESH
    assert row(borough).contracts == 1


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({}, RegisterAge.FRESH),
        ({"noun": DataImport.Noun.NEEDS}, RegisterAge.OLD),
        ({"status": DataImport.Status.UNDONE}, RegisterAge.OLD),
        ({"status": DataImport.Status.CHECKED}, RegisterAge.OLD),
    ],
    ids=["applied", "needs", "undone", "not applied"],
)
def test_bringing_the_register_in_anew_makes_it_fresh_though_nothing_differs(
    borough: Borough, more: dict[str, Any], word: RegisterAge
) -> None:
    kept(borough, NOW - timedelta(days=900))
    made = {"noun": DataImport.Noun.CONTRACTS, "status": DataImport.Status.APPLIED, "applied_at": NOW} | more
    DataImport.objects.create(borough=borough, file_name="register.csv", size=1, digest="x", format="CSV", **made)
    assert row(borough).register == word


def test_contracts_without_an_end_and_past_it_are_counted_while_they_are_listed(borough: Borough) -> None:
    today = timezone.localdate(NOW)
    yesterday = today - timedelta(days=1)
    for end_date, closed_at in ((None, None), (yesterday, None), (yesterday, None), (today, None), (yesterday, NOW)):
        kept(borough, NOW, end_date=end_date, closed_at=closed_at)
    found = row(borough)
    assert (found.contracts, found.contracts_without_end, found.contracts_ended) == (4, 1, 2)


def test_contracts_and_needs_do_not_multiply_each_other(borough: Borough, editor: User, approver: User) -> None:
    for _ in range(3):
        kept(borough, NOW)
        NeedFactory(borough=borough)
    assert (row(borough).contracts, row(borough).open_needs) == (3, 3)


def test_of_other_boroughs_only_open_needs_are_read(borough: Borough) -> None:
    for status in Need.Status:
        later = NOW + timedelta(days=1 if status == Need.Status.OPEN else 9)
        NeedFactory(borough=borough, status=status, updated_at=later)
    foreign, own = row(borough), row(borough, own=True)
    assert foreign.needs == {Need.Status.OPEN: 1}
    assert foreign.needs_changed_at == NOW + timedelta(days=1)
    assert own.needs == dict.fromkeys(Need.Status, 1)
    assert own.needs_changed_at == NOW + timedelta(days=9)
    assert (own.draft_needs, own.submitted_needs) == (1, 1)


def test_borough_that_has_drafts_alone_looks_to_others_like_one_without_needs(
    borough: Borough, other_borough: Borough
) -> None:
    NeedFactory(borough=borough, status=Need.Status.DRAFT)
    shown = coverage(at=NOW, own=[other_borough.pk])
    drafting, empty = shown.boroughs[1], shown.boroughs[0]
    assert (drafting.needs, drafting.needs_changed_at, drafting.has_needs) == ({}, None, False)
    assert (empty.needs, empty.needs_changed_at, empty.has_needs) == ({}, None, False)
    assert shown.with_needs == 0


def test_needs_that_wait_to_be_confirmed(borough: Borough) -> None:
    for days in (700, 500):
        then = NOW - timedelta(days=days)
        NeedFactory(borough=borough, opened_at=then, confirmed_at=None, confirmation_asked_at=NOW)
    NeedFactory(borough=borough, opened_at=NOW - timedelta(days=900))
    assert row(borough).needs_to_confirm == 2
    assert row(borough).unconfirmed_since == NOW - timedelta(days=700)


def test_totals_are_of_the_33_alone(borough: Borough, other_borough: Borough) -> None:
    guest = BoroughFactory(name="Kent", slug="kent", kind=Borough.Kind.GUEST)
    kept(guest, NOW)
    kept(borough, NOW - timedelta(days=900))
    NeedFactory(borough=other_borough)
    NeedFactory(borough=guest)
    shown = coverage(at=NOW, own=[borough.pk, guest.pk])
    assert [each.name for each in shown.boroughs] == ["Brent", "Camden"]
    assert (shown.with_register, shown.with_needs) == (1, 1)
    assert [each.slug for each in shown.own] == ["camden"]
    assert coverage(at=NOW, slug="kent").boroughs == ()
    assert [each.slug for each in coverage(at=NOW, slug="brent").boroughs] == ["brent"]


@pytest.mark.parametrize(
    ("role", "active", "expected"),
    [
        (Role.BOROUGH_READER, True, (True, False, False)),
        (Role.BOROUGH_EDITOR, True, (True, True, False)),
        (Role.BOROUGH_APPROVER, True, (True, False, True)),
        (Role.BOROUGH_APPROVER, False, (False, False, False)),
    ],
)
def test_people_are_those_who_can_sign_in(
    borough: Borough, role: Role, active: bool, expected: tuple[bool, ...]
) -> None:
    MembershipFactory(user=UserFactory(is_active=active), borough=borough, role=role)
    found = row(borough)
    assert (found.has_people, found.has_editors, found.has_approvers) == expected


@pytest.mark.parametrize(
    "make",
    [
        lambda borough: kept(borough, NOW - timedelta(days=200), end_date=NOW.date() + timedelta(days=9)),
        lambda borough: kept(borough, NOW),
        lambda borough: kept(borough, NOW, end_date=NOW.date() - timedelta(days=9)),
        lambda borough: NeedFactory(borough=borough, status=Need.Status.DRAFT),
        lambda borough: NeedFactory(borough=borough, status=Need.Status.SUBMITTED),
        lambda borough: NeedFactory(borough=borough, confirmation_asked_at=NOW),
    ],
    ids=["ageing", "no end", "past its end", "draft", "submitted", "unconfirmed"],
)
def test_borough_that_has_all_has_nothing_to_do_until_something_is_left(borough: Borough, make: Any) -> None:
    NeedFactory(borough=borough)
    recent = kept(borough, NOW, end_date=NOW.date() + timedelta(days=100))
    assert not row(borough, own=True).helps
    if isinstance(make(borough), Contract):
        Contract.objects.filter(pk=recent.pk).update(updated_at=NOW - timedelta(days=190))
    assert row(borough, own=True).helps


def test_two_queries_whatever_there_is(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(12):
        borough = BoroughFactory()
        MembershipFactory(borough=borough)
        kept(borough, NOW)
        NeedFactory(borough=borough)
    with django_assert_num_queries(2):
        assert len(coverage(at=NOW, own=[borough.pk]).boroughs) == 12
