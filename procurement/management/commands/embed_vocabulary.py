"""Writes the sentence vectors of the vocabulary's concepts, after a change of concepts.txt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from procurement.matching import concept_vectors, vocabulary
from procurement.matching.concepts import concepts
from procurement.matching.embed import EmbedderUnavailable, MiniLmEmbedder


class Command(BaseCommand):
    """Embed every phrase of ``vocabulary/concepts.txt`` with the packaged model."""

    help = "Embed the vocabulary's concepts anew and write procurement/matching/vocabulary/vectors.npz."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Compute, write, say how large it is."""
        try:
            model = MiniLmEmbedder()
        except EmbedderUnavailable as missing:
            raise CommandError(str(missing)) from missing
        content = concept_vectors.packed(model)
        path = Path(str(vocabulary.__file__)).with_name(concept_vectors.FILE)
        path.write_bytes(content)
        self.stdout.write(f"{len(concepts())} concepts, {len(content):,} bytes.")
