"""Lines that a draft did not take from the needs: told with the reason, to who may read those needs."""

import pytest
from django.test import Client
from django.utils import timezone

from boroughs.models import Borough, Role, User
from procurement.actions import notices
from procurement.models import Coalition, JointDemand, Notice
from procurement.queries import behind_notice, left_out_lines
from procurement.queries.line_limits import LINES_LIMIT
from tests.factories import notices as scene
from tests.factories.boroughs import MembershipFactory, RequirementFactory
from tests.factories.specifications import agree, frozen, requirement, say, takes_part

pytestmark = pytest.mark.django_db

OWN = "Training for 900 staff."
WHY = "Only one authority asks for it, with a figure that may be its own: 900."


@pytest.fixture
def demand() -> JointDemand:
    return scene.confirmed_demand("Camden", "Brent", "Hackney", incumbent="Northgate Housing")


def ask(demand: JointDemand, name: str, *texts: str) -> None:
    need = demand.members.get(need__borough__name=name).need
    for place, text in enumerate(texts, start=need.requirements.count() + 1):
        RequirementFactory(need=need, position=place, text=text)


def told(notice: Notice, user: User) -> dict[str, str]:
    found = left_out_lines.read(notice, behind_notice.read(notice.demand), user)
    return {each.text: each.why for each in found.lines if not each.text.startswith("Works with the depot of")}


def test_each_line_is_told_with_its_reason(demand: JointDemand, analyst: User) -> None:
    asked = [OWN, "Works with our telephones.", "Write to a@b.example.", "The council decides.", "Costs £5 a visit."]
    asked += ["Like Northgate Housing.", "When the licence ends.", " ".join(["word"] * 31)]
    ask(demand, "Camden", *asked, "Seen at two depots.")
    ask(demand, "Brent", "Seen at two depots")
    notice = notices.draft_from(demand=demand, by=analyst)
    assert told(notice, analyst) == {
        OWN: WHY,
        "Works with our telephones.": "It says “our”.",
        "Write to a@b.example.": "It points to a person or to one authority.",
        "The council decides.": "Only one authority asks for it in these words, and it says “The council”.",
        "Costs £5 a visit.": "It has an amount that may be one authority’s, or names one for short.",
        "Like Northgate Housing.": "It names what one of the authorities uses today: Northgate, Northgate Housing.",
        "When the licence ends.": "It tells when something ends or begins, which may be one authority’s contract.",
        " ".join(["word"] * 31): "It is longer than 30 words or 300 characters.",
    }
    assert "Seen at two depots." in notice.must_requirements
    found = left_out_lines.read(notice, behind_notice.read(demand), analyst)
    assert "It names a borough." in {each.why for each in found.lines}
    assert "Seen at two depots." in found.agreed
    assert OWN not in found.agreed


def test_lines_beyond_the_longest_list_are_told(demand: JointDemand, analyst: User) -> None:
    ask(demand, "Camden", *(f"Screen {'x' * number} can be read." for number in range(1, LINES_LIMIT + 1)))
    notice = notices.draft_from(demand=demand, by=analyst)
    assert len(notice.must_requirements) == LINES_LIMIT
    last = f"Screen {'x' * LINES_LIMIT} can be read."
    assert told(notice, analyst) == {last: "A list has 20 lines at most, and others stood before it."}


def test_line_that_somebody_put_back_is_told_no_longer(demand: JointDemand, analyst: User) -> None:
    ask(demand, "Camden", OWN)
    notice = notices.draft_from(demand=demand, by=analyst)
    assert OWN in told(notice, analyst)
    notice.should_requirements = ["training for 900 staff"]
    assert OWN not in told(notice, analyst)


def test_needs_of_who_declined_or_refused_are_not_told(demand: JointDemand, analyst: User) -> None:
    ask(demand, "Camden", OWN)
    notice = notices.draft_from(demand=demand, by=analyst)
    takes_part(demand, "camden", stage="DECLINED")
    assert told(notice, analyst) == {}


def test_lead_boroughs_people_read_only_lines_of_needs_that_they_may_read(
    demand: JointDemand, analyst: User, client: Client
) -> None:
    ask(demand, "Camden", OWN)
    ask(demand, "Brent", "Training for 700 staff.")
    camden = Borough.objects.get(slug="camden")
    Coalition.objects.create(demand=demand, lead=camden, lead_agreed_at=timezone.now(), updated_at=timezone.now())
    notice = notices.draft_from(demand=demand, by=analyst)
    editor = MembershipFactory(borough=camden, role=Role.BOROUGH_EDITOR).user
    assert set(told(notice, editor)) == {OWN}
    assert set(told(notice, analyst)) == {OWN, "Training for 700 staff."}
    client.force_login(editor)
    for page in ("edit", "preview"):
        html = client.get(f"/notices/{notice.reference}/{page}/").content.decode()
        assert OWN in html
        assert "700 staff" not in html
        assert "which you may not read are not listed" in html
    client.force_login(analyst)
    for page in ("edit", "preview"):
        html = client.get(f"/notices/{notice.reference}/{page}/").content.decode()
        assert "Training for 700 staff." in html
        assert WHY in html
        assert "which you may not read" not in html


def test_differences_are_told_to_who_takes_part(demand: JointDemand, analyst: User) -> None:
    Coalition.objects.create(demand=demand, updated_at=timezone.now())
    for slug in ("brent", "hackney"):
        takes_part(demand, slug)
    row = requirement(demand, "Record every call.")
    say(row, "brent", "DIFFERS", "Record our switchboard.")
    agree(row)
    frozen(demand)
    notice = notices.draft_from(demand=demand, by=analyst)
    notice.must_requirements = []
    behind = behind_notice.read(demand)
    of = {name: MembershipFactory(borough=Borough.objects.get(slug=name)).user for name in ("brent", "camden")}
    found = {name: left_out_lines.read(notice, behind, user) for name, user in of.items()}
    assert {each.text: each.why for each in found["brent"].lines} == {
        "Record every call.": left_out_lines.CHANGED,
        "Record our switchboard.": "It says “our”.",
    }
    assert [each.text for each in found["camden"].lines] == ["Record every call."]
    assert (found["brent"].is_part, found["camden"].is_part) == (False, True)
