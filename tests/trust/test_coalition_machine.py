"""Whatever people do, in whatever order: nobody is committed by another, nobody shares the lead, nothing is lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from boroughs import audit, permissions
from boroughs.actions import needs
from boroughs.exceptions import LotiError
from boroughs.models import AuditEvent, Borough, Need, Role, User
from boroughs.permissions import Permission
from procurement.actions import coalition_clock, coalitions, demands, lead_choice, participation
from procurement.actions.coalitions import Terms
from procurement.actions.participation import CHOICES, Standing
from procurement.models import Coalition, Decision, DemandMember, JointDemand, Participation, ParticipationStep
from procurement.queries.quorum import DEPTHS, quorum
from tests.conftest import person
from tests.factories.picture import joint_demand

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine, pytest.mark.timeout(300)]

SLUGS = ("barnet", "brent", "camden", "ealing")
ROLES = (Role.BOROUGH_READER, Role.BOROUGH_EDITOR, Role.BOROUGH_APPROVER)
Stage = Participation.Stage

slugs, roles = st.sampled_from(SLUGS), st.sampled_from(ROLES)
joining = st.sampled_from([Stage.INTERESTED, Stage.INTENDING, Stage.COMMITTED, Stage.COMMITTED])


class Coalitions(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.all = transaction.atomic()
        self.all.__enter__()
        self.demand = joint_demand(*SLUGS)
        self.boroughs = {slug: Borough.objects.get(slug=slug) for slug in SLUGS}
        self.people = {(slug, role): person(role, self.boroughs[slug]) for slug in SLUGS for role in ROLES}
        self.analyst = person(Role.LOTI_ANALYST)
        # Acts so far: needs go late, so that there is something to lose.
        self.steps = 0
        # What was decided, as this test saw it happen.
        self.outcomes: list[tuple[str, bool]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.all.__exit__(None, None, None)

    def coalition(self) -> Coalition | None:
        return Coalition.objects.filter(demand=self.demand).first()

    def do(self, act: Any) -> bool:
        """Whether it was allowed. What is refused writes nothing."""
        self.steps += 1
        before = self.rows()
        try:
            act()
        except LotiError:
            assert self.rows() == before
            return False
        return True

    def rows(self) -> tuple[Any, ...]:
        return (
            list(Participation.objects.order_by("pk").values_list("pk", "stage", "asked_stage", "revision")),
            list(Coalition.objects.values_list("quorum", "outcome", "lead", "revision")),
            ParticipationStep.objects.count(),
            AuditEvent.objects.count(),
            sorted(Decision.objects.standing().values_list("first", "second", "verdict")),
        )

    @initialize(stages=st.lists(st.sampled_from([None, *Participation.JOINING]), min_size=4, max_size=4))
    def begin(self, stages: list[Participation.Stage | None]) -> None:
        """Some boroughs join at once, so that what takes many of them is reached at all."""
        for slug, stage in zip(SLUGS, stages, strict=True):
            if stage:
                self.move(slug, slug, Role.BOROUGH_APPROVER, stage, "TENDER")
        if all(stages):
            self.set_terms(2, "TENDER", "EXTEND")
            self.offer("camden", Role.BOROUGH_APPROVER)

    # --- what people may try ------------------------------------------------------------------------------------------

    @rule(slug=slugs, stage=joining, depth=st.sampled_from(DEPTHS))
    def join(self, slug: str, stage: Participation.Stage, depth: str) -> None:
        self.move(slug, slug, Role.BOROUGH_APPROVER, stage, depth)

    @rule()
    def all_commit(self) -> None:
        for row in list(Participation.objects.joining().filter(demand=self.demand).select_related("borough")):
            self.move(row.borough.slug, row.borough.slug, Role.BOROUGH_APPROVER, Stage.COMMITTED, "CONTRACT")

    @rule(slug=slugs, by=slugs, role=roles, stage=st.sampled_from(CHOICES), depth=st.sampled_from(DEPTHS))
    def move(self, slug: str, by: str, role: Role, stage: Participation.Stage, depth: str) -> None:
        borough, who = self.boroughs[slug], self.people[by, role]
        row = Participation.objects.filter(demand=self.demand, borough=borough).first()
        was = row.stage if row else Stage.SUGGESTED
        to = Standing(stage, depth, "TIMING" if stage == Stage.DECLINED else "")
        revision = row.revision if row else 0
        done = self.do(
            lambda: participation.move(demand=self.demand, borough=borough, to=to, revision=revision, by=who)
        )
        if done:
            assert by == slug
            assert role != Role.BOROUGH_READER
            assert role == Role.BOROUGH_APPROVER or Stage.COMMITTED not in (stage, was)

    @rule(by=st.one_of(st.none(), st.tuples(slugs, roles)), allow=st.booleans())
    def answer(self, by: tuple[str, Role] | None, allow: bool) -> None:
        """The lead's answer, or somebody else's, to whoever asks."""
        row = Participation.objects.asking().filter(demand=self.demand).select_related("borough").first()
        lead, who = self.lead_person(), self.people[by] if by else self.lead_person() or self.analyst
        if row is not None and self.do(
            lambda: participation.answer(
                demand=self.demand, borough=row.borough, allow=allow, revision=row.revision, by=who
            )
        ):
            assert who == (lead or self.analyst) or (lead and permissions.has(who, Permission.COMMIT, self.lead()))

    @rule(slug=slugs, role=st.sampled_from([Role.BOROUGH_APPROVER, *ROLES]))
    def offer(self, slug: str, role: Role) -> None:
        borough = self.boroughs[slug]
        self.do(lambda: lead_choice.offer(demand=self.demand, borough=borough, by=self.people[slug, role]))

    @rule(agrees=st.sampled_from([True, True, True, False]))
    def all_vote(self, agrees: bool) -> None:
        """Everybody who joins answers every offer that is open."""
        rows = list(Participation.objects.joining().filter(demand=self.demand).select_related("borough"))
        for candidate in [row for row in rows if row.offered_at]:
            for row in rows:
                self.vote(row.borough.slug, candidate.borough.slug, agrees)

    @rule(slug=slugs)
    def take_back(self, slug: str) -> None:
        who = self.people[slug, Role.BOROUGH_APPROVER]
        self.do(lambda: lead_choice.take_back(demand=self.demand, borough=self.boroughs[slug], by=who))

    @rule(slug=slugs, candidate=slugs, agrees=st.sampled_from([True, True, True, False]))
    def vote(self, slug: str, candidate: str, agrees: bool) -> None:
        who, on = self.people[slug, Role.BOROUGH_APPROVER], self.boroughs[candidate]
        self.do(
            lambda: lead_choice.vote(
                demand=self.demand, candidate=on, borough=self.boroughs[slug], agrees=agrees, by=who
            )
        )

    @rule(
        count=st.sampled_from([1, 2, 2, 3, 4]),
        depth=st.sampled_from(DEPTHS),
        missed=st.sampled_from(Coalition.IfMissed.values),
    )
    def set_terms(self, count: int, depth: str, missed: str) -> None:
        coalition = self.coalition()
        who = self.lead_person() or self.analyst
        today = timezone.localdate()
        terms = Terms(count, depth, today + timedelta(days=2), missed, joining_closes_date=today)
        revision = coalition.revision if coalition and coalition.quorum is not None else 0
        self.do(lambda: coalitions.set_terms(demand=self.demand, terms=terms, revision=revision, by=who))

    @rule()
    def joining_closes(self) -> None:
        """The clock goes on by a day, for the coalition."""
        Coalition.objects.filter(joining_closes_date=timezone.localdate()).update(
            joining_closes_date=timezone.localdate() - timedelta(days=1)
        )

    @rule(by_lead=st.booleans())
    def close(self, by_lead: bool) -> None:
        coalition = self.coalition()
        reached = coalition is not None and quorum(coalition).is_reached
        who = (self.lead_person() if by_lead else None) or self.analyst
        if self.do(lambda: coalitions.close(demand=self.demand, by=who)):
            self.outcomes.append(("REACHED", reached))

    @precondition(lambda self: self.coalition() is not None)
    @rule()
    def the_day_is_over(self) -> None:
        coalition = self.coalition()
        assert coalition is not None
        reached = quorum(coalition).is_reached
        Coalition.objects.filter(pk=coalition.pk, outcome="", decision_date__isnull=False).update(
            decision_date=timezone.localdate() - timedelta(days=1)
        )
        coalition_clock.settle_due(at=timezone.now())
        after = Coalition.objects.get(pk=coalition.pk)
        if after.outcome and after.outcome != coalition.outcome:
            self.outcomes.append((after.outcome, reached))

    @precondition(lambda self: self.steps > 12)
    @rule(slug=slugs)
    def withdraw(self, slug: str) -> None:
        need = Need.objects.filter(borough__slug=slug, status=Need.Status.OPEN).first()
        if need is not None:
            who = self.people[slug, Role.BOROUGH_APPROVER]
            self.do(lambda: needs.withdraw(need=need, by=who, reason="No longer needed"))

    @rule()
    def confirm(self) -> None:
        self.do(lambda: demands.confirm(demand=self.demand, by=self.analyst))

    @precondition(lambda self: self.steps > 12)
    @rule(slug=slugs)
    def remove(self, slug: str) -> None:
        need = Need.objects.get(borough__slug=slug)
        standing = set(Decision.objects.standing().values_list("pk", flat=True))
        if self.do(lambda: demands.remove_member(demand=self.demand, need=need, by=self.analyst)):
            ours = AuditEvent.objects.filter(noun="joint demand", verb="remove member").order_by("-pk").first()
            assert ours is not None
            assert standing != set(Decision.objects.standing().values_list("pk", flat=True))

    # --- what always holds --------------------------------------------------------------------------------------------

    @invariant()
    def who_is_committed_was_committed_by_its_own_approver(self) -> None:
        for row in Participation.objects.committed().select_related("committed_by", "borough"):
            assert row.committed_by is not None
            assert permissions.has(User.objects.get(pk=row.committed_by.pk), Permission.COMMIT, row.borough)

    @invariant()
    def what_is_decided_was_decided_by_a_quorum(self) -> None:
        assert all(reached == (outcome == "REACHED") for outcome, reached in self.outcomes)

    @invariant()
    def one_leads_at_the_most_and_it_joins(self) -> None:
        coalition = self.coalition()
        leading = ParticipationStep.objects.filter(verb__in=["LEADS", "LEFT_LEAD"]).order_by("pk")
        led: list[str] = []
        for step in leading:
            if step.verb == "LEADS":
                assert not led, "two lead"
                led = [step.borough_slug]
            else:
                led.remove(step.borough_slug)
        lead = coalition.lead if coalition else None
        assert led == ([lead.slug] if lead else [])
        if lead:
            assert Participation.objects.joining().filter(demand=self.demand, borough=lead).exists()

    @invariant()
    def each_stands_where_its_last_step_led(self) -> None:
        for row in Participation.objects.select_related("borough"):
            steps = ParticipationStep.objects.filter(borough_slug=row.borough.slug, verb="MOVED").order_by("pk")
            last = steps.last()
            assert row.stage == (last.to_stage if last else Stage.SUGGESTED)
            events = AuditEvent.objects.filter(noun="participation", verb="moved", borough_slug=row.borough.slug)
            assert events.count() == steps.count()

    @invariant()
    def rulings_hold(self) -> None:
        places = dict(DemandMember.objects.values_list("need_id", "demand_id"))
        for ruling in Decision.objects.standing():
            first, second = places.get(ruling.first_id), places.get(ruling.second_id)
            if ruling.verdict == Decision.Verdict.APART:
                assert first is None or first != second

    def lead(self) -> Borough | None:
        coalition = self.coalition()
        return coalition.lead if coalition else None

    def lead_person(self) -> User | None:
        lead = self.lead()
        return self.people[lead.slug, Role.BOROUGH_APPROVER] if lead else None


def test_no_sequence_of_acts_breaks_what_was_promised() -> None:
    run_state_machine_as_test(
        Coalitions,
        settings=settings(
            max_examples=30,
            stateful_step_count=40,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_trail_names_every_step(analyst: User) -> None:
    """The trail and the steps are two records of one thing."""
    demand: JointDemand = joint_demand("camden", "brent")
    camden = Borough.objects.get(slug="camden")
    who = person(Role.BOROUGH_APPROVER, camden)
    participation.move(demand=demand, borough=camden, to=Standing(Stage.COMMITTED, "TENDER"), revision=0, by=who)
    event = audit.history(noun="participation", reference=demand.reference, borough=camden)[0]
    assert (event.verb, event.actor) == ("moved", who.email)
    assert event.details == {"from_stage": "SUGGESTED", "to_stage": "COMMITTED", "depth": "TENDER"}
