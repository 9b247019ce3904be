"""Requirement lines: how many are musts, and musts that hold several wishes."""

import pytest

from tests.boroughs.forms.coached import must, quotes, said, should


def test_more_than_five_musts_want_a_reason() -> None:
    lines = [f"Meets rule {number}." for number in range(1, 8)]
    (found,) = said("many_musts", requirements=must(*lines))
    assert found.quote == "Meets rule 6."
    assert found.words.startswith("7 lines are musts")
    assert not said("many_musts", requirements=must(*lines[:5]) + should(*lines[5:]))


def test_musts_with_a_reason_may_be_many() -> None:
    lines = must(*(f"Meets rule {number}." for number in range(7)))
    assert said("many_musts", requirements=lines, musts_reason="  ")
    assert not said("many_musts", requirements=lines, musts_reason="Each is asked for by law.")


@pytest.mark.parametrize(
    "line",
    [
        "Store photos of a repair and send the photos to the tenant.",
        "Call out duty officers from the rota and escalate if no reply.",
        "The system must record visits and also report the hours to payroll.",
        "Status of each unit in a portal; alert when offline for an hour.",
    ],
)
def test_must_that_holds_several_wishes(line: str) -> None:
    assert quotes("several_wishes", requirements=must(line)) == [line]
    assert not said("several_wishes", requirements=should(line))


@pytest.mark.parametrize(
    "line",
    [
        "Draft, serve and record notices.",
        "Assess and approve applications.",
        "Hold CREST and CHECK certification.",
        "Dispute and hold codes respected in all sources.",
        "Import of rents, leases and service charges.",
        "Rent accounts with weekly and monthly charging.",
        "Manage rotas and schedule.",
        "Site visit app with photos and notes;",
    ],
)
def test_must_that_holds_one_wish(line: str) -> None:
    assert not said("several_wishes", requirements=must(line))
