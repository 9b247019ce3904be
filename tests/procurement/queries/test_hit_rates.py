"""What the words strong, likely and possible are worth."""

import pytest
from django.utils import timezone

from procurement.models import Decision
from procurement.queries.hit_rates import hit_rates
from tests.factories.boroughs import NeedFactory

pytestmark = pytest.mark.django_db


def answers(band: str, *, right: int, wrong: int, **fields: object) -> None:
    hub = NeedFactory()
    for number in range(right + wrong):
        Decision.objects.create(
            first=hub,
            second=NeedFactory(borough=hub.borough, category=hub.category),
            verdict="TOGETHER" if number < right else "APART",
            demand_reference="JD-0001",
            decided_at=timezone.now(),
            decided_by="somebody",
            **{"score": 0.5, "band": band} | fields,
        )


def test_without_answers_the_labelled_sets_speak() -> None:
    assert [(rate.band, rate.words, rate.is_measured_here) for rate in hit_rates()] == [
        ("STRONG", "9 in 10", False),
        ("LIKELY", "3 in 4", False),
        ("POSSIBLE", "1 in 2", False),
    ]


def test_thirty_answers_speak_for_themselves() -> None:
    answers("STRONG", right=24, wrong=6)
    answers("LIKELY", right=29, wrong=0)
    answers("POSSIBLE", right=30, wrong=0, score=None)
    strong, likely, possible = hit_rates()
    assert (strong.words, strong.share, strong.answers, strong.is_measured_here) == ("80 in 100", 0.8, 30, True)
    # One too few, and rulings that answer nothing.
    assert (likely.answers, likely.is_measured_here) == (29, False)
    assert (possible.answers, possible.is_measured_here) == (0, False)


def test_answer_that_was_taken_back_does_not_count() -> None:
    answers("STRONG", right=30, wrong=0)
    Decision.objects.update(undone_at=timezone.now())
    assert hit_rates()[0].answers == 0
