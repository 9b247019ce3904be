"""Prepared queries answer as their querysets do, with the values and the data of each call."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Count, QuerySet, Window
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Need
from boroughs.prepared import prepared
from tests.factories.boroughs import BoroughFactory, NeedFactory

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


def needs(
    limit: int, *, boroughs: list[int], first: date, last: date, status: str, since: datetime
) -> QuerySet[Need, Any]:
    rows = Need.objects.filter(
        borough__in=boroughs, start_date__range=(first, last), status=status, updated_at__gte=since
    )
    counted = rows.annotate(total=Window(Count("pk"))).order_by("start_date", "pk")
    return counted.values_list("reference", "start_date", "updated_at", "borough__name", "total")[:limit]


prepared_needs = prepared(needs)


def asked(boroughs: list[int], **changes: Any) -> dict[str, Any]:
    values = {
        "boroughs": boroughs,
        "first": TODAY,
        "last": TODAY + timedelta(days=3),
        "status": "OPEN",
        "since": timezone.now() - timedelta(days=1),
    }
    return {**values, **changes}


def test_rows_are_those_of_the_queryset_whatever_the_values() -> None:
    places = [BoroughFactory() for _ in range(3)]
    for number in range(12):
        NeedFactory(borough=places[number % 3], start_date=TODAY + timedelta(days=number // 3))
    keys = [place.pk for place in places]
    cases = [
        asked(keys[:1]),
        asked(keys[1:2]),
        asked(keys[2:]),
        asked(keys),
        asked([*keys[:1], *keys[:1]]),
        asked([]),
        asked([0]),
        asked(keys, last=TODAY + timedelta(days=1)),
        asked(keys, first=TODAY + timedelta(days=3)),
        asked(keys, status="DRAFT"),
        asked(keys, since=timezone.now() + timedelta(days=1)),
    ]
    for limit in (2, 100):
        for values in cases:
            assert prepared_needs(limit, **values) == list(needs(limit, **values))
    assert len(prepared_needs(100, **asked(keys))) == 12


def test_sides_of_a_union_get_their_own_values() -> None:
    one, two = NeedFactory(status="OPEN"), NeedFactory(status="DRAFT")

    @prepared
    def either(*, status: str, reference: str) -> QuerySet[Need, tuple[str]]:
        by_status = Need.objects.filter(status=status).values_list("reference")
        return by_status.union(Need.objects.filter(reference=reference).values_list("reference")).order_by("reference")

    assert either(status="OPEN", reference=two.reference) == sorted([(one.reference,), (two.reference,)])
    # By name, not by the order in which they are given.
    assert either(reference=one.reference, status="DRAFT") == sorted([(one.reference,), (two.reference,)])


def test_sql_is_put_together_once_and_the_database_asked_each_time(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    built = []

    @prepared
    def references(*, boroughs: list[int]) -> QuerySet[Need, tuple[str]]:
        built.append(boroughs)
        return Need.objects.filter(borough__in=boroughs).order_by("pk").values_list("reference")

    own, other = BoroughFactory(), BoroughFactory()
    first = NeedFactory(borough=own)
    assert references(boroughs=[own.pk]) == [(first.reference,)]
    second, foreign = NeedFactory(borough=own), NeedFactory(borough=other)
    with django_assert_num_queries(2):
        assert references(boroughs=[own.pk]) == [(first.reference,), (second.reference,)]
        assert references(boroughs=[other.pk]) == [(foreign.reference,)]
    assert len(built) == 1
    assert len(references(boroughs=[own.pk, other.pk])) == 3
    assert len(built) == 2


def test_value_is_never_read_as_sql() -> None:
    @prepared
    def titled(*, title: str) -> QuerySet[Need, tuple[str]]:
        return Need.objects.filter(title=title).values_list("title")

    hostile = "' OR 1=1 -- %s %(x)s"
    NeedFactory(title="Another")
    assert titled(title=hostile) == []
    NeedFactory(title=hostile)
    assert titled(title=hostile) == [(hostile,)]
