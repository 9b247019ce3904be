"""The demand picture: all joint demands and unmatched needs at one moment. Page, API, PDF and exports draw on it.

One read of the database makes one frozen value, so that every face shows the same figures. `exact` is for those whose
role may see exact totals of this moment; everybody else reads told figures (procurement/queries/told_figures.py).
Totals of all joint demands together are those of the picture's page and reports (procurement/picture).

Joint demands that the matcher is not sure of (procurement/queries/certainty.py) are kept beside it: they are in no
figure, and their needs count as unmatched, until a person has looked at them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch
from django.utils import timezone

from boroughs.models import Need
from procurement.disclosure import Figure, total
from procurement.models import DemandMember, JointDemand
from procurement.queries.freshness import Freshness, freshness
from procurement.queries.picture_rows import BoroughRow, borough_rows
from procurement.queries.reasons import said
from procurement.queries.told_figures import NOTHING_TOLD, ToldFigures, told_figures, told_of
from procurement.queries.totals import budget_by_borough, users_by_borough

# Not read: the picture says that needs exist and fit, not what they say.
LONG_TEXTS = ("problem", "description", "users_description")


@dataclass(frozen=True)
class PictureMember:
    need_id: int
    need_reference: str
    title: str
    borough: str
    borough_slug: str
    # 0 to 1: the mean score to the other members.
    strength: float
    # STRONG, LIKELY or POSSIBLE, and the words for it.
    band: str
    band_words: str
    # In words, the heaviest first.
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    is_confirmed: bool
    start_date: date | None
    contract_end_date: date | None
    incumbent: str


@dataclass(frozen=True)
class PictureDemand:
    reference: str
    title: str
    category: str
    area: str
    status: str
    status_words: str
    is_sure: bool
    # Words out of the needs' texts, products in use among them: () unless the picture is exact.
    terms: tuple[str, ...]
    # Names, in order; one entry a borough.
    boroughs: tuple[str, ...]
    borough_slugs: tuple[str, ...]
    members: tuple[PictureMember, ...]
    users: Figure
    # Whole-life pounds, the sum of the lower and of the upper ends of the boroughs' ranges.
    budget_min: Figure
    budget_max: Figure
    # The dates and the product in use are the boroughs' own: None unless the picture is exact.
    earliest_start: date | None
    first_contract_end: date | None
    last_contract_end: date | None
    notice_reference: str

    @property
    def needs_count(self) -> int:
        return len(self.members)

    @property
    def is_confirmed(self) -> bool:
        return self.status == JointDemand.Status.CONFIRMED


@dataclass(frozen=True)
class DemandPicture:
    at: datetime
    freshness: Freshness
    needs_count: int
    matched_count: int
    demands: tuple[PictureDemand, ...]
    # Those that wait for a person to look at them, and are in no figure.
    not_sure: tuple[PictureDemand, ...]
    boroughs: tuple[BoroughRow, ...]

    @property
    def matched_at(self) -> datetime | None:
        """When the matcher last finished; None before the first run."""
        return self.freshness.matched_at

    @property
    def is_stale(self) -> bool:
        """Whether needs or decisions changed since."""
        return self.freshness.is_stale

    @property
    def london_total(self) -> int:
        return sum(1 for borough in self.boroughs if borough.is_london)


def demand_picture(*, exact: bool) -> DemandPicture:
    """The present picture. Five queries, however many needs there are, and one more where it is not exact."""
    needs = list(_open_needs())
    open_ids = {need.pk for need in needs}
    rows = list(_rows())
    told = {} if exact else told_figures([row.pk for row in rows if row.status == JointDemand.Status.CONFIRMED])
    shown = ((row, None if exact else told.get(row.pk, NOTHING_TOLD)) for row in rows)
    found = [demand for row, figures in shown if (demand := _demand(row, open_ids, told=figures))]
    # Most boroughs first: the order of the list, the report and the chart.
    found.sort(key=lambda demand: (-len(demand.boroughs), -demand.needs_count, demand.reference))
    demands = [demand for demand in found if demand.is_sure]
    matched = {member.need_id for demand in demands for member in demand.members}
    return DemandPicture(
        at=timezone.now(),
        freshness=freshness(),
        needs_count=len(needs),
        matched_count=sum(1 for need in needs if need.pk in matched),
        demands=tuple(demands),
        not_sure=tuple(demand for demand in found if not demand.is_sure),
        boroughs=borough_rows(needs, matched),
    )


def demand(*, reference: str, exact: bool) -> PictureDemand | None:
    """One joint demand as the picture shows it; None where there is no current one of that reference."""
    row = next(iter(_rows(reference=reference)), None)
    return None if row is None else demand_of(row, exact=exact)


def demand_of(row: JointDemand, *, exact: bool) -> PictureDemand | None:
    """The same of a joint demand that was read with its members and notices; None where no member is open. One query
    where it is not exact."""
    open_ids = {member.need_id for member in row.members.all() if member.need.status == Need.Status.OPEN}
    return _demand(row, open_ids, told=None if exact else told_of(row))


def _open_needs() -> Iterable[Need]:
    return Need.objects.open().select_related("borough").defer(*LONG_TEXTS).order_by("pk")


def _rows(*, reference: str | None = None) -> Iterable[JointDemand]:
    members = (
        DemandMember.objects.select_related("need__borough")
        .defer(*(f"need__{column}" for column in LONG_TEXTS))
        .order_by("-strength", "need_id")
    )
    rows = JointDemand.objects.current().with_notice().select_related("category").order_by("pk")
    if reference is not None:
        rows = rows.filter(reference=reference)
    return rows.prefetch_related(Prefetch("members", members))


def _demand(row: JointDemand, open_ids: set[int], *, told: ToldFigures | None) -> PictureDemand | None:
    """None where no member is left. Members that were withdrawn since the last run are left out. `told` is what is told
    of it; None for those who may see exact figures."""
    members = [member for member in row.members.all() if member.need_id in open_ids]
    if not members:
        return None
    exact = told is None
    needs = [member.need for member in members]
    figures = told or _exactly(needs)
    boroughs: Mapping[str, str] = dict(sorted((need.borough.name, need.borough.slug) for need in needs))
    ends = sorted(need.contract_end_date for need in needs if need.contract_end_date)
    starts = sorted(need.start_date for need in needs if need.start_date)
    return PictureDemand(
        reference=row.reference,
        title=row.title,
        category=row.category.name if row.category else "",
        area=row.category.area if row.category else "",
        status=row.status,
        status_words=row.get_status_display(),
        is_sure=row.certainty == JointDemand.Certainty.SURE,
        terms=tuple(row.terms) if exact else (),
        boroughs=tuple(boroughs),
        borough_slugs=tuple(boroughs.values()),
        members=tuple(_member(member, exact=exact) for member in members),
        users=figures.users,
        budget_min=figures.budget_min,
        budget_max=figures.budget_max,
        earliest_start=starts[0] if starts and exact else None,
        first_contract_end=ends[0] if ends and exact else None,
        last_contract_end=ends[-1] if ends and exact else None,
        notice_reference=row.notice_reference or "",  # type: ignore[attr-defined]
    )


def _exactly(needs: Collection[Need]) -> ToldFigures:
    return ToldFigures(
        users=total(users_by_borough(needs)),
        budget_min=total(budget_by_borough(needs, "budget_min")),
        budget_max=total(budget_by_borough(needs, "budget_max")),
    )


def _member(row: DemandMember, *, exact: bool) -> PictureMember:
    need = row.need
    reasons_for, reasons_against = said(row.reasons, exact=exact)
    return PictureMember(
        need_id=need.pk,
        need_reference=need.reference,
        title=need.title,
        borough=need.borough.name,
        borough_slug=need.borough.slug,
        strength=row.strength,
        band=row.band,
        band_words=row.get_band_display(),
        reasons_for=reasons_for,
        reasons_against=reasons_against,
        is_confirmed=row.confirmed_at is not None,
        start_date=need.start_date if exact else None,
        contract_end_date=need.contract_end_date if exact else None,
        incumbent=need.incumbent if exact else "",
    )
