"""The common specification drafted from the members' lines, and frozen in versions."""

from dataclasses import asdict

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from boroughs import audit
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, PermissionRefused
from boroughs.models import Need, Notification, Requirement, Role, User
from procurement.actions import common_requirements, specifications
from procurement.actions.common_requirements import RequirementContent
from procurement.matching import align
from procurement.matching.align import Difference, Line, Priority
from procurement.models import Alignment, CommonRequirement, JointDemand, Participation, SpecificationVersion
from procurement.models.alignment import key_of
from procurement.queries import chain, specification_content
from tests.conftest import person
from tests.factories.boroughs import RequirementFactory
from tests.factories.specifications import (
    agree,
    agreed,
    coalition,
    frozen,
    leader,
    of,
    requirement,
    say,
    somebody,
    takes_part,
)
from tests.threads import at_once

pytestmark = pytest.mark.django_db

Stage = Participation.Stage


@pytest.fixture
def demand() -> JointDemand:
    return coalition("camden", "brent", "barnet", lead="camden")


def line(demand: JointDemand, slug: str, text: str, priority: Priority = "must") -> Line:
    need = Need.objects.get(demand_member__demand=demand, borough__slug=slug)
    return Line(need.reference, slug, 0, text, False, priority)


def alike(
    *lines: Line, strength: float = 0.9, against: tuple[Line, ...] = (), differences: tuple[Difference, ...] = ()
) -> align.Requirement:
    owners = tuple(sorted({each.owner for each in lines}))
    return align.Requirement(lines[0].text, lines, owners, 0.9, strength, "must", differences, against)


def aligned(demand: JointDemand, *common: align.Requirement) -> None:
    """What the engine found in the needs as they are now."""
    needs = Need.objects.filter(demand_member__demand=demand)
    Alignment.objects.update_or_create(
        demand=demand,
        defaults={
            "key": key_of(needs.values_list("reference", "revision")),
            "content": asdict(align.Alignment(owners=("barnet", "brent", "camden"), common=common)),
            "computed_at": timezone.now(),
        },
    )


def draft(demand: JointDemand) -> specifications.Drafted:
    return specifications.draft(demand=demand, by=leader(demand))


def rows() -> list[CommonRequirement]:
    return list(CommonRequirement.objects.by_position())


def test_firm_requirements_are_drafted_with_their_sources(demand: JointDemand) -> None:
    brent = somebody("brent")
    calls = [line(demand, "camden", "Record every call."), line(demand, "brent", "All calls are recorded.", "should")]
    loose = alike(line(demand, "camden", "Cloud."), line(demand, "brent", "Hosted."), strength=0.2)
    aligned(demand, alike(*calls), loose)
    assert draft(demand).words == "Added: R1."
    (row,) = rows()
    assert (row.number, row.text, row.priority, row.status) == (1, "Record every call.", "MUST", "PROPOSED")
    assert [(source["borough"], source["text"], source["priority"]) for source in row.sources] == [
        ("camden", "Record every call.", "MUST"),
        ("brent", "All calls are recorded.", "SHOULD"),
    ]
    assert Notification.objects.get(user=brent).headline.endswith("has 1 new requirement to answer")
    assert audit.history(noun="common specification", reference=demand.reference)[0].details["added"] == [1]


def test_nothing_is_averaged_what_clashes_is_said_in_words(demand: JointDemand) -> None:
    days = Difference("days", (("30 days", ("camden",)), ("90 days", ("barnet", "brent"))))
    aligned(
        demand,
        alike(
            line(demand, "camden", "Keep calls for 30 days."),
            line(demand, "brent", "Keep calls for 90 days."),
            differences=(days,),
            against=(line(demand, "barnet", "Do not keep calls."),),
        ),
    )
    draft(demand)
    (row,) = rows()
    assert row.open_clashes == [
        "Days: 30 days (Camden) / 90 days (Barnet, Brent)",
        "Barnet asks for the opposite: “Do not keep calls.”",
    ]
    assert [source["borough"] for source in row.sources if source["opposes"]] == ["barnet"]


def test_lines_of_boroughs_that_have_not_accepted_are_not_used(demand: JointDemand) -> None:
    takes_part(demand, "camden", Stage.DECLINED)
    days = Difference("days", (("30 days", ("camden",)), ("90 days", ("brent",))))
    aligned(
        demand,
        alike(
            line(demand, "camden", "Vexillum line."),
            line(demand, "brent", "Line of Brent."),
            line(demand, "barnet", "Line of Barnet."),
            differences=(days,),
            against=(line(demand, "camden", "No Vexillum."),),
        ),
        alike(line(demand, "camden", "Vexillum again."), line(demand, "brent", "Once more.")),
    )
    draft(demand)
    (row,) = rows()
    assert row.text == "Line of Brent."
    assert {source["borough"] for source in row.sources} == {"brent", "barnet"}
    assert (row.clashes, "Vexillum" in str(row.sources)) == ([], False)


def test_open_standards_are_suggested_from_the_lines_and_what_they_name(demand: JointDemand) -> None:
    lines = [line(demand, "camden", "Holds the UPRN of each home."), line(demand, "brent", "Sign in once.")]
    RequirementFactory(
        need=Need.objects.get(borough=of("brent")), position=1, text="Sign in once.", standard="SAML 2.0"
    )
    aligned(demand, alike(*lines))
    draft(demand)
    assert rows()[0].standards == ["uprn", "saml-2"]


def test_drafting_again_adds_what_is_new_and_overwrites_nothing(demand: JointDemand) -> None:
    first = alike(line(demand, "camden", "Record every call."), line(demand, "brent", "Record calls."))
    other = alike(line(demand, "camden", "Cloud."), line(demand, "brent", "Hosted."))
    aligned(demand, first, other)
    draft(demand)
    worded, dropped = rows()
    content = RequirementContent("Record and keep every call.")
    common_requirements.edit(requirement=worded, content=content, revision=1, by=leader(demand))
    common_requirements.drop(requirement=dropped, reason="x", revision=1, by=leader(demand))
    assert draft(demand).words.startswith("Nothing new")
    more = alike(
        *first.lines,
        line(demand, "barnet", "Calls are recorded."),
        against=(line(demand, "barnet", "No recording of the switchboard."),),
    )
    new = alike(line(demand, "camden", "Desk phones."), line(demand, "barnet", "Phones for desks."))
    aligned(demand, more, other, new)
    assert draft(demand).words == "Added: R3. New sources: R1."
    worded, dropped, added = rows()
    assert (worded.text, worded.wording, len(worded.sources), len(worded.open_clashes)) == (content.text, 2, 4, 1)
    assert (dropped.status, added.text) == ("DROPPED", "Desk phones.")
    assert draft(demand).words.startswith("Nothing new")


def test_a_settled_clash_stays_settled_and_a_new_one_is_asked(demand: JointDemand) -> None:
    lines = [line(demand, "camden", "30 days."), line(demand, "brent", "90 days.")]
    days = Difference("days", (("30 days", ("camden",)), ("90 days", ("brent",))))
    aligned(demand, alike(*lines, differences=(days,)))
    draft(demand)
    common_requirements.settle(requirement=rows()[0], how="Ninety.", revision=1, by=leader(demand))
    assert draft(demand).words.startswith("Nothing new")
    aligned(demand, alike(*lines, differences=(days,), against=(line(demand, "barnet", "Never."),)))
    draft(demand)
    (row,) = rows()
    assert (row.clash_settled_by, row.open_clashes) == ("Ninety.", ["Barnet asks for the opposite: “Never.”"])


def test_a_requirement_that_the_engine_reads_as_two_by_now_is_not_drafted_twice(demand: JointDemand) -> None:
    whole = [line(demand, slug, f"{slug} asks.") for slug in ("camden", "brent")]
    whole += [line(demand, slug, f"{slug} also asks.") for slug in ("camden", "brent")]
    aligned(demand, alike(*whole))
    draft(demand)
    aligned(demand, alike(*whole[:2]), alike(*whole[2:]))
    assert draft(demand).words.startswith("Nothing new")
    assert len(rows()) == 1


def test_a_line_that_no_notice_could_carry_is_said_and_left_out(demand: JointDemand) -> None:
    long = "word " * 31
    aligned(demand, alike(line(demand, "camden", long), line(demand, "brent", f"{long} too")))
    assert "could not be taken over" in draft(demand).words
    assert not rows()


def test_drafting_waits_for_the_comparison_and_for_two_boroughs(demand: JointDemand) -> None:
    with pytest.raises(IllegalMove, match="still being compared"):
        draft(demand)
    aligned(demand)
    for slug in ("brent", "barnet"):
        takes_part(demand, slug, Stage.DECLINED)
    with pytest.raises(IllegalMove, match="Two boroughs"):
        draft(demand)


def test_the_lead_or_an_analyst_drafts_and_the_lead_freezes(demand: JointDemand) -> None:
    aligned(demand)
    specifications.draft(demand=demand, by=person(Role.LOTI_ANALYST))
    agreed(demand)
    for other in (somebody("brent"), somebody("camden", Role.BOROUGH_EDITOR), person(Role.CDO_READER)):
        with pytest.raises(PermissionRefused):
            specifications.draft(demand=demand, by=other)
    for other in (somebody("brent"), person(Role.LOTI_ANALYST)):
        with pytest.raises(PermissionRefused):
            specifications.freeze(demand=demand, by=other)


# --- versions --------------------------------------------------------------------------------------------------------


def test_a_version_keeps_what_is_agreed_and_the_differences_beside_it(demand: JointDemand) -> None:
    brent = somebody("brent")
    kept = requirement(demand, "Record every call.", standards=["wcag-2-2"])
    say(kept, "brent", "DIFFERS", "Ninety days.")
    agree(kept)
    requirement(demand, "Not agreed.")
    version = frozen(demand, reason="The first.")
    assert (version.number, version.digest) == (1, chain.fingerprint(version.content))
    assert version.content == {
        "format": 1,
        "demand": demand.reference,
        "number": 1,
        "boroughs": [
            {"slug": "barnet", "name": "Barnet"},
            {"slug": "brent", "name": "Brent"},
            {"slug": "camden", "name": "Camden"},
        ],
        "requirements": [
            {
                "number": 1,
                "text": "Record every call.",
                "priority": "MUST",
                "standards": ["wcag-2-2"],
                "accepted": [{"slug": "barnet", "name": "Barnet"}, {"slug": "camden", "name": "Camden"}],
                "differences": [{"slug": "brent", "name": "Brent", "text": "Ninety days."}],
                "settled": "",
            }
        ],
    }
    assert Notification.objects.filter(user=brent, headline__contains="frozen as version 1").exists()


def test_what_a_borough_said_before_it_declined_is_not_frozen(demand: JointDemand) -> None:
    row = requirement(demand, "Record every call.")
    say(row, "brent", "DIFFERS", "Ninety days.")
    agree(row)
    frozen(demand)
    takes_part(demand, "brent", Stage.DECLINED)
    (found,) = frozen(demand).content["requirements"]
    assert found["differences"] == []
    assert [each["slug"] for each in found["accepted"]] == ["barnet", "camden"]


def test_a_version_follows_only_a_change(demand: JointDemand) -> None:
    with pytest.raises(IllegalMove, match="Nothing is agreed"):
        frozen(demand)
    agreed(demand)
    frozen(demand)
    with pytest.raises(IllegalMove, match="Nothing has changed since version 1"):
        frozen(demand)
    agreed(demand, "Desk phones.")
    second = frozen(demand)
    first = SpecificationVersion.objects.get(number=1)
    found = specification_content.changes(first.content, second.content)
    assert (second.number, specification_content.summary(found)) == (2, "1 new")


def test_an_open_clash_of_what_is_agreed_keeps_it_from_being_frozen(demand: JointDemand) -> None:
    row = agreed(demand)
    CommonRequirement.objects.filter(pk=row.pk).update(clashes=["A clash that was found later"])
    with pytest.raises(IllegalMove, match="R1"):
        frozen(demand)
    row.refresh_from_db()
    common_requirements.settle(requirement=row, how="So.", revision=row.revision, by=leader(demand))
    assert frozen(demand).content["requirements"][0]["settled"] == "So."


def test_who_freezes_has_read_what_is_frozen(demand: JointDemand) -> None:
    agreed(demand)
    seen = chain.fingerprint(specification_content.build(demand, number=1))
    agreed(demand, "Desk phones.")
    with pytest.raises(ChangedMeanwhile):
        frozen(demand, seen=seen)


def test_the_database_refuses_to_change_a_version(demand: JointDemand) -> None:
    agreed(demand)
    version = frozen(demand)
    with pytest.raises(DatabaseError), transaction.atomic():
        SpecificationVersion.objects.filter(pk=version.pk).update(reason="Otherwise.")


@pytest.mark.django_db(transaction=True)
def test_two_who_freeze_at_once_make_one_version(demand: JointDemand) -> None:
    agreed(demand)
    people: list[User] = [leader(demand), leader(demand)]
    outcomes = at_once(*(lambda by=by: specifications.freeze(demand=demand, by=by) for by in people))  # type: ignore[misc]
    assert sum(isinstance(outcome, IllegalMove) for outcome in outcomes) == 1
    assert SpecificationVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_draft_at_once_add_each_requirement_once(demand: JointDemand) -> None:
    aligned(demand, alike(line(demand, "camden", "Record every call."), line(demand, "brent", "Record calls.")))
    people: list[User] = [leader(demand), person(Role.LOTI_ANALYST)]
    at_once(*(lambda by=by: specifications.draft(demand=demand, by=by) for by in people))  # type: ignore[misc]
    assert [row.number for row in rows()] == [1]


def test_priority_is_what_most_say_and_never_made_up(demand: JointDemand) -> None:
    aligned(
        demand,
        alike(*(line(demand, slug, f"Prose of {slug}.", "") for slug in ("camden", "brent"))),
        alike(*(line(demand, slug, f"Wish of {slug}.", "should") for slug in ("camden", "brent", "barnet"))),
        alike(line(demand, "camden", "One must."), line(demand, "brent", "One should.", "should")),
    )
    draft(demand)
    assert [row.priority for row in rows()] == [
        Requirement.Priority.SHOULD,
        Requirement.Priority.SHOULD,
        Requirement.Priority.MUST,
    ]
