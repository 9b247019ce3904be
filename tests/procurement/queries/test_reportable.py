"""Who may ask for which report, and how it is told to them."""

import pytest
from django.utils import timezone

from boroughs.models import Borough, Need, Role, User
from boroughs.permissions import COMMAND_LINE
from procurement.actions import snapshots
from procurement.models import JointDemand, Report
from procurement.queries import reportable
from procurement.queries.reportable import Way
from tests.conftest import person
from tests.factories.boroughs import CategoryFactory, MembershipFactory
from tests.factories.picture import joint_demand

pytestmark = pytest.mark.django_db

Kind, Telling = Report.Kind, Report.Telling
EXACT, TOLD = Way(Telling.EXACT), Way(Telling.TOLD)
OWN, BRENT = Way(Telling.OWN, "camden"), Way(Telling.OWN, "brent")
# By role: the way of the London picture, of a category, of a joint demand of Camden and Brent, of Camden's and of
# Brent's pack.
WAYS = {
    "reader": (None, None, OWN, OWN, None),
    "editor": (None, None, OWN, OWN, None),
    "approver": (None, None, OWN, OWN, None),
    "stranger": (None, None, BRENT, None, BRENT),
    "analyst": (EXACT, EXACT, EXACT, OWN, BRENT),
    "cdo": (TOLD, TOLD, TOLD, None, None),
    "administrator": (None, None, None, None, None),
}


@pytest.mark.parametrize("role", WAYS)
def test_ways_of_each_role(role: str, request: pytest.FixtureRequest) -> None:
    actor = request.getfixturevalue(role)
    asked = ((Kind.PICTURE, ""), (Kind.CATEGORY, "x"), (Kind.DEMAND, "JD-1"), (Kind.BOROUGH, "camden"))
    members = {"camden", "brent"}

    found = [reportable.way(actor, kind=kind, subject=subject, members=members) for kind, subject in asked]

    brents = reportable.way(actor, kind=Kind.BOROUGH, subject="brent", members=members)
    assert (*found, brents) == WAYS[role]


def test_joint_demand_without_a_need_of_the_borough_is_not_for_it(editor: User) -> None:
    assert reportable.way(editor, kind=Kind.DEMAND, subject="JD-1", members={"brent"}) is None


def test_each_sees_what_they_may_have(
    editor: User, stranger: User, analyst: User, cdo: User, administrator: User
) -> None:
    rows = [(Telling.EXACT, ""), (Telling.TOLD, ""), (Telling.OWN, "camden"), (Telling.OWN, "brent")]
    for telling, own in rows:
        Report.objects.create(telling=telling, own=own, asked_at=timezone.now(), asked_by="x")

    def seen(user: User) -> list[tuple[str, str]]:
        found = list(reportable.visible(user).order_by("pk"))
        # The same rule for a report that is at hand.
        assert found == [each for each in Report.objects.order_by("pk") if reportable.is_visible(user, each)]
        return [(each.telling, each.own) for each in found]

    assert seen(editor) == [rows[2]]
    assert seen(stranger) == [rows[3]]
    assert seen(analyst) == rows
    assert seen(cdo) == [rows[1]]
    assert seen(administrator) == []


def test_who_works_for_two_boroughs_has_both(editor: User, other_borough: Borough) -> None:
    MembershipFactory(user=editor, role=Role.BOROUGH_READER, borough=other_borough)
    found = person(Role.BOROUGH_READER, other_borough)

    assert reportable.own_slugs(editor) == {"camden", "brent"}
    assert reportable.own_slugs(found) == {"brent"}
    assert reportable.own_slugs(COMMAND_LINE) == set()


def test_names_now_and_in_a_snapshot_agree(editor: User, analyst: User) -> None:
    CategoryFactory(slug="aaa", name="Zebra crossings")
    own = joint_demand("camden", "brent", title="Telephony")
    other = joint_demand("brent", "sutton", title="Payroll")
    facts = snapshots.take(by=COMMAND_LINE).frozen().facts

    for user in (editor, analyst):
        for kind in reportable.kinds(user):
            assert reportable.names(kind, actor=user) == reportable.names_in(facts, kind, actor=user)
    assert reportable.names(Kind.DEMAND, actor=editor) == {own.reference: f"{own.reference} Telephony"}
    assert set(reportable.names(Kind.DEMAND, actor=analyst)) == {own.reference, other.reference}
    assert reportable.names(Kind.BOROUGH, actor=editor) == {"camden": "Camden"}
    assert reportable.members(own.reference) == reportable.members_in(facts, own.reference) == {"camden", "brent"}


def test_need_that_is_not_open_any_more_does_not_count(editor: User) -> None:
    demand = joint_demand("camden", "brent")
    Need.objects.filter(borough__slug="camden").update(status=Need.Status.DRAFT)

    assert reportable.names(Kind.DEMAND, actor=editor) == {}
    assert reportable.members(demand.reference) == {"brent"}


def test_joint_demand_that_the_matcher_is_not_sure_of_is_not_offered(analyst: User) -> None:
    demand = joint_demand("camden", "brent", certainty=JointDemand.Certainty.NOT_SURE)

    for found in (
        reportable.names(Kind.DEMAND, actor=analyst),
        reportable.names_in(snapshots.take(by=COMMAND_LINE).frozen().facts, Kind.DEMAND, actor=analyst),
    ):
        assert demand.reference not in found
