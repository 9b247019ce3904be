"""Published versions as releases: the one way from rows to open data, for the API, the bulk file and the export."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import merge

from procurement.models import NoticeVersion
from procurement.ocds import release
from procurement.ocds.merging import State
from procurement.ocds.publisher import Publisher
from procurement.ocds.release import Release
from procurement.queries import published

# So many releases are in memory at once where all are written out. Below SQLite's limit of bound values in a statement.
CHUNK = 200


def of(versions: Iterable[NoticeVersion], *, publisher: Publisher, at: datetime) -> list[Release]:
    """The releases of at most some hundred `whole` versions, in their order. One query beside the one that reads them:
    a release depends on what earlier ones of its process said.
    """
    rows = list(versions)
    wanted = {row.pk for row in rows}
    found: dict[int, Release] = {}
    states: dict[str, State] = {}
    for row in merge(_earlier(rows), sorted(rows, key=lambda row: row.pk), key=lambda row: row.pk):
        (notice,) = published.read([row], at=at)
        before = states.get(notice.demand)
        after = states[notice.demand] = release.state(notice, publisher=publisher, earlier=before)
        if row.pk in wanted:
            found[row.pk] = release.between(notice, before, after, publisher=publisher)
    return [found[row.pk] for row in rows]


def every(*, publisher: Publisher, at: datetime, until: int) -> Iterator[Release]:
    """Everything that was published up to the version of a key, oldest first, in constant memory."""
    last = 0
    while True:
        rows = list(NoticeVersion.objects.whole().in_order().filter(pk__gt=last, pk__lte=until)[:CHUNK])
        if not rows:
            return
        yield from of(rows, publisher=publisher, at=at)
        last = rows[-1].pk


def _earlier(rows: Sequence[NoticeVersion]) -> Iterator[NoticeVersion]:
    """What was published before the last of these about the same joint demands, without these; one by one."""
    if not rows:
        return iter(())
    newest = max(row.pk for row in rows)
    begun = published.earlier_than(newest, [row.notice.demand_id for row in rows])
    return begun.exclude(pk__in=[row.pk for row in rows]).iterator(chunk_size=CHUNK)
