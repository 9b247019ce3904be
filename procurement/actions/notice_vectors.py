"""Keeps the sentence vectors of what the board shows, for the search by meaning.

A publication asks for it in its own transaction; a worker computes. Until then a new notice is found by its words.
"""

import logging
from collections.abc import Iterator, Sequence

from boroughs.actions import work
from boroughs.actions.work import Claim
from boroughs.background import Task
from boroughs.exceptions import LeaseLost
from procurement.actions import matching
from procurement.queries import board_documents
from procurement.search.document import Document

logger = logging.getLogger(__name__)

SCOPE = "board"
# Notices whose texts are computed between two renewals of the lease: some ten seconds.
PORTION = 200


def request() -> None:
    """A publication's request, and the scheduler's, which notices a new model and what was published before it came."""
    work.request(task=Task.EMBED_NOTICES, key=SCOPE)


def run(*, key: str = SCOPE) -> None:
    """Claim the work and compute what is missing. The same again computes nothing."""
    claim = work.claim(task=Task.EMBED_NOTICES, key=key)
    if claim is None:
        return
    try:
        _embed(claim)
    except LeaseLost:
        logger.warning("Computing the vectors of notices lost its lease; the worker that took over goes on")
    except Exception as error:  # noqa: BLE001 - whatever it is, the work is given back, tried again and shown
        work.fail(claim=claim, error=error)


def compute(versions: Sequence[int]) -> None:
    """Compute at once what these current versions lack; nothing where there is no model.

    Twice at the same time is only twice the work.
    """
    for _ in _portions(board_documents.documents(versions)):
        pass


def _embed(claim: Claim) -> None:
    for _ in _portions(board_documents.documents()):
        work.renew(claim=claim)
    work.finish(claim=claim)


def _portions(shown: Sequence[Document]) -> Iterator[None]:
    """Computes a portion between two of its steps."""
    model = matching.embedder()
    if model is None:
        return
    for start in range(0, len(shown), PORTION):
        # Encoding keeps what is new in the database, and asks for nothing that it knows.
        model.encode([text for document in shown[start : start + PORTION] for text in document.passages])
        yield
