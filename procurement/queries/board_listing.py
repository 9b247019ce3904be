"""The published notices that match what was asked of the board, to be counted and read in slices."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import overload

import numpy as np

from procurement.models import NoticeVersion
from procurement.queries import board_search
from procurement.queries.board_facets import Filters, Options
from procurement.queries.board_search import Found
from procurement.queries.board_table import Mask, Table
from procurement.search.words import fold

# So many words are looked for as they are written, where the index is not there yet.
PLAIN_TERMS = 10


class Listing(Sequence[NoticeVersion]):
    """Current versions under the filters, in an order. The table filters; the index says which answer the search."""

    def __init__(self, table: Table, filters: Filters, *, head: str, order: str) -> None:
        self._table = table
        self._filters = filters
        self._q = filters.q
        self._head = head
        self._order = order

    @cached_property
    def found(self) -> Found | None:
        """What the search found, under these filters or not; None where nothing was searched for, or the index of a
        large board is still being built.
        """
        return board_search.find(self._q, head=self._head) if self._q else None

    @cached_property
    def options(self) -> Options:
        """What the filters offer, with the number that each value gives while the rest of the question stays."""
        return self._table.options(self._filters, answers=self._answers)

    @property
    def is_plain(self) -> bool:
        """Whether only the words as they are written were looked for."""
        return bool(self._q) and self.found is None

    @property
    def is_final(self) -> bool:
        """Whether the same question has this answer until something is published."""
        return not self._q or (self.found is not None and self.found.is_complete)

    @cached_property
    def has_answers(self) -> bool:
        """Whether the search found anything without the filters."""
        return bool(self.found and len(self.found.hits))

    def why(self, version_id: int) -> tuple[str, ...]:
        """Why a version answers the search, in words."""
        return self.found.why(version_id) if self.found else ()

    @cached_property
    def matching(self) -> Mask:
        """Which versions of the table match."""
        passed = self._table.passing(self._filters)
        return passed if self._answers is None else passed & self._answers

    @cached_property
    def keys(self) -> list[int]:
        """Keys of what matches, in order."""
        passed = self.matching
        if self._order == "best":
            allowed = set(self._table.keys[passed].tolist())
            return [key for key in self.found.ids if key in allowed] if self.found else sorted(allowed, reverse=True)
        found: list[int] = self._table.keys[self._table.positions(self._order, passed)].tolist()
        return found

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, part: int) -> NoticeVersion: ...
    @overload
    def __getitem__(self, part: slice) -> list[NoticeVersion]: ...
    def __getitem__(self, part: int | slice) -> NoticeVersion | list[NoticeVersion]:
        """One or some of them, in order. One query."""
        if isinstance(part, int):
            return self[part : part + 1][0]
        keys = self.keys[part]
        rows = {row.pk: row for row in NoticeVersion.objects.whole().filter(pk__in=keys)} if keys else {}
        return [rows[key] for key in keys if key in rows]

    def __iter__(self) -> Iterator[NoticeVersion]:
        return iter(self[:])

    @cached_property
    def _answers(self) -> Mask | None:
        """Which versions answer the search, whatever the filters; None where nothing was searched for."""
        if not self._q:
            return None
        return np.isin(self._table.keys, self._plain() if self.found is None else self.found.ids)

    def _plain(self) -> list[int]:
        rows = NoticeVersion.objects.current()
        for term in fold(self._q).split()[:PLAIN_TERMS]:
            rows = rows.filter(current_of__search_text__contains=term)
        return list(rows.values_list("pk", flat=True))
