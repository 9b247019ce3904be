from __future__ import annotations

import threading

import pytest

from procurement.matching.threads import both, in_turn


def test_outcomes_come_in_the_order_of_the_parts(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    overtaken = threading.Event()

    def first_comes_last(part):
        if part == 0:
            assert overtaken.wait(timeout=30)
        else:
            overtaken.set()
        return part * part

    assert list(in_turn(first_comes_last, range(6))) == [0, 1, 4, 9, 16, 25]


def test_an_error_in_a_part_reaches_whoever_waits():
    def broken(part):
        raise ArithmeticError(part)

    with pytest.raises(ArithmeticError):
        list(in_turn(broken, [1, 2]))


@pytest.mark.parametrize("cores", [1, 2])
def test_both_stays_with_whoever_asks_for_the_second(monkeypatch, cores):
    monkeypatch.setattr("os.cpu_count", lambda: cores)

    beside, here = both(threading.get_ident, threading.get_ident)

    assert here == threading.get_ident()
    assert (beside == here) == (cores == 1)


@pytest.mark.parametrize("place", [0, 1])
def test_an_error_in_one_of_both_reaches_whoever_waits(place):
    def fails():
        raise LookupError("no such need")

    with pytest.raises(LookupError, match="no such need"):
        both(*((fails, dict) if place == 0 else (dict, fails)))
