"""A board of a few notices, and what a search of it finds."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from procurement.search import query, ranking, reasons
from procurement.search.document import Document, Field
from procurement.search.index import Index
from procurement.search.thesaurus import Thesaurus, Topic

TOPICS = (
    Topic("telephony", "Telephony and unified communications", ("phone system", "VoIP")),
    Topic("housing-repairs", "Housing repairs", ("responsive repairs",)),
)
THESAURUS = Thesaurus.of(TOPICS)
DIMENSIONS = 4


def document(id: int, title: str, *, boroughs: Sequence[str] = ("Camden",), **fields: Any) -> Document:
    """A notice with this title; fields by the names of Field in lower case."""
    given = {"authorities": "\n".join(boroughs), "title": title, **fields}
    category = given.pop("category_slug", "")
    cpv = given.pop("cpv", ())
    texts = tuple(given.pop(field.name.lower(), "") for field in Field)
    assert not given, given
    references = (f"NT-{id:04}", f"JD-{id + 100:04}")
    return Document(id, texts, references=references, cpv=cpv, category=category, boroughs=tuple(boroughs))


def index(*documents: Document, vectors: dict[int, Any] | None = None) -> Index:
    return Index.build(documents, THESAURUS, vectors)


def found(q: str, of: Index, vector: Any = None) -> list[int]:
    ids: list[int] = ranking.rank(query.read(q, of), of, vector).ids.tolist()
    return ids


def why(q: str, of: Index, id: int, vector: Any = None) -> tuple[str, ...]:
    asked = query.read(q, of)
    hits = ranking.rank(asked, of, vector)
    place = hits.ids.tolist().index(id)
    return reasons.why(asked, of, id=id, near=float(hits.near[place]))


def unit(*values: float) -> Any:
    """A vector of length one."""
    vector = np.array([*values, *[0.0] * (DIMENSIONS - len(values))], dtype=np.float32)
    return vector / np.linalg.norm(vector)


BOARD = (
    document(1, "Cloud telephony for council offices", summary="Phones that follow the officer.", cpv=("48500000",)),
    document(2, "Housing repairs by appointment", summary="Tenants book online.", category_slug="housing-repairs"),
    document(3, "Wi-fi in libraries", summary="Visitors browse free of charge.", boroughs=("Tower Hamlets", "Brent")),
    document(4, "Parking permits", problem="Residents queue for permits.", cpv=("48100000",)),
    document(5, "Corporate telephone system", summary="Handsets and softphones.", category_slug="telephony"),
)
