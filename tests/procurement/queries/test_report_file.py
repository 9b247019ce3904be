"""A report's file is handed out whole or not at all, and what is wrong with it is said."""

import hashlib
from pathlib import Path

import pytest

from procurement.queries import report_file

CONTENT = b"%PDF-1.7 " + b"x" * 5_000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "report.pdf"
    path.write_bytes(CONTENT)
    return path


def test_whole_file_is_read_from_its_start(kept: Path) -> None:
    with report_file.opened(kept, size=len(CONTENT), digest=DIGEST) as file:
        assert file.read() == CONTENT


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (CONTENT[:-1], "cut off: it has 5,008 of its 5,009 bytes"),
        (b"", "cut off: it has 0 of its 5,009 bytes"),
        (CONTENT[:-1] + b"y", "not the one that was built"),
        (CONTENT + b"y", "not the one that was built"),
    ],
    ids=["last byte", "empty", "other byte", "more"],
)
def test_file_that_is_not_the_one_that_was_built(kept: Path, content: bytes, words: str) -> None:
    kept.write_bytes(content)

    with pytest.raises(report_file.NotWhole, match=words):
        report_file.opened(kept, size=len(CONTENT), digest=DIGEST)


def test_file_that_is_gone_or_a_folder(kept: Path) -> None:
    with pytest.raises(report_file.NotWhole, match="is gone"):
        report_file.opened(kept.with_name("other.pdf"), size=1, digest=DIGEST)
    with pytest.raises(report_file.NotWhole, match="cannot be read"):
        report_file.opened(kept.parent, size=1, digest=DIGEST)
