"""The files with everything are made portion by portion: what is in memory is a portion, however large the board is.

Memory is what Python has in hand at most, as tracemalloc counts it; benchmarks/exports.py measures whole processes.
"""

import tracemalloc
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from boroughs.actions import reference
from boroughs.models import Borough, Category
from procurement.ocds import releases
from procurement.views import board_files
from tests.factories.board import spread

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

NOTICES, PORTION = 600, 20


def highest(client: Client, address: str) -> int:
    """Bytes at most, from the request to the last byte of the answer."""
    client.get("/api/v1/notices/")
    tracemalloc.start()
    try:
        answer: Any = client.get(address)
        assert answer.status_code == 200
        assert sum(len(part) for part in answer.streaming_content) > 0
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("address", ["/api/1.0/releases.jsonl.gz", "/board/notices.csv", "/board/notices.xlsx"])
def test_file_takes_the_memory_of_a_portion_of_it(
    address: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The board read as one portion is the negative control: then everything is in hand at once."""
    reference.load()
    boroughs, categories = list(Borough.objects.by_name()), list(Category.objects.all())
    spread(NOTICES, today=timezone.localdate(), boroughs=boroughs, categories=categories)
    rises = []
    for chunk in (PORTION, PORTION, NOTICES):
        monkeypatch.setattr(board_files, "CHUNK", chunk)
        monkeypatch.setattr(releases, "CHUNK", chunk)
        rises.append(highest(client, address))
    _, by_portions, at_once = rises
    assert by_portions < at_once / 2
