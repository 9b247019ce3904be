"""Set out once: what the boroughs agreed is what the notice, its page, the API and the open data carry."""

import pytest
from django.test import Client
from django.utils import timezone
from jsonschema import Draft4Validator

from boroughs.models import User
from procurement.actions import common_requirements, notices
from procurement.forms import notice_coach
from procurement.models import Coalition, JointDemand, Notice
from procurement.queries import behind_notice, left_out_lines, notice_problems, published
from tests.factories import notices as scene
from tests.factories.specifications import agree, agreed, frozen, leader, requirement, say, takes_part
from tests.procurement.ocds.test_release import errors, validator

__all__ = ["validator"]

pytestmark = pytest.mark.django_db

MUST, SHOULD = "Record every call to the contact centre.", "Let residents ask to be called back."
KEPT = "Record calls to the switchboard as well."
BESIDE = f"One borough also asks for: {KEPT}"


@pytest.fixture
def demand() -> JointDemand:
    made = scene.confirmed_demand("Camden", "Brent", "Hackney", incumbent="Northgate Housing")
    Coalition.objects.create(demand=made, updated_at=made.updated_at)
    for slug in ("camden", "brent", "hackney"):
        takes_part(made, slug)
    return made


def specified(demand: JointDemand) -> None:
    """A must with a difference that Brent keeps, and a should, as version 1."""
    row = requirement(demand, MUST)
    say(row, "brent", "DIFFERS", KEPT)
    agree(row)
    agreed(demand, SHOULD, priority="SHOULD")
    frozen(demand)


def test_from_the_specification_to_page_api_and_open_data(
    demand: JointDemand, client: Client, validator: Draft4Validator
) -> None:
    specified(demand)
    version = scene.publish(demand)
    assert (version.content["must"], version.content["should"]) == ([MUST], [SHOULD])
    assert version.content["differences"] == [BESIDE]
    page = client.get(f"/notices/{version.notice.reference}/").content.decode()
    answer = client.get(f"/api/v1/notices/{version.notice.reference}/").json()
    package = client.get(f"/api/1.0/ocdsReleasePackages/ocds-213czf-{demand.reference.lower()}").json()
    assert errors(validator, package) == []
    for line in (MUST, SHOULD, BESIDE):
        assert line in page
        assert line in str(answer)
        assert line in str(package["releases"][0])
    # Of the needs' own lines nothing, and of the borough that differs not its name beside the line.
    assert "Tenants can book a repair" not in page + str(answer) + str(package)


def test_without_a_version_the_needs_speak(demand: JointDemand, analyst: User) -> None:
    agreed(demand, MUST)
    notice = notices.draft_from(demand=demand, by=analyst)
    assert notice.specification is None
    assert "Tenants can book a repair by phone." in notice.must_requirements


def test_what_changes_after_the_version_waits_for_the_next_one(demand: JointDemand, analyst: User) -> None:
    specified(demand)
    agreed(demand, "Desk phones for reception.")
    notice = notices.draft_from(demand=demand, by=analyst)
    assert "Desk phones for reception." not in notice.must_requirements


def test_lines_that_point_to_one_borough_are_left_out_and_said(
    demand: JointDemand, analyst: User, client: Client
) -> None:
    for text in ("Works like Northgate Housing does.", "Has the forms of Brent.", MUST):
        agreed(demand, text)
    row = requirement(demand, SHOULD, priority="SHOULD")
    say(row, "brent", "DIFFERS", "Costs less than £80,000 a year.")
    agree(row)
    frozen(demand)
    notice = notices.draft_from(demand=demand, by=analyst)
    assert (notice.must_requirements, notice.should_requirements, notice.differences) == ([MUST], [SHOULD], [])
    told = left_out_lines.read(notice, behind_notice.read(demand), analyst)
    assert [(each.label, each.text, each.why) for each in told.lines] == [
        (
            "R1, must",
            "Works like Northgate Housing does.",
            "It names what one of the authorities uses today: Northgate, Northgate Housing.",
        ),
        ("R2, must", "Has the forms of Brent.", "It names a borough."),
        (
            "Beside R4",
            "Costs less than £80,000 a year.",
            "It has an amount that may be one authority’s, or names one for short.",
        ),
    ]
    client.force_login(analyst)
    preview = client.get(f"/notices/{notice.reference}/preview/").content.decode()
    assert "version 1 of the common specification" in preview
    assert "3 lines were not taken into this draft" in preview
    assert "Has the forms of Brent." in preview
    assert "Take its requirements over" not in preview
    agreed(demand, "Calls can be put through to a mobile.")
    frozen(demand)
    preview = client.get(f"/notices/{notice.reference}/preview/").content.decode()
    assert "version 2 of the common specification</a>" in preview
    assert "Take its requirements over" in preview
    client.post(f"/notices/{notice.reference}/specification/", {"revision": 1})
    notice.refresh_from_db()
    assert notice.must_requirements == [MUST, "Calls can be put through to a mobile."]
    assert notice.specification is not None
    assert notice.specification.number == 2


def test_difference_that_is_one_boroughs_own_is_left_out(demand: JointDemand, analyst: User) -> None:
    agreed(demand, "Answers 97% of 300 calls at once.")
    row = requirement(demand, MUST)
    say(row, "brent", "DIFFERS", "Record the 40 lines of the registrars too.")
    agree(row)
    row = requirement(demand, SHOULD, priority="SHOULD")
    say(row, "camden", "DIFFERS", "Calls go back to our own desk.")
    agree(row)
    frozen(demand)
    notice = notices.draft_from(demand=demand, by=analyst)
    assert notice.must_requirements == ["Answers 97% of 300 calls at once.", MUST], "what all agreed is word for word"
    assert notice.differences == []
    told = left_out_lines.read(notice, behind_notice.read(demand), analyst)
    assert [(each.label, each.why) for each in told.lines] == [
        ("Beside R2", "Only one authority asks for it, with a figure that may be its own: 40."),
        ("Beside R3", "It says “our”."),
    ]
    shown = published.preview(notice, at=timezone.now())
    assert "own_figure" in [each.code for each in notice_coach.advice(shown, today=timezone.localdate())]
    agreed_codes = [each.code for each in notice_coach.advice(shown, today=timezone.localdate(), agreed=told.agreed)]
    assert "own_figure" not in agreed_codes, "what all have agreed is no one's figure"


def test_the_same_difference_of_two_boroughs_is_said_once(demand: JointDemand, analyst: User) -> None:
    row = requirement(demand, MUST)
    say(row, "brent", "DIFFERS", "Ninety days.")
    say(row, "camden", "DIFFERS", "ninety days")
    agree(row)
    frozen(demand)
    notice = notices.draft_from(demand=demand, by=analyst)
    assert notice.differences == ["Two boroughs also ask for: Ninety days."]


def test_no_requirement_is_cut_off_in_silence(demand: JointDemand, analyst: User) -> None:
    for place in range(21):
        agreed(demand, f"Requirement number {chr(97 + place)}.")
    frozen(demand)
    notice = notices.draft_from(demand=demand, by=analyst)
    assert len(notice.must_requirements) == 21
    assert any("List at most 20" in problem for problem in notice_problems.of_content(notice))


def test_a_published_notice_does_not_follow_the_specification(demand: JointDemand) -> None:
    specified(demand)
    published = scene.publish(demand)
    row = demand.common_requirements.get(number=1)
    row = common_requirements.reopen(requirement=row, revision=row.revision, by=leader(demand))
    content = common_requirements.RequirementContent("Record no call.")
    agree(common_requirements.edit(requirement=row, content=content, revision=row.revision, by=leader(demand)))
    frozen(demand)
    notice = Notice.objects.get(pk=published.notice_id)
    assert notice.specification is not None
    assert notice.specification.number == 1
    assert published.content["must"] == [MUST]
