"""Needs of other boroughs that overlap with one need, as the last match run saw it.

Of a foreign need, whoever may read this one reads the summary only: borough, title, category, kind and why it is
similar. Money, texts, suppliers and dates stay with its borough.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from boroughs.models import Need
from procurement.matching.calibration import band
from procurement.models import DemandMember, Overlap
from procurement.queries.reasons import said

# Overlaps that are less probable than this are kept for the analysts' doubts; to a borough they would be noise.
WORTH_SHOWING = 0.1


@dataclass(frozen=True)
class SimilarNeed:
    reference: str
    title: str
    borough: str
    category: str
    kind: str
    # 0 to 1.
    score: float
    # How sure the matcher is: STRONG, LIKELY or POSSIBLE, and the words for it.
    band: str
    band_words: str
    # In words, the heaviest first.
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    # The joint demand in which both stand; "" where they do not.
    demand_reference: str


def similar_needs(need: Need, *, limit: int = 5) -> tuple[SimilarNeed, ...]:
    """The most similar open needs of other boroughs, the most similar first. Two queries."""
    overlaps = (
        Overlap.objects.of_need(need.pk)
        .filter(probability__gte=WORTH_SHOWING)
        .filter(
            Q(first=need.pk, second__status=Need.Status.OPEN) & ~Q(second__borough=need.borough_id)
            | Q(second=need.pk, first__status=Need.Status.OPEN) & ~Q(first__borough=need.borough_id)
        )
        .select_related("first__borough", "first__category", "second__borough", "second__category")
        .strongest_first()[:limit]
    )
    pairs = [(overlap, overlap.second if overlap.first_id == need.pk else overlap.first) for overlap in overlaps]
    demands = demands_of([need.pk, *(other.pk for _, other in pairs)])
    own = demands.get(need.pk, "")
    return tuple(
        summary(
            other,
            score=overlap.score,
            probability=overlap.probability,
            reasons=overlap.reasons,
            demand_reference=own if own and demands.get(other.pk) == own else "",
        )
        for overlap, other in pairs
    )


def summary(
    other: Need, *, score: float, probability: float, reasons: Iterable[Mapping[str, Any]], demand_reference: str
) -> SimilarNeed:
    """What another borough may know of a need. Its `borough` and `category` should be at hand."""
    word = DemandMember.Band[band(probability).upper()]
    reasons_for, reasons_against = said(reasons, exact=False)
    return SimilarNeed(
        reference=other.reference,
        title=other.title,
        borough=other.borough.name,
        category=other.category.name if other.category else "",
        kind=other.get_kind_display() if other.kind else "",
        score=score,
        band=word,
        band_words=word.label,
        reasons_for=reasons_for,
        reasons_against=reasons_against,
        demand_reference=demand_reference,
    )


def demands_of(need_ids: list[int]) -> dict[int, str]:
    """The reference of the joint demand in which each of these needs stands, by key, for those that stand in one. One
    query.
    """
    members = DemandMember.objects.filter(need__in=need_ids)
    return dict(members.values_list("need_id", "demand__reference"))
