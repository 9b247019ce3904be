"""Published versions as the board's search reads them: everything that a supplier may read, and nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boroughs.models import Category
from procurement.matching.embed import vector_key
from procurement.models import NoticeVersion, TextVector
from procurement.queries import public_content
from procurement.search.document import Document, Field
from procurement.search.thesaurus import Thesaurus, Topic

# Below SQLite's limit of bound values in one statement.
CHUNK = 900


def ids() -> list[int]:
    """Keys of the current versions. One query."""
    return list(NoticeVersion.objects.current().values_list("pk", flat=True))


def documents(ids: Sequence[int] | None = None, *, at_most: int | None = None) -> list[Document]:
    """The current versions, or those with these keys. One query; of many `ids` one for every CHUNK."""
    current = NoticeVersion.objects.current().order_by("pk")
    if ids is None:
        return [document(row.pk, row.content) for row in current[:at_most].iterator(chunk_size=CHUNK)]
    found: list[Document] = []
    for start in range(0, len(ids), CHUNK):
        rows = current.filter(pk__in=ids[start : start + CHUNK])
        found.extend(document(row.pk, row.content) for row in rows)
    return found


def document(id: int, content: Mapping[str, Any]) -> Document:
    """The content of one version, of any format."""
    category = content["category"] or {}
    boroughs = tuple(borough["name"] for borough in content["boroughs"])
    fields = {
        Field.TITLE: content["title"],
        Field.CATEGORY: _lines((category.get("name", ""), category.get("area", ""))),
        Field.SUMMARY: content["summary"],
        Field.PROBLEM: content["problem"],
        Field.USERS: content["users"],
        Field.REQUIREMENTS: _lines((*content["must"], *content["should"], *content.get("differences", ()))),
        Field.REST: _lines(
            (
                content["work_done"],
                content["market_engagement"],
                content.get("setup", ""),
                content["buying_together"],
                content["how_to_respond"],
            )
        ),
        Field.AUTHORITIES: _lines((*boroughs, *(borough["sub_region"] for borough in content["boroughs"]))),
        Field.ANSWERS: _lines(public_content.told(content)),
    }
    return Document(
        id=id,
        fields=tuple(fields[field] for field in Field),
        references=(content["reference"], content["demand"]),
        cpv=tuple(content["cpv"]),
        category=category.get("slug", ""),
        boroughs=boroughs,
    )


def thesaurus() -> Thesaurus:
    """The sector's vocabulary with the categories as they are now. One query."""
    rows = Category.objects.order_by("slug").values_list("slug", "name", "synonyms")
    return Thesaurus.of(Topic(slug, name, tuple(synonyms)) for slug, name, synonyms in rows)


def vectors(read: Iterable[Document], model: str) -> dict[int, NDArray[np.float32]]:
    """The vectors of the passages, by document, of those for which all are kept. One query for every CHUNK."""
    passages = {document.id: [vector_key(model, text) for text in document.passages] for document in read}
    keys = list(dict.fromkeys(key for own in passages.values() for key in own))
    kept: dict[str, NDArray[np.float32]] = {}
    for start in range(0, len(keys), CHUNK):
        rows = TextVector.objects.filter(key__in=keys[start : start + CHUNK]).values_list("key", "vector")
        kept.update((key, np.frombuffer(bytes(vector), dtype="<f4")) for key, vector in rows)
    return {id: np.stack([kept[key] for key in own]) for id, own in passages.items() if all(key in kept for key in own)}


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)
