"""The history of a joint demand, in words for people."""

from datetime import date

import pytest

from boroughs import audit
from boroughs.models import User
from boroughs.permissions import SCHEDULER
from procurement.models import Coalition
from procurement.queries.demand_history import history
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
    told = {entry.title: (entry.details, entry.by) for entry in history(demand, with_reasons=False)}
    assert told == {
        "Terms set": ("Quorum: 1 borough.", analyst.name),
        "Decision date moved": ("From 31 March 2027 to 30 June 2027: the quorum was missed.", SCHEDULER.name),
        "Decided": ("Quorum reached: 1 borough committed, it took 1.", analyst.name),
    }
