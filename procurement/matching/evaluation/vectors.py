"""Sentence vectors in a file, so that measuring again does not embed again."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from procurement.matching.embed import Vectors


class FileVectors:
    """A store for ``CachingEmbedder``: vectors of any length by key, in one file of ``folder``, or only in memory
    where there is no folder.

    A file that cannot be read is begun anew: all that is lost is time.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.path = folder / "vectors.npz" if folder else None
        self._known = _read(self.path) if self.path else {}

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Vectors]:
        """Return the vectors that are known, by key."""
        return {key: self._known[key] for key in keys if key in self._known}

    def put_many(self, vectors: Mapping[str, Vectors]) -> None:
        """Keep these vectors, and write the file; another process sees the old one or the new one."""
        self._known.update(vectors)
        if not self.path:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(f".{os.getpid()}.npz")
        np.savez(fresh, allow_pickle=False, **_tables(self._known))
        fresh.replace(self.path)


def _read(path: Path) -> dict[str, Vectors]:
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            lengths = [name.removeprefix("keys") for name in file.files if name.startswith("keys")]
            return {
                str(key): vector
                for length in lengths
                for key, vector in zip(file[f"keys{length}"], file[f"rows{length}"], strict=True)
            }
    except (OSError, ValueError, KeyError, BadZipFile):
        return {}


def _tables(known: Mapping[str, Vectors]) -> dict[str, Vectors | np.ndarray]:
    """Return a table of keys and one of rows for each length of vector."""
    tables: dict[str, Vectors | np.ndarray] = {}
    for length in sorted({len(vector) for vector in known.values()}):
        keys = [key for key, vector in known.items() if len(vector) == length]
        tables[f"keys{length}"] = np.array(keys)
        tables[f"rows{length}"] = np.stack([known[key] for key in keys]).astype(np.float32)
    return tables
