"""The demand picture of this moment, computed from the facts that a snapshot would keep, as a report's is.

A large London takes seconds to read, so each process keeps the last picture that it computed. It is computed anew once
something has been done, which the audit trail tells, once a match run has finished, and after a minute in any case:
whoever reads it is told of which moment it is. One that took long is kept for a while even so, or a busy day would
keep a core busy with it.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.utils import timezone

from boroughs.models import AuditEvent
from procurement.models import MatchRun, Snapshot
from procurement.picture import changes, document, facts, reckoning, told_facts
from procurement.picture.changes import Changes
from procurement.picture.coverage import Coverage
from procurement.picture.facts import Facts, Frozen
from procurement.picture.figures import Figures
from procurement.picture.flow import without_lead
from procurement.picture.numbers import Number, each_once
from procurement.picture.telling import EXACT, TOLD, Telling
from procurement.queries import picture_facts

# Seconds after which a picture is computed anew although nothing seems to have been done.
LONGEST = 60.0
# One that took so many seconds or more is kept for so many times as long, whatever is done meanwhile.
SLOW = 1.0
REST = 10


@dataclass(frozen=True)
class LivePicture:
    at: datetime
    facts: Facts
    figures: Figures
    # What has moved since the newest snapshot; None before the first.
    changes: Changes | None
    # The newest snapshot.
    earlier: Frozen | None
    telling: Telling = EXACT
    # What faces have drawn of it, by their own keys: as good as the picture itself, and as long.
    drawn: dict[str, Any] = field(default_factory=dict, compare=False)

    @cached_property
    def numbers(self) -> Mapping[str, Number]:
        """Every figure of which anything is told, by its name."""
        found = each_once(self.figures, self.changes)
        return {number.key: number for number in found if self.telling.exact or is_open(number)}

    @cached_property
    def told(self) -> "LivePicture":
        """The same as those read it who may not see exact figures: made from facts that hold no more. What it covers
        is counts and names, which the page of coverage tells everybody too."""
        exact = _frozen(self.at, self.facts)
        frozen = told_facts.told(exact, TOLD)
        figures = reckoning.figures(frozen)
        return LivePicture(
            at=self.at,
            facts=frozen.facts,
            figures=replace(figures, coverage=_counted(self.figures.coverage), flow=without_lead(figures.flow)),
            changes=document.moved(self.earlier, exact, TOLD) if self.earlier else None,
            earlier=None,
            telling=TOLD,
        )


def _counted(found: Coverage) -> Coverage:
    """The counts alone: which contracts are behind them is for who may read registers, and which needs a borough has
    not said to hold is that borough's."""
    counts = ("registers", "fresh", "ended", "stale", "recent", "median_days")
    return replace(found, **{name: replace(getattr(found, name), needs=(), contracts=()) for name in counts})


def is_open(number: Number) -> bool:
    """Whether everybody who may see joint demands may read it: what a snapshot tells them, and every count of how much
    of London the picture covers."""
    return document.is_open(number) or number.key.startswith("coverage-")


class Stamp(NamedTuple):
    """What a kept picture belongs to."""

    event: int | None
    run: int | None
    # Contracts end by the calendar.
    day: date


class _Shelf:
    """What this process keeps."""

    stamp: Stamp | None = None
    picture: LivePicture | None = None
    # By the monotonic clock: when it was computed, and how long that took.
    computed: float = 0.0
    took: float = 0.0

    @classmethod
    def good(cls, stamp: Stamp) -> LivePicture | None:
        age = time.monotonic() - cls.computed
        is_resting = cls.took >= SLOW and age < REST * cls.took
        return cls.picture if age <= LONGEST and (cls.stamp == stamp or is_resting) else None


_computing = threading.Lock()


def live_picture() -> LivePicture:
    """The picture of now, or a kept one of at most a minute ago: two queries.

    Of requests that find it old at the same moment one computes it and the others wait. The stamp is read first, so
    that what happens meanwhile makes the picture old.
    """
    stamp = _stamp()
    with _computing:
        found = _Shelf.good(stamp)
        if found is None:
            started = time.monotonic()
            found = compute()
            # All at once: one that could not be computed leaves the old one as old as it is.
            _Shelf.picture, _Shelf.stamp, _Shelf.computed = found, stamp, started
            _Shelf.took = time.monotonic() - started
        return found


def forget() -> None:
    """Keep nothing."""
    _Shelf.picture = _Shelf.stamp = None


def compute() -> LivePicture:
    """The picture of now, read as it is at one moment."""
    with picture_facts.one_moment():
        at, held = timezone.now(), picture_facts.read()
        last = Snapshot.objects.newest_first().first()
    frozen, earlier = _frozen(at, held), last.frozen() if last else None
    return LivePicture(
        at=at,
        facts=held,
        figures=reckoning.figures(frozen),
        changes=changes.between(earlier, frozen) if earlier else None,
        earlier=earlier,
    )


def _frozen(at: datetime, held: Facts) -> Frozen:
    """As a snapshot that is kept nowhere, and has no name."""
    return Frozen(facts.FORMAT, "", at, None, held)


def _stamp() -> Stamp:
    event = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
    run = MatchRun.objects.finished().newest_first().values_list("pk", flat=True).first()
    return Stamp(event, run, timezone.localdate())
