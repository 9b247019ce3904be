"""The board's search: an index of the current versions that each process keeps in memory.

It belongs to a head of the chain. When the head has moved on, the next search reads the versions that are new, and no
more; that is done at once, where it is little, else by a thread. Meanwhile the index of the older head answers: what it
does not know yet is not found, and what has been replaced since drops out, as the board shows current versions only.
Where there is no index yet because a large board is being read, `find` says so, and the board looks for the words as
they are written.

What can happen at the same moment, and why it is harmless:
- Two requests find the index old: only who gets `_building` builds. Who finds none waits for a small one, not for long.
- A notice is published while an index is built: it was filed under the head that was read before its versions were, so
  the next request finds it old and reads again.
- A request reads while another thread replaces: what is kept is one immutable record, replaced in one assignment.
- A process forks: no thread runs before the first request, and each process keeps an index of its own.
- The builder fails: its traceback is logged, `_building` is free again, and the next try waits for `PAUSE`.
"""

import logging
import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.conf import settings
from django.db import connection
from numpy.typing import NDArray

from procurement.matching.embed import EmbedderUnavailable, MiniLmEmbedder
from procurement.queries import board_documents, chain, sentence_model
from procurement.search import query, ranking, reasons
from procurement.search.document import Document
from procurement.search.index import Index
from procurement.search.nearby import nearest_topics
from procurement.search.query import Asked
from procurement.search.ranking import Hits
from procurement.search.thesaurus import Thesaurus

logger = logging.getLogger(__name__)

# New versions up to which a search waits until they are read: a fraction of a second.
SMALL = 200
# Seconds that a search waits for the small index that another one is building.
PATIENCE = 2.0
# Seconds between two builds in the background, and between two looks for vectors that were not there.
PAUSE = 30.0

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Found:
    """What a search found, among all current versions."""

    asked: Asked
    hits: Hits
    index: Index
    vector: Vector | None

    @property
    def ids(self) -> list[int]:
        """Keys of versions, the best first."""
        found: list[int] = self.hits.ids.tolist()
        return found

    def why(self, id: int) -> tuple[str, ...]:
        """Why a version was found, in words."""
        place = np.flatnonzero(self.hits.ids == id)
        near = float(self.hits.near[place[0]]) if len(place) else 0.0
        return reasons.why(self.asked, self.index, id=id, near=near)

    @property
    def is_complete(self) -> bool:
        """Whether the meaning of every version was compared, or is not on this machine at all."""
        return self.vector is None or not self.index.without_vectors

    @property
    def categories(self) -> tuple[str, ...]:
        """Slugs of the categories that are nearest to what was asked."""
        return nearest_topics(self.asked, self.index, self.vector)


@dataclass(frozen=True)
class _Kept:
    head: str
    thesaurus: Thesaurus
    index: Index
    # By the monotonic clock, when vectors were last looked for.
    looked_at: float

    @property
    def may_look(self) -> bool:
        """Whether it is time to look again for vectors that the background has computed since."""
        return bool(self.index.without_vectors) and time.monotonic() - self.looked_at > PAUSE


@dataclass(frozen=True)
class _News:
    head: str
    documents: Sequence[Document]
    gone: Collection[int]


class _Shelf:
    """What this process keeps."""

    kept: _Kept | None = None
    # By the monotonic clock, when the last build in the background began.
    begun: float = float("-inf")
    builder: threading.Thread | None = None


_building = threading.Lock()


def find(q: str, *, head: str | None) -> Found | None:
    """What answers a query; None while the index of a large board is being built.

    `head` is the digest of the newest version; None costs a query that asks for it. No query more where it is the one
    that the index belongs to, else up to four.
    """
    index = _at_hand(_head() if head is None else head)
    if index is None:
        return None
    asked = query.read(q, index)
    vector = _vector(asked.text) if asked.groups else None
    return Found(asked, ranking.rank(asked, index, vector), index, vector)


def prepare(versions: int) -> None:
    """Have the index of a large board built before somebody searches: a page of the board that is shown calls this with
    the number of versions it knows of. No query.
    """
    if versions > SMALL and _Shelf.kept is None:
        _renew_in_background()


def build(*, head: str) -> None:
    """Have the index of this head before going on, however large the board is, with all vectors that there are by now:
    for the background, where nobody waits for a page and no answer may be missed.
    """
    kept = _Shelf.kept
    if kept is not None and kept.head == head and not kept.index.without_vectors:
        return
    with _building:
        if news := _news(head):
            _Shelf.kept = _built(news)


def _at_hand(head: str) -> Index | None:
    kept = _Shelf.kept
    if kept is None or kept.head != head or kept.may_look:
        _renew(head)
        kept = _Shelf.kept
    return kept.index if kept else None


def _renew(head: str) -> None:
    """Have the index of this head or of a newer one built, here where it is little work, else in the background."""
    if _Shelf.builder and _Shelf.builder.is_alive():
        return
    if not _building.acquire(timeout=0 if _Shelf.kept else PATIENCE):
        return
    try:
        news = _news(head, at_most=SMALL)
        if news:
            _Shelf.kept = _built(news)
    finally:
        _building.release()
    if not news:
        _renew_in_background()


def _head() -> str:
    newest = chain.head()
    return newest.digest if newest else ""


def _news(head: str, *, at_most: int | None = None) -> _News | None:
    """What has been published and replaced since the index that is kept; None where more than `at_most` is new.

    The head was read before: what is published in between is read once more.
    """
    if _Shelf.kept is None:
        every = board_documents.documents(at_most=None if at_most is None else at_most + 1)
        return None if at_most is not None and len(every) > at_most else _News(head, every, ())
    known = _Shelf.kept.index.row_of
    ids = set(board_documents.ids())
    new = sorted(ids.difference(known))
    if at_most is not None and len(new) > at_most:
        return None
    return _News(head, board_documents.documents(new) if new else [], known.keys() - ids)


def _renew_in_background() -> None:
    if time.monotonic() - _Shelf.begun < PAUSE or not _building.acquire(blocking=False):
        return
    _Shelf.begun = time.monotonic()
    _Shelf.builder = threading.Thread(target=_in_background, name="index of the board", daemon=True)
    try:
        _Shelf.builder.start()
    except RuntimeError:
        # The machine has no thread to give; the lock must not stay with one that never ran.
        _building.release()
        raise


def _in_background() -> None:
    """Build and let go of the lock that the request took, and of the thread's own connection to the database."""
    try:
        news = _news(_head())
        if news:
            _Shelf.kept = _built(news)
    except Exception:
        logger.exception("The index of the board could not be built; the next try is in %d s", PAUSE)
    finally:
        connection.close()
        _building.release()


def _built(news: _News) -> _Kept:
    """The next index; read anew as a whole where the categories have changed."""
    began = time.monotonic()
    kept = _Shelf.kept
    thesaurus = board_documents.thesaurus()
    index = kept.index if kept and kept.thesaurus == thesaurus else None
    read = list(news.documents)
    if index is None:
        known = kept.index.entries if kept else ()
        read = [entry.document for entry in known if entry.document.id not in news.gone] + read
    model = _model()
    wanted = [*(index.without_vectors if index else ()), *read]
    vectors = board_documents.vectors(wanted, model.name) if model and wanted else {}
    if index is None:
        index = Index.build(read, thesaurus, vectors)
    elif read or news.gone or vectors:
        index = index.changed(new=read, gone=news.gone, vectors=vectors)
    if read:
        logger.info("%d versions of the board indexed in %.1f s", len(read), time.monotonic() - began)
    return _Kept(news.head, thesaurus, index, time.monotonic())


def _model() -> MiniLmEmbedder | None:
    try:
        return sentence_model.loaded(settings.MATCH_MODEL_DIR)
    except EmbedderUnavailable as missing:
        logger.warning("Searching without the sentence model: %s", missing)
        return None


@lru_cache(maxsize=1000)
def _vector(text: str) -> Vector | None:
    """The vector of what somebody typed, kept for whoever types the same or turns the page; None without a model, or
    where it gives none for this text.
    """
    model = _model()
    if model is None:
        return None
    try:
        found: Vector = model.encode([text])[0]
    except EmbedderUnavailable as refused:
        logger.warning("Searching for words alone: %s", refused)
        return None
    return found
