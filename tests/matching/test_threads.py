from __future__ import annotations

import time

import pytest

from procurement.matching.threads import in_turn


def test_outcomes_come_in_the_order_of_the_parts():
    def slow_at_first(part):
        time.sleep(0.02 if part == 0 else 0)
        return part * part

    assert list(in_turn(slow_at_first, range(6))) == [0, 1, 4, 9, 16, 25]


def test_an_error_in_a_part_reaches_whoever_waits():
    def broken(part):
        raise ArithmeticError(part)

    with pytest.raises(ArithmeticError):
        list(in_turn(broken, [1, 2]))
