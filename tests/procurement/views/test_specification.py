"""The pages of the common specification, by the role of who opens them."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from boroughs.models import Borough, Need, Role, User
from procurement.actions import carrying
from procurement.models import CommonRequirement, JointDemand, Participation, RequirementWording, SpecificationVersion
from tests.conftest import person
from tests.factories.boroughs import NeedFactory
from tests.factories.procurement import DemandMemberFactory
from tests.factories.specifications import agree, agreed, coalition, frozen, leader, of, requirement, say, somebody
from tests.procurement.odt.test_specification import lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def demand() -> JointDemand:
    return coalition("camden", "brent", "barnet", lead="camden")


class Visitor:
    def __init__(self, user: User, demand: JointDemand) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.address = f"/demands/{demand.reference}/specification/"

    def get(self, rest: str = "") -> str:
        response = self.client.get(self.address + rest)
        assert response.status_code == 200, response.status_code
        return text_of(response)

    def get_after_redirect(self) -> str:
        return text_of(self.client.get(self.address, follow=True))

    def post(self, rest: str, **data: Any) -> str:
        """What the page says that follows."""
        response = self.client.post(self.address + rest, data, follow=True)
        assert response.status_code == 200, response.status_code
        return text_of(response)

    def status(self, rest: str = "", **data: Any) -> int:
        return self.client.post(self.address + rest, data).status_code if data else self._got(rest)

    def _got(self, rest: str) -> int:
        return self.client.get(self.address + rest).status_code


def text_of(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def of_borough(demand: JointDemand, slug: str, role: Role = Role.BOROUGH_APPROVER) -> Visitor:
    return Visitor(somebody(slug, role), demand)


def test_the_way_of_a_requirement_from_the_lead_to_a_frozen_version(demand: JointDemand) -> None:
    camden, brent = of_borough(demand, "camden"), of_borough(demand, "brent", Role.BOROUGH_EDITOR)
    barnet = of_borough(demand, "barnet", Role.BOROUGH_EDITOR)
    said = camden.post("new/", text="Record calls.", priority="MUST", standards=["wcag-2-2"], revision=0)
    assert "R1 is added" in said
    assert "Web Content Accessibility Guidelines (WCAG) 2.2" in said
    assert "1 requirement waits for your answer: R1" in brent.get()
    said = brent.post("1/of/brent/wording/", text="Record every call.", priority="MUST", reason="Clearer.")
    assert "Proposed." in said
    wording = RequirementWording.objects.get()
    assert "new: every" in camden.get("1/")
    assert "R1 is worded anew" in camden.post(f"wordings/{wording.pk}/answer/", answer="yes", revision=1)
    assert "Not answered yet: Barnet and Camden." in camden.post("1/agree/", revision=2)
    assert "does not accept it" in barnet.post("1/of/barnet/", kind="OBJECTS", text="Not the switchboard.", wording=2)
    barnet.post("1/of/barnet/", kind="DIFFERS", text="Not the switchboard.", wording=2)
    camden.post("1/of/camden/", kind="ACCEPTS", wording=2, from_list=1)
    assert "R1 is agreed." in camden.post("1/agree/", revision=2)
    page = camden.get("freeze/")
    assert "It will hold 1 requirement." in page
    assert "Barnet keeps beside it: new: Not the switchboard." in page
    button = "Freeze a version"
    assert button in camden.get()
    seen = camden.client.get(camden.address + "freeze/").context["seen"]
    assert "Version 1 is frozen" in camden.post("freeze/", reason="The first.", seen=seen)
    whole = camden.get()
    assert button not in whole
    assert "Nothing that is agreed has changed since version 1, so there is nothing to freeze." in whole
    brent.post("1/of/brent/", kind="DIFFERS", text="Not the depot.", wording=2)
    assert button in camden.get()
    page = barnet.get("versions/1/")
    assert "Record every call." in page
    assert "Barnet keeps a difference: Not the switchboard." in page


def test_what_is_not_agreed_is_not_there_for_who_does_not_take_part(demand: JointDemand) -> None:
    agreed(demand, "Agreed text.")
    requirement(demand, "Secret text.")
    frozen(demand)
    Participation.objects.filter(borough=of("brent")).delete()
    for visitor in (of_borough(demand, "brent"), Visitor(person(Role.CDO_READER), demand)):
        page = visitor.get()
        assert "Agreed text." in page
        assert "Secret text." not in page
        assert visitor.status("1/") == 200
        assert visitor.status("2/") == 404
        assert "Accepted by" not in visitor.get("versions/1/") + visitor.get("1/") + page
    brent = of_borough(demand, "brent")
    assert brent.status("2/of/brent/") == brent.status("9/of/brent/") == 404


def test_wrong_roles_are_refused(demand: JointDemand) -> None:
    requirement(demand)
    brent, analyst = of_borough(demand, "brent"), Visitor(person(Role.LOTI_ANALYST), demand)
    for visitor in (brent, analyst):
        for rest in ("new/", "1/edit/", "1/settle/", "1/drop/", "freeze/"):
            assert visitor.status(rest) == 403, rest
        for rest in ("1/agree/", "1/reopen/", "1/order/"):
            assert visitor.status(rest, revision=1) == 403, rest
    assert brent.status("draft/", x=1) == 403
    assert brent.status("1/of/camden/") == 404
    assert of_borough(demand, "brent", Role.BOROUGH_READER).status("1/of/brent/") == 403
    # Who may not lead learns nothing about which there are.
    assert brent.status("9/edit/") == 403


def test_of_two_who_word_it_the_second_reads_both_texts_and_loses_nothing(demand: JointDemand) -> None:
    requirement(demand, "Record calls.")
    camden = of_borough(demand, "camden")
    camden.post("1/edit/", text="Record all calls.", priority="MUST", revision=1)
    page = camden.post("1/edit/", text="Record every call.", priority="SHOULD", revision=1)
    assert "Somebody has changed R1" in page
    assert "What stands there now: Record all calls." in page
    assert "What you would make of it: Record gone: all calls. new: every call." in page
    again = camden.client.post(
        camden.address + "1/edit/", {"text": "Record every call.", "priority": "SHOULD", "revision": 1}
    )
    form = again.context["form"]
    assert (form["text"].value(), form["priority"].value(), form["revision"].value()) == (
        "Record every call.",
        "SHOULD",
        "2",
    )
    assert "R1 is worded anew" in camden.post("1/edit/", text="Record every call.", priority="SHOULD", revision=2)


def test_who_answers_an_older_wording_reads_the_new_one_first(demand: JointDemand) -> None:
    row = requirement(demand, "Keep calls for 30 days.")
    brent = of_borough(demand, "brent")
    say(row, "brent")
    CommonRequirement.objects.filter(pk=row.pk).update(text="Keep calls for 90 days.", wording=2, revision=2)
    page = brent.post("1/of/brent/", kind="DIFFERS", text="Thirty for us.", wording=1)
    assert "worded anew since you opened the page" in page
    assert "Since you answered: Keep calls for gone: 30 new: 90 days." in page
    assert "Thirty for us." in page
    assert "worded anew" in brent.post("1/of/brent/", kind="ACCEPTS", wording=1, from_list=1)


def test_errors_are_said_in_words_and_by_field(demand: JointDemand) -> None:
    requirement(demand, clashes=["Days"])
    camden = of_borough(demand, "camden")
    assert "Write the requirement" in camden.post("new/", text=" ", priority="MUST", revision=0)
    assert "The requirement must be 30 words or fewer" in camden.post(
        "new/", text="word " * 31, priority="MUST", revision=0
    )
    assert "Say how the clash is settled" in camden.post("1/settle/", how="", revision=1)
    assert "Say why it is dropped" in camden.post("1/drop/", reason="", revision=1)
    assert "Say what the borough needs instead" in camden.post("1/of/camden/", kind="DIFFERS", text="", wording=1)
    assert "Say whether you take the wording over." in camden.post(f"wordings/{_proposed(demand)}/answer/")


def _proposed(demand: JointDemand) -> int:
    of_borough(demand, "brent").post("new/of/brent/", text="Desk phones.", priority="SHOULD")
    return RequirementWording.objects.get().pk


def test_settling_dropping_and_order(demand: JointDemand) -> None:
    requirement(demand, "One.", clashes=["Days: 30 (Camden) / 90 (Brent)"])
    requirement(demand, "Two.")
    camden = of_borough(demand, "camden")
    assert "R2 is moved up." in camden.post("2/order/", move="up", position=2, from_list=1)
    assert "The clash of R1 is settled." in camden.post("1/settle/", how="Ninety.", revision=1)
    page = camden.get()
    assert page.index("R2 Two.") < page.index("R1 One.")
    assert "R2 is dropped." in camden.post("2/drop/", reason="Not needed.", revision=1)
    assert "Not needed." in camden.get()
    assert "R2 is open again." in camden.post("2/reopen/", revision=2)


def test_any_two_versions_are_compared(demand: JointDemand) -> None:
    agreed(demand, "One.")
    frozen(demand)
    agreed(demand, "Two.")
    frozen(demand)
    agreed(demand, "Three.")
    frozen(demand)
    brent = of_borough(demand, "brent")
    assert "R2 new" not in brent.get("versions/")
    assert "R3 new" in brent.get("versions/")
    for query in ("?from=1&to=3", "?from=3&to=1"):
        page = brent.get(f"versions/{query}")
        assert "From version 1 to version 3:" in page
        assert "R2 new" in page
    for query in ("?from=9&to=x", "?from=²", "?from=-1&to=99999999999"):
        brent.get(f"versions/{query}")
    assert brent.status("versions/4/") == 404


def test_a_version_is_taken_away_as_a_document_of_what_its_page_shows(demand: JointDemand) -> None:
    row = requirement(demand, "Record every call.")
    say(row, "barnet", "DIFFERS", "Ninety days.")
    agree(row)
    frozen(demand)
    for visitor, shows in ((of_borough(demand, "brent"), True), (Visitor(person(Role.CDO_READER), demand), False)):
        response = visitor.client.get(visitor.address + "versions/1/file/")
        assert response["Content-Type"] == "application/vnd.oasis.opendocument.text"
        assert f"specification-{demand.reference}-version-1.odt" in response["Content-Disposition"]
        text = " ".join(lines(response.content))
        assert "R1 Record every call." in text
        assert ("Barnet keeps beside it: Ninety days." in text) == shows
    assert of_borough(demand, "brent").status("versions/2/file/") == 404


def test_why_a_version_was_frozen_is_for_who_takes_part(demand: JointDemand) -> None:
    agreed(demand, "One.")
    frozen(demand, reason="Barnet keeps ninety days.")
    for visitor, shows in ((of_borough(demand, "brent"), True), (Visitor(person(Role.CDO_READER), demand), False)):
        for page in ("versions/", "versions/1/"):
            assert ("Barnet keeps ninety days." in visitor.get(page)) == shows


def test_a_version_that_is_not_what_was_frozen_says_so(demand: JointDemand) -> None:
    agreed(demand)
    content = {**frozen(demand).content, "number": 2}
    SpecificationVersion.objects.create(
        demand=demand, number=2, content=content, digest="0" * 64, frozen_at=demand.updated_at, frozen_by="x"
    )
    brent = of_borough(demand, "brent")
    assert "does not fit" in brent.get("versions/2/")
    assert "does not fit" not in brent.get("versions/1/")


def test_a_retired_demand_is_read_and_offers_nothing(demand: JointDemand) -> None:
    requirement(demand)
    JointDemand.objects.update(status="RETIRED", retired_at=demand.updated_at)
    camden = of_borough(demand, "camden")
    page = camden.get() + camden.get("1/")
    assert "retired" in page
    for words in ("Accept ", "Add a requirement", "Word it anew", "Draft it from the needs"):
        assert words not in page


def test_the_address_leads_to_where_the_requirements_went_and_versions_stay(demand: JointDemand) -> None:
    agreed(demand, "Record every call.")
    frozen(demand)
    other = coalition("hackney", "sutton", "barnet")
    carrying.merge(demand, other, by=leader(other))
    demand.members.update(demand=other)
    brent = of_borough(demand, "brent")
    page = brent.get_after_redirect()
    assert other.reference in page
    assert "Record every call." in page
    # All of the other joint demand have to agree to it, too.
    assert "To be agreed" in page
    assert "Record every call." in brent.get("versions/1/")


def test_few_queries_whatever_the_number_of_boroughs_and_requirements() -> None:
    slugs = [f"borough-{place}" for place in range(33)]
    demand = coalition(*slugs, lead="borough-0")
    for slug in slugs:
        for _ in range(2):
            DemandMemberFactory(demand=demand, need=NeedFactory(borough=of(slug), category=demand.category))
    references = dict(Need.objects.values_list("borough__slug", "reference"))
    sources = [
        {"need": references[slug], "revision": 1, "borough": slug, "text": "x", "priority": "MUST", "opposes": False}
        for slug in slugs
    ]
    people = {borough.pk: somebody(borough.slug) for borough in Borough.objects.filter(slug__in=slugs)}
    for place in range(40):
        row = requirement(demand, f"Requirement {place}.", sources=sources, clashes=["Days"] if place % 5 == 0 else [])
        row.stances.bulk_create(
            row.stances.model(
                requirement=row, borough_id=pk, kind="ACCEPTS", wording=1, given_at=row.updated_at, given_by=by
            )
            for pk, by in people.items()
        )
    visitors = [Visitor(by, demand) for by in (leader(demand), people[of("borough-7").pk], person(Role.LOTI_ANALYST))]
    for visitor in visitors:
        for rest in ("", "1/", "new/", "versions/"):
            if rest == "new/" and visitor is not visitors[0]:
                continue
            with CaptureQueriesContext(connection) as queries:
                visitor.get(rest)
            assert len(queries) <= 12, (rest, [each["sql"][:150] for each in queries])


def test_the_joint_demand_leads_to_its_specification(demand: JointDemand) -> None:
    client = Client()
    client.force_login(somebody("brent", Role.BOROUGH_READER))
    assert f"/demands/{demand.reference}/specification/" in client.get(f"/demands/{demand.reference}/").content.decode()


def test_the_history_of_a_requirement_names_people_to_their_own_borough(demand: JointDemand) -> None:
    row = requirement(demand)
    by = somebody("brent")
    User.objects.filter(pk=by.pk).update(name="Ada Example")
    say(row, "brent", by=by)
    agree(row)
    page = of_borough(demand, "brent").get("1/")
    assert page.index("Agreed") < page.index("Ada Example")
    page = of_borough(demand, "barnet").get("1/")
    assert "by Brent" in page
    assert "Ada Example" not in page
