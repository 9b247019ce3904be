"""The pages of estimates, through the web."""

import html

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Role, User
from procurement.models import JointDemand, SavingsEstimate
from tests.conftest import person
from tests.factories.picture import joint_demand
from tests.factories.procurement import CoalitionFactory, ParticipationFactory, SavingsEstimateFactory

pytestmark = pytest.mark.django_db

PAGE = "/demands/JD-0001/savings/"


@pytest.fixture
def demand() -> JointDemand:
    return joint_demand("camden", "brent", "barnet", reference="JD-0001")


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def post(client: Client, address: str, **data: object) -> str:
    answer = client.post(address, data, follow=True)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_an_estimate_is_made_read_realised_and_withdrawn(demand: JointDemand, analyst: User) -> None:
    client = as_(analyst)
    form = text(client, f"{PAGE}by/tenders/")
    # No box suggests a number.
    assert 'value="' not in form.partition('name="tenders"')[2].partition(">")[0]
    page = post(client, f"{PAGE}by/tenders/", tenders="2", low="18k", high="£45,000", note="Two tenders of 2025")
    assert "£36,000 to £90,000" in page
    assert "Two tenders of 2025" in page
    row = SavingsEstimate.objects.get()
    page = post(client, f"{PAGE}{row.pk}/realised/", amount="-2,500", note="Invoices", revision="1")
    assert "−£2,500" in page
    page = post(client, f"{PAGE}{row.pk}/withdraw/")
    assert "Withdrawn" in page
    assert "£36,000 to £90,000" in page


def test_what_is_missing_is_said_and_nothing_typed_is_lost(demand: JointDemand, analyst: User) -> None:
    page = post(as_(analyst), f"{PAGE}by/volume/", spend="4.2m", low="9", high="3", note="From the register")
    assert "The highest must not be below the lowest" in page
    assert "From the register" in page
    assert 'value="4.2m"' in page
    page = post(as_(analyst), f"{PAGE}by/prices/", years="4", closed="50")
    assert "Fewer than three boroughs" in page
    assert not SavingsEstimate.objects.exists()


def test_a_method_that_is_none_and_an_estimate_of_another_are_missing(demand: JointDemand, analyst: User) -> None:
    client, other = as_(analyst), SavingsEstimateFactory()
    assert client.get(f"{PAGE}by/magic/").status_code == 404
    assert client.get(f"{PAGE}{other.pk}/realised/").status_code == 404
    assert client.post(f"{PAGE}{other.pk}/withdraw/").status_code == 404


def test_the_lead_is_offered_what_it_may_do(demand: JointDemand, analyst: User) -> None:
    camden = Borough.objects.get(slug="camden")
    CoalitionFactory(demand=demand, lead=camden)
    ParticipationFactory(demand=demand, borough=camden)
    client = as_(person(Role.BOROUGH_APPROVER, camden))
    assert "by/prices/" not in text(client)
    assert client.get(f"{PAGE}by/prices/").status_code == 403
    page = post(client, f"{PAGE}by/tenders/", tenders="2", low="18000", high="45000", note="")
    assert "£36,000 to £90,000" in page


def test_the_form_that_corrects_tells_the_lead_no_more_than_the_page(demand: JointDemand, analyst: User) -> None:
    camden = Borough.objects.get(slug="camden")
    CoalitionFactory(demand=demand, lead=camden)
    ParticipationFactory(demand=demand, borough=camden)
    row = SavingsEstimateFactory(demand=demand, estimated_by=analyst)
    address = f"{PAGE}{row.pk}/realised/"
    post(as_(analyst), address, amount="731,117", note="Invoices of Brent", revision="1")
    assert "731,117" in text(as_(analyst), address).replace("731117", "731,117")
    lead = as_(person(Role.BOROUGH_APPROVER, camden))
    for page in (text(lead), text(lead, address)):
        assert "731117" not in page.replace(",", "")
        assert "Invoices of Brent" not in page


def test_public_faces_hold_no_estimate(demand: JointDemand, client: Client) -> None:
    SavingsEstimateFactory(demand=demand, low=7_313_117, high=7_919_119, note="Quixotic", may_tell=True)
    for address in ("/board/", "/board/feed.atom", "/api/v1/notices/", "/api/1.0/ocdsReleasePackages"):
        answer = client.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        assert b"Quixotic" not in body
        assert b"7313117" not in body


def test_queries_do_not_follow_the_number_of_estimates(
    demand: JointDemand, analyst: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    SavingsEstimateFactory.create_batch(20, demand=demand)
    client = as_(analyst)
    with django_assert_max_num_queries(12):
        text(client)


def test_who_was_overtaken_reads_both_figures_and_keeps_what_was_typed(demand: JointDemand, analyst: User) -> None:
    row = SavingsEstimateFactory(demand=demand, estimated_by=analyst)
    client, address = as_(analyst), f"{PAGE}{row.pk}/realised/"
    post(client, address, amount="1,000", note="From the invoices", revision="1")
    page = post(client, address, amount="2,500", note="From the ledger", revision="1")
    assert "Somebody has changed what was saved since you opened the page." in page
    assert "What stands there now: £1,000. From the invoices" in page
    assert "From the ledger" in page
    assert 'name="revision" value="2"' in page
    assert SavingsEstimate.objects.get().realised == 1000
    assert "£2,500" in post(client, address, amount="2,500", note="From the ledger", revision="2")
