from __future__ import annotations

from procurement.matching import Config, match
from tests.matching.builders import CAPABILITIES, NEEDS


def test_headings_and_terms_are_words_people_wrote():
    clusters = match(NEEDS, (), Config(capabilities=CAPABILITIES)).clusters
    assert [c.label for c in clusters] == ["PCN processing system", "Payroll system"]
    written = " ".join(f"{n.title} {n.body}" for n in NEEDS).casefold()
    for cluster in clusters:
        assert 0 < len(cluster.terms) <= 5
        assert all(word.casefold() in written for term in cluster.terms for word in term.split())


def test_without_categories_there_is_none():
    assert {c.category for c in match(NEEDS, (), Config()).clusters} == {None}
