"""The cache that all processes share, on the broker's server; while that is away, one of the process's own.

Limits on tries are counted in it. While the server is away each process counts by itself, from nothing, so that a
guesser has some more tries at each. To refuse everybody in its place would lock 33 boroughs out with the server; a try
still needs the right password, and is slow on purpose.
"""

import logging
import threading
import time
from collections.abc import Callable
from math import inf
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as Away
from redis.exceptions import TimeoutError as Silent

logger = logging.getLogger(__name__)

# For connecting, and for each answer.
ANSWER_SECONDS = 1.0
# For so long a server that is away is not asked again: one sign-in asks a score of times, and would wait each time.
PAUSE_SECONDS = 5.0
WARN_SECONDS = 60.0
ENTRIES = 50_000


class ProcessCache(LocMemCache):
    """A process's own, with room: with the 300 entries that Django keeps, a guesser pushes out what counts guesses."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(name, {**params, "OPTIONS": {"MAX_ENTRIES": ENTRIES}})


class Absence:
    """Whether the server is away, as all threads of this process see it: each has a cache object of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._away = False
        self._pause_ends = self._warn_from = -inf

    def pauses(self) -> bool:
        return time.monotonic() < self._pause_ends

    def begin(self, error: Exception) -> None:
        now = time.monotonic()
        with self._lock:
            self._away, self._pause_ends = True, now + PAUSE_SECONDS
            warn = now >= self._warn_from
            if warn:
                self._warn_from = now + WARN_SECONDS
        if warn:
            logger.warning("The shared cache is away (%s); this process goes on with one of its own.", error)

    def end(self) -> bool:
        """Whether this is the answer that ends an absence."""
        with self._lock:
            ended, self._away = self._away, False
        return ended


absence = Absence()


def _either(name: str) -> Callable[..., Any]:
    """The method of the shared cache, or of the process's own while the server is away."""
    shared, own = getattr(RedisCache, name), getattr(ProcessCache, name)

    def method(self: "SharedCache", *args: Any, **kwargs: Any) -> Any:
        if absence.pauses():
            return own(self.own, *args, **kwargs)
        try:
            answer = shared(self, *args, **kwargs)
        except (Away, Silent) as error:
            absence.begin(error)
            return own(self.own, *args, **kwargs)
        if absence.end():
            # What was true during this absence need not be in the next one.
            self.own.clear()
        return answer

    return method


class SharedCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        waits = {"socket_connect_timeout": ANSWER_SECONDS, "socket_timeout": ANSWER_SECONDS}
        super().__init__(server, {**params, "OPTIONS": {**waits, **params.get("OPTIONS", {})}})
        self.own = ProcessCache("while the shared cache is away", params)

    add = _either("add")
    get = _either("get")
    set = _either("set")
    touch = _either("touch")
    delete = _either("delete")
    get_many = _either("get_many")
    has_key = _either("has_key")
    incr = _either("incr")
    set_many = _either("set_many")
    delete_many = _either("delete_many")
    clear = _either("clear")
