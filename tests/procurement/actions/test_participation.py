"""Where boroughs stand: who may say it, what it takes, and what follows from it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from boroughs import audit
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import Borough, Need, Notification, Role, User
from procurement.actions import participation
from procurement.actions.participation import Standing
from procurement.models import Coalition, JointDemand, Participation, ParticipationStep
from procurement.queries.quorum import quorum
from procurement.queries.sharing import shared
from tests.conftest import person
from tests.factories.picture import joint_demand
from tests.threads import at_once

pytestmark = pytest.mark.django_db

Stage = Participation.Stage
COMMITTED = Standing(Stage.COMMITTED, "TENDER")
DECLINED = Standing(Stage.DECLINED, reason="TIMING", comment="We signed for four years.")


@pytest.fixture
def demand() -> JointDemand:
    return joint_demand("camden", "brent", "barnet")


def of(slug: str) -> Borough:
    return Borough.objects.get(slug=slug)


def approver_of(slug: str) -> User:
    return person(Role.BOROUGH_APPROVER, of(slug))


def say(demand: JointDemand, slug: str, to: Standing, by: User | None = None, **given: Any) -> Participation:
    row = Participation.objects.filter(demand=demand, borough=of(slug)).first()
    values = {"revision": row.revision if row else 0} | given
    return participation.move(demand=demand, borough=of(slug), to=to, by=by or approver_of(slug), **values)


def test_a_borough_goes_up_and_down_for_itself(demand: JointDemand, editor: User, borough: Borough) -> None:
    say(demand, "camden", Standing(Stage.WATCHING), by=editor)
    row = say(demand, "camden", Standing(Stage.INTENDING, "MARKET"), by=editor)
    assert (row.stage, row.depth, row.moved_by) == ("INTENDING", "MARKET", editor)
    accepted = row.accepted_at
    row = say(demand, "camden", Standing(Stage.WATCHING, "MARKET"), by=editor)
    assert (row.stage, row.depth, row.accepted_at) == ("WATCHING", "", accepted)
    steps = ParticipationStep.objects.filter(demand_reference=demand.reference).order_by("pk")
    assert [(step.from_stage, step.to_stage) for step in steps] == [
        ("SUGGESTED", "WATCHING"),
        ("WATCHING", "INTENDING"),
        ("INTENDING", "WATCHING"),
    ]
    assert steps[0].role == "Borough editor, Camden"
    assert [event.verb for event in audit.history(noun="participation", reference=demand.reference)] == ["moved"] * 3


@pytest.mark.parametrize("role", [Role.BOROUGH_READER, Role.BOROUGH_EDITOR])
def test_to_commit_is_an_approvers_act(role: Role, demand: JointDemand) -> None:
    with pytest.raises(PermissionRefused):
        say(demand, "camden", COMMITTED, by=person(role, of("camden")))
    assert not Participation.objects.exists()
    row = say(demand, "camden", COMMITTED)
    assert row.committed_by == row.moved_by
    with pytest.raises(PermissionRefused):
        say(demand, "camden", DECLINED, by=person(role, of("camden")))
    row.refresh_from_db()
    assert row.stage == Stage.COMMITTED


def test_nobody_speaks_for_another_borough(demand: JointDemand, analyst: User) -> None:
    for other in (approver_of("brent"), analyst, person(Role.ADMINISTRATOR)):
        with pytest.raises(PermissionRefused):
            say(demand, "camden", Standing(Stage.WATCHING), by=other)


@pytest.mark.parametrize(
    ("to", "field"),
    [
        (Standing(Stage.INTERESTED), "depth"),
        (Standing(Stage.COMMITTED, "INTELLIGENCE"), "depth"),
        (Standing(Stage.DECLINED), "reason"),
        (Standing(Stage.DECLINED, reason="BORED"), "reason"),
        (Standing(Stage.SUGGESTED), "stage"),
        (Standing(Stage.WATCHING, comment="x" * 2001), "comment"),
    ],
)
def test_what_is_missing_is_said_by_field(to: Standing, field: str, demand: JointDemand) -> None:
    with pytest.raises(NotAcceptable) as refusal:
        say(demand, "camden", to)
    assert list(refusal.value.fields) == [field]


def test_who_read_an_older_row_is_told(demand: JointDemand) -> None:
    say(demand, "camden", Standing(Stage.WATCHING))
    with pytest.raises(ChangedMeanwhile):
        say(demand, "camden", COMMITTED, revision=0)


def test_a_borough_without_an_open_need_may_only_decline(demand: JointDemand) -> None:
    say(demand, "camden", COMMITTED)
    Need.objects.filter(borough=of("camden")).update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())
    with pytest.raises(IllegalMove, match="no open need"):
        say(demand, "camden", Standing(Stage.WATCHING))
    assert say(demand, "camden", DECLINED).stage == Stage.DECLINED


def test_a_retired_demand_takes_nobody(demand: JointDemand) -> None:
    JointDemand.objects.update(status=JointDemand.Status.RETIRED, retired_at=timezone.now())
    with pytest.raises(IllegalMove, match="retired"):
        say(demand, "camden", Standing(Stage.WATCHING))


def test_declining_takes_the_acceptance_back_and_with_it_what_was_shared(demand: JointDemand) -> None:
    reader, need = person(Role.BOROUGH_READER, of("camden")), Need.objects.get(borough__slug="brent")
    say(demand, "brent", Standing(Stage.WATCHING))
    assert not shared(reader, demand).may_read(need.pk), "the reader's own borough has not accepted"
    say(demand, "camden", Standing(Stage.WATCHING))
    found = shared(reader, demand)
    assert found.may_read(need.pk)
    assert need.pk not in found.whole
    assert not found.may_read(Need.objects.get(borough__slug="barnet").pk)
    say(demand, "brent", DECLINED)
    assert not shared(reader, demand).may_read(need.pk)


def test_only_commitments_that_go_far_enough_count(demand: JointDemand) -> None:
    coalition = Coalition.objects.create(demand=demand, quorum=2, depth="TENDER", updated_at=timezone.now())
    say(demand, "camden", Standing(Stage.COMMITTED, "CONTRACT"))
    say(demand, "brent", Standing(Stage.COMMITTED, "SPECIFICATION"))
    found = quorum(coalition)
    assert (found.counted, found.not_counted) == ({of("camden").pk}, {of("brent").pk})
    assert (found.is_reached, found.missing) == (False, 1)
    say(demand, "brent", COMMITTED)
    assert quorum(coalition).is_reached
    Need.objects.filter(borough=of("camden")).update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())
    assert not quorum(coalition).is_reached


def test_the_others_are_told_of_commitments_and_of_leaving(demand: JointDemand) -> None:
    other = approver_of("brent")
    say(demand, "brent", Standing(Stage.WATCHING), by=other)
    Coalition.objects.update(quorum=2, depth="TENDER")
    say(demand, "camden", COMMITTED)
    say(demand, "barnet", COMMITTED)
    say(demand, "barnet", DECLINED)
    told = [each.headline for each in Notification.objects.filter(user=other).order_by("pk")]
    assert [words.partition(" has ")[2].partition(" JD-")[0] for words in told] == [
        "committed to",
        "committed to",
        "stepped back from",
    ]
    assert told[1].endswith("The quorum is reached")
    assert told[2].endswith("The quorum is no longer reached")


# --- after joining has closed -----------------------------------------------------------------------------------------


@pytest.fixture
def closed(demand: JointDemand) -> Coalition:
    """Led by Brent; joining closed yesterday."""
    say(demand, "brent", COMMITTED)
    Coalition.objects.update(
        lead=of("brent"),
        lead_agreed_at=timezone.now(),
        quorum=2,
        depth="TENDER",
        if_missed="END",
        decision_date=timezone.localdate() + timedelta(days=30),
        joining_closes_date=timezone.localdate() - timedelta(days=1),
    )
    return Coalition.objects.get()


def test_a_late_joiner_waits_for_the_leads_yes(demand: JointDemand, closed: Coalition) -> None:
    lead, own = approver_of("brent"), approver_of("camden")
    row = say(demand, "camden", COMMITTED, by=own)
    assert (row.stage, row.asked_stage, row.asked_depth) == ("SUGGESTED", "COMMITTED", "TENDER")
    assert not quorum(closed).is_reached
    assert Notification.objects.filter(user=lead, headline__contains="Camden asks to move to").count() == 1
    for other in (own, approver_of("barnet"), person(Role.BOROUGH_EDITOR, of("brent")), person(Role.LOTI_ANALYST)):
        with pytest.raises(PermissionRefused):
            participation.answer(demand=demand, borough=of("camden"), allow=True, revision=row.revision, by=other)
    row = participation.answer(demand=demand, borough=of("camden"), allow=True, revision=row.revision, by=lead)
    assert (row.stage, row.asked_stage, row.committed_by) == ("COMMITTED", "", own)
    assert quorum(closed).is_reached


def test_a_leaver_stays_until_the_lead_says_yes(demand: JointDemand, closed: Coalition) -> None:
    Coalition.objects.update(joining_closes_date=timezone.localdate())
    say(demand, "camden", COMMITTED)
    Coalition.objects.update(joining_closes_date=timezone.localdate() - timedelta(days=1))
    row = say(demand, "camden", DECLINED)
    assert (row.stage, row.asked_stage, row.asked_reason) == ("COMMITTED", "DECLINED", "TIMING")
    row = participation.answer(
        demand=demand, borough=of("camden"), allow=False, revision=row.revision, by=approver_of("brent")
    )
    assert (row.stage, row.asked_stage) == ("COMMITTED", "")
    verbs = ParticipationStep.objects.filter(borough_slug="camden").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["MOVED", "ASKED", "REFUSED"]


def test_a_yes_comes_too_late_where_the_need_has_gone(demand: JointDemand, closed: Coalition) -> None:
    row = say(demand, "camden", COMMITTED)
    Need.objects.filter(borough=of("camden")).update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())
    given = {"demand": demand, "borough": of("camden"), "revision": row.revision, "by": approver_of("brent")}
    with pytest.raises(IllegalMove, match="no open need"):
        participation.answer(allow=True, **given)
    row.refresh_from_db()
    assert (row.stage, row.asked_stage) == ("SUGGESTED", "COMMITTED")
    assert participation.answer(allow=False, **given).asked_stage == ""


def test_a_yes_comes_too_late_where_the_joint_purchase_has_ended(demand: JointDemand, closed: Coalition) -> None:
    row = say(demand, "camden", COMMITTED)
    Coalition.objects.update(outcome="ENDED", outcome_at=timezone.now())
    with pytest.raises(IllegalMove, match="has ended"):
        participation.answer(
            demand=demand, borough=of("camden"), allow=True, revision=row.revision, by=approver_of("brent")
        )
    assert not Participation.objects.filter(borough=of("camden"), stage="COMMITTED").exists()


def test_looking_on_needs_nobodys_yes(demand: JointDemand, closed: Coalition) -> None:
    assert say(demand, "camden", Standing(Stage.WATCHING)).stage == Stage.WATCHING
    assert say(demand, "barnet", DECLINED).stage == Stage.DECLINED


def test_an_ended_purchase_takes_nobody(demand: JointDemand, closed: Coalition) -> None:
    Coalition.objects.update(outcome="ENDED", outcome_at=timezone.now())
    with pytest.raises(IllegalMove, match="has ended"):
        say(demand, "camden", COMMITTED)


@pytest.mark.django_db(transaction=True)
def test_of_two_colleagues_at_once_one_is_told(demand: JointDemand) -> None:
    first, second = approver_of("camden"), approver_of("camden")
    answers = at_once(
        lambda: say(demand, "camden", COMMITTED, by=first, revision=0),
        lambda: say(demand, "camden", DECLINED, by=second, revision=0),
    )
    refused = [each for each in answers if isinstance(each, ChangedMeanwhile)]
    assert len(refused) == 1, answers
    assert ParticipationStep.objects.count() == 1
    assert Participation.objects.get().revision == 1


def test_a_borough_without_a_need_has_nothing_to_decline_but_takes_back_what_it_said(demand: JointDemand) -> None:
    Need.objects.filter(borough__slug="camden").update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())
    with pytest.raises(IllegalMove, match="nothing to decline"):
        say(demand, "camden", DECLINED)
    assert not Participation.objects.exists()
    say(demand, "brent", COMMITTED)
    Need.objects.filter(borough__slug="brent").update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())
    assert say(demand, "brent", DECLINED).stage == Stage.DECLINED
