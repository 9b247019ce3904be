"""The index of the open needs that each process keeps in memory, in the groups that the newest run left them in.

Workers ask for the one of a certain run and wait for it (`of_run`). Pages never wait long (`at_hand`): a small index is
built at once, a large one by a thread. Meanwhile the one of an older run answers, and where there is none the caller
does without.

Pages have an index of their own, in which no need says what is used today: what somebody types is answered at once and
as often as they like, so whoever typed the name of each product in turn would see which borough comes up
(docs/disclosure.md).

What can happen at the same moment, and why it is harmless:
- Two requests find the index old: only who gets `_building` builds; a page that does not get it goes on at once.
- A run finishes while an index is built: it was filed under the run that was read before its needs were, so the next
  request finds it old and builds again.
- A request reads while another thread replaces: what is kept is one immutable record, replaced in one assignment.
- A process forks: no thread runs before the first request, and each process keeps an index of its own.
- The builder fails: its traceback is logged, `_building` is free again, and the next try waits for `PAUSE`, as every
  build does, so that quick runs do not keep a core busy.
"""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from boroughs.models import Need
from procurement.actions import matching
from procurement.matching.index import Index
from procurement.models import DemandMember, MatchRun

logger = logging.getLogger(__name__)

# Open needs up to which a page waits for the index: a fraction of a second.
SMALL = 200
# Seconds from the start of one build for pages to that of the next.
PAUSE = 30.0


@dataclass(frozen=True)
class _Kept:
    run_id: int
    finished_at: datetime | None
    index: Index

    def is_of(self, run: MatchRun) -> bool:
        return (self.run_id, self.finished_at) == (run.pk, run.finished_at)


class _Shelf:
    """What this process keeps: workers `kept`, pages `told`."""

    kept: _Kept | None = None
    told: _Kept | None = None
    # By the monotonic clock, when the last build for a page began.
    begun: float = float("-inf")


_building = threading.Lock()


def of_run(run: MatchRun) -> Index:
    """The index of this run; built where this process has another or none."""
    kept = _Shelf.kept
    if kept is None or not kept.is_of(run):
        with _building:
            kept = _Shelf.kept
            if kept is None or not kept.is_of(run):
                kept = _Shelf.kept = _built(run)
    return kept.index


def at_hand() -> Index | None:
    """The newest index for pages that can be had without waiting long; None before the first run, and while a large
    first one is being built. One query; three and the needs where a small one is built.
    """
    run = MatchRun.objects.finished().newest_first().first()
    if run is None:
        return None
    told = _Shelf.told
    if told is None or not told.is_of(run):
        _renew(run)
        told = _Shelf.told
    return told.index if told else None


def _renew(run: MatchRun) -> None:
    """Have the index of this run built, here where it is small, else in the background; by nobody else meanwhile."""
    if not _building.acquire(blocking=False):
        return
    if Need.objects.open()[: SMALL + 1].count() <= SMALL:
        try:
            _Shelf.told = _built(run, told=True)
        finally:
            _building.release()
    elif time.monotonic() - _Shelf.begun < PAUSE:
        _building.release()
    else:
        _Shelf.begun = time.monotonic()
        _start(threading.Thread(target=_in_background, args=(run,), name="index of open needs", daemon=True))


def _start(builder: threading.Thread) -> None:
    try:
        builder.start()
    except RuntimeError:
        # The machine has no thread to give; the lock must not stay with one that never ran.
        _building.release()
        raise


def _in_background(run: MatchRun) -> None:
    """Build and let go of the lock that the request took, and of the thread's own connection to the database."""
    try:
        _Shelf.told = _built(run, told=True)
    finally:
        connection.close()
        _building.release()


def _built(run: MatchRun, *, told: bool = False) -> _Kept:
    began = time.monotonic()
    items = map(matching.item, matching.open_needs())
    groups: dict[int, list[str]] = {}
    for demand_id, reference in DemandMember.objects.values_list("demand_id", "need__reference"):
        groups.setdefault(demand_id, []).append(reference)
    index = Index.build(
        [item.as_others_know_it() if told else item for item in items],
        matching.config(),
        matching.embedder(),
        clusters=groups.values(),
        readings=matching.readings(),
    )
    logger.info("Index of %d needs of run %d built in %.1f s", len(index), run.pk, time.monotonic() - began)
    return _Kept(run.pk, run.finished_at, index)
