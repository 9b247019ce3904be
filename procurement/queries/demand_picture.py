"""The demand picture: all joint demands and unmatched needs at one moment. Page, API, PDF and exports draw on it.

One read of the database makes one frozen value, so that every face shows the same figures. `exact` is for those whose
role may see exact totals; for everybody else procurement/disclosure.py decides what a total may say.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from boroughs.models import Borough, Need
from procurement import disclosure
from procurement.disclosure import Figure
from procurement.models import DemandMember, JointDemand, MatchRun, Notice

# Kinds of reason that another borough may read: what both want, never what one of them has, pays, or when it ends.
OPEN_REASONS = frozenset(
    {
        "decision",
        "concept",
        "category",
        "stated-category",
        "meaning",
        "kind",
        "other-kind",
        "other-category",
        "same-owner",
    }
)
# Kinds that speak against an overlap, whatever their weight in the score.
COUNTER_REASONS = frozenset({"ends-apart", "budgets", "same-owner", "other-kind", "other-category"})

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
    tier: str
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
class BoroughRow:
    name: str
    slug: str
    abbreviation: str
    tile_row: int | None
    tile_column: int | None
    is_london: bool
    needs: int
    # Needs of the borough that stand in a joint demand.
    matched: int


@dataclass(frozen=True)
class CategoryRow:
    name: str
    area: str
    needs: int
    matched: int
    demands: int
    boroughs: int


@dataclass(frozen=True)
class AreaRow:
    """Needs of one area of work, borough by borough."""

    area: str
    needs: int
    # As many as DemandPicture.boroughs, in the same order.
    by_borough: tuple[int, ...]


@dataclass(frozen=True)
class DemandPicture:
    at: datetime
    # When the matcher last finished; None before the first run.
    matched_at: datetime | None
    run_id: int | None
    engine_version: str
    # True where needs changed or were withdrawn after the last run.
    is_stale: bool
    exact: bool
    needs_count: int
    matched_count: int
    # Authorities with an open need, guests included.
    boroughs_count: int
    # Needs in a joint demand whose budget can be added to others: stated, and of a known length where it is yearly.
    budgeted_count: int
    demands: tuple[PictureDemand, ...]
    boroughs: tuple[BoroughRow, ...]
    categories: tuple[CategoryRow, ...]
    # Most needs first. Needs without a category are in none.
    areas: tuple[AreaRow, ...]
    users: Figure
    budget_min: Figure
    budget_max: Figure

    @property
    def london_total(self) -> int:
        return sum(1 for borough in self.boroughs if borough.is_london)

    @property
    def london_logged(self) -> int:
        """How many of London's authorities have an open need."""
        return sum(1 for borough in self.boroughs if borough.is_london and borough.needs)

    @property
    def unmatched_count(self) -> int:
        return self.needs_count - self.matched_count

    @property
    def confirmed_count(self) -> int:
        return sum(1 for demand in self.demands if demand.is_confirmed)


def demand_picture(*, exact: bool) -> DemandPicture:
    """The present picture. Six queries, however many needs there are."""
    needs = list(_open_needs())
    open_ids = {need.pk for need in needs}
    rows = list(_rows())
    demands = [demand for row in rows if (demand := _demand(row, open_ids, exact=exact))]
    # Most boroughs first: the order of the list, the report and the chart.
    demands.sort(key=lambda demand: (-len(demand.boroughs), -demand.needs_count, demand.reference))
    matched = {member.need_id for demand in demands for member in demand.members}
    run = MatchRun.objects.finished().newest_first().first()
    in_demands = [need for need in needs if need.pk in matched]
    boroughs = _borough_rows(needs, matched)
    return DemandPicture(
        at=timezone.now(),
        matched_at=run.finished_at if run else None,
        run_id=run.pk if run else None,
        engine_version=run.engine_version if run else "",
        is_stale=run is None
        or any(need.updated_at > run.started_at for need in needs)
        or any(member.need_id not in open_ids for row in rows for member in row.members.all()),
        exact=exact,
        needs_count=len(needs),
        matched_count=len(in_demands),
        boroughs_count=len({need.borough_id for need in needs}),
        budgeted_count=sum(1 for need in in_demands if whole_life(need, "budget_max") is not None),
        demands=tuple(demands),
        boroughs=boroughs,
        categories=_category_rows(needs, matched, demands),
        areas=_area_rows(needs, boroughs),
        users=_london("users", users_by_borough, in_demands, demands, exact=exact, band=None),
        budget_min=_london("budget_min", _budget_min, in_demands, demands, exact=exact),
        budget_max=_london("budget_max", _budget_max, in_demands, demands, exact=exact),
    )


def _london(
    column: str,
    by_borough: Callable[[Iterable[Need]], dict[str, int]],
    needs: Iterable[Need],
    demands: Iterable[PictureDemand],
    *,
    exact: bool,
    band: int | None = disclosure.BAND,
) -> Figure:
    """The total over all joint demands, or of those whose own total is shown: their difference would tell the rest."""
    everything = by_borough(needs)
    if exact:
        return disclosure.total(everything, exact=True)
    shown = {member.need_id for each in demands if getattr(each, column).is_shown for member in each.members}
    figure = disclosure.total(by_borough(need for need in needs if need.pk in shown), exact=False, band=band)
    return figure if figure.is_shown else Figure(contributors=len(everything), withheld=bool(everything))


def demand(*, reference: str, exact: bool) -> PictureDemand | None:
    """One joint demand as the picture shows it; None where there is no current one of that reference."""
    row = next(iter(_rows(reference=reference)), None)
    if row is None:
        return None
    open_ids = {member.need_id for member in row.members.all() if member.need.status == Need.Status.OPEN}
    return _demand(row, open_ids, exact=exact)


def whole_life(need: Need, column: str) -> int | None:
    """A need's budget over its whole life in pounds, from `budget_min` or `budget_max`.

    A budget a year counts for the contract's length; without a length it cannot be added to others and is left out.
    Where only one end is stated it stands for both, so that the two totals are of the same needs.
    """
    other = "budget_max" if column == "budget_min" else "budget_min"
    amount: int | None = getattr(need, column)
    if amount is None:
        amount = getattr(need, other)
    if amount is None or need.budget_basis != Need.BudgetBasis.PER_YEAR:
        return amount
    return amount * need.months // 12 if need.months else None


def users_by_borough(needs: Iterable[Need]) -> dict[str, int]:
    figures: dict[str, int] = defaultdict(int)
    for need in needs:
        if need.users_count is not None:
            figures[need.borough.slug] += need.users_count
    return dict(figures)


def budget_by_borough(needs: Iterable[Need], column: str) -> dict[str, int]:
    figures: dict[str, int] = defaultdict(int)
    for need in needs:
        amount = whole_life(need, column)
        if amount is not None:
            figures[need.borough.slug] += amount
    return dict(figures)


_budget_min = partial(budget_by_borough, column="budget_min")
_budget_max = partial(budget_by_borough, column="budget_max")


def _open_needs() -> Iterable[Need]:
    return Need.objects.open().select_related("borough", "category").defer(*LONG_TEXTS).order_by("pk")


def _rows(*, reference: str | None = None) -> Iterable[JointDemand]:
    members = (
        DemandMember.objects.select_related("need__borough")
        .defer(*(f"need__{column}" for column in LONG_TEXTS))
        .order_by("-strength", "need_id")
    )
    notices = Notice.objects.published().order_by("pk")
    rows = JointDemand.objects.current().select_related("category").order_by("pk")
    if reference is not None:
        rows = rows.filter(reference=reference)
    return rows.prefetch_related(Prefetch("members", members), Prefetch("notices", notices))


def _demand(row: JointDemand, open_ids: set[int], *, exact: bool) -> PictureDemand | None:
    """None where no member is left. Members that were withdrawn since the last run are left out."""
    members = [member for member in row.members.all() if member.need_id in open_ids]
    if not members:
        return None
    needs = [member.need for member in members]
    boroughs: Mapping[str, str] = dict(sorted((need.borough.name, need.borough.slug) for need in needs))
    ends = sorted(need.contract_end_date for need in needs if need.contract_end_date)
    starts = sorted(need.start_date for need in needs if need.start_date)
    notices = list(row.notices.all())
    return PictureDemand(
        reference=row.reference,
        title=row.title,
        category=row.category.name if row.category else "",
        area=row.category.area if row.category else "",
        status=row.status,
        status_words=row.get_status_display(),
        terms=tuple(row.terms) if exact else (),
        boroughs=tuple(boroughs),
        borough_slugs=tuple(boroughs.values()),
        members=tuple(_member(member, exact=exact) for member in members),
        users=disclosure.total(users_by_borough(needs), exact=exact, band=None),
        budget_min=disclosure.total(budget_by_borough(needs, "budget_min"), exact=exact),
        budget_max=disclosure.total(budget_by_borough(needs, "budget_max"), exact=exact),
        earliest_start=starts[0] if starts and exact else None,
        first_contract_end=ends[0] if ends and exact else None,
        last_contract_end=ends[-1] if ends and exact else None,
        notice_reference=notices[0].reference if notices else "",
    )


def said(reasons: Iterable[Mapping[str, Any]], *, exact: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The reasons for and against, in words; without those that tell a borough's own facts, unless `exact`."""
    shown = [reason for reason in reasons if exact or reason["code"] in OPEN_REASONS]
    return (
        tuple(reason["words"] for reason in shown if not _speaks_against(reason)),
        tuple(reason["words"] for reason in shown if _speaks_against(reason)),
    )


def _speaks_against(reason: Mapping[str, Any]) -> bool:
    return bool(reason["weight"] < 0 or reason["code"] in COUNTER_REASONS)


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
        tier=row.tier,
        reasons_for=reasons_for,
        reasons_against=reasons_against,
        is_confirmed=row.confirmed_at is not None,
        start_date=need.start_date if exact else None,
        contract_end_date=need.contract_end_date if exact else None,
        incumbent=need.incumbent if exact else "",
    )


def _borough_rows(needs: Iterable[Need], matched: set[int]) -> tuple[BoroughRow, ...]:
    logged = Counter(need.borough_id for need in needs)
    joined = Counter(need.borough_id for need in needs if need.pk in matched)
    return tuple(
        BoroughRow(
            name=borough.name,
            slug=borough.slug,
            abbreviation=borough.abbreviation,
            tile_row=borough.tile_row,
            tile_column=borough.tile_column,
            is_london=borough.kind == Borough.Kind.LONDON,
            needs=logged[borough.pk],
            matched=joined[borough.pk],
        )
        for borough in Borough.objects.by_name()
    )


def _area_rows(needs: Iterable[Need], boroughs: Iterable[BoroughRow]) -> tuple[AreaRow, ...]:
    cells = Counter((need.category.area, need.borough.slug) for need in needs if need.category)
    totals: Counter[str] = Counter()
    for (area, _), number in cells.items():
        totals[area] += number
    slugs = [borough.slug for borough in boroughs]
    return tuple(
        AreaRow(area=area, needs=number, by_borough=tuple(cells[area, slug] for slug in slugs))
        for area, number in sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    )


def _category_rows(
    needs: Iterable[Need], matched: set[int], demands: Iterable[PictureDemand]
) -> tuple[CategoryRow, ...]:
    groups: dict[tuple[str, str], list[Need]] = defaultdict(list)
    for need in needs:
        if need.category:
            groups[need.category.area, need.category.name].append(need)
    counted = Counter(demand.category for demand in demands)
    rows = [
        CategoryRow(
            name=name,
            area=area,
            needs=len(group),
            matched=sum(1 for need in group if need.pk in matched),
            demands=counted[name],
            boroughs=len({need.borough_id for need in group}),
        )
        for (area, name), group in groups.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.needs, row.name)))
