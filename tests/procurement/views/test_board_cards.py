from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from procurement.queries import published
from procurement.queries.published import Stamp
from procurement.views import board_cards
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db


def now(days: int = 0) -> Stamp:
    return published.stamp(at=timezone.localtime() + timedelta(days=days))


def test_a_kept_card_is_the_card_and_costs_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first, second = scene.publish_many(2)
    stamp = now()
    with django_assert_num_queries(1):
        made = board_cards.cards([second.pk, first.pk], stamp=stamp)
    with django_assert_num_queries(0):
        kept = board_cards.cards([first.pk, second.pk], stamp=stamp)
    assert kept == made[::-1]
    notice = published.notice(first.notice.reference, at=stamp.at)
    whole = render_to_string("procurement/notices/_card.html", {"notice": notice, "slot": "HERE"})
    assert f"{kept[0][1].before}HERE{kept[0][1].after}" == whole


def test_a_card_says_what_is_true_on_its_day() -> None:
    version = scene.publish()
    days = (version.closes_date - timezone.localdate()).days + 1
    today, later = (board_cards.cards([version.pk], stamp=now(after))[0][1].before for after in (0, days))
    assert "Open" in today
    assert "Closed" in later


def test_the_shelf_drops_what_was_asked_for_longest_ago(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(board_cards, "CARDS", 2)
    versions = [version.pk for version in scene.publish_many(3)]
    stamp = now()
    board_cards.cards(versions[:2], stamp=stamp)
    board_cards.cards(versions[:1], stamp=stamp)
    board_cards.cards(versions[2:], stamp=stamp)
    with django_assert_num_queries(0):
        board_cards.cards(versions[:1], stamp=stamp)
    with django_assert_num_queries(1):
        board_cards.cards(versions[1:2], stamp=stamp)
