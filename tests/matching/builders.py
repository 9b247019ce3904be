"""Small items, a model that needs no files, and the labelled sets where they are at hand."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from procurement.matching import Capability, Item
from procurement.matching.embed import Vectors

CAPABILITIES = (
    Capability("parking", "Parking management and permits", "48100000", ("PCN", "permits", "cashless parking")),
    Capability("hr-payroll", "HR and payroll", "48450000", ("payroll", "HRIS")),
    Capability("library", "Library management", "48161000", ("LMS", "library catalogue")),
)

NEEDS = (
    Item(
        "n1",
        "camden",
        "Parking enforcement system",
        description="Handhelds and PCN processing for 60 officers.",
        users=100,
    ),
    Item(
        "n2",
        "barnet",
        "PCN back office",
        description="Notice processing, appeals and handhelds for parking officers.",
        users=100,
    ),
    Item(
        "n3",
        "brent",
        "Parking notices",
        description="Software for penalty charge notice processing and appeals.",
        users=100,
    ),
    Item(
        "n4",
        "camden",
        "Payroll",
        description="HR and payroll system for 4,000 staff and teachers.",
        users=100,
    ),
    Item(
        "n5",
        "ealing",
        "HR system",
        description="Human resources and payroll software with self service.",
        users=100,
    ),
    Item(
        "n6",
        "harrow",
        "Library management system",
        description="Catalogue, loans and self issue kiosks in libraries.",
        users=100,
    ),
)


class HashedWords:
    """A stand-in for a sentence model: a fixed random direction for every word, summed."""

    name = "hashed-words"
    dimensions = 32

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded.extend(texts)
        vectors = np.stack([_summed(text) for text in texts]) if texts else np.zeros((0, self.dimensions))
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@lru_cache(maxsize=5_000)
def _summed(text: str) -> np.ndarray:
    total = np.full(HashedWords.dimensions, 0.01)
    for word in text.casefold().split():
        total += _direction(word)
    return total


@lru_cache(maxsize=50_000)
def _direction(word: str) -> np.ndarray:
    seed = hashlib.sha256(word.encode("utf-8", "replace")).digest()[:4]
    return np.random.default_rng(int.from_bytes(seed, "big")).normal(size=HashedWords.dimensions)


def own_categories() -> tuple[Capability, ...]:
    """The categories that the product is delivered with."""
    path = Path(__file__).resolve().parents[2] / "boroughs" / "data" / "categories.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Capability(row["slug"], row["name"], row["cpv"], tuple(s.strip() for s in row["synonyms"].split(";") if s))
            for row in csv.DictReader(file)
        )


def shared_data(name: str) -> Path:
    """Return a labelled file; skips the test where the shared data is not there."""
    root = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("LOTI_SHARED_DATA") or root.parent / "shared" / "data")
    path = folder / name
    if not path.is_file():
        pytest.skip(f"{name} is not there: set LOTI_SHARED_DATA to the folder of the labelled sets")
    return path
