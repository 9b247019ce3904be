"""Categories for whom nothing was found."""

import numpy as np

from procurement.search import query
from procurement.search.nearby import nearest_topics
from tests.search.scene import BOARD, index, unit


def test_category_that_the_query_names_comes_first() -> None:
    board = index(*BOARD, vectors={2: np.stack([unit(1)]), 5: np.stack([unit(0, 1)])})
    assert nearest_topics(query.read("VoIP zebra", board), board, unit(1)) == ("telephony", "housing-repairs")


def test_far_away_categories_are_not_named() -> None:
    board = index(*BOARD, vectors={2: np.stack([unit(1)]), 5: np.stack([unit(0, 1)])})
    assert nearest_topics(query.read("zebra", board), board, unit(0, 0, 1)) == ()
    assert nearest_topics(query.read("zebra", board), board, None) == ()
