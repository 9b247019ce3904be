"""Taking a notice off the board takes two people."""

import pytest
from django.test import Client
from django.utils import timezone

from boroughs.exceptions import ChangedMeanwhile, IllegalMove, PermissionRefused
from boroughs.models import User
from procurement.actions import corrections, withdrawals
from procurement.models import Coalition, JointDemand, Naming, NoticeVersion, Participation
from procurement.queries import public_content, published, verification
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db


def test_withdrawal_is_proposed_by_one_and_approved_by_another(analyst: User, second_analyst: User) -> None:
    version = scene.publish()
    notice = withdrawals.propose(notice=version.notice, by=analyst, reason="Two boroughs left.")
    assert NoticeVersion.objects.get(current_of=notice) == version
    with pytest.raises(PermissionRefused, match="somebody else"):
        withdrawals.approve(notice=notice, by=analyst)
    notice.refresh_from_db()
    assert (notice.status, notice.withdrawn_at) == ("WITHDRAWAL_PROPOSED", None)
    last = withdrawals.approve(notice=notice, by=second_analyst)
    assert (last.number, last.reason, last.proposed_by) == (2, "Two boroughs left.", analyst.email)
    assert (notice.status, notice.withdrawn_at) == ("WITHDRAWN", last.published_at)


def test_notice_may_be_kept_after_all(analyst: User, second_analyst: User) -> None:
    notice = withdrawals.propose(notice=scene.publish().notice, by=analyst, reason="Why.")
    withdrawals.keep(notice=notice, by=second_analyst, reason="They came back.")
    assert (notice.status, notice.change_reason, NoticeVersion.objects.count()) == ("PUBLISHED", "", 1)


def test_notice_that_is_being_corrected_is_not_withdrawn_under_its_authors(analyst: User) -> None:
    notice = corrections.begin(notice=scene.publish().notice, by=analyst)
    with pytest.raises(IllegalMove):
        withdrawals.propose(notice=notice, by=analyst, reason="Why.")


def refuse(demand: JointDemand, *slugs: str) -> None:
    Naming.objects.filter(demand=demand, borough__slug__in=slugs).update(agrees=False, opens_figures=False)


@pytest.mark.parametrize("how", ["refused", "declined"])
def test_borough_that_said_no_since_is_not_named_when_it_is_withdrawn(how: str) -> None:
    first = scene.publish()
    demand = first.notice.demand
    if how == "refused":
        refuse(demand, "brent")
    else:
        Participation.objects.create(
            demand=demand,
            borough=scene.borough("Brent"),
            stage=Participation.Stage.DECLINED,
            reason=Participation.DeclineReason.TIMING,
        )
    last = scene.withdraw(first.notice)
    assert [borough["name"] for borough in last.content["boroughs"]] == ["Camden", "Hackney"]
    assert "Brent" not in last.canonical
    assert [last.content[name] for name in public_content.FIGURES] == [None, None, None]
    assert [borough.slug for borough in last.boroughs.order_by("slug")] == ["camden", "hackney"]
    assert last.content["lead"] == first.content["lead"]
    assert verification.verify().faults == ()


@pytest.mark.parametrize(
    ("refusing", "agreed", "lead"),
    [
        (("hackney",), "", "Brent"),
        (("hackney",), "camden", "Camden"),
        (("brent", "camden", "hackney"), "", "Authorities in London"),
    ],
)
def test_lead_that_said_no_since_is_not_named_nor_its_contact(
    refusing: tuple[str, ...], agreed: str, lead: str, client: Client
) -> None:
    first = scene.correct(scene.publish().notice, contact=("Ann", "ann@hackney.example"))
    assert first.content["lead"]["slug"] == "hackney"
    demand = first.notice.demand
    if agreed:
        now = timezone.now()
        led = {"lead": scene.borough(agreed.capitalize()), "lead_agreed_at": now, "updated_at": now}
        Coalition.objects.update_or_create(demand=demand, defaults=led)
    refuse(demand, *refusing)
    last = scene.withdraw(first.notice)
    assert last.content["lead"]["name"] == lead
    assert (last.content["contact"], last.contact) == (None, None)
    assert "Hackney" not in last.canonical
    assert verification.verify().faults == ()
    ocid = f"ocds-213czf-{demand.reference.lower()}"
    for face in (f"/notices/{first.notice.reference}/", f"/api/1.0/ocdsReleasePackages/{ocid}"):
        response = client.get(face)
        assert response.status_code == 200
        assert lead in response.content.decode()


def test_refusal_after_the_withdrawal_was_read_is_told_to_who_approves_it(second_analyst: User, analyst: User) -> None:
    notice = withdrawals.propose(notice=scene.publish().notice, by=analyst, reason="Why.")
    assert notice.current is not None
    seen = published.preview_of_withdrawal(notice, notice.current, at=timezone.now()).digest
    refuse(notice.demand, "brent")
    with pytest.raises(ChangedMeanwhile, match="the authorities taking part"):
        withdrawals.approve(notice=notice, by=second_analyst, seen=seen)


def test_notice_of_a_retired_joint_demand_can_be_withdrawn() -> None:
    notice = scene.publish().notice
    JointDemand.objects.update(status=JointDemand.Status.RETIRED, retired_at=timezone.now())
    notice.demand.refresh_from_db()
    assert scene.withdraw(notice).is_withdrawal
