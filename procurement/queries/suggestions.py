"""What from outside may belong to a joint demand, with what speaks for and against it."""

from dataclasses import dataclass

from django.db.models import Count, Q

from boroughs.models import Need
from procurement.matching.calibration import band
from procurement.matching.review import Suggestion
from procurement.models import DemandMember, JointDemand, Overlap
from procurement.queries import review_queue
from procurement.queries.reasons import said
from procurement.queries.review_queue import Open
from procurement.queries.shown import shown

# The fields of Suggested.
Seen = tuple[float, float, str, str, str, tuple[str, ...], tuple[str, ...]]
# Nearer to none or to all than this, no number of tenths says it.
EDGE = 0.05


@dataclass(frozen=True)
class Suggested:
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


@dataclass(frozen=True)
class SuggestedNeed(Suggested):
    reference: str
    title: str
    borough: str
    # The joint demand that it would leave; "" where it stands alone.
    demand_reference: str
    # What an answer about it is about: queries/shown.py.
    shown: str


@dataclass(frozen=True)
class SuggestedDemand(Suggested):
    """A settled joint demand that may be the same."""

    reference: str
    title: str
    boroughs: int
    needs: int


def suggested_for(demand: JointDemand) -> tuple[SuggestedNeed | SuggestedDemand, ...]:
    """Up to five, the most likely first. For those who may rule: the reasons are told in full. Eight queries."""
    asked = review_queue.question(demand)
    return described(asked) if asked else ()


def in_ten(probability: float) -> str:
    """A probability in words: "about 3 in 10"."""
    if probability < EDGE:
        return "fewer than 1 in 10"
    return "more than 9 in 10" if probability >= 1 - EDGE else f"about {max(1, round(probability * 10))} in 10"


def described(asked: Open) -> tuple[SuggestedNeed | SuggestedDemand, ...]:
    """What is suggested in it. Three queries."""
    open_needs = Need.objects.open().filter(reference__in=asked.suggested)
    needs = {need.reference: need for need in open_needs.select_related("borough", "demand_member__demand")}
    demands = _sizes(asked)
    nearest = _nearest(asked)
    found: list[SuggestedNeed | SuggestedDemand] = []
    for name, suggestion in asked.suggested.items():
        seen = _seen(suggestion, nearest.get(name))
        if name in needs:
            found.append(_need(needs[name], seen))
        elif name in demands:
            title, boroughs, size = demands[name]
            found.append(SuggestedDemand(*seen, reference=name, title=title, boroughs=boroughs, needs=size))
    return tuple(found)


def _sizes(asked: Open) -> dict[str, tuple[str, int, int]]:
    """The title of each joint demand that is suggested, how many boroughs want it, and how many needs they have."""
    rows = JointDemand.objects.current().filter(reference__in=asked.suggested)
    is_open = Q(members__need__status=Need.Status.OPEN)
    sized = rows.annotate(
        boroughs=Count("members__need__borough", filter=is_open, distinct=True),
        needs=Count("members", filter=is_open, distinct=True),
    )
    return {row[0]: row[1:] for row in sized.values_list("reference", "title", "boroughs", "needs")}


def _nearest(asked: Open) -> dict[str, Overlap]:
    """The strongest overlap of each that is suggested with a member."""
    names = {need: name for name in asked.suggested for need in _needs(name, asked)}
    members = set(asked.question.ids)
    across = Q(first__reference__in=names, second__reference__in=members) | Q(
        second__reference__in=names, first__reference__in=members
    )
    nearest: dict[str, Overlap] = {}
    for overlap in Overlap.objects.filter(across).select_related("first", "second").strongest_first():
        first, second = overlap.first.reference, overlap.second.reference
        nearest.setdefault(names[second if first in members else first], overlap)
    return nearest


def _needs(name: str, asked: Open) -> tuple[str, ...]:
    """Whose overlaps speak for it: a need for itself, of a joint demand all that are not suggested by themselves."""
    ids = asked.suggested[name].ids
    return (name,) if name in ids else tuple(need for need in ids if need not in asked.suggested)


def _seen(suggestion: Suggestion, overlap: Overlap | None) -> Seen:
    probability = suggestion.probability
    word = DemandMember.Band[band(probability).upper()]
    reasons = said(overlap.reasons if overlap else (), exact=True)
    return suggestion.score, probability, word, word.label, in_ten(probability), *reasons


def _need(need: Need, seen: Seen) -> SuggestedNeed:
    member = getattr(need, "demand_member", None)
    place = member.demand.reference if member else ""
    return SuggestedNeed(
        *seen,
        reference=need.reference,
        title=need.title,
        borough=need.borough.name,
        demand_reference=place,
        shown=shown(need.reference, need.revision, place),
    )
