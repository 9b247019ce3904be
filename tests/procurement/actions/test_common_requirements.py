"""One common requirement in the lead's hand: worded, settled, agreed, reopened, dropped, put in order."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from boroughs import audit
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, LotiError, NotAcceptable, PermissionRefused
from boroughs.models import Need, Notification, Role, User
from procurement.actions import common_requirements
from procurement.actions.common_requirements import RequirementContent
from procurement.models import CommonRequirement, JointDemand, Participation
from tests.conftest import person
from tests.factories.specifications import (
    agreed,
    coalition,
    leader,
    of,
    requirement,
    say,
    somebody,
    takes_part,
)
from tests.threads import at_once

pytestmark = pytest.mark.django_db

Act = Callable[[CommonRequirement, User], object]
Status = CommonRequirement.Status
CONTENT = RequirementContent("Keep every recording for 90 days.", "SHOULD", ("wcag-2-2",))

ACTS: dict[str, Act] = {
    "add": lambda row, by: common_requirements.add(demand=row.demand, content=CONTENT, by=by),
    "edit": lambda row, by: common_requirements.edit(requirement=row, content=CONTENT, revision=row.revision, by=by),
    "settle": lambda row, by: common_requirements.settle(requirement=row, how="x", revision=row.revision, by=by),
    "agree": lambda row, by: common_requirements.agree(requirement=row, revision=row.revision, by=by),
    "reopen": lambda row, by: common_requirements.reopen(requirement=row, revision=row.revision, by=by),
    "drop": lambda row, by: common_requirements.drop(requirement=row, reason="x", revision=row.revision, by=by),
    "order": lambda row, by: common_requirements.order(requirement=row, up=True, position=row.position, by=by),
}


@pytest.fixture
def demand() -> JointDemand:
    return coalition("camden", "brent", "barnet", lead="camden")


@pytest.mark.parametrize("name", ACTS)
def test_only_who_leads_may(name: str, demand: JointDemand) -> None:
    row = requirement(demand)
    others = (
        somebody("brent"),
        somebody("camden", Role.BOROUGH_EDITOR),
        person(Role.LOTI_ANALYST),
        person(Role.ADMINISTRATOR),
        person(Role.CDO_READER),
    )
    for other in others:
        with pytest.raises(PermissionRefused, match="approver of Camden"):
            ACTS[name](row, other)


def test_an_analyst_acts_while_nobody_leads(analyst: User) -> None:
    row = requirement(coalition("camden", "brent"))
    ACTS["edit"](row, analyst)
    with pytest.raises(PermissionRefused):
        ACTS["drop"](row, somebody("camden"))


@pytest.mark.parametrize("name", sorted(ACTS.keys() - {"add", "order"}))
def test_who_read_an_older_revision_is_told(name: str, demand: JointDemand) -> None:
    row = requirement(demand, clashes=["Days: 30 (Camden) / 90 (Brent)"])
    CommonRequirement.objects.filter(pk=row.pk).update(revision=7)
    with pytest.raises(ChangedMeanwhile, match="R1"):
        ACTS[name](row, leader(demand))


def test_another_wording_asks_those_who_had_answered_anew(demand: JointDemand) -> None:
    row, brent = requirement(demand), somebody("brent")
    barnet = somebody("barnet")
    say(row, "brent")
    changed = common_requirements.edit(requirement=row, content=CONTENT, revision=1, by=leader(demand))
    assert (changed.text, changed.priority, changed.standards) == (CONTENT.text, "SHOULD", ["wcag-2-2"])
    assert (changed.wording, changed.revision) == (2, 2)
    told = Notification.objects.filter(kind="SPECIFICATION")
    assert told.filter(user=brent).exists()
    assert not told.filter(user=barnet).exists()
    (event,) = audit.history(noun="common requirement", reference=f"{demand.reference} R1")[:1]
    assert (event.verb, event.details) == ("edit", {"wording": 2})


def test_a_change_of_nothing_asks_nobody(demand: JointDemand) -> None:
    row = requirement(demand)
    with pytest.raises(IllegalMove, match="nothing"):
        common_requirements.edit(
            requirement=row, content=RequirementContent(f" {row.text}  "), revision=1, by=leader(demand)
        )


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (RequirementContent(" \n "), "text"),
        (RequirementContent("word " * 31), "text"),
        (RequirementContent("x" * 301), "text"),
        (RequirementContent("Text.", "COULD"), "priority"),
        (RequirementContent("Text.", "MUST", ("fax",)), "standards"),
    ],
)
def test_what_a_notice_could_not_carry_is_no_requirement(
    content: RequirementContent, field: str, demand: JointDemand
) -> None:
    with pytest.raises(NotAcceptable) as refusal:
        common_requirements.add(demand=demand, content=content, by=leader(demand))
    assert list(refusal.value.fields) == [field]


def test_agreeing_names_whoever_is_missing(demand: JointDemand) -> None:
    row = requirement(demand, clashes=["Days: 30 (Camden) / 90 (Brent)"])
    say(row, "brent", "OBJECTS", "Too long.")
    say(row, "camden", "DIFFERS", "Ninety days.")
    with pytest.raises(NotAcceptable) as refusal:
        ACTS["agree"](row, leader(demand))
    assert refusal.value.problems[1:] == [
        "Its clash is not settled.",
        "Not answered yet: Barnet.",
        "Not accepted: Brent.",
    ]
    common_requirements.settle(requirement=row, how="Ninety, for all.", revision=1, by=leader(demand))
    say(row, "barnet")
    say(row, "brent")
    row.refresh_from_db()
    ACTS["agree"](row, leader(demand))
    row.refresh_from_db()
    assert (row.status, row.clash_settled_by, row.open_clashes) == ("AGREED", "Ninety, for all.", [])
    assert row.agreed_by is not None


def test_an_answer_to_an_older_wording_does_not_count(demand: JointDemand) -> None:
    row = requirement(demand)
    for slug in ("camden", "brent", "barnet"):
        say(row, slug)
    row = common_requirements.edit(requirement=row, content=CONTENT, revision=1, by=leader(demand))
    with pytest.raises(NotAcceptable, match="Not answered yet: Barnet, Brent and Camden"):
        ACTS["agree"](row, leader(demand))


def test_who_only_watches_declined_or_has_no_open_need_is_not_waited_for(demand: JointDemand) -> None:
    takes_part(demand, "barnet", Participation.Stage.WATCHING)
    row = requirement(demand)
    say(row, "camden")
    say(row, "brent")
    ACTS["agree"](row, leader(demand))
    other = requirement(demand)
    Need.objects.filter(borough=of("brent")).update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())
    say(other, "camden")
    with pytest.raises(NotAcceptable, match="At least two boroughs"):
        ACTS["agree"](other, leader(demand))


def test_what_is_agreed_is_reopened_before_it_changes(demand: JointDemand) -> None:
    row = agreed(demand)
    for name in ("edit", "agree"):
        with pytest.raises(IllegalMove, match="R1 is agreed"):
            ACTS[name](row, leader(demand))
    row = common_requirements.reopen(requirement=row, revision=row.revision, by=leader(demand))
    assert (row.status, row.agreed_at) == ("PROPOSED", None)
    # What boroughs said to this wording stands.
    ACTS["agree"](row, leader(demand))


def test_dropping_takes_a_reason_and_can_be_undone(demand: JointDemand) -> None:
    row = requirement(demand)
    with pytest.raises(NotAcceptable, match="Say why"):
        common_requirements.drop(requirement=row, reason=" ", revision=1, by=leader(demand))
    row = common_requirements.drop(requirement=row, reason="Nobody needs it.", revision=1, by=leader(demand))
    assert row.status == Status.DROPPED
    with pytest.raises(IllegalMove, match="no place"):
        ACTS["order"](row, leader(demand))
    row = common_requirements.reopen(requirement=row, revision=2, by=leader(demand))
    assert (row.status, row.dropped_reason) == ("PROPOSED", "")


def test_a_clash_that_is_found_later_is_settled_as_well(demand: JointDemand) -> None:
    row = requirement(demand, clashes=["One"])
    row = common_requirements.settle(requirement=row, how="So.", revision=1, by=leader(demand))
    CommonRequirement.objects.filter(pk=row.pk).update(clashes=["One", "Two"])
    row.refresh_from_db()
    assert (row.open_clashes, row.clash_settled_by) == (["Two"], "So.")
    common_requirements.settle(requirement=row, how="So, both.", revision=2, by=leader(demand))
    row.refresh_from_db()
    assert not row.open_clashes


def test_order_changes_by_one_place_and_only_from_where_it_was_seen(demand: JointDemand) -> None:
    first, second, third = (requirement(demand, text) for text in ("One.", "Two.", "Three."))
    common_requirements.drop(requirement=second, reason="x", revision=1, by=leader(demand))
    common_requirements.order(requirement=third, up=True, position=3, by=leader(demand))
    assert list(CommonRequirement.objects.standing().by_position().values_list("number", flat=True)) == [3, 1]
    with pytest.raises(ChangedMeanwhile):
        common_requirements.order(requirement=third, up=False, position=3, by=leader(demand))
    with pytest.raises(IllegalMove, match="the first"):
        common_requirements.order(requirement=third, up=True, position=1, by=leader(demand))
    first.refresh_from_db()
    assert first.revision == 1


def test_numbers_are_never_given_twice(demand: JointDemand) -> None:
    row = requirement(demand)
    common_requirements.drop(requirement=row, reason="x", revision=1, by=leader(demand))
    assert common_requirements.add(demand=demand, content=CONTENT, by=leader(demand)).number == 2


def test_nothing_moves_in_a_retired_demand(demand: JointDemand) -> None:
    row = requirement(demand)
    JointDemand.objects.update(status="RETIRED", retired_at=timezone.now())
    for act in ACTS.values():
        with pytest.raises(IllegalMove, match="retired"):
            act(row, leader(demand))


@pytest.mark.django_db(transaction=True)
def test_of_two_wordings_at_once_one_stands_and_the_other_is_told(demand: JointDemand) -> None:
    row = requirement(demand)
    people = [leader(demand), leader(demand)]

    def word(place: int) -> object:
        content = RequirementContent(f"Wording {place}.")
        return common_requirements.edit(
            requirement=CommonRequirement.objects.get(pk=row.pk), content=content, revision=1, by=people[place]
        )

    outcomes = at_once(lambda: word(0), lambda: word(1))
    assert sorted(isinstance(outcome, LotiError) for outcome in outcomes) == [False, True]
    assert any(isinstance(outcome, ChangedMeanwhile) for outcome in outcomes)
    row.refresh_from_db()
    assert (row.wording, row.revision) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_agreement_and_a_refusal_at_once_never_leave_an_agreed_one_that_is_refused(demand: JointDemand) -> None:
    row = requirement(demand)
    for slug in ("camden", "brent", "barnet"):
        say(row, slug)
    lead, brent = leader(demand), somebody("brent")
    at_once(lambda: ACTS["agree"](row, lead), lambda: say(row, "brent", "OBJECTS", "No longer.", by=brent))
    row.refresh_from_db()
    refused = row.stances.filter(kind="OBJECTS").exists()
    assert (row.status == Status.AGREED) != refused
