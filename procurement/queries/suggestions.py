"""Needs outside a joint demand that may belong to it, with what speaks for and against each."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.db.models import Q

from boroughs.models import Need
from procurement.matching.calibration import band
from procurement.matching.review import SUGGESTIONS, Question
from procurement.models import DemandMember, JointDemand, Overlap
from procurement.queries import review_queue
from procurement.queries.reasons import said

# Nearer to none or to all than this, no number of tenths says it.
EDGE = 0.05


@dataclass(frozen=True)
class SuggestedNeed:
    reference: str
    title: str
    borough: str
    # The joint demand that it would leave; "" where it stands alone.
    demand_reference: str
    # Its mean score to the members, and the probability that it belongs; 0 to 1.
    score: float
    probability: float
    band: str
    band_words: str
    # How many such suggestions belong: "about 3 in 10".
    in_ten: str
    # Of its strongest overlap with a member, in words, the heaviest first.
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]


def suggested_for(demand: JointDemand) -> tuple[SuggestedNeed, ...]:
    """Up to five, the most likely first. For those who may rule: the reasons are told in full. Six queries."""
    question = review_queue.question(demand)
    return described(question) if question else ()


def in_ten(probability: float) -> str:
    """A probability in words: "about 3 in 10"."""
    if probability < EDGE:
        return "fewer than 1 in 10"
    return "more than 9 in 10" if probability >= 1 - EDGE else f"about {max(1, round(probability * 10))} in 10"


def suggested_needs(question: Question) -> dict[str, float]:
    """The needs that are suggested, one at a time, the most likely first, with the probability that each belongs."""
    by_need = {reference: each.probability for each in question.suggestions for reference in each.ids}
    return dict(islice(by_need.items(), SUGGESTIONS))


def described(question: Question) -> tuple[SuggestedNeed, ...]:
    """The question's suggestions one need at a time, also where several were ruled to belong together. Two queries."""
    by_need = {reference: each for each in question.suggestions for reference in each.ids}
    references = list(suggested_needs(question))
    needs = Need.objects.open().filter(reference__in=references)
    found = {need.reference: need for need in needs.select_related("borough", "demand_member__demand")}
    nearest = _nearest(found, set(question.ids))
    return tuple(
        _described(found[reference], by_need[reference].score, by_need[reference].probability, nearest.get(reference))
        for reference in references
        if reference in found
    )


def _nearest(outside: Iterable[str], members: set[str]) -> dict[str, Overlap]:
    """The strongest overlap of each need with a member."""
    names, ids = list(outside), list(members)
    across = Q(first__reference__in=names, second__reference__in=ids) | Q(
        second__reference__in=names, first__reference__in=ids
    )
    nearest: dict[str, Overlap] = {}
    for overlap in Overlap.objects.filter(across).select_related("first", "second").strongest_first():
        first, second = overlap.first.reference, overlap.second.reference
        nearest.setdefault(second if first in members else first, overlap)
    return nearest


def _described(need: Need, score: float, probability: float, overlap: Overlap | None) -> SuggestedNeed:
    word = DemandMember.Band[band(probability).upper()]
    reasons_for, reasons_against = said(overlap.reasons if overlap else (), exact=True)
    member = getattr(need, "demand_member", None)
    return SuggestedNeed(
        reference=need.reference,
        title=need.title,
        borough=need.borough.name,
        demand_reference=member.demand.reference if member else "",
        score=score,
        probability=probability,
        band=word,
        band_words=word.label,
        in_ten=in_ten(probability),
        reasons_for=reasons_for,
        reasons_against=reasons_against,
    )
