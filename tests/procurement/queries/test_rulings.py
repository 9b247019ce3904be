"""What a borough says of its own need is an input of the next run, until an analyst rules otherwise."""

from typing import Any

import pytest

from boroughs.models import Need, User
from boroughs.permissions import COMMAND_LINE
from procurement.actions import demands, matching, suggesting
from procurement.matching import Decision as Ruling
from procurement.models import Decision, DemandMember, JointDemand, MatchRun, ProvisionalPlace
from procurement.queries.rulings import standing_rulings
from tests.factories.boroughs import CategoryFactory, NeedFactory
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub_embedder")]

TELECARE = "Replace analogue telecare alarms before the switch to digital telephone lines"
PARKING = "Parking permits and penalty charge notice back office with evidence review"


def need(text: str, **fields: Any) -> Need:
    category = CategoryFactory(slug=text.split()[0].lower())
    made: Need = NeedFactory(title=text[:60], problem=text, description=text, category=category, **fields)
    return made


def ran() -> None:
    matching.request(by=COMMAND_LINE)
    run = matching.run()
    assert run is not None
    assert run.status == MatchRun.Status.FINISHED, run.error


def place(need: Need) -> JointDemand | None:
    row = DemandMember.objects.filter(need=need).select_related("demand").first()
    return row.demand if row else None


@pytest.fixture
def demand() -> JointDemand:
    for _ in range(3):
        need(TELECARE)
    ran()
    return JointDemand.objects.get()


def test_need_joins_the_demand_that_its_borough_names(demand: JointDemand) -> None:
    odd = need(PARKING, joins=demand.reference)
    ran()
    assert place(odd) == demand


def test_without_saying_so_it_would_not(demand: JointDemand) -> None:
    odd = need(PARKING)
    ran()
    assert place(odd) is None


def test_need_joins_the_need_that_its_borough_names() -> None:
    one = need(TELECARE)
    odd = need(PARKING, joins=one.reference)
    ran()
    assert place(odd) == place(one) is not None


def test_it_is_said_at_once_before_the_run(demand: JointDemand) -> None:
    odd = need(PARKING, joins=demand.reference)
    assert suggesting.suggest(key=odd.reference)
    assert ProvisionalPlace.objects.get(need=odd).demand == demand


def test_it_stays_through_later_runs(demand: JointDemand) -> None:
    odd = need(PARKING, joins=demand.reference)
    for _ in range(2):
        ran()
        assert place(odd) == demand
    before = standing_rulings()
    ran()
    assert standing_rulings() == before


def test_analyst_who_takes_it_out_has_the_last_word_until_that_is_undone(demand: JointDemand, analyst: User) -> None:
    odd = need(PARKING, joins=demand.reference)
    ran()
    demands.remove_member(demand=demand, need=odd, by=analyst, reason="Another thing")
    ran()
    assert place(odd) is None
    demands.undo_removal(demand=demand, need=odd, by=analyst)
    ran()
    assert place(odd) == demand


def test_pinned_demand_takes_nobody_in(demand: JointDemand, analyst: User) -> None:
    demands.pin(demand=demand, by=analyst)
    odd = need(PARKING, joins=demand.reference)
    ran()
    assert place(odd) is None


@pytest.mark.parametrize("status", [Need.Status.DRAFT, Need.Status.SUBMITTED, Need.Status.WITHDRAWN])
def test_only_open_needs_count_on_either_side(demand: JointDemand, status: Need.Status) -> None:
    need(PARKING, joins=demand.reference, status=status)
    other = need(TELECARE, status=status)
    need(PARKING, joins=other.reference)
    assert standing_rulings() == []


@pytest.mark.parametrize("joins", ["JD-9999", "N-99999", "JD-" + "9" * 12])
def test_what_is_not_there_is_joined_by_nobody(demand: JointDemand, joins: str) -> None:
    need(PARKING, joins=joins)
    ran()
    assert standing_rulings() == []


def test_need_that_names_itself_joins_nobody() -> None:
    own = need(PARKING)
    Need.objects.filter(pk=own.pk).update(joins=own.reference)
    assert standing_rulings() == []


def test_partner_is_the_member_logged_first_and_the_decision_on_the_pair_comes_alone() -> None:
    first, second, odd = (NeedFactory() for _ in range(3))
    demand = JointDemandFactory()
    for member in (second, first):
        DemandMemberFactory(demand=demand, need=member)
    Need.objects.filter(pk=odd.pk).update(joins=demand.reference)
    assert standing_rulings() == [Ruling(odd.reference, first.reference, together=True)]
    ruled = Decision.objects.create(
        first=first,
        second=odd,
        verdict=Decision.Verdict.TOGETHER,
        demand_reference=demand.reference,
        decided_at=odd.updated_at,
        decided_by="analyst",
    )
    assert standing_rulings() == [Ruling(first.reference, odd.reference, together=True)]
    Decision.objects.filter(pk=ruled.pk).update(verdict=Decision.Verdict.APART)
    assert standing_rulings() == [Ruling(first.reference, odd.reference, together=False)]
    Decision.objects.filter(pk=ruled.pk).update(first=second)
    assert standing_rulings() == [Ruling(second.reference, odd.reference, together=False)]
