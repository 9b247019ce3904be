"""What boroughs say to a common requirement, and the wordings that they propose."""

import pytest
from django.utils import timezone

from boroughs import audit
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import Notification, Role, User
from procurement.actions import common_requirements, requirement_words
from procurement.actions.common_requirements import RequirementContent
from procurement.models import CommonRequirement, JointDemand, Participation, RequirementStance, RequirementWording
from tests.conftest import person
from tests.factories.specifications import agreed, coalition, leader, of, requirement, say, somebody, takes_part
from tests.threads import at_once

pytestmark = pytest.mark.django_db

CONTENT = RequirementContent("Record every call to the contact centre.", "MUST")


@pytest.fixture
def demand() -> JointDemand:
    return coalition("camden", "brent", "barnet", lead="camden")


def propose(demand: JointDemand, slug: str = "brent", row: CommonRequirement | None = None) -> RequirementWording:
    return requirement_words.propose(
        demand=demand, borough=of(slug), content=CONTENT, reason="Ours.", requirement=row, by=somebody(slug)
    )


def test_an_editor_answers_for_the_borough_and_can_change_its_word(demand: JointDemand) -> None:
    row, editor = requirement(demand), somebody("brent", Role.BOROUGH_EDITOR)
    say(row, "brent", by=editor)
    say(row, "brent", "DIFFERS", "  Ninety\n days. ", by=editor)
    stance = RequirementStance.objects.get()
    assert (stance.kind, stance.text, stance.wording, stance.wording_text) == ("DIFFERS", "Ninety days.", 1, row.text)
    verbs = [event.verb for event in audit.history(noun="common requirement", reference=f"{demand.reference} R1")]
    assert verbs == ["keep a difference", "accept"]


def test_nobody_answers_for_another_borough(demand: JointDemand) -> None:
    row = requirement(demand)
    others = (
        somebody("camden"),
        somebody("brent", Role.BOROUGH_READER),
        person(Role.LOTI_ANALYST),
        person(Role.ADMINISTRATOR),
    )
    for other in others:
        with pytest.raises(PermissionRefused):
            say(row, "brent", by=other)
        with pytest.raises(PermissionRefused):
            requirement_words.propose(demand=demand, borough=of("brent"), content=CONTENT, by=other)
    assert not RequirementStance.objects.exists()


@pytest.mark.parametrize("stage", [None, Participation.Stage.DECLINED])
def test_who_does_not_take_part_has_no_say(stage: Participation.Stage | None, demand: JointDemand) -> None:
    row = requirement(demand)
    if stage is None:
        Participation.objects.filter(borough=of("brent")).delete()
    else:
        takes_part(demand, "brent", stage)
    with pytest.raises(IllegalMove, match="accept the overlap first"):
        say(row, "brent")
    with pytest.raises(IllegalMove, match="accept the overlap first"):
        propose(demand)


@pytest.mark.parametrize(
    ("kind", "text", "field"),
    [
        ("MAYBE", "", "kind"),
        ("DIFFERS", " ", "text"),
        ("OBJECTS", "", "text"),
        ("DIFFERS", "word " * 25, "text"),
        ("OBJECTS", "x" * 261, "text"),
    ],
)
def test_what_is_missing_is_said_by_field(kind: str, text: str, field: str, demand: JointDemand) -> None:
    with pytest.raises(NotAcceptable) as refusal:
        say(requirement(demand), "brent", kind, text)
    assert list(refusal.value.fields) == [field]


def test_an_answer_is_to_the_wording_that_was_read(demand: JointDemand) -> None:
    row = requirement(demand)
    common_requirements.edit(requirement=row, content=CONTENT, revision=1, by=leader(demand))
    with pytest.raises(ChangedMeanwhile, match="worded anew"):
        say(row, "brent")


def test_an_agreed_one_is_not_refused_any_more_but_a_late_comer_accepts_or_differs(demand: JointDemand) -> None:
    takes_part(demand, "barnet", Participation.Stage.WATCHING)
    row = agreed(demand)
    with pytest.raises(IllegalMove, match="reopen"):
        say(row, "brent", "OBJECTS", "No.")
    say(row, "barnet", "DIFFERS", "Ours as well.")
    say(row, "barnet")
    common_requirements.drop(requirement=row, reason="x", revision=row.revision, by=leader(demand))
    with pytest.raises(IllegalMove, match="dropped"):
        say(row, "barnet")


def test_who_leads_hears_of_a_refusal_and_of_proposals(demand: JointDemand) -> None:
    lead, other = somebody("camden"), somebody("barnet")
    row = requirement(demand)
    say(row, "brent", "OBJECTS", "Too dear.")
    propose(demand, row=row)
    told = Notification.objects.filter(user=lead, kind="SPECIFICATION").order_by("pk")
    assert [each.headline.split(" of ")[0].split(" for ")[0] for each in told] == [
        "Brent does not accept R1",
        "Brent proposes another wording",
    ]
    assert told[0].path.endswith(f"/{demand.reference}/specification/")
    assert "Too dear" not in told[0].headline
    assert not Notification.objects.filter(user=other).exists()


def test_a_wording_that_is_taken_over_counts_as_accepted_by_who_proposed_it(demand: JointDemand) -> None:
    row, brent, barnet = requirement(demand, standards=["wcag-2-2"]), somebody("brent"), somebody("barnet")
    say(row, "barnet")
    say(row, "brent")
    wording = propose(demand, row=row)
    changed = requirement_words.adopt(wording=wording, revision=1, by=leader(demand))
    wording.refresh_from_db()
    assert (changed.text, changed.wording, changed.standards) == (CONTENT.text, 2, ["wcag-2-2"])
    assert (wording.status, wording.answered_by is not None) == ("ADOPTED", True)
    current = changed.stances.filter(wording=2)
    assert [stance.borough.slug for stance in current] == ["brent"]
    assert Notification.objects.filter(user=barnet, headline__contains="worded anew").exists()
    assert not Notification.objects.filter(user=brent, headline__contains="worded anew").exists()


def test_a_requirement_that_a_borough_proposes_becomes_one_with_the_leads_yes(demand: JointDemand) -> None:
    requirement(demand)
    wording = propose(demand)
    row = requirement_words.adopt(wording=wording, revision=0, by=leader(demand))
    wording.refresh_from_db()
    assert (row.number, row.text, row.status, wording.requirement) == (2, CONTENT.text, "PROPOSED", row)
    with pytest.raises(IllegalMove, match="answer already"):
        requirement_words.adopt(wording=wording, revision=0, by=leader(demand))


def test_a_declined_wording_changes_nothing_and_its_borough_is_told(demand: JointDemand) -> None:
    row, brent = requirement(demand), somebody("brent")
    wording = propose(demand, row=row)
    for other in (somebody("brent"), person(Role.LOTI_ANALYST)):
        with pytest.raises(PermissionRefused):
            requirement_words.decline(wording=wording, by=other)
    requirement_words.decline(wording=wording, by=leader(demand))
    row.refresh_from_db()
    assert row.wording == 1
    assert Notification.objects.filter(user=brent, headline__contains="was not taken over").exists()


def test_a_wording_is_taken_over_into_what_the_lead_read(demand: JointDemand) -> None:
    row = requirement(demand)
    wording = propose(demand, row=row)
    common_requirements.edit(requirement=row, content=RequirementContent("Third."), revision=1, by=leader(demand))
    with pytest.raises(ChangedMeanwhile):
        requirement_words.adopt(wording=wording, revision=1, by=leader(demand))
    wording.refresh_from_db()
    assert wording.status == "PROPOSED"


def test_what_is_worded_like_that_already_is_no_proposal(demand: JointDemand) -> None:
    with pytest.raises(IllegalMove, match="already"):
        propose(demand, row=requirement(demand, CONTENT.text))


def test_an_agreed_requirement_takes_proposals_but_no_wording_until_it_is_reopened(demand: JointDemand) -> None:
    row = agreed(demand)
    wording = propose(demand, row=row)
    with pytest.raises(IllegalMove, match="reopen"):
        requirement_words.adopt(wording=wording, revision=row.revision, by=leader(demand))
    row = common_requirements.reopen(requirement=row, revision=row.revision, by=leader(demand))
    assert requirement_words.adopt(wording=wording, revision=row.revision, by=leader(demand)).text == CONTENT.text


def test_a_retired_demand_takes_no_word(demand: JointDemand) -> None:
    row = requirement(demand)
    JointDemand.objects.update(status="RETIRED", retired_at=timezone.now())
    with pytest.raises(IllegalMove, match="retired"):
        say(row, "brent")


@pytest.mark.django_db(transaction=True)
def test_of_a_yes_and_a_no_to_a_proposal_at_once_one_counts(demand: JointDemand) -> None:
    wording, people = propose(demand), [leader(demand), leader(demand)]
    outcomes = at_once(
        lambda: requirement_words.adopt(wording=wording, revision=0, by=people[0]),
        lambda: requirement_words.decline(wording=wording, by=people[1]),
    )
    assert sum(isinstance(outcome, IllegalMove) for outcome in outcomes) == 1
    wording.refresh_from_db()
    assert (wording.status == "ADOPTED") == CommonRequirement.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_who_answer_at_once_leave_one_word(demand: JointDemand) -> None:
    row = requirement(demand)
    people: list[User] = [somebody("brent"), somebody("brent")]
    outcomes = at_once(
        lambda: say(row, "brent", by=people[0]), lambda: say(row, "brent", "DIFFERS", "Ours.", by=people[1])
    )
    assert outcomes == [None, None]
    assert RequirementStance.objects.count() == 1
