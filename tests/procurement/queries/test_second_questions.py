"""What is told of the evidence before an answer that goes against it is asked for again."""

import pytest
from django.utils import timezone

from boroughs.models import Need
from procurement.models import Decision, JointDemand, ReviewAnswer
from procurement.queries.second_questions import second_question
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calibration")]
Kind = ReviewAnswer.Kind


@pytest.fixture
def demand() -> JointDemand:
    made = joint_demand("camden", "brent", title="Telephony")
    # Three in four, by the tests' calibration.
    made.members.update(strength=0.55, band="LIKELY")
    return made


def need_of(demand: JointDemand) -> Need:
    return Need.objects.get(demand_member__demand=demand, borough__slug="camden")


def evidence(demand: JointDemand, need: Need, kind: ReviewAnswer.Kind) -> str | None:
    found = second_question(demand, need, kind)
    return found.evidence if found else None


def answers(*, right: int, wrong: int) -> None:
    hub = NeedFactory()
    for number in range(right + wrong):
        Decision.objects.create(
            first=hub,
            second=NeedFactory(borough=hub.borough, category=hub.category),
            verdict="TOGETHER" if number < right else "APART",
            demand_reference="JD-0001",
            decided_at=timezone.now(),
            decided_by="somebody",
            score=0.55,
            band="LIKELY",
        )


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (0, 0, "Of members with a likely overlap about 3 in 4 do."),
        (27, 3, "Of members with a likely overlap about 90 in 100 do."),
        (30, 0, "Of members with a likely overlap all of the 30 that were judged do."),
        # The band as a whole says nothing against the answer: this member's own overlap does.
        (15, 15, "Of members that overlap this much about 7 in 10 do."),
    ],
)
def test_what_was_measured_is_told_before_what_is_reckoned(
    demand: JointDemand, right: int, wrong: int, said: str
) -> None:
    answers(right=right, wrong=wrong)
    assert evidence(demand, need_of(demand), Kind.REMOVED) == said


def test_colleagues_word_is_told_as_what_it_is(demand: JointDemand) -> None:
    demand.members.update(confirmed_at=timezone.now())
    assert evidence(demand, need_of(demand), Kind.REMOVED) == "An analyst has said that it does."
    # A text that has changed since was not judged.
    demand.members.update(moved_at=timezone.now())
    assert evidence(demand, need_of(demand), Kind.REMOVED) == "Of members with a likely overlap about 3 in 4 do."


def test_reasons_are_those_of_the_needs_card(demand: JointDemand) -> None:
    found = second_question(demand, need_of(demand), Kind.REMOVED)
    assert found is not None
    assert found.reasons_for == ("Both want the same category",)


def test_nothing_is_asked_of_a_need_that_the_answer_does_not_fit(demand: JointDemand) -> None:
    assert evidence(demand, need_of(demand), Kind.BELONGS) is None
    assert evidence(demand, need_of(demand), Kind.ACCEPTED) is None
    assert evidence(demand, NeedFactory(), Kind.REMOVED) is None
