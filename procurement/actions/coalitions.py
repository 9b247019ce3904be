"""The terms on which boroughs decide together, and the outcome. The clock's part is in coalition_clock.py."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from boroughs import audit
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.models import Borough
from boroughs.permissions import Actor
from procurement.actions import coalition_turn
from procurement.models import Coalition, JointDemand
from procurement.queries.quorum import DEPTHS, member_boroughs, quorum

IfMissed, Outcome = Coalition.IfMissed, Coalition.Outcome

# Further ahead nobody plans; a year of four digits more is a slip.
FURTHEST = timedelta(days=10 * 366)


@dataclass(frozen=True)
class Terms:
    """What the boroughs decide on: how many it takes, how far they go, by when, and what happens if it is missed."""

    quorum: int
    depth: str
    decision_date: date
    if_missed: str
    # None: until the decision date.
    joining_closes_date: date | None = None
    # The first day of the joint contract.
    start_date: date | None = None


@transaction.atomic
def set_terms(*, demand: JointDemand, terms: Terms, revision: int, by: Actor) -> Coalition:
    """Say on what terms the boroughs decide. `revision` is that of the terms as they were read, 0 where there are none.

    The lead's to do; an analyst's while nobody leads. After an outcome the terms stand, unless the joint purchase had
    ended: then new terms begin it anew.
    """
    coalition = coalition_turn.take(demand)
    coalition_turn.require_lead(coalition, by)
    if (coalition.revision if coalition.quorum is not None else 0) != revision:
        raise ChangedMeanwhile(f"Somebody has changed the terms of {demand.reference} since you opened the page.")
    if coalition.outcome in (Outcome.REACHED, Outcome.GONE_ON):
        raise IllegalMove(f"{demand.reference} is decided: {coalition.get_outcome_display().lower()}.")
    terms = replace(terms, joining_closes_date=terms.joining_closes_date or terms.decision_date)
    _require_acceptable(terms, members=len(member_boroughs(demand)))
    before = _as_json(coalition)
    for name, value in vars(terms).items():
        setattr(coalition, name, value)
    coalition.outcome, coalition.outcome_at, coalition.extended_at = "", None, None
    coalition.revision += 1
    coalition.save(update_fields=[*vars(terms), "outcome", "outcome_at", "extended_at", "revision"])
    changed = {name: value for name, value in _as_json(coalition).items() if before[name] != value}
    audit.record(by=by, verb="set terms", noun="joint demand", reference=demand.reference, details=changed)
    coalition_turn.tell(
        demand,
        f"{coalition_turn.named(demand)}: {_said(coalition)}",
        key=f"terms at {coalition.revision}",
        besides=by,
    )
    return coalition


@transaction.atomic
def close(*, demand: JointDemand, by: Actor) -> Coalition:
    """Close the decision before its date, because the quorum is there already. The lead's to do."""
    coalition = coalition_turn.take(demand)
    coalition_turn.require_lead(coalition, by)
    if coalition.decision_date is None or coalition.outcome:
        raise IllegalMove(f"{demand.reference} has no decision that is open.")
    if not quorum(coalition).is_reached:
        raise IllegalMove(f"The quorum of {demand.reference} is not reached.")
    decide(coalition, Outcome.REACHED, by=by)
    return coalition


def decide(coalition: Coalition, outcome: Coalition.Outcome, *, by: Actor) -> None:
    """Write the outcome down, and tell the boroughs. In the caller's turn."""
    demand, counted = coalition.demand, quorum(coalition).counted
    coalition.outcome = outcome
    coalition.outcome_at = timezone.now()
    coalition.revision += 1
    coalition.save(update_fields=["outcome", "outcome_at", "revision"])
    slugs = sorted(Borough.objects.filter(pk__in=counted).values_list("slug", flat=True))
    audit.record(
        by=by,
        verb="decide",
        noun="joint demand",
        reference=demand.reference,
        details={"outcome": outcome, "committed": slugs, "quorum": coalition.quorum},
    )
    coalition_turn.tell(
        demand,
        f"{coalition_turn.named(demand)}: {outcome.label.lower()}, {len(counted)} of {coalition.quorum} committed",
        key=f"decided at {coalition.revision}",
    )


def _require_acceptable(terms: Terms, *, members: int) -> None:
    today = timezone.localdate()
    problems = {}
    if not 2 <= terms.quorum <= members:
        problems["quorum"] = (
            f"The quorum must be between 2 and {members}, the boroughs with a need in this joint demand."
        )
    if terms.depth not in DEPTHS:
        problems["depth"] = "Say how far the boroughs go together."
    if terms.if_missed not in IfMissed.values:
        problems["if_missed"] = "Say what happens if the quorum is missed."
    if not today < terms.decision_date <= today + FURTHEST:
        problems["decision_date"] = "The decision date must be in the future, and within ten years."
    if terms.joining_closes_date and not today <= terms.joining_closes_date <= terms.decision_date:
        problems["joining_closes_date"] = "Joining must close today or later, and on the decision date at the latest."
    if terms.start_date and not terms.decision_date <= terms.start_date <= today + FURTHEST:
        problems["start_date"] = "The joint contract must start after the decision, and within ten years."
    if problems:
        raise NotAcceptable(list(problems.values()), {name: [words] for name, words in problems.items()})


def _said(coalition: Coalition) -> str:
    decided = in_words(coalition.decision_date) if coalition.decision_date else ""
    return f"it takes {coalition.quorum} boroughs by {decided} ({coalition.get_depth_display().lower()})"


def _as_json(coalition: Coalition) -> dict[str, object]:
    values = {name: getattr(coalition, name) for name in Terms.__dataclass_fields__}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def in_words(day: date) -> str:
    """A day as it stands in a sentence: 3 March 2027."""
    return f"{day.day} {day:%B %Y}"
