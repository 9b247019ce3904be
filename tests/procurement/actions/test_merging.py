"""Merging two joint demands: who survives, what goes along, what holds in later runs, and that it can be taken back."""

from typing import Any

import pytest
from django.utils import timezone

from boroughs.exceptions import IllegalMove, PermissionRefused
from boroughs.models import AuditEvent, Borough, Need, Notification, User
from procurement.actions import common_requirements, demands, merging, notices, participation, review
from procurement.models import (
    Coalition,
    CommonRequirement,
    Decision,
    JointDemand,
    LeadVote,
    Participation,
    ParticipationStep,
    ReviewAnswer,
)
from tests.factories.picture import joint_demand
from tests.factories.standings import Stage, approver_of, requirement, standing
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calibration")]
TOGETHER, APART = Decision.Verdict.TOGETHER, Decision.Verdict.APART


@pytest.fixture
def older() -> JointDemand:
    return joint_demand("barnet", "brent", title="Telephony")


@pytest.fixture
def younger(older: JointDemand) -> JointDemand:
    return joint_demand("camden", "sutton", title="Call centre")


def borough(slug: str) -> Borough:
    return Borough.objects.get(slug=slug)


def boroughs(demand: JointDemand) -> list[str]:
    return sorted(demand.members.values_list("need__borough__slug", flat=True))


def stages(demand: JointDemand) -> dict[str, str]:
    return dict(demand.participations.values_list("borough__slug", "stage"))


def merge(demand: JointDemand, other: JointDemand, by: User, reason: str = "") -> JointDemand:
    survivor = merging.merge(demand=demand, other=other, by=by, reason=reason)[1]
    for each in (demand, other):
        each.refresh_from_db()
    return survivor


@pytest.mark.parametrize("turned", [False, True])
def test_older_survives_whichever_is_named_first(
    older: JointDemand, younger: JointDemand, analyst: User, turned: bool
) -> None:
    survivor = merge(*((younger, older) if turned else (older, younger)), analyst)
    assert survivor == older
    assert boroughs(older) == ["barnet", "brent", "camden", "sutton"]
    assert (younger.status, younger.merged_into, boroughs(younger)) == ("RETIRED", older, [])


def test_those_that_come_are_held_and_nothing_keeps_them_apart(
    older: JointDemand, younger: JointDemand, analyst: User
) -> None:
    camden = Need.objects.get(borough__slug="camden")
    demands.add_member(demand=older, need=camden, by=analyst)
    demands.remove_member(demand=older, need=camden, by=analyst)
    other = joint_demand("ealing", "merton", title="Contact centre")
    demands.add_member(demand=other, need=camden, by=analyst)
    merge(older, other, analyst)
    assert not Decision.objects.standing().filter(verdict=APART).exists()
    held = Decision.objects.standing().filter(verdict=TOGETHER)
    assert {"camden", "ealing", "merton"} <= {
        slug for pair in held.values_list("first__borough__slug", "second__borough__slug") for slug in pair
    }
    assert older.members.filter(confirmed_at=None).count() == 2


def test_both_tell_of_it(older: JointDemand, younger: JointDemand, analyst: User) -> None:
    moved = sorted(younger.members.values_list("need__reference", flat=True))
    merge(older, younger, analyst, "Same thing")
    grew, merged = older.lineage.get(), younger.lineage.get()
    assert (grew.kind, grew.other_reference, grew.joined) == ("GREW", younger.reference, moved)
    assert (merged.kind, merged.other_reference) == ("MERGED", older.reference)
    assert AuditEvent.objects.get(verb="merge").details == {
        "needs": moved,
        "reason": "Same thing",
        "other": older.reference,
    }
    assert AuditEvent.objects.get(verb="take in").reference == older.reference


@pytest.mark.parametrize(
    ("ours", "theirs", "after"),
    [
        (Stage.WATCHING, Stage.COMMITTED, Stage.COMMITTED),
        (Stage.COMMITTED, Stage.WATCHING, Stage.COMMITTED),
        # No to one and yes to the other: it is asked anew.
        (Stage.DECLINED, Stage.INTERESTED, Stage.SUGGESTED),
        (Stage.COMMITTED, Stage.DECLINED, Stage.SUGGESTED),
        (Stage.SUGGESTED, Stage.DECLINED, Stage.DECLINED),
        (None, Stage.INTENDING, Stage.INTENDING),
        (Stage.INTENDING, None, Stage.INTENDING),
    ],
)
def test_further_stage_counts(
    older: JointDemand, younger: JointDemand, analyst: User, ours: Any, theirs: Any, after: Participation.Stage
) -> None:
    camden = borough("camden")
    for demand, stage in ((older, ours), (younger, theirs)):
        if stage is not None:
            standing(demand, camden, stage)
    merge(older, younger, analyst)
    assert (stages(older), stages(younger)) == ({"camden": after}, {})
    row = older.participations.get()
    assert (row.committed_by is not None) == (after == Stage.COMMITTED)
    assert (row.accepted_at is not None) == (after not in (Stage.SUGGESTED, Stage.DECLINED))
    moved = ours is None or after != ours
    assert ParticipationStep.objects.filter(demand_reference=older.reference).exists() == moved


def test_a_wish_that_waits_for_a_lead_does_not_go_to_another_one(
    older: JointDemand, younger: JointDemand, analyst: User
) -> None:
    camden = borough("camden")
    asked = {"asked_stage": Stage.COMMITTED, "asked_depth": "TENDER", "asked_at": timezone.now()}
    standing(younger, camden, Stage.INTERESTED, **asked, asked_by=approver_of(camden))
    merge(older, younger, analyst)
    row = older.participations.get()
    assert (row.stage, row.asked_stage, row.asked_by) == (Stage.INTERESTED, "", None)


def test_offers_votes_and_a_lead_of_other_company_go(older: JointDemand, younger: JointDemand, analyst: User) -> None:
    now = timezone.now()
    camden, sutton, barnet = borough("camden"), borough("sutton"), borough("barnet")
    standing(older, barnet, Stage.INTERESTED)
    standing(younger, camden, Stage.COMMITTED)
    standing(younger, sutton, Stage.INTENDING, offered_at=now)
    LeadVote.objects.create(
        demand=younger, candidate=sutton, borough=camden, agrees=True, given_at=now, given_by=approver_of(camden)
    )
    Coalition.objects.create(demand=younger, lead=camden, lead_agreed_at=now, updated_at=now)
    merge(older, younger, analyst)
    assert not LeadVote.objects.exists()
    assert not Participation.objects.exclude(offered_at=None).exists()
    assert not Coalition.objects.exclude(lead=None).exists()
    assert ParticipationStep.objects.get(verb="LEFT_LEAD").demand_reference == younger.reference


def test_terms_and_lead_go_where_there_are_none(older: JointDemand, younger: JointDemand, analyst: User) -> None:
    now = timezone.now()
    standing(younger, borough("camden"), Stage.COMMITTED)
    terms = {
        "quorum": 2,
        "depth": "TENDER",
        "decision_date": now.date(),
        "joining_closes_date": now.date(),
        "if_missed": "END",
    }
    Coalition.objects.create(demand=younger, lead=borough("camden"), lead_agreed_at=now, updated_at=now, **terms)
    merge(older, younger, analyst)
    kept = Coalition.objects.get(demand=older)
    assert kept.lead == borough("camden")
    assert {name: getattr(kept, name) for name in terms} == terms


def test_a_joint_purchase_that_ended_does_not_end_another(
    older: JointDemand, younger: JointDemand, analyst: User
) -> None:
    now = timezone.now()
    standing(older, borough("barnet"), Stage.WATCHING)
    standing(younger, borough("camden"), Stage.COMMITTED)
    ended = {"outcome": Coalition.Outcome.ENDED, "outcome_at": now, "updated_at": now}
    day = now.date()
    terms = {"quorum": 2, "depth": "TENDER", "decision_date": day, "joining_closes_date": day, "if_missed": "END"}
    Coalition.objects.create(demand=younger, **ended, **terms)
    merge(older, younger, analyst)
    barnet = older.participations.get(borough__slug="barnet")
    to = participation.Standing(Stage.INTENDING, depth="TENDER")
    by = approver_of(barnet.borough)
    moved = participation.move(demand=older, borough=barnet.borough, to=to, revision=barnet.revision, by=by)
    assert moved.stage == Stage.INTENDING
    # What was decided then stays in the record.
    assert Coalition.objects.get(demand=younger).outcome == Coalition.Outcome.ENDED


def test_common_requirements_move_with_new_numbers_to_be_agreed(
    older: JointDemand, younger: JointDemand, analyst: User
) -> None:
    requirement(older, 3, "Ours")
    now = timezone.now()
    requirement(younger, 1, "Theirs", status="AGREED", agreed_at=now, agreed_by=analyst)
    requirement(younger, 2, "Dropped", status="DROPPED")
    merge(older, younger, analyst)
    assert list(older.common_requirements.order_by("number").values_list("number", "text", "status")) == [
        (3, "Ours", "PROPOSED"),
        (4, "Theirs", "PROPOSED"),
        (5, "Dropped", "DROPPED"),
    ]
    review.undo_last(by=analyst)
    assert list(younger.common_requirements.order_by("number").values_list("number", "text", "status")) == [
        (1, "Theirs", "AGREED"),
        (2, "Dropped", "DROPPED"),
    ]


def test_boroughs_that_take_part_are_told(older: JointDemand, younger: JointDemand, analyst: User) -> None:
    camden = borough("camden")
    approver_of(camden)
    standing(younger, camden, Stage.INTERESTED)
    merge(older, younger, analyst)
    told = Notification.objects.filter(headline__contains="was merged into").first()
    assert told is not None
    assert older.reference in told.headline


def everything() -> dict[str, list[Any]]:
    return {
        "members": list(
            JointDemand.objects.order_by("pk", "members__need").values_list(
                "reference", "status", "merged_into", "members__need", "members__confirmed_at", "members__strength"
            )
        ),
        "rulings": sorted(Decision.objects.standing().values_list("first", "second", "verdict")),
        "standings": sorted(Participation.objects.values_list("demand", "borough__slug", "stage", "offer_note")),
        "coalitions": sorted(Coalition.objects.exclude(quorum=None).values_list("demand", "quorum")),
        "requirements": sorted(CommonRequirement.objects.values_list("demand", "number", "status")),
        "votes": sorted(LeadVote.objects.values_list("demand", "candidate__slug", "borough__slug")),
    }


def test_merger_is_taken_back_whole(older: JointDemand, younger: JointDemand, analyst: User) -> None:
    now = timezone.now()
    demands.confirm(demand=younger, by=analyst)
    standing(older, borough("camden"), Stage.WATCHING)
    standing(younger, borough("camden"), Stage.COMMITTED, offered_at=now, offer_note="We can")
    standing(younger, borough("sutton"), Stage.INTERESTED)
    LeadVote.objects.create(
        demand=younger,
        candidate=borough("camden"),
        borough=borough("sutton"),
        agrees=True,
        given_at=now,
        given_by=analyst,
    )
    requirement(younger, 1, "Theirs", status="AGREED", agreed_at=now, agreed_by=analyst)
    before = everything()
    merge(older, younger, analyst)
    assert everything() != before

    review.undo_last(by=analyst)

    assert everything() == before
    # As a run does that finds nothing new.
    merge(older, younger, analyst)
    JointDemand.objects.update(updated_at=timezone.now())
    review.undo_last(by=analyst)
    assert everything() == before


def test_two_mergers_are_taken_back_one_after_the_other(
    older: JointDemand, younger: JointDemand, analyst: User
) -> None:
    third = joint_demand("ealing", "merton", title="Contact centre")
    standing(younger, borough("camden"), Stage.COMMITTED)
    standing(third, borough("ealing"), Stage.COMMITTED)
    before = everything()
    merge(older, younger, analyst)
    merge(older, third, analyst)
    review.undo_last(by=analyst)
    review.undo_last(by=analyst)
    assert everything() == before


def test_an_answer_from_before_the_merger_is_taken_back_after_it(
    older: JointDemand, younger: JointDemand, analyst: User
) -> None:
    elsewhere = joint_demand("ealing", "merton", title="Contact centre")
    before = everything()
    need = elsewhere.members.order_by("need_id")[0].need
    review.answer(demand=younger, kind=ReviewAnswer.Kind.ACCEPTED, need=need, by=analyst)
    merge(older, younger, analyst)
    review.undo_last(by=analyst)
    review.undo_last(by=analyst)
    assert everything() == before


def test_merger_stays_where_a_borough_moved_since(older: JointDemand, younger: JointDemand, analyst: User) -> None:
    row = standing(younger, borough("camden"), Stage.INTERESTED)
    merge(older, younger, analyst)
    Participation.objects.filter(pk=row.pk).update(stage=Stage.WATCHING, depth="")
    with pytest.raises(IllegalMove, match=f"Open {older.reference} and split it there"):
        review.undo_last(by=analyst)
    assert stages(older) == {"camden": "WATCHING"}


def test_refused_where_the_one_that_goes_has_a_notice(older: JointDemand, younger: JointDemand, analyst: User) -> None:
    demands.confirm(demand=younger, by=analyst)
    notice = notices.draft_from(demand=younger, by=analyst)
    with pytest.raises(IllegalMove, match=f"Withdraw {notice.reference} first"):
        merge(older, younger, analyst)
    assert boroughs(younger) == ["camden", "sutton"]


def test_refused_with_itself_and_with_a_retired_one(older: JointDemand, younger: JointDemand, analyst: User) -> None:
    with pytest.raises(IllegalMove, match="with itself"):
        merge(older, older, analyst)
    merge(older, younger, analyst)
    with pytest.raises(IllegalMove, match="is retired"):
        merge(older, younger, analyst)


@pytest.mark.parametrize("who", ["reader", "editor", "approver", "cdo", "administrator"])
def test_only_an_analyst_merges(
    older: JointDemand, younger: JointDemand, who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionRefused):
        merging.merge(demand=older, other=younger, by=request.getfixturevalue(who))
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_mergers_at_once_lose_no_need(
    older: JointDemand, younger: JointDemand, analyst: User, second_analyst: User
) -> None:
    third = joint_demand("ealing", "merton", title="Contact centre")
    at_once(
        lambda: merging.merge(demand=older, other=younger, by=analyst),
        lambda: merging.merge(demand=younger, other=third, by=second_analyst),
    )
    placed = JointDemand.objects.current().exclude(members=None).distinct()
    assert sum(demand.members.count() for demand in placed) == 6
    assert not JointDemand.objects.filter(status="RETIRED", members__isnull=False).exists()


def test_merger_stays_where_a_requirement_says_something_else_since(
    older: JointDemand, younger: JointDemand, analyst: User
) -> None:
    now = timezone.now()
    standing(younger, borough("camden"), Stage.INTERESTED)
    row = requirement(younger, 1, "Theirs", status="AGREED", agreed_at=now, agreed_by=analyst)
    merge(older, younger, analyst)
    row.refresh_from_db()
    content = common_requirements.RequirementContent("Worded anew.")
    common_requirements.edit(requirement=row, content=content, revision=row.revision, by=analyst)
    with pytest.raises(IllegalMove, match=f"Open {older.reference} and split it there"):
        review.undo_last(by=analyst)
    row.refresh_from_db()
    assert (row.demand, row.status, row.text) == (older, "PROPOSED", "Worded anew.")
