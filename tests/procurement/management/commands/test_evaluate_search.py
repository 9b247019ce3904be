"""The command that measures the search says what it measured, and the search beats the plain ones."""

import io
import json
from typing import Any

import pytest
from django.core.management import call_command

from procurement.search import evaluation
from procurement.search.evaluation import Wanted, measure


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Any:
    # Without the model: what is measured here are words, and no test waits for 900 texts.
    monkeypatch.setattr("procurement.management.measuring.embedder", lambda *_: None)

    def call(*arguments: str) -> str:
        out = io.StringIO()
        call_command("evaluate_search", *arguments, stdout=out)
        return out.getvalue()

    return call


@pytest.mark.django_db
def test_search_beats_full_text_search_even_without_the_model(printed: Any) -> None:
    found = json.loads(printed("--json"))
    assert (found["queries"], found["notices"], found["model"]) == (40, 300, None)
    figures = found["searches"]
    ours = figures["the board's, without meaning"]
    for name, plain in figures.items():
        if name != "the board's, without meaning":
            assert ours["recall_at_10"] > plain["recall_at_10"] + 0.05, name
            assert ours["ndcg_at_10"] > plain["ndcg_at_10"] + 0.05, name


def test_measures_count_places() -> None:
    groups = {1: "a", 2: "a", 3: "b", 4: "c"}
    wanted = [Wanted("q", frozenset({"a"}))]
    assert measure(lambda q: [1, 2], wanted, groups) == evaluation.Measured(1.0, 1.0)
    assert measure(lambda q: [4, 3], wanted, groups) == evaluation.Measured(0.0, 0.0)
    half = measure(lambda q: [3, 1], wanted, groups)
    assert half.recall == 0.5
    assert 0 < half.ndcg < 0.5


def test_every_group_of_a_query_is_one_of_the_demonstration() -> None:
    from procurement.management.measuring import demonstration_notices

    known = set(demonstration_notices()[1].values())
    assert all(query.groups <= known for query in evaluation.queries())
