"""Frozen dataclasses to canonical JSON and back: exact, and refusing whatever the dataclass does not name.

A field that has its default is not written. So what an earlier version of the platform wrote is still read, and is
written again as the same bytes, when a dataclass has got a field with a default since.
"""

import json
from collections.abc import Callable, Hashable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from procurement import canonical_json

T = TypeVar("T")

AS_THEY_ARE = frozenset({str, int, bool, NoneType})


def write(value: Any) -> bytes:
    """Canonical JSON of a dataclass of texts, whole numbers, truths, dates, moments, and tuples of these."""
    return canonical_json.dump(_plain(value))


def read(kind: type[T], content: bytes) -> T:
    """The dataclass that was written. Raises ValueError where the bytes are not canonical JSON of one."""
    try:
        found: T = _reader(cast("Hashable", kind))(json.loads(content))
    except (TypeError, KeyError) as error:
        raise ValueError(f"these are not the bytes of a {kind.__name__}: {error}") from error
    if write(found) != content:
        raise ValueError(f"these bytes of a {kind.__name__} are not written canonically")
    return found


def _plain(value: Any) -> Any:
    kind = type(value)
    # A snapshot is read, and so written, for every report: what most of it is comes first.
    if kind in AS_THEY_ARE:
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return canonical_json.moment(value)
    if is_dataclass(kind):
        return {
            name: _plain(each)
            for name, default in _defaults(kind)
            if (each := getattr(value, name)) is not default and each != default
        }
    return value.isoformat() if isinstance(value, date) else value


@cache
def _defaults(kind: Any) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass, each with its default; MISSING, which equals nothing else, where it has none."""
    return tuple((field.name, field.default) for field in fields(kind))


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What reads one value of this type."""
    if get_origin(kind) is UnionType:
        return _or_none(_reader(next(each for each in get_args(kind) if each is not NoneType)))
    if get_origin(kind) is tuple:
        item = _reader(get_args(kind)[0])
        return lambda data: tuple(item(each) for each in _of(list, data))
    if is_dataclass(kind):
        return _dataclass(kind)
    if kind in (datetime, date):
        return lambda data: kind.fromisoformat(_of(str, data))
    return partial(_of, kind)


def _or_none(reader: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda data: None if data is None else reader(data)


def _dataclass(kind: Any) -> Callable[[Any], Any]:
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}
    required = {field.name for field in fields(kind) if field.default is MISSING}

    def reader(data: Any) -> Any:
        given = _of(dict, data).keys()
        if not required <= given <= readers.keys():
            raise KeyError(f"{kind.__name__} has {', '.join(readers)}")
        return kind(**{name: readers[name](each) for name, each in data.items()})

    return reader


def _of(kind: type, data: Any) -> Any:
    # A truth is a whole number to isinstance.
    if type(data) is not kind:
        raise TypeError(f"{data!r} is no {kind.__name__}")
    return data
