"""Values without what says nothing."""

from collections.abc import Mapping
from typing import Any


def prune(value: Any) -> Any:
    """The value without keys and list entries that say nothing: the standard wants no null, no "" and no empty list."""
    if isinstance(value, Mapping):
        kept = {key: prune(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, "", [], {})}
    if isinstance(value, list):
        return [item for item in map(prune, value) if item not in (None, "", [], {})]
    return value
