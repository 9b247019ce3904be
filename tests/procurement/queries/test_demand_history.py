"""The history of a joint demand, in words for people."""

from datetime import date

import pytest

from boroughs import audit
from boroughs.models import Borough, Membership, Role, User
from boroughs.permissions import SCHEDULER
from procurement.models import Coalition
from procurement.queries.demand_history import history
from tests.conftest import person
from tests.factories import notices as scene
from tests.factories.procurement import JointDemandFactory

pytestmark = pytest.mark.django_db


def test_terms_and_their_outcome_are_told_in_words(analyst: User) -> None:
    demand = JointDemandFactory()
    moved = {"from": date(2027, 3, 31).isoformat(), "to": date(2027, 6, 30).isoformat()}
    decided = {"outcome": Coalition.Outcome.REACHED, "committed": ["camden"], "quorum": 1}
    for by, verb, details in (
        (analyst, "set terms", {"quorum": 1}),
        (SCHEDULER, "extend", moved),
        (analyst, "decide", decided),
    ):
        audit.record(by=by, verb=verb, noun="joint demand", reference=demand.reference, details=details)
    told = {entry.title: (entry.details, entry.by) for entry in history(demand, analyst, with_reasons=False)}
    assert told == {
        "Terms set": ("Quorum: 1 borough.", analyst.name),
        "Decision date moved": ("From 31 March 2027 to 30 June 2027: the quorum was missed.", SCHEDULER.name),
        "Decided": ("Quorum reached: 1 borough committed, it took 1.", analyst.name),
    }


def test_people_of_a_borough_are_named_to_it_and_to_the_office_and_to_nobody_else(analyst: User) -> None:
    demand = JointDemandFactory()
    camden: Borough = scene.borough("Camden")
    lead = person(Role.BOROUGH_APPROVER, camden)
    for by in (lead, analyst, SCHEDULER):
        audit.record(by=by, verb="set terms", noun="joint demand", reference=demand.reference)

    def told(reader: User) -> list[str]:
        return [entry.by for entry in history(demand, reader, with_reasons=False)][::-1]

    named, unnamed = [lead.name, analyst.name, "scheduler"], ["Camden", analyst.name, "scheduler"]
    for reader in (analyst, person(Role.CDO_READER), lead, person(Role.BOROUGH_READER, camden)):
        assert told(reader) == named
    for reader in (person(Role.BOROUGH_APPROVER, scene.borough("Brent")), person(Role.ADMINISTRATOR)):
        assert told(reader) == unnamed
    Membership.objects.filter(user=lead).delete()
    assert told(person(Role.BOROUGH_READER, scene.borough("Brent")))[0] == "a person who has left"


def test_answers_to_being_named_are_told_with_their_borough(analyst: User) -> None:
    demand = JointDemandFactory()
    for name, verb in (("Barnet", "agree to be named"), ("Camden", "refuse to be named")):
        borough = scene.borough(name)
        approver = person(Role.BOROUGH_APPROVER, borough)
        audit.record(by=approver, verb=verb, noun="joint demand", reference=demand.reference, borough=borough)
    told = {entry.title for entry in history(demand, analyst, with_reasons=False)}
    assert told == {"Barnet agreed to be named", "Camden refused to be named"}
