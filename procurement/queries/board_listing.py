"""The published notices that match what was asked of the board, to be counted and read in slices."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import overload

from django.db.models import QuerySet

from procurement.models import NoticeVersion
from procurement.queries import board_search
from procurement.queries.board_search import Found
from procurement.search.words import fold

# So many words are looked for as they are written, where the index is not there yet.
PLAIN_TERMS = 10
# Below SQLite's limit of bound values in one statement.
FEW = 900


class Listing(Sequence[NoticeVersion]):
    """Current versions under the filters, in an order. The database filters; the index says which answer the search."""

    def __init__(
        self, rows: QuerySet[NoticeVersion], *, q: str = "", head: str | None = None, best_first: bool = False
    ) -> None:
        self._rows = rows
        self._q = q
        self._head = head
        self._best_first = best_first

    @cached_property
    def found(self) -> Found | None:
        """What the search found, under these filters or not; None where nothing was searched for, or the index of a
        large board is still being built.
        """
        return board_search.find(self._q, head=self._head) if self._q else None

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

    def __len__(self) -> int:
        """How many there are. One query at most."""
        return self._rows.count() if self._keys is None else len(self._keys)

    @overload
    def __getitem__(self, part: int) -> NoticeVersion: ...
    @overload
    def __getitem__(self, part: slice) -> list[NoticeVersion]: ...
    def __getitem__(self, part: int | slice) -> NoticeVersion | list[NoticeVersion]:
        """One or some of them, in order. One query."""
        if isinstance(part, int):
            return self[part : part + 1][0]
        if self._keys is None:
            return list(self._rows[part])
        keys = self._keys[part]
        rows = {row.pk: row for row in NoticeVersion.objects.whole().filter(pk__in=keys)}
        return [rows[key] for key in keys if key in rows]

    def __iter__(self) -> Iterator[NoticeVersion]:
        return iter(self[:])

    @cached_property
    def _keys(self) -> list[int] | None:
        """Keys of what answers the search, in order; None where nothing was searched for. One query."""
        if not self._q:
            return None
        if self.found is None:
            return list(self._plain().values_list("pk", flat=True))
        ids = self.found.ids
        # The database is handed few keys; of many, it is quicker to look at all that pass the filters.
        rows = self._rows.filter(pk__in=ids) if len(ids) <= FEW else self._rows
        passed = rows.values_list("pk", flat=True)
        if self._best_first:
            allowed = set(passed.order_by())
            return [id for id in ids if id in allowed]
        answers = set(ids)
        return [pk for pk in passed if pk in answers]

    def _plain(self) -> QuerySet[NoticeVersion]:
        rows = self._rows
        for term in fold(self._q).split()[:PLAIN_TERMS]:
            rows = rows.filter(current_of__search_text__contains=term)
        return rows
