"""Releases that merge to what holds now.

Whoever reads all releases of a process merges them: values replace each other, entries of lists with ids stay for ever.
So a release says everything that holds, keeps what earlier ones have named, in its state of now, and takes back with
null what no longer holds: the standard's way, and the only place where a release has one. A list becomes an empty one.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from ocdsmerge import Merger

from procurement.ocds import parties
from procurement.ocds.pruning import prune

State = Mapping[str, Any]

# What a merge has to know of the standard's schema, for the fields that our releases have. Lists of words are replaced
# whole and other lists merge by id without being told. A test compares the outcome with that of the whole schema.
OMITTED, WHOLE = "omitWhenMerged", "wholeListMerge"
RULES = {
    ("id",): OMITTED,
    ("date",): OMITTED,
    ("tag",): OMITTED,
    ("parties", "details", "classifications"): WHOLE,
    ("tender", "items", "additionalClassifications"): WHOLE,
    ("tender", "items", "deliveryAddresses"): WHOLE,
}
_REPLACED = {".".join(path) for path, rule in RULES.items() if rule == WHOLE}


def compiled(releases: Iterable[State]) -> dict[str, Any]:
    """All releases of a process as one that says what holds now."""
    merged = Merger(merge_rules=RULES).create_compiled_release([dict(release) for release in releases])
    # An object of which everything was taken back is left empty.
    made: dict[str, Any] = prune(merged)
    return made


def carried(earlier: State | None, fresh: State, *, since: str) -> State:
    """What holds after a version: what it says itself, and the entries that earlier ones named and it does not.

    `since` is its day, for boroughs that take part no longer.
    """
    if earlier is None:
        return fresh
    rules: Mapping[tuple[str, str], Callable[[State], State]] = {
        ("", "parties"): lambda party: parties.gone(party, since),
        ("planning", "documents"): lambda document: document,
        ("planning", "milestones"): _dropped,
        ("tender", "items"): lambda item: {**item, "quantity": 0},
        ("tender", "enquiries"): lambda enquiry: enquiry,
    }
    made: dict[str, Any] = dict(fresh)
    for (part, name), change in rules.items():
        then = earlier.get(part, {}) if part else earlier
        now = made.get(part, {}) if part else made
        here = {entry["id"] for entry in now.get(name, [])}
        left = [change(entry) for entry in then.get(name, []) if entry["id"] not in here]
        if left:
            grown = {**now, name: [*now.get(name, []), *left]}
            made = {**made, part: grown} if part else grown
    return made


def release(earlier: State | None, state: State) -> dict[str, Any]:
    """The state as a release that follows those which merge to `earlier`."""
    return cast(dict[str, Any], dict(state) if earlier is None else _told(earlier, state, ""))


def _dropped(milestone: State) -> State:
    kept = {key: value for key, value in milestone.items() if key != "dueDate"}
    return {**kept, "status": "notMet"}


def _told(then: Any, now: Any, path: str) -> Any:
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        whole = {
            key: _told(then[key], value, _below(path, key)) if key in then else value for key, value in now.items()
        }
        return whole | {key: _nothing(value) for key, value in then.items() if key not in now}
    if _is_keyed(then, path) and _is_keyed(now, path):
        before = {entry["id"]: entry for entry in then}
        return [_told(before[entry["id"]], entry, path) if entry["id"] in before else entry for entry in now]
    return now


def _nothing(value: Any) -> Any:
    """A merge drops values, not objects: null stands at each end. A list is replaced by an empty one."""
    if isinstance(value, Mapping):
        return {key: _nothing(item) for key, item in value.items()}
    return [] if isinstance(value, list) else None


def _is_keyed(value: Any, path: str) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping) and path not in _REPLACED


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
