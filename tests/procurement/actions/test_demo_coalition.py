"""The demonstration's coalition: built by actions of its people, once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boroughs.actions import demo
from boroughs.exceptions import PermissionRefused
from boroughs.models import Borough, Need, User
from procurement.actions import coalition_turn, demo_coalition
from procurement.models import (
    Alignment,
    Coalition,
    CommonRequirement,
    JointDemand,
    Participation,
    ParticipationStep,
    SavingsEstimate,
    SpecificationVersion,
)
from procurement.planning.situations import first_day, month_from
from procurement.queries.quorum import quorum
from tests.factories.boroughs import BoroughFactory
from tests.factories.picture import joint_demand
from tests.procurement.actions.test_specifications import aligned, alike, line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calibration")]

SLUGS = ("barnet", "brent", "camden", "ealing", "hackney", "harrow", "lewisham", "sutton")


@pytest.fixture
def demand() -> JointDemand:
    made = joint_demand(*SLUGS, status=JointDemand.Status.CONFIRMED)
    demo.load_people()
    aligned(
        made,
        alike(line(made, "camden", "Take payments by card."), line(made, "brent", "Card payments.")),
        alike(line(made, "barnet", "Work on a phone."), line(made, "brent", "Mobile use.")),
    )
    return made


def test_boroughs_come_together_and_freeze_what_they_agree(demand: JointDemand) -> None:
    assert demo_coalition.build() == demand.reference
    coalition = Coalition.objects.select_related("lead").get()
    assert coalition.lead == Borough.objects.get(slug="camden")
    found = quorum(coalition)
    # Something is left to decide.
    assert (len(found.counted), found.needed, coalition.outcome) == (3, 4, "")
    assert coalition.start_date == first_day(month_from(coalition.decision_date) + 12)
    stages = dict(Participation.objects.values_list("borough__slug", "stage"))
    assert sorted(stages.values()) == [
        *["COMMITTED"] * 3,
        "DECLINED",
        *["INTERESTED"] * 2,
        "WATCHING",
    ]
    assert stages.keys() < set(SLUGS)
    agreed = CommonRequirement.objects.filter(status=CommonRequirement.Status.AGREED)
    version = SpecificationVersion.objects.get(demand=demand)
    assert agreed.count() == len(version.content["requirements"]) == 2
    assert SavingsEstimate.objects.get().demand == demand
    # Each was a person's, in a role that allowed it; that one leads follows from the last vote.
    assert not ParticipationStep.objects.exclude(verb="LEADS").filter(role="").exists()


def test_a_second_time_nothing_is_added(demand: JointDemand) -> None:
    demo_coalition.build()
    models = (User, ParticipationStep, CommonRequirement, SpecificationVersion, SavingsEstimate)
    before = [model._default_manager.count() for model in models]
    with CaptureQueriesContext(connection) as asked:
        assert demo_coalition.build() == ""
    assert [model._default_manager.count() for model in models] == before
    assert len(asked) == 2


def test_notices_that_came_first_do_not_stand_in_its_way(demand: JointDemand) -> None:
    # Asking boroughs to be named, and publishing, take the coalition's turn before anybody has answered.
    coalition_turn.take(demand)
    assert demo_coalition.build() == demand.reference


def test_lead_that_a_notice_needed_stays_the_lead(demand: JointDemand) -> None:
    demo_coalition.agree_on_lead(demand, Borough.objects.filter(slug__in=SLUGS))
    assert Coalition.objects.get().lead == Borough.objects.get(slug="camden")
    assert list(Participation.objects.values_list("stage", flat=True)) == ["INTERESTED"] * 2
    assert demo_coalition.build() == demand.reference
    assert Coalition.objects.get().lead == Borough.objects.get(slug="camden")
    assert Participation.objects.count() == 7


def test_it_waits_until_requirements_are_compared(demand: JointDemand) -> None:
    Alignment.objects.all().delete()
    assert demo_coalition.build() == ""
    assert not Coalition.objects.exists()


def test_nothing_is_built_without_the_demonstrations_people_or_a_joint_demand_for_it(demand: JointDemand) -> None:
    Need.objects.filter(borough__slug__in=["sutton", "lewisham"]).update(
        status=Need.Status.WITHDRAWN, closed_at=timezone.now()
    )
    assert demo_coalition.build() == ""
    User.objects.filter(email__contains="analyst").update(is_demo=False)
    Need.objects.update(status=Need.Status.OPEN, closed_at=None)
    assert demo_coalition.build() == ""
    assert not Coalition.objects.exists()


def test_approvers_sign_in_with_the_common_password_and_never_in_production(settings: object) -> None:
    for slug in ("camden", "brent"):
        BoroughFactory(slug=slug, name=slug.title())
    ealing = BoroughFactory(slug="ealing", name="Ealing")
    demo.load_people()
    made = demo.approver_of(ealing)
    assert made.check_password(demo.PASSWORD)
    assert demo.approver_of(ealing) == made
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    with pytest.raises(PermissionRefused):
        demo.approver_of(ealing)
