"""Why a need stands in a joint demand: its overlap with each other member, and which requirement meets which.

Reasons are told as far as `reasons.said` allows; lines stand here only where the reader may read both needs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boroughs.models import Need
from procurement.matching.align import lines_of, meets, texts_of
from procurement.matching.calibration import band
from procurement.matching.embed import CachingEmbedder, Embedder, PreparedEmbedder
from procurement.matching.items import Item
from procurement.models import DemandMember, Overlap
from procurement.queries.joint_demand import JointDemandPage
from procurement.queries.reasons import OPEN_REASONS, said

# Members whose overlap is told in full; another one on request.
SHOWN = 5
# Texts that are computed while somebody waits; where more are unknown, words decide until the next round of aligning.
FEW = 24
# A reason that weighs no more than this is told all the same, but what the score would gain may be less: the engine
# keeps none that is lighter.
NOTHING = 0.01
# What speaks against an overlap and a person could change: what the two would have to say alike.
CHANGES = {
    "other-kind": "If both gave the same kind of thing",
    "other-category": "If both were filed under the same category",
    "thin": "If both gave at least one of these: problem, requirements, users, present contract",
}


@dataclass(frozen=True)
class Met:
    """A requirement of this need, one of the other that meets it, and how alike they are, from 0 to 1."""

    own: str
    other: str
    strength: float


@dataclass(frozen=True)
class Change:
    """What would make the overlap stronger, and to what."""

    words: str
    score: float


@dataclass(frozen=True)
class PairEvidence:
    reference: str
    title: str
    borough: str
    score: float
    band: str
    band_words: str
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    changes: tuple[Change, ...]
    # Whether the reader may read what both ask for; else the three below are empty.
    is_open: bool
    met: tuple[Met, ...] = ()
    own_only: tuple[str, ...] = ()
    other_only: tuple[str, ...] = ()


@dataclass(frozen=True)
class OtherMember:
    """A member whose overlap is not told in full here. `score` is None where the run found no overlap to speak of."""

    reference: str
    title: str
    borough: str
    score: float | None


@dataclass(frozen=True)
class Evidence:
    need: Need
    # "" where the need gives none.
    category: str
    kind: str
    member: DemandMember
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    # The strongest first.
    pairs: tuple[PairEvidence, ...]
    others: tuple[OtherMember, ...]


def evidence(
    page: JointDemandPage, member: DemandMember, *, only: str, exact: bool, embedder: CachingEmbedder | None
) -> Evidence:
    """`member` is one of the page's, with its need. `only` is the reference of the one other need to tell of in full;
    "" for the strongest few. At most four queries, however many members there are.
    """
    need = member.need
    rest = {other.pk: other for other in page.needs if other.pk != need.pk}
    overlaps = {
        (overlap.second_id if overlap.first_id == need.pk else overlap.first_id): overlap
        for overlap in Overlap.objects.of_need(need.pk).strongest_first()
    }
    ranked = [pk for pk in overlaps if pk in rest] + [pk for pk in rest if pk not in overlaps]
    chosen = [pk for pk in ranked if rest[pk].reference == only] if only else [pk for pk in ranked if pk in overlaps]
    items = _items(page, need, chosen[:SHOWN])
    encoder = _encoded(items.values(), embedder)
    reasons_for, reasons_against = said(member.reasons, exact=exact)
    return Evidence(
        need=need,
        category=need.category.name if need.category else "",
        kind=need.get_kind_display() if need.kind else "",
        member=member,
        reasons_for=reasons_for,
        reasons_against=reasons_against,
        pairs=tuple(
            _pair(rest[pk], overlaps.get(pk), items.get(need.pk), items.get(pk), encoder, exact=exact)
            for pk in chosen[:SHOWN]
        ),
        others=tuple(_other(rest[pk], overlaps.get(pk)) for pk in ranked if pk not in chosen[:SHOWN]),
    )


def _items(page: JointDemandPage, need: Need, chosen: Sequence[int]) -> dict[int, Item]:
    """What the needs ask for, of those that the reader may read; nothing unless they may read this one. Two queries."""
    readable = [pk for pk in chosen if page.shared.may_read(pk)]
    if not readable or not page.shared.may_read(need.pk):
        return {}
    rows = Need.objects.filter(pk__in=[need.pk, *readable]).select_related("borough").prefetch_related("requirements")
    return {row.pk: _item(row) for row in rows}


def _encoded(items: Iterable[Item], embedder: CachingEmbedder | None) -> Embedder | None:
    """The sentence model for the lines of these needs. One query."""
    texts = texts_of(items)
    if embedder is None or not texts:
        return None
    prepared = PreparedEmbedder(embedder, texts)
    return prepared if len(prepared.missing) <= FEW else None


def _item(need: Need) -> Item:
    lines = sorted(need.requirements.all(), key=lambda line: line.position)
    return Item(
        id=need.reference,
        owner=need.borough.slug,
        title=need.title,
        problem=need.problem,
        description="\n".join(part for part in (need.users_description, need.description) if part),
        requirements=tuple(line.text for line in lines),
    )


def _pair(
    other: Need,
    overlap: Overlap | None,
    left: Item | None,
    right: Item | None,
    encoder: Embedder | None,
    *,
    exact: bool,
) -> PairEvidence:
    is_open = left is not None and right is not None
    told: Iterable[Mapping[str, Any]] = overlap.reasons if overlap else ()
    reasons_for, reasons_against = said(told, exact=exact, dates=is_open)
    score = overlap.score if overlap else 0.0
    word = DemandMember.Band[band(overlap.probability if overlap else 0.0).upper()]
    found = _met(left, right, encoder) if left and right else ((), (), ())
    return PairEvidence(
        reference=other.reference,
        title=other.title,
        borough=other.borough.name,
        score=score,
        band=word,
        band_words=word.label,
        reasons_for=reasons_for,
        reasons_against=reasons_against,
        changes=_changes(told, score, exact=exact),
        is_open=is_open,
        met=found[0],
        own_only=found[1],
        other_only=found[2],
    )


def _met(left: Item, right: Item, encoder: Embedder | None) -> tuple[tuple[Met, ...], tuple[str, ...], tuple[str, ...]]:
    meetings = meets(left, right, encoder)
    taken = {(each.item, each.place) for meeting in meetings for each in (meeting.left, meeting.right)}
    alone = [
        tuple(line.text for line in lines_of(item) if (line.item, line.place) not in taken) for item in (left, right)
    ]
    return tuple(Met(each.left.text, each.right.text, each.strength) for each in meetings), alone[0], alone[1]


def _changes(told: Iterable[Mapping[str, Any]], score: float, *, exact: bool) -> tuple[Change, ...]:
    """What the engine says it would have added; a borough reads of those kinds alone that it may read of anyway."""
    return tuple(
        Change(CHANGES[reason["code"]], min(score - reason["weight"], 1.0))
        for reason in told
        if reason["code"] in CHANGES and reason["weight"] < -NOTHING and (exact or reason["code"] in OPEN_REASONS)
    )


def _other(need: Need, overlap: Overlap | None) -> OtherMember:
    return OtherMember(need.reference, need.title, need.borough.name, overlap.score if overlap else None)
