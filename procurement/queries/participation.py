"""Where each borough of a joint demand stands, how full it is, and who might lead: what one person may read of it.

Who sees joint demands sees each borough's stage and how far it would go. Why a borough declined is read by the office
and by boroughs that take part; its own words by the office, by who leads, and by itself.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone

from boroughs import permissions
from boroughs.models import Borough, Need, User
from boroughs.permissions import Permission
from boroughs.queries.renewal_dates import JOINT_PURCHASE_MONTHS, months_after
from procurement.models import Coalition, DemandMember, JointDemand, LeadVote, Participation
from procurement.queries import lead_suggestion
from procurement.queries.lead_suggestion import Suggestion
from procurement.queries.leading import leads
from procurement.queries.quorum import Quorum, counted
from procurement.queries.sharing import Shared, shared_of

Stage = Participation.Stage
# From the top of the ladder down; within a stage by name.
ORDER = (Stage.COMMITTED, Stage.INTENDING, Stage.INTERESTED, Stage.WATCHING, Stage.SUGGESTED, Stage.DECLINED)


@dataclass(frozen=True)
class BoroughStanding:
    borough_id: int
    slug: str
    name: str
    abbreviation: str
    # On the tile map, from 1; None for a guest.
    tile: tuple[int, int] | None
    stage: str
    stage_words: str
    depth_words: str
    # Its need was withdrawn, or went elsewhere: it stands here, and counts no more.
    has_need: bool
    # Its commitment counts for the quorum.
    counts: bool
    leads: bool
    moved_at: datetime | None
    # "" where there is none, or where the reader may not read it.
    reason_words: str
    comment: str
    # What it asks of the lead: "Committed, one contract". "" where nothing is asked, or it is not for the reader.
    asked_words: str
    revision: int

    @property
    def is_unanswered(self) -> bool:
        return self.stage == Stage.SUGGESTED and not self.asked_words


@dataclass(frozen=True)
class Offer:
    """A borough that offers to lead, and what the boroughs that join say to it."""

    slug: str
    name: str
    note: str
    agreed: tuple[str, ...]
    objected: tuple[str, ...]
    silent: tuple[str, ...]
    # The reader's boroughs that may still be asked, or may change what they said: slug and name.
    may_vote: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Own:
    """One of the reader's boroughs that is part of it, and what the reader may do there."""

    standing: BoroughStanding
    may_move: bool
    may_commit: bool
    may_offer: bool
    may_take_back: bool
    # It has accepted, and an analyst has yet to say that it belongs: until then it reads nothing of the others' needs.
    in_doubt: bool


@dataclass(frozen=True)
class Terms:
    quorum: int
    depth_words: str
    decision_date: date
    joining_closes_date: date | None
    if_missed_words: str
    start_date: date | None
    extended: bool
    outcome: str
    outcome_words: str
    outcome_at: datetime | None
    is_over: bool

    @property
    def purchase_by(self) -> date | None:
        """By when the joint purchase has to begin for the agreed start; None where the decision comes in time."""
        if self.start_date is None or self.outcome:
            return None
        begins = months_after(self.start_date, -JOINT_PURCHASE_MONTHS)
        return begins if begins < self.decision_date else None


@dataclass(frozen=True)
class Standings:
    reference: str
    boroughs: tuple[BoroughStanding, ...]
    quorum: Quorum
    # None until somebody has set them.
    terms: Terms | None
    lead: str
    offers: tuple[Offer, ...]
    suggestion: Suggestion | None
    own: tuple[Own, ...]
    # Whether the reader acts for all.
    may_lead: bool
    # Of the terms, for the form that changes them: 0 where there are none.
    revision: int

    @property
    def counted(self) -> tuple[BoroughStanding, ...]:
        return tuple(each for each in self.boroughs if each.counts)

    @property
    def left(self) -> int:
        """How many boroughs have an open need in it."""
        return sum(each.has_need for each in self.boroughs)

    @property
    def is_out_of_reach(self) -> bool:
        """The terms ask for more boroughs than there are."""
        return self.terms is not None and not self.terms.outcome and self.terms.quorum > self.left

    @property
    def missing(self) -> tuple[str, ...]:
        """Boroughs with a need that have neither committed, so that it counts, nor declined."""
        return tuple(
            each.name for each in self.boroughs if each.has_need and not each.counts and each.stage != Stage.DECLINED
        )

    @property
    def asking(self) -> tuple[BoroughStanding, ...]:
        return tuple(each for each in self.boroughs if each.asked_words)

    @property
    def by_stage(self) -> tuple[tuple[tuple[str, str], tuple[str, ...]], ...]:
        """Each stage that a borough with a need stands at, as its value and its words, and who; from the top down."""
        found: dict[tuple[str, str], list[str]] = {}
        for each in self.boroughs:
            if each.has_need:
                found.setdefault((each.stage, each.stage_words), []).append(each.name)
        return tuple((stage, tuple(names)) for stage, names in found.items())

    @property
    def stages(self) -> tuple[tuple[str, str, int], ...]:
        """Each stage that a borough with a need stands at, its words, and how many do; from the top down."""
        counts = [(stage, sum(each.stage == stage and each.has_need for each in self.boroughs)) for stage in ORDER]
        return tuple((str(stage), str(stage.label), count) for stage, count in counts if count)


def standings(demand: JointDemand, user: User) -> Standings:
    """What this person reads of it. At most nine queries, however many boroughs there are."""
    coalition = Coalition.objects.filter(demand=demand).select_related("lead").first()
    needs = _needs(demand)
    rows = list(Participation.objects.filter(demand=demand).select_related("borough"))
    may_read = shared_of(user, needs, rows)
    found = standings_of(demand, user, coalition=coalition, needs=needs, participations=rows, shared=may_read)
    if not _sees_suggestion(user, coalition, may_read):
        return found
    return replace(found, suggestion=lead_suggestion.suggestion(demand, needs, rows))


def standings_of(
    demand: JointDemand,
    user: User,
    *,
    coalition: Coalition | None,
    needs: Sequence[Need],
    participations: Iterable[Participation],
    shared: Shared,
) -> Standings:
    """The same of rows that are at hand, the open needs among them; without which borough might lead. One query where
    a borough offers to lead."""
    rows = _by_borough(participations)
    boroughs = {need.borough_id: need.borough for need in needs} | {pk: row.borough for pk, row in rows.items()}
    members = {need.borough_id for need in needs}
    committed = {pk: row.depth for pk, row in rows.items() if row.stage == Stage.COMMITTED}
    found = counted(coalition or Coalition(demand=demand), committed, members)
    reader = Reader(user, coalition, rows.values())
    each = [_standing(boroughs[pk], rows.get(pk), pk in members, found, coalition, reader) for pk in boroughs]
    each.sort(key=lambda standing: (not standing.has_need, ORDER.index(Stage(standing.stage)), standing.name))
    return Standings(
        reference=demand.reference,
        boroughs=tuple(each),
        quorum=found,
        terms=_terms(coalition),
        lead=coalition.lead.name if coalition and coalition.lead else "",
        offers=_offers(demand, rows, members, reader),
        suggestion=None,
        own=tuple(
            _own(standing, rows.get(standing.borough_id), coalition, reader, shared)
            for standing in each
            if standing.borough_id in reader.own
        ),
        may_lead=reader.is_lead,
        revision=coalition.revision if coalition and coalition.quorum is not None else 0,
    )


def _by_borough(rows: Iterable[Participation]) -> dict[int, Participation]:
    return {row.borough_id: row for row in rows}


class Reader:
    """What the reader may read and do, asked once."""

    def __init__(self, user: User, coalition: Coalition | None, rows: Iterable[Participation]) -> None:
        self.own = set(permissions.borough_ids(user, Permission.VIEW_NEEDS))
        self.moves = set(permissions.borough_ids(user, Permission.TAKE_PART))
        self.commits = set(permissions.borough_ids(user, Permission.COMMIT))
        self.is_analyst = permissions.has(user, Permission.REVIEW_DEMANDS)
        self.is_office = permissions.has(user, Permission.VIEW_PARTICIPATION)
        self.is_exact = permissions.has(user, Permission.VIEW_EXACT_FIGURES)
        self.is_lead = leads(user, coalition)
        self.takes_part = any(row.accepted_at for row in rows if row.borough_id in self.own)

    def reads_reasons(self, borough_id: int) -> bool:
        return self.is_office or self.takes_part or borough_id in self.own

    def reads_words(self, borough_id: int | None) -> bool:
        return self.is_analyst or self.is_lead or borough_id in self.own


def _sees_suggestion(user: User, coalition: Coalition | None, shared: Shared) -> bool:
    """It draws on what boroughs that take part show each other, and is of no use once somebody leads."""
    may_read = bool(shared.accepted_for) or permissions.has(user, Permission.VIEW_EXACT_FIGURES)
    return may_read and (coalition is None or coalition.lead_id is None)


def _needs(demand: JointDemand) -> list[Need]:
    members = DemandMember.objects.filter(demand=demand, need__status=Need.Status.OPEN)
    return [member.need for member in members.select_related("demand", "need__borough").order_by("need_id")]


def _standing(
    borough: Borough,
    row: Participation | None,
    has_need: bool,
    found: Quorum,
    coalition: Coalition | None,
    reader: Reader,
) -> BoroughStanding:
    stage = Stage(row.stage) if row else Stage.SUGGESTED
    return BoroughStanding(
        borough_id=borough.pk,
        slug=borough.slug,
        name=borough.name,
        abbreviation=borough.abbreviation,
        tile=(borough.tile_row, borough.tile_column) if borough.tile_row and borough.tile_column else None,
        stage=stage,
        stage_words=str(stage.label),
        depth_words=row.get_depth_display() if row else "",
        has_need=has_need,
        counts=borough.pk in found.counted,
        leads=coalition is not None and coalition.lead_id == borough.pk,
        moved_at=row.moved_at if row else None,
        reason_words=row.get_reason_display() if row and reader.reads_reasons(borough.pk) else "",
        comment=row.comment if row and reader.reads_words(borough.pk) else "",
        asked_words=_asked(row) if row and reader.reads_words(borough.pk) else "",
        revision=row.revision if row else 0,
    )


def _asked(row: Participation) -> str:
    if not row.asked_stage:
        return ""
    parts = (row.get_asked_stage_display(), row.get_asked_depth_display(), row.get_asked_reason_display())
    return ", ".join(
        part if not place else part[:1].lower() + part[1:] for place, part in enumerate(filter(None, parts))
    )


def _terms(coalition: Coalition | None) -> Terms | None:
    if coalition is None or coalition.quorum is None or coalition.decision_date is None:
        return None
    return Terms(
        quorum=coalition.quorum,
        depth_words=coalition.get_depth_display(),
        decision_date=coalition.decision_date,
        joining_closes_date=coalition.joining_closes_date,
        if_missed_words=coalition.get_if_missed_display(),
        start_date=coalition.start_date,
        extended=coalition.extended_at is not None,
        outcome=coalition.outcome,
        outcome_words=coalition.get_outcome_display() if coalition.outcome else "",
        outcome_at=coalition.outcome_at,
        is_over=coalition.decision_date < timezone.localdate(),
    )


def _offers(
    demand: JointDemand, rows: Mapping[int, Participation], members: Collection[int], reader: Reader
) -> tuple[Offer, ...]:
    """`members` are the boroughs with an open need: the others are not asked, and lead nobody."""
    joining = {pk: row for pk, row in rows.items() if row.stage in Participation.JOINING and pk in members}
    offering = sorted(
        (row for row in joining.values() if row.offered_at), key=lambda row: (row.offered_at, row.borough.name)
    )
    votes = (
        LeadVote.objects.filter(demand=demand).values_list("candidate_id", "borough_id", "agrees") if offering else ()
    )
    said = {(candidate, borough): agrees for candidate, borough, agrees in votes}
    found = []
    for row in offering:
        others = sorted((each.borough.name, pk) for pk, each in joining.items() if pk != row.borough_id)
        by_answer: dict[bool | None, list[str]] = {True: [], False: [], None: []}
        for name, pk in others:
            by_answer[said.get((row.borough_id, pk))].append(name)
        found.append(
            Offer(
                slug=row.borough.slug,
                name=row.borough.name,
                note=row.offer_note,
                agreed=tuple(by_answer[True]),
                objected=tuple(by_answer[False]),
                silent=tuple(by_answer[None]),
                may_vote=tuple((joining[pk].borough.slug, name) for name, pk in others if pk in reader.commits),
            )
        )
    return tuple(found)


def _own(
    standing: BoroughStanding,
    row: Participation | None,
    coalition: Coalition | None,
    reader: Reader,
    shared: Shared,
) -> Own:
    ended = coalition is not None and coalition.outcome == Coalition.Outcome.ENDED
    commits = standing.borough_id in reader.commits
    joins = row is not None and row.stage in Participation.JOINING
    offered = row is not None and row.offered_at is not None
    in_doubt = standing.borough_id in shared.in_doubt
    may_lead = standing.has_need and not in_doubt
    return Own(
        standing=standing,
        may_move=standing.borough_id in reader.moves and not ended and (standing.stage != Stage.COMMITTED or commits),
        may_commit=commits,
        may_offer=commits and joins and may_lead and not offered and not standing.leads and not ended,
        may_take_back=commits and offered and not standing.leads,
        in_doubt=in_doubt,
    )
