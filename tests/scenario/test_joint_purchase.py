"""The story of a joint purchase, without a browser."""

from pathlib import Path

import pytest

from tests.scenario.people import Caller
from tests.scenario.story import seven_boroughs_buy_together

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


def test_seven_boroughs_buy_together(shared_data: Path, tmp_path: Path) -> None:
    seven_boroughs_buy_together(Caller, shared_data, tmp_path)
