"""Needs of other boroughs that overlap with one need, as the last match run saw it.

Of a foreign need, whoever may read this one reads the summary only: borough, title, category, kind and why it is
similar. Money, texts, suppliers and dates stay with its borough.
"""

from dataclasses import dataclass

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
    demands = _demands([need.pk, *(other.pk for _, other in pairs)])
    own = demands.get(need.pk, "")
    bands = {overlap.pk: DemandMember.Band[band(overlap.probability).upper()] for overlap in overlaps}
    reasons = {overlap.pk: said(overlap.reasons, exact=False) for overlap in overlaps}
    return tuple(
        SimilarNeed(
            reference=other.reference,
            title=other.title,
            borough=other.borough.name,
            category=other.category.name if other.category else "",
            kind=other.get_kind_display() if other.kind else "",
            score=overlap.score,
            band=bands[overlap.pk],
            band_words=bands[overlap.pk].label,
            reasons_for=reasons[overlap.pk][0],
            reasons_against=reasons[overlap.pk][1],
            demand_reference=own if own and demands.get(other.pk) == own else "",
        )
        for overlap, other in pairs
    )


def _demands(need_ids: list[int]) -> dict[int, str]:
    members = DemandMember.objects.filter(need__in=need_ids)
    return dict(members.values_list("need_id", "demand__reference"))
