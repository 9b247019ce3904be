import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Need, User
from procurement.models import Overlap, Participation, ProvisionalPlace
from tests.factories.boroughs import CategoryFactory, NeedFactory
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory

pytestmark = pytest.mark.django_db
REASONS = [
    {"code": "category", "words": "Both want parking", "weight": 0.4},
    {"code": "kind", "words": "One wants hardware", "weight": -0.2},
]


def overlap(one: Need, other: Need, score: float = 0.8, probability: float = 0.9) -> None:
    first, second = sorted((one, other), key=lambda need: need.pk)
    Overlap.objects.create(first=first, second=second, score=score, probability=probability, reasons=REASONS)


@pytest.fixture
def need(borough: Borough) -> Need:
    return NeedFactory(borough=borough)


def page(client: Client, need: Need, query: str = "") -> str:
    answer = client.get(f"/needs/{need.reference}/similar/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_summary_of_a_foreign_need_is_shown_with_reasons_and_nothing_else(
    client: Client, reader: User, need: Need, other_borough: Borough
) -> None:
    foreign = NeedFactory(
        borough=other_borough,
        title="Parking in Brent",
        category=CategoryFactory(name="Parking"),
        kind=Need.Kind.SOFTWARE,
        problem="CANARY problem",
        description="CANARY outcome",
        incumbent="CANARY supplier",
        budget_min=471_100,
    )
    overlap(need, foreign)
    client.force_login(reader)
    text = page(client, need)
    for words in ("Parking in Brent", "Brent, Parking, software", "Both want parking", "But: One wants hardware"):
        assert words in text
    assert "CANARY" not in text
    assert "471" not in text
    assert f"/needs/{foreign.reference}/" not in text


def test_joint_demand_of_both_is_named(client: Client, reader: User, need: Need, other_borough: Borough) -> None:
    foreign = NeedFactory(borough=other_borough)
    overlap(need, foreign)
    demand = JointDemandFactory()
    for each in (need, foreign):
        DemandMemberFactory(demand=demand, need=each)
    client.force_login(reader)
    assert f"Both are in {demand.reference}" in page(client, need)


def test_analyst_may_follow_the_link(client: Client, analyst: User, need: Need, other_borough: Borough) -> None:
    foreign = NeedFactory(borough=other_borough)
    overlap(need, foreign)
    client.force_login(analyst)
    assert f'href="/needs/{foreign.reference}/"' in page(client, need)


def test_own_drafts_withdrawn_and_weak_ones_are_left_out(
    client: Client, reader: User, need: Need, borough: Borough, other_borough: Borough
) -> None:
    overlap(need, NeedFactory(borough=borough, title="CANARY own"))
    overlap(need, NeedFactory(borough=other_borough, title="CANARY draft", status=Need.Status.DRAFT))
    overlap(need, NeedFactory(borough=other_borough, title="CANARY gone", status=Need.Status.WITHDRAWN))
    overlap(need, NeedFactory(borough=other_borough, title="CANARY weak"), probability=0.09)
    client.force_login(reader)
    text = page(client, need)
    assert "CANARY" not in text
    assert "None so far" in text


def test_panel_is_the_list_alone(client: Client, reader: User, need: Need) -> None:
    client.force_login(reader)
    assert "<html" not in page(client, need, "?panel")
    assert "<html" in page(client, need)


def test_strongest_come_first_in_few_queries(
    client: Client,
    reader: User,
    need: Need,
    other_borough: Borough,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(15):
        overlap(need, NeedFactory(borough=other_borough, title=f"Ranked {number:02d}"), score=0.4 + number / 100)
    client.force_login(reader)
    with django_assert_max_num_queries(12):
        text = page(client, need)
    assert text.index("Ranked 14") < text.index("Ranked 13") < text.index("Ranked 05")
    assert "Ranked 04" not in text


def test_reasons_do_not_tell_what_the_other_borough_has_or_pays(
    client: Client, reader: User, need: Need, other_borough: Borough
) -> None:
    overlap(need, NeedFactory(borough=other_borough))
    codes = ("incumbent", "product", "words", "ends-together", "ends-apart", "budgets")
    own = {code: f"CANARY {code}" for code in codes}
    told = [{"code": code, "words": words, "weight": 0.2} for code, words in own.items()]
    Overlap.objects.update(reasons=[*REASONS, *told])
    client.force_login(reader)
    text = page(client, need)
    assert "CANARY" not in text
    assert "Both want parking" in text


def test_place_is_said_before_the_run_confirms_it(client: Client, reader: User, need: Need) -> None:
    demand = JointDemandFactory()
    ProvisionalPlace.objects.create(need=need, demand=demand, strength=0.6, found_at=timezone.now())
    client.force_login(reader)
    assert f'">{demand.reference}</a>; the next run confirms it or not.' in page(client, need, "?panel")
    for _ in range(2):
        DemandMemberFactory(demand=demand)
    assert (
        "would join; the next run confirms it or not." in client.get(f"/demands/{demand.reference}/").content.decode()
    )


def test_panel_says_in_which_joint_demand_it_stands_why_and_that_it_waits_for_an_answer(
    client: Client, editor: User, reader: User, analyst: User, need: Need
) -> None:
    demand = DemandMemberFactory(need=need).demand
    why = f'href="/demands/{demand.reference}/needs/{need.reference}/">Why it is in {demand.reference}</a>'
    answer = f'href="/demands/{demand.reference}/participation/of/camden/">Accept or decline</a>'
    client.force_login(editor)
    assert why in page(client, need, "?panel")
    assert answer in page(client, need, "?panel")
    client.force_login(reader)
    assert "An editor or an approver accepts or declines." in page(client, need)
    client.force_login(analyst)
    assert why in page(client, need)
    assert "Suggested to you" not in page(client, need)
    Participation.objects.create(demand=demand, borough=need.borough, stage="WATCHING", accepted_at=timezone.now())
    client.force_login(editor)
    text = page(client, need)
    assert "Watching</strong>" in text
    assert "Suggested to you" not in text


def test_panel_of_a_need_in_no_joint_demand_says_nothing_of_one(client: Client, editor: User, need: Need) -> None:
    client.force_login(editor)
    assert "Why it is in" not in page(client, need)
