"""Overlaps found for a borough's needs, to be looked at by its people."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from boroughs.models import Need
from boroughs.prepared import prepared
from procurement.matching.calibration import band
from procurement.models import Decision, DemandMember, JointDemand, Overlap
from procurement.queries.similar_needs import WORTH_SHOWING

# Overlaps read for each need shown: one need may have many.
READ_FOR_EACH = 20


@dataclass(frozen=True)
class FoundOverlap:
    """One need of one's own and the foreign need that is most like it, as its summary."""

    reference: str
    title: str
    other_title: str
    other_borough: str
    band: str
    band_words: str


def found_overlaps(boroughs: Collection[int], *, limit: int) -> tuple[FoundOverlap, ...]:
    """The strongest overlap of each open need of these boroughs with another's, the strongest first. Two queries.

    Needs whose joint demand a person has confirmed are settled and left out, and so are pairs that were ruled apart.
    """
    best: dict[int, tuple[int, float]] = {}
    for mine, other, probability, _ in _strongest(limit * READ_FOR_EACH, boroughs=list(boroughs)):
        best.setdefault(mine, (other, probability))
    shown = dict(islice(best.items(), limit))
    ids = [*shown, *(other for other, _ in shown.values())]
    named = {pk: words for pk, *words in _named(ids=ids)}
    return tuple(_told(named[mine], named[other], probability) for mine, (other, probability) in shown.items())


@prepared
def _strongest(limit: int, *, boroughs: list[int]) -> QuerySet[Overlap, tuple[int, int, float, float]]:
    # One side of the pair at a time: asked for either side at once, the database compares every pair there is.
    pairs = _pairs("first", "second", boroughs).union(_pairs("second", "first", boroughs), all=True)
    return pairs.order_by("-score", "mine", "other")[:limit]


@prepared
def _named(*, ids: list[int]) -> QuerySet[Need, tuple[int, str, str, str]]:
    return Need.objects.filter(pk__in=ids).values_list("pk", "reference", "title", "borough__name")


def _pairs(own: str, other: str, boroughs: Collection[int]) -> QuerySet[Any, Any]:
    """(Own need, other need, probability, score) where the own need stands on this side of the pair."""
    rows = Overlap.objects.filter(
        **{
            f"{own}__borough__in": boroughs,
            f"{own}__status": Need.Status.OPEN,
            f"{other}__status": Need.Status.OPEN,
            "probability__gte": WORTH_SHOWING,
        }
    )
    settled = Q(**{f"{own}__demand_member__demand__status": JointDemand.Status.CONFIRMED})
    apart = Decision.objects.standing().filter(
        first=OuterRef("first"), second=OuterRef("second"), verdict=Decision.Verdict.APART
    )
    rows = rows.exclude(**{f"{other}__borough__in": boroughs}).exclude(settled).exclude(Exists(apart))
    named = rows.annotate(mine=F(f"{own}_id"), other=F(f"{other}_id"))
    return named.values_list("mine", "other", "probability", "score")


def _told(mine: Sequence[str], other: Sequence[str], probability: float) -> FoundOverlap:
    """Both needs as reference, title and borough."""
    word = DemandMember.Band[band(probability).upper()]
    return FoundOverlap(mine[0], mine[1], other[1], other[2], word, word.label)
