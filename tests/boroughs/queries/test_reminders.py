"""What a borough could be reminded of, in which words, and when the next one may go out."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Contract, Need, Reminder
from boroughs.queries import reminders
from boroughs.queries.coverage import coverage
from boroughs.queries.reminders import Topic
from tests.factories.boroughs import ContractFactory, NeedFactory

pytestmark = pytest.mark.django_db
Kind = Reminder.Kind


def topics(borough: Borough) -> dict[str, Topic]:
    at = timezone.now()
    return {each.kind: each for each in reminders.topics(coverage(at=at, slug=borough.slug).boroughs[0], at=at)}


def test_nothing_is_here(borough: Borough) -> None:
    found = topics(borough)
    assert {kind: each.headline for kind, each in found.items() if each.applies} == {
        Kind.REGISTER_ABSENT: "Camden’s contract register is not here yet",
        Kind.NEEDS_ABSENT: "No need of Camden is open",
    }
    assert found[Kind.CONTRACTS_ENDED].headline == "No contracts of Camden are past their end and still listed"


def test_all_is_here(borough: Borough) -> None:
    ContractFactory(borough=borough)
    NeedFactory(borough=borough)
    found = topics(borough)
    assert not any(each.applies for each in found.values())
    assert found[Kind.REGISTER_ABSENT].headline == "Camden’s contract register is here"
    assert found[Kind.NEEDS_ABSENT].headline == "1 need of Camden is open"


def test_old_register_says_since_when(borough: Borough) -> None:
    Contract.objects.filter(pk=ContractFactory(borough=borough).pk).update(updated_at="2024-03-31T23:30:00Z")
    found = topics(borough)[Kind.REGISTER_OLD]
    # In London it was April by then.
    assert (found.applies, found.headline) == (True, "Camden’s contract register was last looked after in April 2024")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "1 contract of Camden is past its end and still listed"),
        (2, "2 contracts of Camden are past their end and still listed"),
    ],
)
def test_contracts_past_their_end_are_counted(borough: Borough, number: int, words: str) -> None:
    for _ in range(number):
        ContractFactory(borough=borough, end_date=timezone.localdate() - timedelta(days=1))
    found = topics(borough)[Kind.CONTRACTS_ENDED]
    assert (found.applies, found.headline) == (True, words)


def test_drafts_do_not_show_in_what_is_said_of_needs(borough: Borough) -> None:
    NeedFactory(borough=borough, status=Need.Status.DRAFT)
    found = topics(borough)[Kind.NEEDS_ABSENT]
    assert (found.applies, found.headline) == (True, "No need of Camden is open")


@pytest.mark.parametrize(("days", "rests"), [(0, True), (29, True), (30, False), (400, False)])
def test_next_one_may_go_out_after_thirty_days(borough: Borough, days: int, rests: bool) -> None:
    sent_at = timezone.now() - timedelta(days=days)
    Reminder.objects.create(borough=borough, kind=Kind.NEEDS_ABSENT, sent_at=sent_at, sent_by="a@loti.example")
    found = topics(borough)
    last = found[Kind.NEEDS_ABSENT]
    assert (last.sent_at, last.sender) == (sent_at, "a@loti.example")
    assert last.next_at == (sent_at + timedelta(days=30) if rests else None)
    assert found[Kind.REGISTER_ABSENT].next_at is None


@pytest.mark.parametrize("more", [{"sent_by": "x"}, {}])
def test_row_that_was_never_sent_does_not_rest(borough: Borough, more: dict[str, Any]) -> None:
    Reminder.objects.create(borough=borough, kind=Kind.NEEDS_ABSENT, **more)
    assert topics(borough)[Kind.NEEDS_ABSENT].next_at is None


def test_kinds_are_one_query(borough: Borough, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    row = coverage(at=timezone.now()).boroughs[0]
    with django_assert_num_queries(1):
        reminders.topics(row, at=timezone.now())
