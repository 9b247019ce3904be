"""The demand picture page."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from boroughs.models import Need, User
from boroughs.templatetags.formatting import day
from procurement.actions import telling_figures
from procurement.models import JointDemand
from tests.factories.boroughs import BoroughFactory, NeedFactory, UserFactory
from tests.factories.picture import joint_demand, told
from tests.factories.procurement import MatchRunFactory

pytestmark = pytest.mark.django_db

BUDGET = {"budget_min": 123_000, "budget_max": 234_000, "budget_basis": Need.BudgetBasis.WHOLE_LIFE}


def page(client: Client, user: User) -> str:
    client.force_login(user)
    response = client.get(reverse("picture"))
    assert response.status_code == 200
    return response.content.decode()


def test_picture_exact_for_analysts(client: Client, analyst: User) -> None:
    demand = joint_demand("camden", "brent", needs=BUDGET | {"contract_end_date": date(2027, 3, 31)})

    html = page(client, analyst)

    assert "£246,000 to £468,000" in html
    assert "Mar 2027" in html
    assert reverse("demand-detail", args=[demand.reference]) in html
    assert reverse("report-list") in html


@pytest.mark.parametrize("role", ["reader", "approver", "administrator", "cdo"])
def test_picture_under_disclosure_for_others(client: Client, role: str, request: pytest.FixtureRequest) -> None:
    joint_demand("camden", "brent", needs=BUDGET | {"contract_end_date": date(2027, 3, 31), "incumbent": "Old System"})

    html = page(client, request.getfixturevalue(role))

    for figure in ("246,000", "468,000", "123,000", "234,000", "Mar 2027", "Old System"):
        assert figure not in html
    assert "Not told" in html
    assert (reverse("report-list") in html) is (role == "cdo")


def test_picture_tells_others_bands_and_their_day_once_three_contribute(client: Client, reader: User) -> None:
    demand = told("camden", "brent", "sutton", needs=BUDGET)
    Need.objects.update(budget_min=400_000, budget_max=500_000)

    html = page(client, reader)

    # 369,000 and 702,000, each in its band of 50,000.
    assert "£350,000 to £750,000" in html
    assert f"as at {day(timezone.localdate())}" in html
    assert "369,000" not in html
    telling_figures.tell_figures(demand=demand)
    assert "£1.2 million to £1.6 million" in page(client, reader)


def test_picture_stale_notice(client: Client, cdo: User) -> None:
    joint_demand("camden", "brent")
    MatchRunFactory()
    assert "changed since" not in page(client, cdo)

    NeedFactory()
    assert "1 need changed since; the next run follows" in page(client, cdo)


def test_picture_without_anything(client: Client, cdo: User) -> None:
    html = page(client, cdo)

    assert "No joint demands yet" in html
    assert "Not matched yet" in html


def test_picture_asks_for_a_sign_in(client: Client) -> None:
    assert client.get(reverse("picture")).status_code == 302


def test_picture_refused_without_a_role(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get(reverse("picture")).status_code == 403


def test_picture_texts_are_escaped(client: Client, cdo: User) -> None:
    joint_demand("camden", "brent", title="<script>alert(1)</script>")
    BoroughFactory(slug="evil", name="<img src=x>")

    html = page(client, cdo)

    assert "<script>alert(1)" not in html
    assert "<img src=x>" not in html


def test_picture_queries_do_not_grow(client: Client, cdo: User) -> None:
    joint_demand("camden", "brent")
    page(client, cdo)
    with CaptureQueriesContext(connection) as few:
        page(client, cdo)
    for number in range(10):
        joint_demand("camden", "brent", "sutton", title=f"Demand {number}")
    with CaptureQueriesContext(connection) as many:
        page(client, cdo)

    assert len(few) == len(many)


def test_picture_says_how_many_wait_for_an_analyst(client: Client, cdo: User) -> None:
    joint_demand("camden", "brent")
    assert "not sure" not in page(client, cdo)
    joint_demand("camden", "sutton", title="Doubtful", certainty=JointDemand.Certainty.NOT_SURE)

    html = page(client, cdo)

    assert "1 more joint demand of which the matcher is not sure is in none of these figures" in html
    assert reverse("demand-list") + "#not-sure" in html
    assert "Doubtful" not in html
