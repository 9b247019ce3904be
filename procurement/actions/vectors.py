"""The database as the store of the matcher's sentence vectors: a text is computed once, whichever worker meets it."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from procurement.models import TextVector

# Below SQLite's limit of bound values in one statement.
CHUNK = 500


class DatabaseVectorStore:
    """Implements procurement.matching's VectorStore."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        found: dict[str, NDArray[np.float32]] = {}
        for start in range(0, len(keys), CHUNK):
            rows = TextVector.objects.filter(key__in=keys[start : start + CHUNK]).values_list("key", "vector")
            found.update((key, np.frombuffer(bytes(vector), dtype="<f4")) for key, vector in rows)
        return found

    def put_many(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        TextVector.objects.bulk_create(
            (TextVector(key=key, vector=vector.astype("<f4").tobytes()) for key, vector in vectors.items()),
            batch_size=CHUNK,
            # Two workers may meet the same new text; both computed the same vector.
            ignore_conflicts=True,
        )
