"""Whatever analysts, boroughs and runs do to joint demands, in whatever order: no decision and no word is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from boroughs.exceptions import LotiError
from boroughs.models import AuditEvent, Need, Role
from boroughs.permissions import COMMAND_LINE
from procurement.actions import demands, matching, merging, participation, review, splitting
from procurement.actions.participation import Standing
from procurement.models import Decision, DemandMember, JointDemand, Participation, ReviewAnswer
from procurement.queries.forwarding import leads_to
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory, CategoryFactory, NeedFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_engine,
    pytest.mark.timeout(300),
    pytest.mark.usefixtures("stub_embedder"),
]

SLUGS = ("barnet", "brent", "camden", "ealing", "merton")
TEXTS = (
    "Replace analogue telecare alarms before the switch to digital telephone lines",
    "Parking permits and penalty charge notice back office with evidence review",
)
Stage, Kind = Participation.Stage, ReviewAnswer.Kind
places = st.integers(0, 9)


class Regrouping(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.all = transaction.atomic()
        self.all.__enter__()
        self.analyst = person(Role.LOTI_ANALYST)
        self.boroughs = [BoroughFactory(slug=slug, name=slug.title()) for slug in SLUGS]
        self.approvers = {each.pk: person(Role.BOROUGH_APPROVER, each) for each in self.boroughs}
        category = CategoryFactory()
        for text in TEXTS:
            for borough in self.boroughs:
                NeedFactory(borough=borough, title=text[:40], problem=text, description=text, category=category)
        self.run()
        self.references = self.named()
        self.committed: set[int] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.all.__exit__(None, None, None)

    def do(self, act: Callable[[], Any]) -> bool:
        """Whether it was allowed. What is refused writes nothing."""
        before = self.rows()
        try:
            act()
        except LotiError:
            assert self.rows() == before
            return False
        return True

    def rows(self) -> tuple[Any, ...]:
        return (
            sorted(DemandMember.objects.values_list("need", "demand")),
            sorted(Participation.objects.values_list("demand", "borough", "stage")),
            sorted(Decision.objects.standing().values_list("first", "second", "verdict")),
            AuditEvent.objects.count(),
        )

    def need(self, place: int) -> Need:
        return list(Need.objects.order_by("pk"))[place]

    def demand(self, place: int) -> JointDemand:
        current = list(JointDemand.objects.current().by_reference())
        return current[place % len(current)] if current else JointDemand.objects.order_by("pk")[0]

    def named(self) -> dict[int, str]:
        return dict(JointDemand.objects.values_list("pk", "reference"))

    # --- what may happen --------------------------------------------------------------------------------------------

    @rule()
    def run(self) -> None:
        matching.request(by=COMMAND_LINE)
        run = matching.run()
        assert run is not None
        assert run.error == ""

    @rule(kind=st.sampled_from([Kind.BELONGS, Kind.REMOVED, Kind.ACCEPTED, Kind.CONFIRMED]), at=places, of=places)
    def answer(self, kind: ReviewAnswer.Kind, at: int, of: int) -> None:
        need = None if kind == Kind.CONFIRMED else self.need(of)
        self.do(lambda: review.answer(demand=self.demand(at), kind=kind, need=need, by=self.analyst))

    @rule(at=places, chosen=st.sets(places, min_size=1, max_size=5))
    def split(self, at: int, chosen: set[int]) -> None:
        needs = list(self.demand(at).members.order_by("pk"))
        some = [needs[each].need for each in chosen if each < len(needs)]
        self.do(lambda: splitting.split(demand=self.demand(at), needs=some, title="Split off", by=self.analyst))

    @rule(one=places, other=places)
    def merge(self, one: int, other: int) -> None:
        self.do(lambda: merging.merge(demand=self.demand(one), other=self.demand(other), by=self.analyst))

    @rule()
    def undo(self) -> None:
        self.do(lambda: review.undo_last(by=self.analyst))

    @rule(at=places, pinned=st.booleans())
    def pin(self, at: int, pinned: bool) -> None:
        act = demands.pin if pinned else demands.unpin
        self.do(lambda: act(demand=self.demand(at), by=self.analyst))

    @rule(at=places, of=places, stage=st.sampled_from([Stage.WATCHING, Stage.COMMITTED, Stage.COMMITTED]))
    def speak(self, at: int, of: int, stage: Participation.Stage) -> None:
        demand, borough = self.demand(at), self.boroughs[of % len(self.boroughs)]
        row = Participation.objects.filter(demand=demand, borough=borough).first()
        if row is not None and row.stage == Stage.COMMITTED:
            return
        to = Standing(stage, "TENDER")
        by, revision = self.approvers[borough.pk], row.revision if row else 0
        if self.do(lambda: participation.move(demand=demand, borough=borough, to=to, revision=revision, by=by)):
            self.committed |= {borough.pk} if stage == Stage.COMMITTED else set()

    # --- what always holds --------------------------------------------------------------------------------------------

    @invariant()
    def every_decision_shows(self) -> None:
        place = dict(DemandMember.objects.values_list("need_id", "demand_id"))
        for first, second, verdict in Decision.objects.standing().values_list("first", "second", "verdict"):
            is_one = place.get(first) is not None and place.get(first) == place.get(second)
            if verdict == Decision.Verdict.APART:
                assert not is_one
            else:
                assert is_one or first not in place or second not in place

    @invariant()
    def joint_demands_are_joint_and_retired_ones_empty(self) -> None:
        for demand in JointDemand.objects.all():
            boroughs = set(demand.members.values_list("need__borough_id", flat=True))
            assert len(boroughs) >= 2 if demand.status != JointDemand.Status.RETIRED else not boroughs

    @invariant()
    def who_committed_is_committed(self) -> None:
        found = set(Participation.objects.committed().values_list("borough_id", flat=True))
        assert found == self.committed
        for row in Participation.objects.committed():
            assert row.committed_by == self.approvers[row.borough_id]

    @invariant()
    def references_stay_and_lead_somewhere(self) -> None:
        now = self.named()
        assert self.references.items() <= now.items()
        self.references = now
        for demand in JointDemand.objects.exclude(merged_into=None):
            end = JointDemand.objects.get(reference=leads_to(demand.reference))
            assert end.merged_into is None


def test_no_sequence_loses_a_decision_or_a_word(stub_embedder: None) -> None:
    run_state_machine_as_test(
        Regrouping,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
