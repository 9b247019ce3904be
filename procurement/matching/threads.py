"""Does independent parts of a run on two cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

Part = TypeVar("Part")
Outcome = TypeVar("Outcome")
Other = TypeVar("Other")

# Threads, since numpy and scipy let go of the interpreter while they compute, and since a worker of a task queue may
# not start processes. More than two would wait for each other at the strings.
_MOST: Final = 2


def parts(count: int, most: int) -> list[slice]:
    """Return slices of ``most`` that cover ``count`` in order."""
    return [slice(start, start + most) for start in range(0, count, most)]


def in_turn(work: Callable[[Part], Outcome], every: Iterable[Part]) -> Iterator[Outcome]:
    """Yield what ``work`` makes of ``every`` part, in their order; some are worked on at the same time, so they
    must not depend on each other.
    """
    number = min(_MOST, os.cpu_count() or 1)
    if number == 1:
        yield from map(work, every)
        return
    with ThreadPoolExecutor(number) as pool:
        yield from pool.map(work, every)


def both(one: Callable[[], Outcome], other: Callable[[], Other]) -> tuple[Outcome, Other]:
    """Return what two functions that do not depend on each other return; ``one`` is worked on beside ``other``, which
    stays in the thread of whoever asks.
    """
    if min(_MOST, os.cpu_count() or 1) == 1:
        return one(), other()
    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(one)
        found = other()
        return beside.result(), found
