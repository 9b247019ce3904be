from __future__ import annotations

from pathlib import Path

import numpy as np

from procurement.matching.embed import CachingEmbedder
from procurement.matching.evaluation.vectors import FileVectors
from tests.matching.builders import HashedWords


def test_vectors_outlive_the_process(tmp_path: Path) -> None:
    first, second = HashedWords(), HashedWords()
    before = CachingEmbedder(first, FileVectors(tmp_path / "new")).encode(["parking", "payroll"])
    after = CachingEmbedder(second, FileVectors(tmp_path / "new")).encode(["payroll", "parking", "library"])
    assert second.encoded == ["library"]
    assert np.array_equal(after[:2], before[::-1])


def test_vectors_of_two_lengths_share_a_file(tmp_path: Path) -> None:
    FileVectors(tmp_path).put_many({"a": np.ones(2, dtype=np.float32)})
    FileVectors(tmp_path).put_many({"b": np.ones(3, dtype=np.float32)})
    known = FileVectors(tmp_path).get_many(["a", "b", "c"])
    assert {key: len(vector) for key, vector in known.items()} == {"a": 2, "b": 3}


def test_a_broken_file_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "vectors.npz").write_bytes(b"PK\x03\x04 not a file of vectors")
    store = FileVectors(tmp_path)
    assert store.get_many(["a"]) == {}
    store.put_many({"a": np.ones(2, dtype=np.float32)})
    assert list(FileVectors(tmp_path).get_many(["a"])) == ["a"]


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    store = FileVectors()
    store.put_many({"a": np.ones(2, dtype=np.float32)})
    assert list(store.get_many(["a"])) == ["a"]
    assert list(tmp_path.iterdir()) == []
