"""Things that happen in the same moment."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connection


def at_once(*moves: Callable[[], Any]) -> list[Any]:
    """Run each in a thread of its own, all let go together; what each returned or raised, in order.

    Needs a test database that other connections see: `@pytest.mark.django_db(transaction=True)`.
    """
    barrier = threading.Barrier(len(moves))
    outcomes: list[Any] = [None] * len(moves)

    def run(index: int, move: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            outcomes[index] = _patiently(move)
        except Exception as error:  # noqa: BLE001 - handed to the test
            outcomes[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index, move)) for index, move in enumerate(moves)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def _patiently(move: Callable[[], Any]) -> Any:
    """SQLite's in-memory database answers "locked" at once, where a file's waits for its turn."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return move()
        except OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.005)
