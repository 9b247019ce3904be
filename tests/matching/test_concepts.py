"""The texts that ask for concepts belong to the concepts there are."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

from django.conf import settings

from procurement.matching.concepts import VOICES, asked, concepts


def test_a_concept_is_asked_for_once_in_each_voice_or_not_at_all():
    assert list(asked()) == list(concepts())
    assert {len(texts) for texts in asked().values()} <= {0, len(VOICES) // 2, len(VOICES)}
    assert sum(map(bool, asked().values())) > 0.9 * len(concepts())


def test_no_text_stands_twice_and_none_is_bare():
    counts = Counter(text.casefold() for texts in asked().values() for text in texts)
    assert [text for text, count in counts.items() if count > 1 or len(text) < 8] == []


def test_no_text_names_a_borough():
    path = Path(settings.BASE_DIR) / "boroughs" / "data" / "authorities.csv"
    with path.open(encoding="utf-8", newline="") as file:
        names = "|".join(re.escape(row["name"]) for row in csv.DictReader(file))
    found = re.compile(rf"\b(?:{names})\b")
    assert [text for texts in asked().values() for text in texts if found.search(text)] == []
