"""Whether every snapshot still says what it said when it was taken, and follows the one before it."""

from procurement.models import Snapshot


def verify() -> tuple[int, str]:
    """How many verify, from the first on, and what is wrong with the next one, in words; "" where nothing is."""
    previous = ""
    count = 0
    for snapshot in Snapshot.objects.order_by("pk").iterator(chunk_size=1):
        fault = _fault(snapshot, previous)
        if fault:
            return count, fault
        previous = snapshot.digest
        count += 1
    return count, ""


def _fault(snapshot: Snapshot, previous: str) -> str:
    if not snapshot.is_whole:
        return f"{snapshot.reference} was changed after it was taken: its digest does not match."
    if snapshot.previous_digest != previous:
        return f"{snapshot.reference} does not follow the snapshot before it: one was removed, added or moved."
    try:
        frozen = snapshot.frozen()
    except ValueError as error:
        return f"{snapshot.reference} cannot be read: {error}."
    said = frozen.previous.digest if frozen.previous else ""
    if (frozen.reference, frozen.taken_at, said) != (snapshot.reference, snapshot.taken_at, previous):
        return f"{snapshot.reference} is filed under other values than it says."
    return ""
