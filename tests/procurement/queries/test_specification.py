"""The common specification as one person may read it."""

import pytest

from boroughs.models import Need, Role, User
from procurement.models import CommonRequirement, JointDemand, Participation
from procurement.queries.specification import Specification, for_page, specification
from tests.conftest import person
from tests.factories.specifications import agreed, coalition, of, requirement, say, somebody, takes_part

pytestmark = pytest.mark.django_db


@pytest.fixture
def demand() -> JointDemand:
    return coalition("camden", "brent", "barnet", lead="camden")


def read(demand: JointDemand, user: User) -> Specification:
    found = for_page(demand.reference)
    assert found is not None
    return specification(found, user)


def source(demand: JointDemand, slug: str, **said: object) -> dict[str, object]:
    need = Need.objects.get(demand_member__demand=demand, borough__slug=slug)
    values = {"need": need.reference, "revision": 1, "borough": slug, "text": f"Line of {slug}.", "priority": "MUST"}
    return {**values, "opposes": False, **said}


def test_who_takes_part_reads_everything_clashes_first(demand: JointDemand) -> None:
    requirement(demand, "One.")
    two = requirement(demand, "Two.", clashes=["Days differ"], sources=[source(demand, "brent")])
    say(two, "barnet", "DIFFERS", "Ours.")
    say(two, "brent", "OBJECTS", "Never.")
    found = read(demand, somebody("brent", Role.BOROUGH_READER))
    assert [each.text for each in found.standing] == ["Two.", "One."]
    shown = found.standing[0]
    assert [(each.borough, each.text) for each in shown.differing] == [("Barnet", "Ours.")]
    assert [(each.borough, each.text) for each in shown.objecting] == [("Brent", "Never.")]
    assert (shown.silent, shown.sources[0].text) == (("Camden",), "Line of brent.")
    # A reader of a borough answers nothing for it.
    assert (found.own, shown.hindrances, found.may_lead, found.may_draft) == ((), (), False, False)


@pytest.mark.parametrize("role", [Role.CDO_READER, Role.ADMINISTRATOR, Role.BOROUGH_APPROVER])
@pytest.mark.parametrize("stage", [Participation.Stage.SUGGESTED, Participation.Stage.DECLINED])
def test_who_does_not_take_part_reads_what_is_agreed_and_no_more(
    role: Role, stage: Participation.Stage, demand: JointDemand
) -> None:
    row = agreed(demand, "Agreed.", sources=[source(demand, slug) for slug in ("camden", "brent", "barnet")])
    CommonRequirement.objects.filter(pk=row.pk).update(clashes=["Secret clash"], clash_settled_by="Secretly.")
    requirement(demand, "Still open.")
    Participation.objects.filter(borough=of("brent")).update(
        stage=stage, accepted_at=None, depth="", reason="TIMING" if stage == "DECLINED" else ""
    )
    found = read(demand, person(role, of("brent") if role == Role.BOROUGH_APPROVER else None))
    assert [each.text for each in found.requirements] == ["Agreed."]
    (shown,) = found.requirements
    assert (shown.said, shown.silent, shown.sources, shown.proposed, shown.own) == ((), (), (), (), ())
    assert (shown.open_clashes, shown.settled_clashes, shown.settled, shown.hindrances) == ((), (), "", ())
    assert shown.asked_by == ""


def test_how_many_ask_is_told_where_it_leaves_open_who() -> None:
    demand = coalition("camden", "brent", "barnet", "ealing", lead="camden")
    agreed(demand, "Three.", sources=[source(demand, slug) for slug in ("camden", "brent", "barnet")])
    agreed(demand, "All.", sources=[source(demand, slug) for slug in ("camden", "brent", "barnet", "ealing")])
    told = [each.asked_by for each in read(demand, person(Role.CDO_READER)).requirements]
    assert told == ["Asked for by 3 boroughs", ""]
    # Brent took its word back: Camden would know whose the one beyond its own eyes is.
    takes_part(demand, "brent", Participation.Stage.DECLINED)
    assert [each.asked_by for each in read(demand, somebody("camden")).requirements] == ["", ""]


def test_few_boroughs_are_not_counted_aloud(demand: JointDemand) -> None:
    agreed(demand, sources=[source(demand, "camden"), source(demand, "brent"), source(demand, "barnet", opposes=True)])
    (shown,) = read(demand, person(Role.CDO_READER)).requirements
    assert shown.asked_by == ""


def test_a_source_is_read_only_while_its_borough_takes_part(demand: JointDemand) -> None:
    requirement(demand, sources=[source(demand, "camden"), source(demand, "brent")])
    reader = somebody("camden")
    assert len(read(demand, reader).requirements[0].sources) == 2
    takes_part(demand, "brent", Participation.Stage.DECLINED)
    (shown,) = read(demand, reader).requirements
    assert [(each.borough, each.is_open) for each in shown.sources] == [("Camden", True)]
    assert shown.asked_by == ""


def test_an_analyst_reads_all_whoever_takes_part(demand: JointDemand, analyst: User) -> None:
    Participation.objects.all().delete()
    requirement(demand, sources=[source(demand, "camden")])
    found = read(demand, analyst)
    assert found.requirements[0].sources[0].is_open
    # Camden leads, so an analyst drafts and no more.
    assert (found.reads_all, found.may_lead, found.may_draft) == (True, False, True)


def test_what_a_borough_said_before_it_declined_is_not_shown(demand: JointDemand) -> None:
    row = requirement(demand)
    say(row, "brent", "OBJECTS", "Never.")
    takes_part(demand, "brent", Participation.Stage.DECLINED)
    (shown,) = read(demand, somebody("camden")).requirements
    assert (shown.said, shown.silent) == ((), ("Barnet", "Camden"))


def test_a_must_of_any_borough_is_said_where_it_is_none_for_all(demand: JointDemand) -> None:
    sources = [source(demand, "camden"), source(demand, "brent", priority="SHOULD")]
    requirement(demand, sources=sources, priority="SHOULD")
    requirement(demand, sources=sources)
    found = read(demand, somebody("barnet"))
    assert [each.must_of for each in found.requirements] == [("Camden",), ()]


def test_a_borough_is_shown_what_changed_since_it_answered(demand: JointDemand) -> None:
    row = requirement(demand, "Keep calls for 30 days.")
    say(row, "brent")
    CommonRequirement.objects.filter(pk=row.pk).update(text="Keep calls for 90 days.", wording=2)
    found = read(demand, somebody("brent"))
    (own,) = found.requirements[0].own
    assert (own.kind, [piece.text for piece in own.since]) == ("", ["Keep calls for", "30", "90", "days."])
    assert found.unanswered == (1,)
    say(row, "brent", wording=2)
    found = read(demand, somebody("brent"))
    assert (found.requirements[0].own[0].kind, found.unanswered) == ("ACCEPTS", ())
