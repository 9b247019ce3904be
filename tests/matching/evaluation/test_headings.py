from __future__ import annotations

import pytest

from procurement.matching import Item, match
from procurement.matching.evaluation.headings import as_decisions, label_quality
from procurement.matching.items import Config


def test_label_quality_by_hand() -> None:
    found = label_quality([("parking-permits", "Parking permit system"), ("library-management", "Payroll")])
    assert found.recall == pytest.approx((1 + 0) / 2)
    assert found.precision == pytest.approx((2 / 3 + 0) / 2)
    assert label_quality([]).f1 == 0.0


def test_the_rulings_make_the_true_groups_and_no_others() -> None:
    gold = {"a": "1", "b": "1", "c": "1", "d": "2"}
    items = [Item(id, id, "Parking permits") for id in gold]
    (cluster,) = match(items, as_decisions(gold), Config(engine="tfidf", cut=1.01)).clusters
    assert cluster.ids == {"a", "b", "c"}
