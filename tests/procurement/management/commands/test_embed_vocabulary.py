"""The command that embeds the vocabulary says what is missing where the model is not there."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from procurement.management.commands import embed_vocabulary
from procurement.matching import concept_vectors
from procurement.matching.embed import EmbedderUnavailable
from tests.matching.builders import HashedWords


def test_without_the_model_nothing_is_written(monkeypatch):
    def missing():
        raise EmbedderUnavailable("The library 'onnxruntime' is not installed.")

    before = concept_vectors.packaged()[0]
    monkeypatch.setattr(embed_vocabulary, "MiniLmEmbedder", missing)
    with pytest.raises(CommandError, match="onnxruntime"):
        call_command("embed_vocabulary")
    assert concept_vectors.packaged()[0] == before


def test_writes_what_it_computed(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(embed_vocabulary, "MiniLmEmbedder", HashedWords)
    monkeypatch.setattr(embed_vocabulary.vocabulary, "__file__", str(tmp_path / "__init__.py"))
    call_command("embed_vocabulary")
    assert (tmp_path / concept_vectors.FILE).read_bytes() == concept_vectors.packed(HashedWords())
    assert "concepts" in capsys.readouterr().out
