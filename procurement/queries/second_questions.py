"""An answer that may well be a slip: what to tell before asking for it again.

When that is so is the engine's to say: procurement/matching/review.py.
"""

from dataclasses import dataclass

from boroughs.models import Need
from procurement.matching.calibration import band
from procurement.matching.review import Question, surprising
from procurement.models import DemandMember, JointDemand, ReviewAnswer
from procurement.queries import review_queue
from procurement.queries.demand_picture import demand
from procurement.queries.hit_rates import hit_rates
from procurement.queries.suggestions import described, in_ten

Kind = ReviewAnswer.Kind


@dataclass(frozen=True)
class SecondQuestion:
    # How often such an answer is right, in a sentence.
    evidence: str
    # In words, the heaviest first.
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]


def second_question(row: JointDemand, need: Need, kind: ReviewAnswer.Kind) -> SecondQuestion | None:
    """None where the answer is no surprise, or the need is not one that it can be given of."""
    asked = review_queue.question(row)
    probability = _probability(asked.question, need.reference, kind) if asked else None
    if asked is None or probability is None or not surprising(probability, yes=kind != Kind.REMOVED):
        return None
    if kind == Kind.ACCEPTED:
        evidence = f"Of suggestions that overlap this little {in_ten(probability)} do."
    else:
        evidence = _of_member(row, need, probability, yes=kind == Kind.BELONGS)
    return SecondQuestion(evidence, *_reasons(row, need, asked))


def _probability(question: Question, reference: str, kind: ReviewAnswer.Kind) -> float | None:
    """That the need belongs: of those outside where it is taken in, else of the members."""
    if kind == Kind.ACCEPTED:
        found = {id: each.probability for each in question.suggestions for id in each.ids}
    else:
        found = {member.id: member.probability for member in question.members}
    return found.get(reference)


def _of_member(row: JointDemand, need: Need, probability: float, *, yes: bool) -> str:
    if DemandMember.objects.filter(demand=row, need=need, confirmed_at__isnull=False, moved_at=None).exists():
        return "An analyst has said that it does."
    word = DemandMember.Band[band(probability).upper()]
    rate = next(each for each in hit_rates() if each.band == word)
    # What was counted, where it too speaks against the answer; a band is wide, and this member stands at its edge else.
    if surprising(rate.share, yes=yes):
        share = f"all of the {rate.answers} that were judged" if rate.share == 1 else f"about {rate.words}"
        return f"Of members with a {word.label.lower()} {share} do."
    return f"Of members that overlap this {'little' if yes else 'much'} {in_ten(probability)} do."


def _reasons(row: JointDemand, need: Need, asked: review_queue.Open) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What speaks for the need and against it, as its card says."""
    picture = demand(reference=row.reference, exact=True)
    for member in picture.members if picture else ():
        if member.need_reference == need.reference:
            return member.reasons_for, member.reasons_against
    for each in described(asked):
        if each.reference == need.reference:
            return each.reasons_for, each.reasons_against
    return (), ()
