"""The page that says when boroughs could start together."""

import html
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boroughs.models import Borough, Need, User
from procurement.models import Coalition, DemandMember, JointDemand, Participation
from tests.factories.boroughs import BoroughFactory, ContractFactory, NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import DemandMemberFactory

pytestmark = pytest.mark.django_db

ENDS = {
    "camden": date(2028, 3, 31),
    "brent": date(2028, 5, 31),
    "hackney": date(2029, 3, 31),
    "islington": date(2028, 9, 30),
    "lambeth": date(2034, 7, 31),
}


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel("2026-11-29 12:00", tick=False) as traveller:
        yield traveller


def ending(demand: JointDemand, slug: str, end: date, **fields: object) -> None:
    contract = ContractFactory(
        borough=Borough.objects.get(slug=slug), end_date=end, title="Secret system", supplier="Secret plc", **fields
    )
    # Read first: without statistics, PostgreSQL may plan the update of a joined selection row by row by row.
    theirs = list(DemandMember.objects.filter(demand=demand, need__borough__slug=slug).values_list("need", flat=True))
    Need.objects.filter(pk__in=theirs).update(contract=contract)


@pytest.fixture
def demand() -> JointDemand:
    made: JointDemand = joint_demand(*ENDS, reference="JD-0007")
    for slug, end in ENDS.items():
        ending(made, slug, end, extension_options=[12] if slug == "camden" else [], notice_months=6)
    return made


def page(client: Client, user: User, query: str = "") -> str:
    client.force_login(user)
    answer = client.get(f"/demands/JD-0007/timeline/{query}")
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.content.decode()).split())


def part(shown: str, title: str) -> str:
    """From the heading to the next of its rank; "" where there is no such heading."""
    _, found, rest = shown.partition(f">{title}</h2>")
    return rest.partition("<h2")[0] if found else ""


def test_office_sees_the_best_start_and_the_fewest_for_all(client: Client, analyst: User, demand: JointDemand) -> None:
    shown = page(client, analyst)
    assert "The most that could start together are 4 of 5 boroughs, in April 2029." in shown
    assert part(shown, "What a start in April 2029 would mean")
    waves = part(shown, "The fewest starts for all")
    assert "These 2 do" in waves
    assert "Lambeth <span" in waves


def test_a_start_says_what_it_means_to_each_and_what_to_decide(
    client: Client, analyst: User, demand: JointDemand
) -> None:
    shown = page(client, analyst, "?start=2028-06")
    meaning = part(shown, "What a start in June 2028 would mean")
    for words in (
        "Its contract ends on 31 March 2028: a bridge of 2 months.",
        "Its contract ends on 31 May 2028, the day before.",
        "Its contract ends on 31 March 2029: 10 months of double running.",
        "Its contract ends on 30 September 2028: 4 months of double running.",
        "Its contract ends on 31 July 2034: 74 months of double running, and 12 are the most.",
        "<strong>30 Sep 2027</strong> Agree a bridge of 2 months",
        "<strong>30 Nov 2027</strong> Give notice that the contract ends on 31 May 2028",
    ):
        assert words in meaning
    assert "would have to start by <strong>1 June 2027</strong>" in shown


def test_other_start_is_asked_for_by_link_and_by_form(client: Client, analyst: User, demand: JointDemand) -> None:
    shown = page(client, analyst, "?start=2029-04&borough=&end_day=&end_month=&end_year=")
    meaning = part(shown, "What a start in April 2029 would mean")
    assert "once an option to extend is taken up, the day before." in meaning
    assert '<option value="2029-04" selected>April 2029</option>' in shown
    assert 'href="?start=2028-04"' in part(shown, "The best start for each number of boroughs")


def test_who_acts_for_all_takes_a_start_into_the_terms(
    client: Client, analyst: User, reader: User, demand: JointDemand
) -> None:
    link = "/demands/JD-0007/participation/terms/?start=2028-06"
    assert f'href="{link}"' in page(client, analyst, "?start=2028-06")
    form = client.get(link).content.decode()
    assert [f'name="start_date_{part}" value="{value}"' in form for part, value in (("month", 6), ("year", 2028))]
    assert client.get(f"{link}x").status_code == 200, "what is no month is left out"
    what_if = "borough=lambeth&end_day=31&end_month=3&end_year=2029"
    assert "participation/terms/" not in page(client, analyst, f"?start=2028-06&{what_if}"), "it may not come true"
    assert "participation/terms/" not in page(client, reader, "?start=2028-06")
    Coalition.objects.create(
        demand=demand, outcome="REACHED", outcome_at=timezone.now(), updated_at=timezone.now(), quorum=2
    )
    assert "participation/terms/" not in page(client, analyst, "?start=2028-06"), "the terms stand"


def test_page_says_after_which_day_the_time_for_a_purchase_is_counted(
    client: Client, analyst: User, demand: JointDemand
) -> None:
    assert "leaves 12 months for a joint purchase.</li>" in page(client, analyst)
    day = timezone.localdate() + timedelta(days=90)
    terms = {"quorum": 2, "depth": "TENDER", "if_missed": "EXTEND"}
    Coalition.objects.create(demand=demand, decision_date=day, updated_at=timezone.now(), **terms)
    assert f"after the decision date, {day.day} {day:%B %Y}.</li>" in page(client, analyst)


def test_what_if_shows_what_changes_and_stores_nothing(client: Client, analyst: User, demand: JointDemand) -> None:
    shown = page(client, analyst, "?borough=lambeth&end_day=31&end_month=3&end_year=2029")
    assert "What if the contract of Lambeth ended on 31 March 2029 instead of 31 July 2034?" in shown
    assert "All 5 boroughs could start together in April 2029." in shown
    assert '<td data-label="As it is">4</td><td data-label="As it would be">5</td>' in shown
    # Links to other starts keep the question.
    kept = "&borough=lambeth&end_day=31&end_month=3&end_year=2029"
    assert f'href="?start=2029-04{kept}"' in part(shown, "One start for all")
    assert "4 of 5 boroughs" in page(client, analyst)


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("start=1999-01", "Choose a start from the list"),
        ("start=x", "Choose a start from the list"),
        ("borough=lambeth&end_day=31&end_month=2&end_year=2030", "New end of the contract must be a real date"),
        ("borough=lambeth", "Enter the day on which the contract ends then"),
        ("end_day=31&end_month=3&end_year=2030", "Choose whose contract ends then"),
        ("borough=nowhere&end_day=31&end_month=3&end_year=2030", "Choose a borough from the list"),
        ("borough=lambeth&end_day=31&end_month=3&end_year=9999", "New end of the contract must be"),
        ("borough=lambeth&end_day=31&end_month=3&end_year=1066", "New end of the contract must be"),
    ],
)
def test_what_cannot_be_answered_is_said_and_the_page_stays_as_it_was(
    client: Client, analyst: User, demand: JointDemand, query: str, error: str
) -> None:
    shown = page(client, analyst, f"?{query}")
    assert error in shown
    assert "<title>Error: When to start together" in shown
    assert part(shown, "What a start in April 2029 would mean")
    assert "As it would be" not in shown


def test_acceptable_start_stays_where_the_what_if_is_not(client: Client, analyst: User, demand: JointDemand) -> None:
    shown = page(client, analyst, "?start=2029-04&borough=lambeth&end_day=x&end_month=2&end_year=2030")
    assert "must be a real date" in shown
    assert 'value="x"' in shown
    assert part(shown, "What a start in April 2029 would mean")


def test_borough_sees_itself_and_only_counts_of_the_others(client: Client, reader: User, demand: JointDemand) -> None:
    shown = page(client, reader)
    assert "Camden could start most easily in April 2028." in shown
    assert "Of 4 more boroughs you see only how many could join" in shown
    assert "Boroughs whose dates you do not see" in shown
    for slug in ("Brent", "Hackney", "Islington", "Lambeth", "2034", "30 September", "Secret"):
        assert slug not in shown
    assert "Choose a borough from the list" in page(
        client, reader, "?borough=brent&end_day=1&end_month=1&end_year=2030"
    )


def test_borough_sees_others_that_have_accepted_too_and_never_their_product(
    client: Client, reader: User, demand: JointDemand
) -> None:
    for slug in ("camden", "brent", "lambeth"):
        Participation.objects.create(
            demand=demand,
            borough=Borough.objects.get(slug=slug),
            stage=Participation.Stage.WATCHING,
            accepted_at=timezone.now(),
        )
    shown = page(client, reader)
    assert "Its contract ends on 31 May 2028, the day before." in shown
    assert "2 more boroughs have no part in this page" in shown
    for words in ("Hackney", "Islington", "Secret"):
        assert words not in shown


def test_administrator_sees_counts_alone(client: Client, administrator: User, demand: JointDemand) -> None:
    shown = page(client, administrator)
    assert "You may not see the dates of these 5 boroughs, only how many could join a start" in shown
    assert "How many boroughs could join each start" in shown
    assert "Boroughs whose dates you do not see" in shown
    for words in ("Without extra cost", "Whose contract", *(slug.title() for slug in ENDS)):
        assert words not in shown


def test_where_never_three_could_join_no_figure_is_told(
    client: Client, administrator: User, demand: JointDemand
) -> None:
    for slug in ("camden", "brent", "hackney"):
        Need.objects.filter(demand_member__demand=demand, borough__slug=slug).update(start_date=date(2027, 1, 31))
    shown = page(client, administrator)
    assert "In no month could 3 of these boroughs join." in shown
    assert "How many boroughs could join each start" not in shown


def test_too_few_to_count_show_nothing(client: Client, administrator: User) -> None:
    demand = joint_demand("camden", "brent", reference="JD-0007")
    ending(demand, "camden", date(2028, 3, 31))
    shown = page(client, administrator)
    assert "You may not see the dates of these 2 boroughs." in shown
    assert "How many boroughs could join each start" not in shown


def test_agreed_start_is_shown_and_who_declined_is_named(client: Client, analyst: User, demand: JointDemand) -> None:
    Coalition.objects.create(demand=demand, start_date=date(2028, 9, 1), updated_at=timezone.now())
    Participation.objects.create(
        demand=demand,
        borough=Borough.objects.get(slug="brent"),
        stage=Participation.Stage.DECLINED,
        reason=Participation.DeclineReason.TIMING,
    )
    shown = page(client, analyst)
    assert "The start that is agreed is September 2028." in shown
    assert "Left out, because it has declined: Brent." in part(shown, "What a start in September 2028 would mean")


def test_joint_demand_leads_here_and_a_retired_one_back(client: Client, analyst: User, demand: JointDemand) -> None:
    client.force_login(analyst)
    assert 'href="/demands/JD-0007/timeline/"' in client.get("/demands/JD-0007/").content.decode()
    JointDemand.objects.filter(pk=demand.pk).update(status=JointDemand.Status.RETIRED, retired_at=timezone.now())
    answer = client.get("/demands/JD-0007/timeline/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/demands/JD-0007/")


def test_33_boroughs_with_ten_needs_each_take_no_more_than_a_dozen_queries(
    client: Client, analyst: User, reader: User
) -> None:
    slugs = ["camden", *(f"borough-{n}" for n in range(32))]
    demand = joint_demand(*slugs, reference="JD-0007")
    for place, slug in enumerate(slugs):
        borough = BoroughFactory(slug=slug)
        for _ in range(9):
            DemandMemberFactory(demand=demand, need=NeedFactory(borough=borough, category=demand.category))
        ending(demand, slug, date(2028 + place % 4, 1 + place % 12, 28), extension_options=[12] * 5)
        Participation.objects.create(
            demand=demand, borough=borough, stage=Participation.Stage.WATCHING, accepted_at=timezone.now()
        )
    for user in (analyst, reader):
        client.force_login(user)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get("/demands/JD-0007/timeline/?borough=camden&end_day=31&end_month=5&end_year=2028")
        assert answer.status_code == 200
        assert "33 boroughs" in answer.content.decode()
        assert len(asked) <= 12
