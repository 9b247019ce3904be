"""Questions of which somebody has said "not sure": they wait behind the others until something about them changes."""

import hashlib
from collections.abc import Iterable

from procurement.models import DemandMember, ReviewAnswer


def doubted(members: Iterable[DemandMember]) -> str:
    """What a question is about: who is in the joint demand, what their needs say, and what is confirmed of them.

    Wants the open members with their needs.
    """
    listed = sorted(
        f"{row.need.reference} {row.need.revision} {bool(row.confirmed_at)} {bool(row.moved_at)}" for row in members
    )
    return hashlib.sha256("\n".join(listed).encode()).hexdigest()


def in_doubt() -> dict[int, set[str]]:
    """By joint demand, what somebody was not sure about. One query."""
    found: dict[int, set[str]] = {}
    answers = ReviewAnswer.objects.standing().filter(kind=ReviewAnswer.Kind.NOT_SURE)
    for demand_id, before in answers.values_list("demand_id", "before"):
        found.setdefault(demand_id, set()).add(before["about"])
    return found
