"""The decision record as a page and as a tagged PDF with the same content."""

import html
import io
import re

import pypdf
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Role, User
from procurement.models import CommonRequirement, JointDemand, Participation
from procurement.pdf.render import ReportTooLarge
from tests.conftest import person
from tests.factories import notices
from tests.factories.boroughs import BoroughFactory, NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import (
    CoalitionFactory,
    DemandMemberFactory,
    JointDemandFactory,
    MatchRunFactory,
    ParticipationFactory,
    ParticipationStepFactory,
)

pytestmark = pytest.mark.django_db

PAGE = "/demands/JD-0001/record/"
PDF = "/demands/JD-0001/record.pdf"


@pytest.fixture
def demand() -> JointDemand:
    MatchRunFactory(engine_version="1.4.0")
    demand = joint_demand("camden", "brent", "barnet", reference="JD-0001")
    barnet = Borough.objects.get(slug="barnet")
    ParticipationFactory(
        demand=demand, borough=barnet, stage=Participation.Stage.DECLINED, comment="We signed <b>for long</b>."
    )
    ParticipationStepFactory(borough_slug="barnet", to_stage="DECLINED", reason="TIMING", comment="We signed for long.")
    CoalitionFactory(demand=demand)
    return demand


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_the_page_and_the_pdf_say_the_same(demand: JointDemand, analyst: User) -> None:
    published = notices.publish(notices.confirmed_demand("Bexley", "Newham", title="Fleet"))
    client = as_(analyst)
    page = text(client)
    digest = re.search(r"\b[0-9a-f]{64}\b", page)
    assert digest
    answer = client.get(PDF)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "loti-decision-record-jd-0001-" in answer.headers["Content-Disposition"]
    reader = pypdf.PdfReader(io.BytesIO(answer.content))
    words = re.sub(r"\s+", " ", " ".join(each.extract_text() for each in reader.pages))
    for said in (
        "Barnet",
        "The timing does not fit".lower(),
        "We signed <b>for long</b>.",
        "1.4.0",
        "Not answered yet",
    ):
        assert said in page
        assert said in words
    assert digest[0] in re.sub(r"[\s\u200b]", "", words)
    assert published.digest in re.sub(r"[\s\u200b]", "", words), "the head of the notice board"
    assert "Page 1 of" in words
    assert reader.metadata is not None
    assert reader.metadata.title == "Decision record of JD-0001: Telephony"
    catalog = reader.trailer["/Root"]
    assert (catalog["/Lang"], catalog["/MarkInfo"]["/Marked"]) == ("en-GB", True)


def test_a_borough_that_takes_no_part_reads_no_reason(demand: JointDemand) -> None:
    page = text(as_(person(Role.BOROUGH_READER, Borough.objects.get(slug="brent"))))
    assert "Barnet" in page
    assert "timing does not fit" not in page
    assert "We signed" not in page
    assert "What you may not read is left out" in page


def test_agreed_requirements_are_counted(demand: JointDemand, analyst: User) -> None:
    at = demand.created_at
    for number, status in enumerate(("AGREED", "AGREED", "PROPOSED", "DROPPED"), start=1):
        CommonRequirement.objects.create(
            demand=demand,
            number=number,
            position=number,
            status=status,
            text="It shows a map.",
            drafted_at=at,
            updated_at=at,
            agreed_at=at,
        )
    assert "2 common requirements agreed, 1 to be agreed, 1 dropped." in text(as_(analyst))


def test_a_pdf_that_cannot_be_made_says_so_on_the_page(
    demand: JointDemand, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ReportTooLarge("The report is too large.")

    monkeypatch.setattr("procurement.pdf.record.render_pdf", fail)
    answer = as_(analyst).get(PDF, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "The report is too large." in answer.content.decode()


def test_a_reference_that_there_is_not_is_missing(analyst: User) -> None:
    client = as_(analyst)
    assert client.get("/demands/JD-0404/record/").status_code == 404
    assert client.get("/demands/JD-0404/record.pdf").status_code == 404


def test_what_was_agreed_before_a_merger_stays_under_its_reference(demand: JointDemand, analyst: User) -> None:
    older = joint_demand("sutton", reference="JD-0000")
    JointDemand.objects.filter(pk=demand.pk).update(
        status=JointDemand.Status.RETIRED, retired_at=demand.created_at, merged_into=older
    )
    page = text(as_(analyst))
    assert "JD-0001, retired, went into" in page
    assert 'href="/demands/JD-0000/record/"' in page
    assert "We signed for long." in page
    assert as_(analyst).get("/demands/JD-0001/").headers["Location"].endswith("/demands/JD-0000/")


def test_queries_do_not_follow_the_number_of_boroughs(
    analyst: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    demand = JointDemandFactory(reference="JD-0001")
    for _ in range(33):
        borough: Borough = BoroughFactory()
        ParticipationFactory(demand=demand, borough=borough, stage=Participation.Stage.COMMITTED)
        for _ in range(10):
            DemandMemberFactory(demand=demand, need=NeedFactory(borough=borough))
            ParticipationStepFactory(borough_slug=borough.slug)
    CoalitionFactory(demand=demand, lead=borough)
    for user in (analyst, person(Role.BOROUGH_APPROVER, borough)):
        client = as_(user)
        with django_assert_max_num_queries(12):
            assert client.get(PAGE).status_code == 200
