"""The rows of what was told, which every later decision reads. Called inside the transaction of what tells it."""

from collections.abc import Iterable
from datetime import datetime

from procurement.disclosure import Release
from procurement.models import FigureRelease, JointDemand, NoticeVersion, ToldNeed


def keep(
    demand: JointDemand, told: Iterable[Release], *, after: int, at: datetime, version: NoticeVersion | None = None
) -> None:
    """Write them down; `version` where a notice told them. `after` is the number of the last release that the decision
    knew of: raises IntegrityError where there is a later one by now.
    """
    held = list(told)
    FigureRelease.objects.bulk_create(
        FigureRelease(
            number=number,
            demand=demand,
            version=version,
            told_at=at,
            quantity=release.quantity,
            contributions=release.contributions,
            waived=sorted(release.waived),
            low=release.low,
            high=release.high,
        )
        for number, release in enumerate(held, start=after + 1)
    )
    needs = {need for release in held for amounts in release.contributions.values() for need in amounts}
    # Of most of them something was told before.
    ToldNeed.objects.bulk_create((ToldNeed(demand=demand, need=need) for need in sorted(needs)), ignore_conflicts=True)
