"""Puts the readings of a run together: what was read of each item, as arrays over all of them.

Sentences that several items share word for word while their titles differ are standing ones. Which these are only
the run can tell; an item that has such a sentence is read again without it, and that reading is kept as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from procurement.matching import kinds, reading
from procurement.matching.capabilities import Phrased
from procurement.matching.distinct import numbered
from procurement.matching.items import Item
from procurement.matching.reading import HEAD, LENGTH, SEPARATOR, Head, ReadingStore, Rules
from procurement.matching.text import Prepared

Numbers = NDArray[np.int64]

_AT_ONCE: Final = 8_192  # readings whose words are taken apart together
_OFTEN: Final = 3
_RELATED: Final = 0.6  # share of the titles that have a word in common from which their sentence is no standing one


class Texts(Sequence[Prepared]):
    """Cleaned texts, taken apart when they are asked for."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, place: int) -> Prepared: ...
    @overload
    def __getitem__(self, place: slice) -> Texts: ...
    def __getitem__(self, place: int | slice) -> Prepared | Texts:
        if isinstance(place, slice):
            return Texts(self._lines[place])
        title, *sentences = self._lines[place].split("\n")[:-1]
        return Prepared(title, tuple(sentences))

    def titles(self, rows: Sequence[int]) -> list[str]:
        """Return the titles of these rows."""
        return [self._lines[row].partition("\n")[0] for row in rows]

    def picked(self, rows: Sequence[int]) -> Texts:
        """Return the texts of these rows."""
        return Texts([self._lines[row] for row in rows])

    def __add__(self, others: Texts) -> Texts:
        return Texts([*self._lines, *others._lines])

    def whole(self) -> list[str]:
        """Return the ``text`` of each."""
        parts = (lines.partition("\n") for lines in self._lines)
        return [". ".join(filter(None, (title, body[:-1].replace("\n", " ")))) for title, _, body in parts]


class Table(NamedTuple):
    """Entries of a matrix: row, column, value. A place may occur more than once."""

    rows: Numbers
    columns: Numbers
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Readings of many items.

    ``written`` says how often each of ``forms`` is used. ``terms`` counts them and their neighbours: its columns are
    ``first * (len(forms) + 1) + second + 1``, places in ``forms`` with -1 as second where a word stands alone. Columns
    of ``titles`` are places in ``forms``, those of ``products`` and ``concepts`` places in these lists of ``reading``.
    ``mentions`` says how often each product is spelled in which way; ``categories`` how many phrases of which category
    title and body have. ``standing`` are the sentences that recur, by their hashes.
    """

    prepared: Texts
    forms: tuple[str, ...]
    written: Numbers
    terms: Table
    products: Table
    concepts: Table
    categories: Phrased
    kind: NDArray[np.float32]
    mentions: Mapping[tuple[str, str], int]
    standing: frozenset[int]


def gathered(
    items: Sequence[Item], rules: Rules, store: ReadingStore | None = None, standing: frozenset[int] | None = None
) -> Gathered:
    """Read ``items``, or take from ``store`` what was read before, and put it together.

    Which sentences are ``standing`` ones is found out from the items where it is not given.
    """
    readings = _readings([(item, ()) for item in items], rules, store)
    numbers = _Numbers(readings)
    if standing is None:
        standing = _recurring(numbers)
    dropped = _dropped(numbers, standing)
    changed = _readings([(items[row], places) for row, places in dropped.items()], rules, store)
    for row, instead in zip(dropped, changed, strict=True):
        readings[row] = instead
    return _together(readings, standing)


def _readings(wanted: Sequence[tuple[Item, tuple[int, ...]]], rules: Rules, store: ReadingStore | None) -> list[bytes]:
    if store is None:
        return [reading.read(item, rules, dropped) for item, dropped in wanted]
    keys = [reading.key(item, rules, dropped) for item, dropped in wanted]
    known = dict(store.get_many(list(dict.fromkeys(keys))))
    fresh = {
        key: reading.read(item, rules, dropped)
        for key, (item, dropped) in zip(keys, wanted, strict=True)
        if key not in known
    }
    if fresh:
        store.put_many(fresh)
        known.update(fresh)
    return [known[key] for key in keys]


class _Numbers:
    """The numbers of many readings, part by part."""

    def __init__(self, readings: Sequence[bytes]) -> None:
        parts = [found[LENGTH.size : LENGTH.size + LENGTH.unpack_from(found)[0]] for found in readings]
        self._all = np.frombuffer(b"".join(parts), dtype="<u4")
        starts = _starts(np.array([len(part) // LENGTH.size for part in parts], dtype=np.int64))
        width = HEAD.size // LENGTH.size
        self.lengths = self._all[starts[:, None] + np.arange(width)].astype(np.int64)
        self._starts = starts[:, None] + width + np.cumsum(self.lengths, axis=1) - self.lengths

    def part(self, name: str, words: int = 1) -> tuple[Numbers, NDArray[np.uint32]]:
        """Return the row of each entry of a part, and the entries, shape (entries, words)."""
        column = Head._fields.index(name)
        lengths = self.lengths[:, column]
        places = np.repeat(self._starts[:, column] - _starts(lengths), lengths) + np.arange(lengths.sum())
        return np.repeat(np.arange(len(lengths)), lengths // words), self._all[places].reshape(-1, words)


def _starts(lengths: Numbers) -> Numbers:
    starts: Numbers = np.cumsum(lengths) - lengths
    return starts


def _recurring(numbers: _Numbers) -> frozenset[int]:
    """Return the sentences found in three or more items most of which share no word of their titles."""
    count = len(numbers.lengths)
    rows, entries = numbers.part("sentences", 2)
    keys, key = np.unique(entries.view("<u8").ravel() >> np.uint64(1), return_inverse=True)
    pairs = numbered(key * np.int64(max(count, 1)) + rows)[0]
    key, rows = pairs // max(count, 1), pairs % max(count, 1)
    items = np.bincount(key, minlength=len(keys))
    often = np.flatnonzero(items >= _OFTEN)
    title_rows, title_entries = numbers.part("title_stems", 2)
    stems, stem = np.unique(title_entries.view("<u8").ravel(), return_inverse=True)
    most = np.zeros(len(often), dtype=np.int32)
    if len(often) and len(stems):
        where = csr_matrix((np.ones(len(key), dtype=np.int32), (key, rows)), shape=(len(keys), count))[often]
        titles = csr_matrix((np.ones(len(stem), dtype=np.int32), (title_rows, stem)), shape=(count, len(stems)))
        most = csr_matrix(where @ titles).max(axis=1).toarray().ravel()
    return frozenset(keys[often[most < _RELATED * items[often]]].tolist())


def _dropped(numbers: _Numbers, standing: frozenset[int]) -> dict[int, tuple[int, ...]]:
    """Return for rows that have any the places of their telling sentences which are ``standing``."""
    rows, entries = numbers.part("sentences", 2)
    told = entries.view("<u8").ravel()
    stands = np.isin(told >> np.uint64(1), np.array(sorted(standing), dtype=np.uint64))
    here = np.flatnonzero(stands & ((told & np.uint64(1)) > 0))
    places = here - np.searchsorted(rows, rows[here])
    dropped: dict[int, tuple[int, ...]] = {}
    for row, place in zip(rows[here].tolist(), places.tolist(), strict=True):
        dropped[row] = (*dropped.get(row, ()), place)
    return dropped


def _together(readings: Sequence[bytes], standing: frozenset[int]) -> Gathered:
    numbers = _Numbers(readings)
    lines = [found[LENGTH.size + LENGTH.unpack_from(found)[0] :].decode().split(SEPARATOR) for found in readings]
    forms, places = _numbered([found[1] for found in lines])
    form_rows, written = numbers.part("forms")
    begins = _starts(np.bincount(form_rows, minlength=len(readings)))
    rows, entries = numbers.part("terms", 3)
    # A place for "no second word" before all others.
    seconds = np.concatenate([np.zeros(1, dtype=np.int64), places + 1])
    second = np.where(entries[:, 1] > 0, seconds[begins[rows] + entries[:, 1]], 0)
    columns = places[begins[rows] + entries[:, 0]] * (len(forms) + 1) + second
    product_rows, products = numbers.part("products")
    concept_rows, concepts = numbers.part("concepts", 2)
    category_rows, categories = numbers.part("categories", 3)
    mentions = Counter(mention for found in lines if found[2] for mention in found[2].split("\n")[:-1])
    return Gathered(
        prepared=Texts([found[0] for found in lines]),
        forms=forms,
        written=np.bincount(places, weights=written.ravel(), minlength=len(forms)).astype(np.int64),
        terms=Table(rows, columns, entries[:, 2].astype(np.float64)),
        products=_ones(product_rows, products.ravel().astype(np.int64)),
        concepts=Table(
            concept_rows, concepts[:, 0].astype(np.int64), concepts[:, 1].copy().view("<f4").astype(np.float64)
        ),
        categories=Phrased(category_rows, *categories.T.astype(np.int64)),
        kind=numbers.part("kind")[1].view("<f4").reshape(len(readings), len(kinds.KINDS)),
        mentions={_pair(mention): number for mention, number in mentions.items()},
        standing=standing,
    )


class _Places(dict[str, int]):
    """Numbers lines in the order in which they are first asked for."""

    def __missing__(self, line: str) -> int:
        self[line] = place = len(self)
        return place


def _numbered(fields: Sequence[str]) -> tuple[tuple[str, ...], Numbers]:
    """Return the different lines of ``fields``, and the place among them of each line of all fields in turn."""
    place = _Places()
    parts = [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(fields), _AT_ONCE):
        found = "".join(fields[start : start + _AT_ONCE]).split("\n")[:-1]
        parts.append(np.fromiter(map(place.__getitem__, found), dtype=np.int64, count=len(found)))
    return tuple(place), np.concatenate(parts)


def _ones(rows: Numbers, columns: Numbers) -> Table:
    return Table(rows, columns, np.ones(len(rows)))


def _pair(mention: str) -> tuple[str, str]:
    name, _, spelling = mention.partition("\t")
    return name, spelling
