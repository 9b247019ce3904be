"""What is there already that looks like a need which somebody begins to write, as far as that person may know.

Of a foreign need the summary only, by the rule of `similar_needs`; of joint demands what the list of them tells
everybody; of the own borough its needs in any state and its contracts.

Found by the matcher where it has an index at hand, else by the words of the title. The words of a foreign need's title
are all that is searched then: whether a text that nobody else may read has a certain word is not to be found out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from boroughs import permissions
from boroughs.models import Borough, Contract, Need, User
from procurement.matching import text
from procurement.matching.index import Suggestion
from procurement.models import DemandMember, JointDemand
from procurement.queries import calibrations
from procurement.queries.similar_needs import WORTH_SHOWING, SimilarNeed, demands_of, summary

# Asked of the index: enough that the own borough's needs among them leave room for others.
PAIRS = 16
NEEDS, OWN, DEMANDS, CONTRACTS = 5, 3, 3, 3
# Of the title; a longer one is looked for by its first words.
WORDS = 8
# Stands for the need that is being written. No reference looks like it.
TYPED = "typed"


@dataclass(frozen=True)
class OwnNeed:
    """A need of the person's own borough."""

    reference: str
    title: str
    status: str
    status_words: str


@dataclass(frozen=True)
class DemandToJoin:
    reference: str
    title: str
    boroughs: int
    # Whether the matcher would put the need there; else a need that looks like it stands there.
    would_join: bool
    # Whether the person's borough has a need in it already.
    has_own: bool
    # A pinned one takes nobody in.
    may_be_joined: bool


@dataclass(frozen=True)
class ContractToReplace:
    """A contract of the person's own borough."""

    reference: str
    title: str
    system: str
    supplier: str
    end_date: date | None
    why: str


@dataclass(frozen=True)
class Lookalikes:
    """Each list with the most similar first; `demands` with that which the need would join first."""

    demands: tuple[DemandToJoin, ...]
    needs: tuple[SimilarNeed, ...]
    own_needs: tuple[OwnNeed, ...]
    contracts: tuple[ContractToReplace, ...]
    # Whether the matcher had no answer at hand, so that all was found by the words of the title.
    is_by_words: bool

    @property
    def count(self) -> int:
        return len(self.demands) + len(self.needs) + len(self.own_needs) + len(self.contracts)

    @property
    def demand_references(self) -> frozenset[str]:
        """Of the joint demands listed: their needs are joined there."""
        return frozenset(each.reference for each in self.demands)


def lookalikes(*, title: str, borough: Borough, user: User, suggestion: Suggestion | None) -> Lookalikes:
    """`suggestion` is the matcher's for a need `TYPED` of `borough` with this title; None where it has none at hand.

    Eight queries at the most, however much there is.
    """
    words = words_of(title)
    found = _by_words(words, borough) if suggestion is None else _by_matcher(suggestion)
    needs = tuple(each for each in found if each.borough != borough.name)[:NEEDS]
    own_open = [each.reference for each in found if each.borough == borough.name]
    return Lookalikes(
        demands=_demands(needs, suggestion, borough),
        needs=needs,
        own_needs=_own_needs(words, own_open, borough, user),
        contracts=_contracts(words, needs, borough, user),
        is_by_words=suggestion is None,
    )


def words_of(title: str) -> list[str]:
    """The words of a title that say what it is about, as they are written there, each once, `WORDS` at the most."""
    written = (word for word in text.written_words(title) if len(word) > 2 and text.content(word))
    return list({word.casefold(): None for word in written})[:WORDS]


def _by_matcher(suggestion: Suggestion) -> list[SimilarNeed]:
    """The open needs of the best pairs. Those that have closed since the index was built drop out."""
    pairs = {pair.left if pair.right == TYPED else pair.right: pair for pair in suggestion.pairs}
    scores = np.array([pair.score for pair in pairs.values()])
    probabilities = dict(zip(pairs, calibrations.in_force().calibration.probabilities(scores).tolist(), strict=True))
    likely = [reference for reference, probability in probabilities.items() if probability >= WORTH_SHOWING]
    needs = {need.reference: need for need in _open().filter(reference__in=likely)}
    demands = demands_of([need.pk for need in needs.values()])
    return [
        summary(
            needs[reference],
            score=pairs[reference].score,
            probability=probabilities[reference],
            reasons=[reason._asdict() for reason in pairs[reference].reasons],
            demand_reference=demands.get(needs[reference].pk, ""),
        )
        for reference in likely
        if reference in needs
    ]


def _by_words(words: Sequence[str], borough: Borough) -> list[SimilarNeed]:
    """The open needs of other boroughs that have some of these words in their titles. How sure that is nobody has
    measured, so all are possible overlaps.
    """
    needs = list(_with_words(_open().exclude(borough=borough), words)[:NEEDS])
    demands = demands_of([need.pk for need in needs])
    return [
        summary(
            need,
            score=0.0,
            probability=0.0,
            reasons=[{"code": "concept", "words": _quoted(words, need.title), "weight": 0.0}],
            demand_reference=demands.get(need.pk, ""),
        )
        for need in needs
    ]


def _open() -> QuerySet[Need]:
    return Need.objects.open().select_related("borough", "category")


def _with_words(rows: QuerySet[Need], words: Sequence[str]) -> QuerySet[Need]:
    """Those whose title has at least two of the words, or the only one; the most first, then the newest."""
    if not words:
        return rows.none()
    return (
        rows.alias(words_met=_met(words, "title")).filter(words_met__gte=_enough(words)).order_by("-words_met", "-pk")
    )


def _met(words: Iterable[str], *fields: str) -> Any:
    """How many of the words a row has."""
    each: list[Any] = []
    for word in words:
        anywhere = Q()
        for field in fields:
            anywhere |= Q(**{f"{field}__icontains": word})
        each.append(Case(When(anywhere, then=Value(1)), default=Value(0), output_field=IntegerField()))
    return sum(each[1:], each[0])


def _enough(words: Sequence[str]) -> int:
    return min(2, len(words))


def _quoted(words: Iterable[str], *texts: str) -> str:
    """Which of the words these texts have, in words."""
    whole = " ".join(texts).casefold()
    return "Has " + ", ".join(f"“{word}”" for word in words if word in whole) + " in its title"


def _own_needs(words: Sequence[str], own_open: Sequence[str], borough: Borough, user: User) -> tuple[OwnNeed, ...]:
    """The own borough's open needs that the matcher found, then those in any state with the words of the title."""
    own = permissions.visible_needs(user).filter(borough=borough)
    found = {need.reference: need for need in own.filter(reference__in=own_open)}
    worded = {need.reference: need for need in _with_words(own, words)[:OWN]}
    rows = [*(found[reference] for reference in own_open if reference in found), *worded.values()]
    several = {need.reference: need for need in rows}
    return tuple(
        OwnNeed(need.reference, need.title, need.status, need.get_status_display()) for need in several.values()
    )[:OWN]


def _demands(needs: Sequence[SimilarNeed], suggestion: Suggestion | None, borough: Borough) -> tuple[DemandToJoin, ...]:
    """That of the group which the matcher would put the need in, then those of needs that are likely the same."""
    group = suggestion.group if suggestion else ()
    likely = {each.demand_reference for each in needs if suggestion is None or each.band != DemandMember.Band.POSSIBLE}
    members = DemandMember.objects.filter(demand=OuterRef("pk"))
    rows = (
        JointDemand.objects.current()
        .sure()
        .alias(in_group=Exists(members.filter(need__reference__in=group)))
        .filter(Q(in_group=True) | Q(reference__in=likely - {""}))
        .annotate(
            would_join=Exists(members.filter(need__reference__in=group)),
            boroughs=Count("members__need__borough", distinct=True),
            has_own=Exists(members.filter(need__borough=borough)),
        )
        .order_by("-would_join", "-boroughs", "pk")
        .values("reference", "title", "boroughs", "would_join", "has_own", may_be_joined=Q(pinned_at__isnull=True))
    )
    return tuple(DemandToJoin(**row) for row in rows[:DEMANDS])


def _contracts(
    words: Sequence[str], needs: Sequence[SimilarNeed], borough: Borough, user: User
) -> tuple[ContractToReplace, ...]:
    """The own borough's contracts with the words of the title, then those in the category of likely the same needs;
    those that end first come first.
    """
    own = permissions.visible_contracts(user).listed().filter(borough=borough).select_related("category")
    categories = {each.category for each in needs if each.band != DemandMember.Band.POSSIBLE} - {""}
    by_words = Q(words_met__gte=_enough(words)) if words else Q(pk__in=())
    rows: QuerySet[Contract] = (
        own.alias(words_met=_met(words, "title", "system") if words else Value(0))
        .filter(by_words | Q(category__name__in=categories))
        .order_by(Case(When(by_words, then=Value(0)), default=Value(1)), "end_date", "pk")[:CONTRACTS]
    )
    return tuple(
        ContractToReplace(
            reference=row.reference,
            title=row.title,
            system=row.system,
            supplier=row.supplier,
            end_date=row.end_date,
            why=_why(words, row),
        )
        for row in rows
    )


def _why(words: Sequence[str], contract: Contract) -> str:
    whole = f"{contract.title} {contract.system}".casefold()
    if sum(word in whole for word in words) >= _enough(words) and words:
        return _quoted(words, contract.title, contract.system)
    return f"Filed under {contract.category.name}, as the needs here" if contract.category else ""
