"""JSON that has one spelling: what is frozen here is kept in these bytes, and digests are made of them."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime


def dump(value: object) -> bytes:
    """JSON with sorted keys, no spaces, in UTF-8. Raises TypeError on a float: programs write it differently."""
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def moment(at: datetime) -> str:
    """A time to the microsecond in UTC: always the same length, whatever zone the database answers in."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float; frozen content holds whole numbers only")
    inside: Iterable[object] = ()
    if isinstance(value, (list, tuple)):
        inside = value
    elif isinstance(value, Mapping):
        inside = value.values()
    for item in inside:
        # Most are texts, and looking whether one of them is a mapping takes longest.
        if not isinstance(item, str):
            _refuse_floats(item)
