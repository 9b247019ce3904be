"""The demand picture page, its figures as files, and the needs behind its numbers."""

import csv
import io
import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from boroughs.models import Borough, Need, User
from boroughs.permissions import COMMAND_LINE
from boroughs.templatetags.formatting import day
from procurement.actions import snapshots, telling_figures
from procurement.models import Coalition, JointDemand
from procurement.pdf.live_figures import FIGURES
from procurement.queries import live_picture
from tests.factories import notices
from tests.factories.boroughs import BoroughFactory, CategoryFactory, ContractFactory, NeedFactory, UserFactory
from tests.factories.picture import joint_demand, told
from tests.factories.procurement import CoalitionFactory, DemandMemberFactory, MatchRunFactory

pytestmark = pytest.mark.django_db

BUDGET = {"budget_min": 123_000, "budget_max": 234_000, "budget_basis": Need.BudgetBasis.WHOLE_LIFE}


def page(client: Client, user: User) -> str:
    client.force_login(user)
    response = client.get(reverse("picture"))
    assert response.status_code == 200
    return response.content.decode()


def csv_rows(client: Client, user: User, figure: str) -> list[list[str]]:
    client.force_login(user)
    response = client.get(reverse("picture-csv", args=[figure]))
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def tables(html: str) -> dict[str, list[list[str]]]:
    """Rows of each table of the page as text, by its caption."""
    found = {}
    for table in html.split("<table")[1:]:
        caption, _, rest = table.partition("<caption")[2].partition("</caption>")
        rows = [
            re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rest.partition("</table>")[0].split("<tr")
        ]
        found[_text(caption.partition(">")[2])] = [[_text(cell) for cell in row] for row in rows if row]
    return found


def _text(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def test_picture_exact_for_the_office(client: Client, analyst: User) -> None:
    demand = joint_demand("camden", "brent", needs=BUDGET | {"contract_end_date": date(2027, 3, 31)})

    html = page(client, analyst)

    assert "£246,000 to £468,000" in html
    assert "March 2027" in html
    assert reverse("demand-detail", args=[demand.reference]) in html
    assert reverse("report-list") in html


@pytest.mark.parametrize("role", ["reader", "approver", "administrator", "cdo"])
def test_picture_under_disclosure_for_others(client: Client, role: str, request: pytest.FixtureRequest) -> None:
    joint_demand("camden", "brent", needs=BUDGET | {"contract_end_date": date(2027, 3, 31), "incumbent": "Old System"})

    html = page(client, request.getfixturevalue(role))

    for figure in ("246,000", "468,000", "123,000", "234,000", "Mar 2027", "March 2027", "31 March", "Old System"):
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


def test_picture_stale_notice(client: Client, analyst: User) -> None:
    joint_demand("camden", "brent")
    MatchRunFactory()
    assert "nothing has changed since" in page(client, analyst)

    NeedFactory()
    live_picture.forget()
    html = page(client, analyst)
    assert "1 need changed since, which the next run will follow" in html
    assert "nothing has changed since" not in html


def test_picture_without_anything(client: Client, analyst: User) -> None:
    html = page(client, analyst)

    assert "No joint demands yet" in html
    assert "Not matched yet" in html
    assert "No authority has an open need yet" in html
    assert "No notice has been published yet" in html
    assert "No contract register is here yet" in html
    assert "0%" not in html
    assert "whole-life budget" not in html


def test_picture_of_needs_that_overlap_with_none(client: Client, analyst: User) -> None:
    MatchRunFactory()
    NeedFactory(borough=BoroughFactory(slug="camden", name="Camden"))
    BoroughFactory(slug="brent", name="Brent")

    html = page(client, analyst)

    assert "No two of them overlap as far as the matcher can tell." in html
    assert "0%" in html
    assert "<strong>Without an open need:</strong> Brent." in html
    assert "No joint demands yet" in html


def test_picture_asks_for_a_sign_in(client: Client) -> None:
    assert client.get(reverse("picture")).status_code == 302


def test_picture_refused_without_a_role(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get(reverse("picture")).status_code == 403


def test_picture_texts_are_escaped(client: Client, analyst: User) -> None:
    joint_demand("camden", "brent", title="<script>alert(1)</script>")
    BoroughFactory(slug="evil", name="<img src=x>")

    html = page(client, analyst)

    assert "<script>alert(1)" not in html
    assert "<img src=x>" not in html


def test_picture_queries_do_not_grow(client: Client, analyst: User) -> None:
    joint_demand("camden", "brent")
    page(client, analyst)
    live_picture.forget()
    with CaptureQueriesContext(connection) as few:
        page(client, analyst)
    for number in range(10):
        joint_demand("camden", "brent", "sutton", title=f"Demand {number}")
    live_picture.forget()
    with CaptureQueriesContext(connection) as many:
        page(client, analyst)

    assert len(few) == len(many)


def test_picture_says_how_many_wait_for_an_analyst(client: Client, analyst: User) -> None:
    joint_demand("camden", "brent")
    assert "at the moment. <a" not in page(client, analyst)
    joint_demand("camden", "sutton", title="Doubtful", certainty=JointDemand.Certainty.NOT_SURE)
    live_picture.forget()

    html = page(client, analyst)

    assert "until an analyst has looked at them: 1 at the moment" in html
    assert reverse("demand-list") + "#not-sure" in html
    assert "Doubtful" not in html


def scene() -> JointDemand:
    """A wide joint demand with ends of contracts and an outcome, a need in none, a notice, and three boroughs on one
    product."""
    housing = CategoryFactory(name="Housing", area="Homes", slug="housing")
    ends = timezone.localdate() + timedelta(days=200)
    fields = BUDGET | {"contract_end_date": ends, "incumbent": "Old System"}
    demand = joint_demand("camden", "brent", title="Repairs", category=housing, needs=fields)
    merton = BoroughFactory(slug="merton", name="Merton")
    NeedFactory(borough=merton, category=housing, title="Alone", **BUDGET)
    for each in (*Borough.objects.filter(slug__in=("camden", "brent")), merton):
        contract = {"system": "Vexillum", "supplier": "Vexillum Ltd", "annual_value": 4_711_000}
        ContractFactory(borough=each, category=housing, end_date=ends, **contract)
    decided = joint_demand("camden", "brent", title="Fleet", category=housing)
    CoalitionFactory(demand=decided, outcome=Coalition.Outcome.REACHED, outcome_at=timezone.now())
    notices.publish()
    live_picture.forget()
    return demand


@pytest.mark.parametrize("figure", sorted(each.slug for each in FIGURES.values() if each.slug != "joint-demands"))
def test_file_of_a_figure_has_the_rows_of_its_table(client: Client, analyst: User, figure: str) -> None:
    scene()
    shown = tables(page(client, analyst))

    rows = csv_rows(client, analyst, figure)

    assert len(rows) > 1
    assert rows == shown[FIGURES[figure].caption]


@pytest.mark.parametrize("role", ["analyst", "reader"])
def test_file_of_joint_demands_begins_with_those_of_the_page(
    client: Client, role: str, request: pytest.FixtureRequest
) -> None:
    scene()
    user = request.getfixturevalue(role)
    shown = tables(page(client, user))["Joint demands, those of most authorities first"]

    head, row, *_ = csv_rows(client, user, "joint-demands")

    assert ("Contracts end" in head) == (role == "analyst")
    told = dict(zip(head, row, strict=True))
    assert shown[1][0] == f"{told['Joint demand']} {told['Reference']}"
    assert shown[1][1:5] == [told[each] for each in ("Authorities", "Needs", "Users", "Whole-life budget")]


@pytest.mark.parametrize("role", ["cdo", "reader", "administrator"])
@pytest.mark.parametrize("figure", sorted(each.slug for each in FIGURES.values()))
def test_file_tells_others_no_more_than_the_page(
    client: Client, role: str, figure: str, request: pytest.FixtureRequest
) -> None:
    scene()
    client.force_login(request.getfixturevalue(role))

    response = client.get(reverse("picture-csv", args=[figure]))

    assert response.status_code == (403 if FIGURES[figure].is_exact else 200)
    text = response.content.decode()
    for secret in ("123,000", "246,000", "Old System", "Vexillum", "4.7 million", "14.1 million"):
        assert secret not in text


def test_needs_by_category_and_authority_are_drawn_for_a_phone_too(client: Client, analyst: User) -> None:
    scene()

    part = page(client, analyst).partition("Needs by category and authority")[2].partition("</figure>")[0]

    wide, narrow = re.findall(r'<svg [^>]*viewBox="0 0 (\d+)', part)
    assert int(narrow) < 390 < int(wide)
    assert re.search(r'class="loti-figure__narrow"><svg', part)


def test_no_file_of_a_figure_that_is_not(client: Client, analyst: User) -> None:
    client.force_login(analyst)
    assert client.get(reverse("picture-csv", args=["nonsense"])).status_code == 404
    # There is nothing to draw yet.
    assert client.get(reverse("picture-csv", args=["categories"])).status_code == 404


def test_text_that_a_spreadsheet_would_run_is_marked_in_a_file(client: Client, analyst: User) -> None:
    joint_demand("camden", "brent", title="=1+1")

    assert csv_rows(client, analyst, "joint-demands")[1][0] == "'=1+1"


def test_every_number_of_the_first_screen_leads_to_what_is_behind_it(client: Client, analyst: User) -> None:
    scene()
    html = page(client, analyst).partition("Parts of this page")[0]

    links = {unescape(link) for link in re.findall(r'href="(/[^"]*)"', html)}
    behind = [link for link in links if link.startswith(reverse("picture-needs"))]

    assert len(behind) > 3
    for link in behind:
        assert client.get(link).status_code == 200, link


def test_needs_behind_a_number(client: Client, analyst: User) -> None:
    demand = scene()
    client.force_login(analyst)

    html = client.get(reverse("picture-needs"), {"figure": "open-needs"}).content.decode()

    assert f"{Need.objects.open().count()} needs, as of" in html
    assert "Alone" in html
    assert html.count(demand.reference) >= 2


def test_others_read_of_needs_only_those_in_joint_demands(client: Client, reader: User) -> None:
    scene()
    client.force_login(reader)

    html = client.get(reverse("picture-needs"), {"figure": "open-needs"}).content.decode()

    assert f"{Need.objects.open().count()} needs, as of" in html
    assert "Repairs for Brent" in html
    assert "Alone" not in html
    assert "Of 1 more need nothing is told" in html


@pytest.mark.parametrize("figure", ["budget-highest", "users", "budgeted-needs", "demands-without-lead", "nonsense"])
def test_needs_behind_what_is_not_told_are_not_there(client: Client, reader: User, figure: str) -> None:
    scene()
    client.force_login(reader)

    assert client.get(reverse("picture-needs"), {"figure": figure}).status_code == 404


def test_picture_tells_what_moved_since_the_last_snapshot(client: Client, analyst: User, reader: User) -> None:
    demand = scene()
    assert "No snapshot has been taken yet" in page(client, analyst)
    snapshot = snapshots.take(by=COMMAND_LINE)
    assert f"Nothing of what is counted here has moved since {snapshot.reference}." in page(client, analyst)

    joining = NeedFactory(borough=BoroughFactory(slug="sutton", name="Sutton"))
    DemandMemberFactory(demand=demand, need=joining)
    live_picture.forget()

    for user in (analyst, reader):
        html = page(client, user)
        assert f"Since {snapshot.reference}, " in html
        assert "Sutton joined" in html
