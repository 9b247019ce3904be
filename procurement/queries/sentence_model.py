"""The sentence model of this process: loaded once, for the matcher and for pages."""

from functools import lru_cache
from pathlib import Path

from procurement.matching.embed import MiniLmEmbedder


@lru_cache(maxsize=1)
def loaded(folder: Path | None) -> MiniLmEmbedder:
    """The model of this folder, or the one that comes along. Loading takes a third of a second.

    Raises `EmbedderUnavailable` where it cannot be used on this machine.
    """
    if folder is None:
        return MiniLmEmbedder()
    return MiniLmEmbedder(folder / "model.onnx", folder / "tokenizer.json")
