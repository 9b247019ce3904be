from __future__ import annotations

import pytest

from procurement.matching import Item
from procurement.matching.drift import moved_far
from procurement.matching.embed import MiniLmEmbedder

TELECARE = Item(
    id="N-1",
    owner="camden",
    title="Telecare that works on digital lines",
    problem="3,000 alarm units rely on analogue lines that are to be switched off in 2027.",
    requirements=("Alarms reach the monitoring centre", "Units work for 24 hours without mains power"),
)
EDITED = Item(
    id="N-1",
    owner="camden",
    title="Digital telecare",
    problem="2,500 alarm units rely on analogue lines that are to be switched off in 2028.",
    requirements=("Alarms reach the monitoring centre", "Units work for 24 hours without mains power", "SIM included"),
)
PARKING = Item(
    id="N-1",
    owner="camden",
    title="Telecare that works on digital lines",
    problem="Residents cannot renew their parking permits online, and officers type each penalty charge twice.",
    requirements=("Virtual permits", "Evidence review of penalty charge notices"),
)


@pytest.mark.parametrize("with_model", [True, False])
def test_edit_is_near_and_another_need_under_the_same_title_is_far(with_model):
    embedder = MiniLmEmbedder() if with_model else None
    assert moved_far([(TELECARE, EDITED), (TELECARE, PARKING), (TELECARE, TELECARE)], embedder) == [False, True, False]


def test_nothing_to_compare():
    assert moved_far([], None) == []
    assert moved_far([(Item(id="a", owner="b", title=""), TELECARE)], None) == [False]
