"""How fast boroughs answer a joint demand, and authorities the questions of suppliers. Days are whole ones.

A borough is asked when the first of its needs came to stand in the joint demand, and has answered when it first said
anything: that it watches, would join, or declines. Where a borough stands is for exact figures only, and so is all of
this but the counts of questions.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from procurement.picture.facts import Demand, Frozen, Member, Notice, Question
from procurement.picture.moments import days_between, median
from procurement.picture.numbers import Number, Unit, number

NOT_ANSWERED = "SUGGESTED"
WAITING = "WAITING"
# So many joint demands are named for which boroughs wait longest.
NAMED = 10


@dataclass(frozen=True)
class Waiting:
    """A joint demand with boroughs that have said nothing yet."""

    reference: str
    count: Number
    # Since the first of them was asked; None where that is not known.
    days: Number


@dataclass(frozen=True)
class Answers:
    # Places of boroughs in joint demands: each is one answer.
    asked: Number
    given: Number
    waiting: Number
    # Of the answers given whose days are known, the middle one.
    median_days: Number
    # Most boroughs first.
    most_waiting: tuple[Waiting, ...]
    # On notices on the board.
    questions: Number
    questions_waiting: Number
    questions_median_days: Number


@dataclass(frozen=True)
class _Place:
    """A borough in a joint demand."""

    needs: tuple[str, ...]
    asked_at: datetime | None
    answered_at: datetime | None
    has_answered: bool


def answers(frozen: Frozen) -> Answers:
    held = frozen.facts
    of = {need.reference: need.borough for need in held.needs}
    places = {each.reference: (each, _places(each, of)) for each in held.demands if each.is_sure}
    every = [place for _, found in places.values() for place in found]
    given = [place for place in every if place.has_answered]
    waiting = [place for place in every if not place.has_answered]
    known = [
        (days_between(place.asked_at, place.answered_at), place)
        for place in given
        if place.asked_at and place.answered_at
    ]
    rows = [
        _waiting(demand, [each for each in found if not each.has_answered], frozen.taken_at)
        for demand, found in places.values()
    ]
    rows = [each for each in rows if int(each.count)]
    rows.sort(key=lambda each: (-int(each.count), -int(each.days), each.reference))
    return Answers(
        asked=_count("answers-asked", "Answers of boroughs that joint demands ask for", every),
        given=_count("answers-given", "Of them given", given),
        waiting=_count("answers-waiting", "Of them not given yet", waiting),
        median_days=number(
            "answers-median-days",
            "Days until the middle one of all answers",
            Unit.DAYS,
            median(days for days, _ in known),
            (need for _, each in known for need in each.needs),
        ),
        most_waiting=tuple(rows[:NAMED]),
        **_questions(held.notices, held.demands),
    )


def _places(demand: Demand, of: dict[str, str]) -> list[_Place]:
    stances = {each.borough: each for each in demand.stances}
    members: dict[str, list[Member]] = defaultdict(list)
    for member in demand.members:
        members[of[member.need]].append(member)
    found = []
    for borough, own in sorted(members.items()):
        asked = [member.since for member in own if member.since]
        stance = stances.get(borough)
        found.append(
            _Place(
                needs=tuple(member.need for member in own),
                asked_at=min(asked, default=None),
                answered_at=stance.answered_at if stance else None,
                has_answered=stance is not None and stance.stage != NOT_ANSWERED,
            )
        )
    return found


def _waiting(demand: Demand, places: Sequence[_Place], at: datetime) -> Waiting:
    key, reference = f"answers/{demand.reference}", demand.reference
    asked = [each.asked_at for each in places if each.asked_at]
    needs = [need for each in places for need in each.needs]
    return Waiting(
        reference=reference,
        count=number(
            f"{key}/waiting", f"Boroughs that have not answered {reference}", Unit.AUTHORITIES, len(places), needs
        ),
        days=number(
            f"{key}/days",
            f"Days since the first of them was asked about {reference}",
            Unit.DAYS,
            days_between(min(asked), at) if asked else None,
            needs,
        ),
    )


def _questions(notices: Iterable[Notice], demands: Iterable[Demand]) -> dict[str, Number]:
    shown = [each for each in notices if each.is_on_board and each.questions]
    needs = {demand.reference: [member.need for member in demand.members] for demand in demands}
    behind = [need for each in shown for need in needs.get(each.demand, ())]
    asked: list[Question] = [question for each in shown for question in each.questions]
    waiting = [each for each in asked if each.status == WAITING]
    days = [days_between(each.asked_at, each.settled_at) for each in asked if each.settled_at]
    told = {
        "questions": ("Questions of suppliers on notices", Unit.QUESTIONS, len(asked)),
        "questions_waiting": ("Of them waiting for an answer", Unit.QUESTIONS, len(waiting)),
        "questions_median_days": ("Days until the middle one of all questions was settled", Unit.DAYS, median(days)),
    }
    return {
        name: number(name.replace("_", "-"), words, unit, value, behind) for name, (words, unit, value) in told.items()
    }


def _count(key: str, words: str, places: Sequence[_Place]) -> Number:
    return number(key, words, Unit.ANSWERS, len(places), (need for each in places for need in each.needs))
