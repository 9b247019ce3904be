"""The database as the store of the matcher's sentence vectors: a text is computed once, whichever worker meets it."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from procurement.actions import keyed
from procurement.models import TextVector


class DatabaseVectorStore:
    """Implements procurement.matching's VectorStore."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        found = keyed.get_many(TextVector, "vector", keys)
        return {key: np.frombuffer(vector, dtype="<f4") for key, vector in found.items()}

    def put_many(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        keyed.put_many(TextVector, "vector", {key: vector.astype("<f4").tobytes() for key, vector in vectors.items()})
