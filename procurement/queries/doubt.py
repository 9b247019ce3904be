"""Questions of which somebody has said "not sure": they wait behind the others until something about them changes."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from boroughs.models import User
from procurement.models import DemandMember, ReviewAnswer


def doubted(members: Iterable[DemandMember]) -> str:
    """What a question is about: who is in the joint demand, what their needs say, and what is confirmed of them.

    Wants the open members with their needs.
    """
    listed = sorted(
        f"{row.need.reference} {row.need.revision} {bool(row.confirmed_at)} {bool(row.moved_at)}" for row in members
    )
    return hashlib.sha256("\n".join(listed).encode()).hexdigest()


@dataclass(frozen=True)
class Answers:
    """What has been answered so far, as far as the queue asks."""

    # By joint demand, what somebody was not sure about.
    in_doubt: Mapping[int, set[str]]
    # The person's last one that stands, with its joint demand and need: the one that can be taken back.
    last: ReviewAnswer | None


def answers(by: User) -> Answers:
    """One query."""
    standing = ReviewAnswer.objects.standing()
    last = standing.filter(answered_by=by).newest_first().values("pk")[:1]
    rows = standing.filter(Q(kind=ReviewAnswer.Kind.NOT_SURE) | Q(pk__in=last)).select_related("demand", "need")
    found: dict[int, set[str]] = {}
    mine: ReviewAnswer | None = None
    for row in rows.order_by("pk"):
        if row.kind == ReviewAnswer.Kind.NOT_SURE:
            found.setdefault(row.demand_id, set()).add(row.before["about"])
        if row.answered_by_id == by.pk:
            mine = row
    return Answers(found, mine)
