"""Steps in words."""

from procurement.models import ParticipationStep
from procurement.queries.step_words import told


def step(verb: ParticipationStep.Verb, **fields: str) -> ParticipationStep:
    return ParticipationStep(verb=verb, **fields)


def test_the_first_answer_and_a_move() -> None:
    first = step(ParticipationStep.Verb.MOVED, from_stage="SUGGESTED", to_stage="INTENDING", depth="CONTRACT")
    assert told(first, {}, with_reason=True) == "Answered “intending”: one contract"
    moved = step(ParticipationStep.Verb.MOVED, from_stage="INTENDING", to_stage="DECLINED", reason="BUDGET")
    assert told(moved, {}, with_reason=True) == "From “intending” to “declined”: no budget for it"
    assert told(moved, {}, with_reason=False) == "From “intending” to “declined”"


def test_every_verb_has_words() -> None:
    for verb in ParticipationStep.Verb:
        said = told(
            step(verb, from_stage="WATCHING", to_stage="COMMITTED", candidate_slug="camden"), {}, with_reason=True
        )
        assert said
        assert "{" not in said
    assert told(
        step(ParticipationStep.Verb.AGREED, candidate_slug="camden"), {"camden": "Camden"}, with_reason=True
    ) == ("Agreed to Camden leading")
