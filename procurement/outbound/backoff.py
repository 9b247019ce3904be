"""When a message that was not taken is sent again."""

from datetime import timedelta

# After the first failure, the second … A server that is mended within a day misses nothing.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
)


def after(attempts: int) -> timedelta | None:
    """How long to wait after that many failures; None where it is given up."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None
