"""What a snapshot reads from the register."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boroughs.models import Borough, Need
from procurement.models import JointDemand, Notice, Participation
from procurement.picture import facts
from procurement.queries import picture_facts
from procurement.queries.told_figures import told_of
from procurement.queries.totals import whole_life
from tests.factories import notices as scene
from tests.factories.boroughs import BoroughFactory, NeedFactory
from tests.factories.picture import joint_demand, told
from tests.factories.procurement import CoalitionFactory, MatchRunFactory, ParticipationFactory

pytestmark = pytest.mark.django_db


def test_needs_are_read_as_they_are_and_only_open_ones() -> None:
    said = {
        "users_count": 40,
        "budget_min": 10_000,
        "budget_basis": Need.BudgetBasis.PER_YEAR,
        "months": 36,
        "contract_end_date": date(2027, 3, 31),
        "incumbent": "Old System Ltd",
    }
    need = NeedFactory(revision=4, **said)
    NeedFactory(status=Need.Status.SUBMITTED)

    (read,) = picture_facts.read().needs

    assert (read.reference, read.revision, read.borough) == (need.reference, 4, need.borough.slug)
    assert (read.users, read.months, read.contract_end_date) == (40, 36, date(2027, 3, 31))
    assert (read.incumbent, read.supplier) == ("Old System Ltd", "oldsystem")
    assert need.problem not in repr(read)


@pytest.mark.parametrize("basis", list(Need.BudgetBasis))
@pytest.mark.parametrize(("low", "high"), [(1_000, 2_000), (None, 2_000), (1_000, None), (None, None)])
@pytest.mark.parametrize("months", [None, 30])
def test_budgets_add_up_as_on_the_pages(basis: str, low: int | None, high: int | None, months: int | None) -> None:
    need = NeedFactory(budget_min=low, budget_max=high, budget_basis=basis, months=months)

    (read,) = picture_facts.read().needs

    assert (read.lowest, read.highest) == (whole_life(need, "budget_min"), whole_life(need, "budget_max"))


def test_demand_with_stances_terms_and_notice() -> None:
    demand = joint_demand("camden", "brent", "sutton", status=JointDemand.Status.CONFIRMED)
    camden, brent = Borough.objects.get(slug="camden"), Borough.objects.get(slug="brent")
    Need.objects.filter(borough__slug="sutton").update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())
    CoalitionFactory(demand=demand, lead=camden)
    ParticipationFactory(demand=demand, borough=camden, stage=Participation.Stage.INTENDING)
    ParticipationFactory(demand=demand, borough=brent)

    (read,) = picture_facts.read().demands

    assert [member.need for member in read.members] == list(
        Need.objects.open().order_by("reference").values_list("reference", flat=True)
    )
    assert [(each.borough, each.stage) for each in read.stances] == [("brent", "WATCHING"), ("camden", "INTENDING")]
    assert (read.lead, read.status, read.decision_date) == ("camden", "CONFIRMED", None)


def test_told_figures_are_those_of_the_live_pages() -> None:
    row = told("camden", "brent", "sutton", "merton", needs={"users_count": 250, "budget_max": 400_000})
    joint_demand("camden", "brent", "sutton", "merton", title="Not confirmed", needs={"users_count": 250})

    shown, suggested = picture_facts.read().demands

    live = told_of(row)
    assert (shown.told.users.value, shown.told.users.as_at) == (1_000, timezone.localdate())
    assert (shown.told.budget_max.low, shown.told.budget_max.high) == (live.budget_max.low, live.budget_max.high)
    assert not shown.told.budget_max.withheld
    assert suggested.told == facts.ToldFigures()


def test_reasons_that_others_may_read_are_marked() -> None:
    demand = joint_demand("camden", "brent")
    reasons = [
        {"code": "same-product", "words": "Both use Old System", "weight": 2},
        {"code": "category", "words": "Both want telephony", "weight": 1},
        {"code": "ends-apart", "words": "Contracts end apart", "weight": -1},
    ]
    demand.members.update(reasons=reasons)

    member, _ = picture_facts.read().demands[0].members

    assert member.reasons_for == ("Both use Old System", "Both want telephony")
    assert (member.told_for, member.told_against) == (("Both want telephony",), ())


def test_demand_without_open_needs_is_left_out() -> None:
    joint_demand("camden", "brent")
    Need.objects.update(status=Need.Status.DRAFT)

    assert picture_facts.read().demands == ()


def test_notice_is_read_as_it_was_published() -> None:
    version = scene.publish()
    Notice.objects.filter(pk=version.notice_id).update(title="Not published yet")

    read = picture_facts.read()

    (found,) = read.notices
    assert (found.reference, found.title, found.version) == (version.notice.reference, version.title, 1)
    assert (read.board.versions, read.board.digest) == (1, version.digest)


def test_run_that_finished_last() -> None:
    assert picture_facts.read().run is None
    MatchRunFactory(engine_version="1", digest="a")
    newest = MatchRunFactory(engine_version="2", digest="b", parameters={"cut": 0.35, "a": None})

    run = picture_facts.read().run

    assert run is not None
    assert (run.number, run.engine_version, run.parameters) == (newest.pk, "2", '{"a": null, "cut": 0.35}')


def test_queries_do_not_grow_with_needs() -> None:
    MatchRunFactory()
    joint_demand("camden", "brent")
    with CaptureQueriesContext(connection) as few:
        picture_facts.read()
    for number in range(5):
        joint_demand("camden", "brent", f"borough-{number}", title=f"Demand {number}")
    with CaptureQueriesContext(connection) as many:
        picture_facts.read()

    assert len(few) == len(many) <= 23


def test_order_is_that_of_the_names() -> None:
    for slug in ("b-one", "a_two", "a-two", "B-three"):
        BoroughFactory(slug=slug, name=slug)

    slugs = [authority.slug for authority in picture_facts.read().authorities]

    assert slugs == sorted(slugs)


def test_bytes_are_those_of_a_snapshot() -> None:
    joint_demand("camden", "brent", needs={"contract_end_date": date(2027, 3, 31)})
    frozen = facts.Frozen(facts.FORMAT, "DP-2026-0001", timezone.now(), None, picture_facts.read())

    assert facts.from_json(facts.to_json(frozen)) == frozen
