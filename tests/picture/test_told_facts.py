"""What is left of a snapshot for those who may not see exact figures."""

from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from procurement.picture import facts, told_facts
from procurement.picture.facts import Stance
from procurement.picture.telling import EXACT, TOLD, Telling
from tests.picture import made

DAY = date(2027, 3, 31)
STATED = {
    "users": 41_413,
    "budget_min": 7_313_117,
    "budget_max": 7_919_119,
    "budget_basis": "PER_YEAR",
    "months": 43,
    "earliest_start_date": DAY,
    "start_date": DAY,
    "contract_end_date": DAY,
    "incumbent": "Vexillum",
    "supplier": "vexillum",
}


def whole() -> facts.Frozen:
    member = made.member(
        1, reasons_for=("Both use Vexillum", "Both want it"), reasons_against=("Ends apart",), open_for=(1,)
    )
    demand = made.demand(
        1,
        [],
        members=(member, made.member(2)),
        terms=("vexillum",),
        stances=(Stance("brent", "DECLINED", "TENDER"),),
        lead="camden",
        quorum=3,
        depth="TENDER",
        decision_date=DAY,
        outcome="REACHED",
        start_date=DAY,
    )
    needs = (made.need(1, "camden", **STATED), made.need(2, "brent", **STATED))
    notices = (made.notice(1, 1, status="WITHDRAWAL_PROPOSED"), made.notice(2, 1, version=0, title="Not out yet"))
    return made.frozen(made.london(*needs, demands=[demand], notices=notices))


def test_exactly_it_is_as_it_was() -> None:
    assert told_facts.told(whole(), EXACT) == whole()


def test_nothing_that_a_borough_states_is_left() -> None:
    told = told_facts.told(whole(), TOLD)

    text = facts.to_json(told).decode()
    for word in (
        "41413",
        "7313117",
        "7919119",
        "PER_YEAR",
        "exillum",
        "2027",
        "DECLINED",
        "TENDER",
        "REACHED",
        "apart",
    ):
        assert word not in text
    assert [need.reference for need in told.facts.needs] == ["N-00001", "N-00002"]
    (demand,) = told.facts.demands
    assert (demand.lead, demand.members[0].reasons_for) == ("", ("Both want it",))


def test_a_notice_is_as_the_board_has_it() -> None:
    (notice,) = told_facts.told(whole(), TOLD).facts.notices

    assert (notice.reference, notice.status) == ("NT-0001", "PUBLISHED")


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("CORRECTING", "PUBLISHED"),
        ("CORRECTION_PROPOSED", "PUBLISHED"),
        ("WITHDRAWAL_PROPOSED", "PUBLISHED"),
        ("WITHDRAWN", "WITHDRAWN"),
    ],
)
def test_what_is_prepared_of_a_notice_is_not_told(status: str, told: str) -> None:
    held = made.london(made.need(1), notices=(made.notice(1, 1, status=status),))

    (notice,) = told_facts.told(made.frozen(held), TOLD).facts.notices

    assert notice.status == told


def test_one_by_one_the_own_needs_are_whole() -> None:
    needs = told_facts.needs(whole(), Telling(own="brent"))

    assert (needs["N-00001"].users, needs["N-00002"].users) == (None, 41_413)
    assert told_facts.told(whole(), Telling(own="brent")) == told_facts.told(whole(), TOLD)


def test_twice_told_is_once_told() -> None:
    told = told_facts.told(whole(), TOLD)

    assert told_facts.told(told, TOLD) == told


def test_every_fact_is_told_or_kept_back_on_purpose() -> None:
    """Whoever adds a fact says here which of the two it is."""
    kept_back: dict[Any, set[str]] = {
        facts.Need: {*STATED, "confirmed_at", "asked_at", "contract"},
        facts.Demand: {"terms", "stances", "lead", "quorum", "depth", "decision_date", "outcome", "start_date"},
        facts.Member: {"since"},
        facts.Notice: {"interest", "questions"},
        facts.Facts: {"contracts", "results"},
    }
    told = {
        facts.Need: set(told_facts.OF_NEED),
        facts.Demand: {*told_facts.OF_DEMAND, "members"},
        facts.Member: {*told_facts.OF_MEMBER, "reasons_for", "reasons_against", "open_for", "open_against"},
        facts.Notice: set(told_facts.OF_NOTICE),
        facts.Facts: {"run", "board", "authorities", "categories", "needs", "demands", "notices"},
    }
    for kind, names in told.items():
        assert {field.name for field in fields(kind)} <= names | kept_back[kind]
        assert not names & kept_back[kind]
