"""The decision record: complete for who rules, and for others without what is not theirs to read."""

from datetime import date

import pytest
from django.utils import timezone

from boroughs.models import Borough, Role, User
from procurement.actions import demands, merging
from procurement.models import Coalition, JointDemand, Participation, ParticipationStep
from procurement.queries.decision_record import DecisionRecord, decision_record
from tests.conftest import person
from tests.factories.picture import joint_demand
from tests.factories.procurement import (
    CoalitionFactory,
    MatchRunFactory,
    ParticipationFactory,
    ParticipationStepFactory,
)

pytestmark = pytest.mark.django_db

Stage, Verb = Participation.Stage, ParticipationStep.Verb


def of(slug: str) -> Borough:
    return Borough.objects.get(slug=slug)


def reader_of(slug: str) -> User:
    return person(Role.BOROUGH_READER, of(slug))


@pytest.fixture
def demand() -> JointDemand:
    """Camden leads and is committed, Brent looks on, Barnet declined, Ealing is silent."""
    MatchRunFactory(
        pk=41,
        engine_version="1.4.0",
        digest="abc",
        parameters={"calibration": {"slope": 2, "offset": 1, "source": "x"}},
    )
    demand = joint_demand("camden", "brent", "barnet", "ealing", reference="JD-0001")
    CoalitionFactory(
        demand=demand,
        lead=of("camden"),
        quorum=2,
        depth="TENDER",
        decision_date=date(2027, 3, 31),
        if_missed=Coalition.IfMissed.END,
    )
    ParticipationFactory(demand=demand, borough=of("camden"), stage=Stage.COMMITTED, comment="Cabinet said yes.")
    ParticipationFactory(demand=demand, borough=of("brent"), stage=Stage.WATCHING, comment="We look on.")
    ParticipationFactory(demand=demand, borough=of("barnet"), stage=Stage.DECLINED, comment="We signed for long.")
    step("camden", Stage.COMMITTED, depth="TENDER", comment="Cabinet said yes.")
    step("barnet", Stage.DECLINED, reason="TIMING", comment="We signed for long.")
    step("brent", Stage.COMMITTED, verb=Verb.ASKED, depth="TENDER")
    ParticipationStepFactory(
        borough_slug="brent", verb=Verb.AGREED, candidate_slug="camden", from_stage="", to_stage=""
    )
    return demand


def step(slug: str, to: Participation.Stage, **fields: object) -> None:
    ParticipationStepFactory(borough_slug=slug, to_stage=to, role=f"Borough approver, {slug.title()}", **fields)


def record(user: User) -> DecisionRecord:
    found = decision_record("JD-0001", user)
    assert found is not None
    return found


def test_an_analyst_reads_all_of_it(demand: JointDemand, analyst: User) -> None:
    found = record(analyst)
    assert found.is_whole
    assert [each.borough for each in found.members] == ["Camden", "Brent", "Barnet", "Ealing"]
    assert found.members[0].reasons_for == ("Both want the same category",)
    assert [(each.borough, each.stage, each.comment) for each in found.taking_part] == [
        ("Brent", "WATCHING", "We look on."),
        ("Camden", "COMMITTED", "Cabinet said yes."),
    ]
    assert [(each.borough, each.reason_words, each.comment) for each in found.declined] == [
        ("Barnet", "The timing does not fit", "We signed for long.")
    ]
    assert found.unanswered == ("Ealing",)
    assert [each.words for each in found.steps] == [
        "Answered “committed”: joint tender, contracts of our own",
        "Answered “declined”: the timing does not fit",
        "Asked the lead to go from “not answered yet” to “committed”: joint tender, contracts of our own",
        "Agreed to Camden leading",
    ]
    assert found.steps[0].by.endswith("@example.org")
    assert (found.lead, found.committed) == ("Camden", 1)
    assert found.terms is not None
    assert (found.terms.quorum, found.terms.decision_date) == (2, date(2027, 3, 31))
    assert found.engine is not None
    assert (found.engine.run, found.engine.version, found.engine.digest) == (41, "1.4.0", "abc")
    assert "slope 2" in found.engine.calibration


@pytest.mark.parametrize(
    ("slug", "reason", "words", "asked"),
    [
        # Who takes part reads why, not the words; the borough itself reads its own; who is silent reads neither.
        ("brent", True, {"We look on."}, True),
        ("barnet", True, {"We signed for long."}, False),
        ("ealing", False, set(), False),
    ],
)
def test_others_read_what_is_theirs(demand: JointDemand, slug: str, reason: bool, words: set[str], asked: bool) -> None:
    found = record(reader_of(slug))
    assert not found.is_whole
    assert bool(found.declined[0].reason_words) is reason
    assert any("timing" in each.words for each in found.steps) is reason
    assert {each.comment for each in found.standings if each.comment} == words
    assert {each.comment for each in found.steps if each.comment} <= words
    assert any(each.words.startswith("Asked") for each in found.steps) is asked
    assert {each.borough for each in found.steps if each.by} <= {slug.title()}


def test_the_office_reads_why_and_the_lead_reads_the_words(demand: JointDemand, cdo: User) -> None:
    found = record(cdo)
    assert found.declined[0].reason_words == "The timing does not fit"
    assert not any(each.comment for each in (*found.standings, *found.steps))
    found = record(person(Role.BOROUGH_APPROVER, of("camden")))
    assert found.declined[0].comment == "We signed for long."


def test_people_are_named(demand: JointDemand, analyst: User) -> None:
    demands.confirm(demand=demand, by=analyst)
    ParticipationStepFactory(borough_slug="camden", by=analyst.email, to_stage=Stage.INTERESTED)
    found = record(analyst)
    assert (found.acts[-1].by, found.steps[-1].by) == (analyst.name, analyst.name)


def test_what_went_into_it_was_considered(demand: JointDemand, analyst: User) -> None:
    other = joint_demand("bexley", "bromley", reference="JD-0002")
    merging.merge(demand=demand, other=other, reason="", by=analyst)
    (merger,) = record(reader_of("brent")).recast
    assert merger.others == ("JD-0002",)
    assert "Took in JD-0002." in merger.details


def test_needs_ruled_out_and_their_reasons_are_for_those_who_rule(demand: JointDemand, analyst: User) -> None:
    need = demand.members.get(need__borough__slug="ealing").need
    demands.remove_member(demand=demand, need=need, by=analyst, reason="Quixotic hardware")
    found = record(analyst)
    assert [(each.reference, each.reason) for each in found.removed] == [(need.reference, "Quixotic hardware")]
    assert found.acts[-1].title == "Need removed"
    found = record(reader_of("brent"))
    assert found.removed == ()
    assert "Quixotic" not in repr(found)


def test_the_digest_stays_until_something_changes(demand: JointDemand, analyst: User) -> None:
    before = record(analyst).digest()
    assert record(analyst).digest() == before
    assert record(reader_of("ealing")).digest() != before
    Participation.objects.filter(borough__slug="brent").update(comment="We look on, still.")
    assert record(analyst).digest() != before


def test_a_retired_one_keeps_its_record(demand: JointDemand, analyst: User) -> None:
    older = joint_demand("sutton", reference="JD-0000")
    demand.members.all().delete()
    JointDemand.objects.filter(pk=demand.pk).update(status="RETIRED", retired_at=timezone.now(), merged_into=older)
    found = record(analyst)
    assert (found.status_words, found.merged_into, found.members) == ("Retired", "JD-0000", ())
    assert len(found.steps) == 4
    assert decision_record("JD-0404", analyst) is None


def test_before_anything_was_said(analyst: User) -> None:
    joint_demand("camden", "brent", reference="JD-0001")
    found = record(analyst)
    assert (found.terms, found.lead, found.engine, found.steps) == (None, "", None, ())
    assert found.unanswered == ("Brent", "Camden")
    assert (found.requirements.agreed, found.requirements.version) == (0, None)
