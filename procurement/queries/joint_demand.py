"""One joint demand as one person reads it: what all of its pages draw on, read once."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from boroughs.models import Borough, Need, User
from procurement.models import Coalition, DemandMember, JointDemand, Notice, Participation
from procurement.queries.demand_picture import LONG_TEXTS, PictureDemand, demand_of
from procurement.queries.participation import BoroughStanding, Standings, standings_of
from procurement.queries.sharing import Shared, shared_of


@dataclass(frozen=True)
class JointDemandPage:
    demand: JointDemand
    # The open needs in it, the strongest overlap first; never shown without asking `shared`.
    needs: tuple[Need, ...]
    participations: tuple[Participation, ...]
    shared: Shared

    def reads(self, need: Need) -> bool:
        return self.shared.may_read(need.pk)


@dataclass(frozen=True)
class ContractEnd:
    """When the present contract of a borough ends, the earliest of its needs here."""

    borough: str
    end_date: date


@dataclass(frozen=True)
class ContractEnds:
    # The soonest first.
    ends: tuple[ContractEnd, ...]
    # Boroughs whose dates the reader does not know, or that gave none.
    not_shared: tuple[str, ...]
    not_given: tuple[str, ...]


@dataclass(frozen=True)
class TilePlace:
    """One of the 33 on the map; `standing` is None where it has no part in the joint demand."""

    name: str
    abbreviation: str
    row: int
    column: int
    standing: BoroughStanding | None


def with_members() -> QuerySet[JointDemand]:
    """Joint demands with their terms and members: two queries."""
    members = (
        DemandMember.objects.select_related("need__borough", "need__category")
        .defer(*(f"need__{column}" for column in LONG_TEXTS))
        .order_by("-strength", "need_id")
    )
    return (
        JointDemand.objects.with_notice()
        .select_related("category", "confirmed_by", "pinned_by", "merged_into", "coalition__lead")
        .prefetch_related(Prefetch("members", members))
    )


def with_members_and_notices() -> QuerySet[JointDemand]:
    """Three queries."""
    return with_members().prefetch_related(Prefetch("notices", Notice.objects.select_related("current").newest_first()))


def joint_demand_page(demand: JointDemand, user: User) -> JointDemandPage:
    """Of a joint demand that `with_members` read. One query."""
    needs = tuple(member.need for member in demand.members.all() if member.need.status == Need.Status.OPEN)
    participations = tuple(Participation.objects.filter(demand=demand).select_related("borough"))
    return JointDemandPage(demand, needs, participations, shared_of(user, needs, participations))


def picture_on(page: JointDemandPage, *, exact: bool) -> PictureDemand | None:
    """Of a joint demand that `with_members_and_notices` read. None where it is retired or no need is open any more."""
    if page.demand.status == JointDemand.Status.RETIRED:
        return None
    return demand_of(page.demand, exact=exact)


def standings_on(page: JointDemandPage, user: User) -> Standings:
    """One query where a borough offers to lead, else none."""
    # None where nobody has set terms or answered yet.
    coalition: Coalition | None = getattr(page.demand, "coalition", None)
    return standings_of(
        page.demand,
        user,
        coalition=coalition,
        needs=page.needs,
        participations=page.participations,
        shared=page.shared,
    )


def contract_ends(page: JointDemandPage, *, exact: bool) -> ContractEnds:
    """`exact` is for those who may see the boroughs' own dates anyway."""
    ends: dict[str, date] = {}
    known: set[str] = set()
    for need in page.needs:
        if not (exact or page.reads(need)):
            continue
        name, end = need.borough.name, need.contract_end_date
        known.add(name)
        if end is not None:
            ends[name] = min(end, ends.get(name, end))
    everybody = {need.borough.name for need in page.needs}
    return ContractEnds(
        ends=tuple(ContractEnd(name, end) for name, end in sorted(ends.items(), key=lambda each: (each[1], each[0]))),
        not_shared=tuple(sorted(everybody - known)),
        not_given=tuple(sorted(known - ends.keys())),
    )


def tile_places(standings: Standings) -> tuple[TilePlace, ...]:
    """All of the 33. One query."""
    by_slug = {standing.slug: standing for standing in standings.boroughs if standing.has_need}
    london = Borough.objects.filter(kind=Borough.Kind.LONDON, tile_row__isnull=False, tile_column__isnull=False)
    return tuple(
        TilePlace(each.name, each.abbreviation, each.tile_row or 0, each.tile_column or 0, by_slug.get(each.slug))
        for each in london.by_name()
    )
