"""Needs outside a joint demand that may belong to it."""

import pytest

from procurement.models import DemandMember, Overlap
from procurement.queries.suggestions import in_ten, suggested_for
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.01, "fewer than 1 in 10"),
        (0.05, "about 1 in 10"),
        (0.12, "about 1 in 10"),
        (0.26, "about 3 in 10"),
        (0.94, "about 9 in 10"),
        (0.95, "more than 9 in 10"),
    ],
)
def test_probability_is_told_in_tenths(probability: float, words: str) -> None:
    assert in_ten(probability) == words


@pytest.mark.django_db
@pytest.mark.usefixtures("calibration")
def test_five_are_suggested_the_most_likely_first_however_unlikely_they_are() -> None:
    """Of those that overlap little few belong, and there are many of them: a need that is not asked about is lost."""
    demand = joint_demand("camden", "brent")
    demand.members.update(strength=0.6, band=DemandMember.Band.STRONG)
    scores = (0.25, 0.45, 0.24, 0.55, 0.26, 0.27)
    outside = {score: NeedFactory() for score in scores}
    for score, need in outside.items():
        for member in demand.members.all():
            Overlap.objects.create(first=member.need, second=need, score=score, probability=0.5, reasons=[])
    found = suggested_for(demand)
    assert [each.reference for each in found] == [outside[score].reference for score in (0.55, 0.45, 0.27, 0.26, 0.25)]
    assert found[-1].probability < 0.1
    assert found[-1].in_ten == "fewer than 1 in 10"
