"""What buying together may save: named methods with their assumptions, and what one person may read of an estimate.

Every figure comes from assumptions that a person typed, or from prices that boroughs pay today; nothing is filled in
beforehand. The office reads estimates exactly, and so does who made one. A borough that takes part reads the range
widened to bands, where it was made from nothing that boroughs may not know: ranges of two days would tell their
difference as totals do. Nobody else reads them.

- VOLUME: spend × discount, from the lower to the higher.
- TENDERS: tenders that need not be run × cost of one.
- PRICES: what a borough pays a year for one user is its contracts' annual value divided by the users of the needs that
  replace them. Low: each borough above the median comes down to it; high: each comes down to the lowest. Both times the
  years, and times the share of that gap which the boroughs think they can close.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from statistics import median

from django.conf import settings

from boroughs import permissions
from boroughs.models import Need, User
from boroughs.permissions import Permission
from boroughs.templatetags.formatting import count, pounds, pounds_range
from procurement.models import Coalition, DemandMember, JointDemand, SavingsEstimate
from procurement.queries.disclosure_rule import disclosure_rule
from procurement.queries.leading import leads
from procurement.queries.merged_in import MergedIn, merged_in, readable, takes_part
from procurement.queries.told_figures import told_of

Method = SavingsEstimate.Method


class Unit(StrEnum):
    POUNDS = "pounds"
    PERCENT = "percent"
    COUNT = "count"
    YEARS = "years"

    def words(self, value: int) -> str:
        if self == Unit.POUNDS:
            return pounds(value)
        if self == Unit.PERCENT:
            return f"{value}%"
        return count(value, "year") if self == Unit.YEARS else count(value)


@dataclass(frozen=True)
class Assumption:
    name: str
    label: str
    unit: Unit
    # Where a person finds the number; "" where the platform works it out itself.
    hint: str
    most: int


POUNDS_MOST = 10_000_000_000
TYPED: dict[str, tuple[Assumption, ...]] = {
    Method.VOLUME: (
        Assumption(
            "spend",
            "What the boroughs would spend over the contracts’ life",
            Unit.POUNDS,
            "From their budgets, or from what they pay today. Say in the note where it comes from. If you see exact "
            "figures, boroughs are told the range only where this is an end of the budget that is told to them.",
            POUNDS_MOST,
        ),
        Assumption(
            "low", "Lowest discount", Unit.PERCENT, "From a framework’s price list, or a purchase like this one.", 100
        ),
        Assumption("high", "Highest discount", Unit.PERCENT, "From the same source.", 100),
    ),
    Method.TENDERS: (
        Assumption(
            "tenders",
            "Tenders that need not be run",
            Unit.COUNT,
            "One less than the boroughs that join, where each would have run its own.",
            100,
        ),
        Assumption(
            "low",
            "What one costs a borough at the least",
            Unit.POUNDS,
            "Days of staff and fees of the last tender like it, from your procurement team.",
            10_000_000,
        ),
        Assumption("high", "What one costs at the most", Unit.POUNDS, "From the same source.", 10_000_000),
    ),
    Method.PRICES: (
        Assumption("years", "Length of the joint contract", Unit.YEARS, "As the boroughs plan it.", 30),
        Assumption(
            "closed",
            "How much of the gap could be closed",
            Unit.PERCENT,
            "100 if all would pay the same; less where they buy different extras.",
            100,
        ),
    ),
}
# What the platform adds to the typed assumptions of PRICES, so that the estimate can be followed later.
FOUND = (
    Assumption("boroughs", "Boroughs with a price", Unit.COUNT, "", 0),
    Assumption("lowest", "Lowest price of a user a year", Unit.POUNDS, "", 0),
    Assumption("median", "Median price of a user a year", Unit.POUNDS, "", 0),
)


@dataclass(frozen=True)
class Price:
    """What one borough pays today."""

    borough: str
    annual_value: int
    users: int

    @property
    def each(self) -> Fraction:
        return Fraction(self.annual_value, self.users)


@dataclass(frozen=True)
class Range:
    low: int
    high: int
    # Whether boroughs are told of it, in bands.
    may_tell: bool
    # What was worked out on the way.
    found: Mapping[str, int]


@dataclass(frozen=True)
class Estimate:
    """An estimate as one person may read it."""

    pk: int
    method: str
    method_words: str
    # "£250,000 to £1.2 million"; "" where it may not be told.
    range_words: str
    is_banded: bool
    # Label and value, as far as the reader may know them.
    assumptions: tuple[tuple[str, str], ...]
    note: str
    estimated_at: datetime
    estimated_by: str
    # "" where nothing was realised yet, or it may not be told.
    realised_words: str
    realised_note: str
    realised_at: datetime | None
    withdrawn_at: datetime | None
    may_withdraw: bool
    may_realise: bool


@dataclass(frozen=True)
class Savings:
    # The newest first; withdrawn ones last. () for those who may not read them.
    estimates: tuple[Estimate, ...]
    may_read: bool
    # Methods by which the reader may estimate, with their words.
    methods: tuple[tuple[str, str], ...]
    # Joint demands that went into this one with estimates that the reader may read.
    elsewhere: tuple[MergedIn, ...] = ()


def savings(demand: JointDemand, user: User) -> Savings:
    """What this person may read and do. Five queries, and two more where others went into it."""
    coalition = Coalition.objects.filter(demand=demand).select_related("lead").first()
    exact = permissions.has(user, Permission.VIEW_EXACT_FIGURES)
    own = permissions.borough_ids(user, Permission.VIEW_NEEDS)
    writes = may_write(user, coalition)
    is_office = permissions.has(user, Permission.VIEW_PARTICIPATION)
    may_read = is_office or takes_part(demand, own) or writes
    rows = SavingsEstimate.objects.filter(demand=demand).select_related("estimated_by") if may_read else ()
    found = [_estimate(row, user, exact=exact, writes=writes) for row in rows]
    found.sort(key=lambda each: (each.withdrawn_at is not None, -each.pk))
    methods = [method for method in Method if may_write(user, coalition, method=method)]
    is_current = demand.status != JointDemand.Status.RETIRED
    before = merged_in(demand) if is_office else readable(demand, own)
    return Savings(
        tuple(found),
        may_read,
        tuple((str(each), str(each.label)) for each in methods if is_current),
        tuple(each for each in before if each.estimates),
    )


def may_write(user: User, coalition: Coalition | None, *, method: str = "") -> bool:
    """Analysts, and whoever leads. What boroughs pay today is read by those alone who may see exact figures."""
    if method == Method.PRICES and not permissions.has(user, Permission.VIEW_EXACT_FIGURES):
        return False
    return permissions.has(user, Permission.REVIEW_DEMANDS) or leads(user, coalition)


def realised_exactly(row: SavingsEstimate, user: User) -> tuple[int | None, str]:
    """What was saved and how it was found, for the form that corrects it; nothing for who reads it in bands."""
    exact = permissions.has(user, Permission.VIEW_EXACT_FIGURES)
    reads = exact or user.pk in (row.estimated_by_id, row.realised_by_id)
    return (row.realised, row.realised_note) if reads else (None, "")


def now_standing(row: SavingsEstimate, user: User) -> str:
    """What stands beside the estimate at this moment, as much of it as this person reads: for who was overtaken."""
    now = SavingsEstimate.objects.get(pk=row.pk)
    amount, note = realised_exactly(now, user)
    if now.realised_at is None:
        return ""
    return f"{pounds(amount)}. {note}" if amount is not None else _realised_words(now, is_whole=False)


def work_out(demand: JointDemand, method: str, typed: Mapping[str, int], by: User) -> Range | None:
    """The range by this method; None where fewer than three boroughs have a price. At most one query."""
    if method == Method.TENDERS:
        return Range(typed["tenders"] * typed["low"], typed["tenders"] * typed["high"], True, {})
    if method == Method.VOLUME:
        # Who sees no exact figures types none.
        may_tell = not permissions.has(by, Permission.VIEW_EXACT_FIGURES) or typed["spend"] in _told_ends(demand)
        return Range(typed["spend"] * typed["low"] // 100, typed["spend"] * typed["high"] // 100, may_tell, {})
    prices = prices_today(_needs(demand))
    return spread(prices, typed) if len(prices) >= disclosure_rule().minimum_contributors else None


def _told_ends(demand: JointDemand) -> set[int | None]:
    """The ends of the budget that is told of the joint demand: everybody who reads an estimate may know them."""
    told = told_of(demand)
    return {end for each in (told.budget_min, told.budget_max) for end in (each.low, each.high)} - {None}


def spread(prices: Iterable[Price], typed: Mapping[str, int]) -> Range:
    """By the spread of prices. The arithmetic is exact; the result is rounded down to whole pounds.

    It is told to no borough: what single boroughs pay stands behind no told figure.
    """
    known = list(prices)
    lowest, middle = min(each.each for each in known), Fraction(median(each.each for each in known))
    times = Fraction(typed["years"] * typed["closed"], 100)
    low, high = (
        sum(int(each.users * max(Fraction(0), each.each - floor) * times) for each in known)
        for floor in (middle, lowest)
    )
    return Range(
        low=low,
        high=high,
        may_tell=False,
        found={"boroughs": len(known), "lowest": int(lowest), "median": int(middle)},
    )


def prices_today(needs: Iterable[Need]) -> list[Price]:
    """Of each borough with a contract of known annual value behind its needs, and users. A contract counts once."""
    values: dict[str, dict[int, int]] = {}
    users: dict[str, int] = {}
    for need in needs:
        contract = need.contract
        if contract is None or contract.closed_at is not None or not contract.annual_value or not need.users_count:
            continue
        slug = need.borough.slug
        values.setdefault(slug, {})[contract.pk] = contract.annual_value
        users[slug] = users.get(slug, 0) + need.users_count
    return [Price(slug, sum(values[slug].values()), users[slug]) for slug in sorted(values)]


def _needs(demand: JointDemand) -> list[Need]:
    members = DemandMember.objects.filter(demand=demand, need__status=Need.Status.OPEN)
    return [row.need for row in members.select_related("need__borough", "need__contract").order_by("need_id")]


def _estimate(row: SavingsEstimate, user: User, *, exact: bool, writes: bool) -> Estimate:
    is_whole = exact or row.estimated_by_id == user.pk
    reads_realised = is_whole or row.realised_by_id == user.pk
    stands = row.withdrawn_at is None
    is_analyst = permissions.has(user, Permission.REVIEW_DEMANDS)
    return Estimate(
        pk=row.pk,
        method=row.method,
        method_words=row.get_method_display(),
        range_words=_range_words(row, is_whole=is_whole),
        is_banded=not is_whole,
        assumptions=tuple(_assumptions(row, is_whole=is_whole)),
        note=row.note if is_whole else "",
        estimated_at=row.estimated_at,
        estimated_by=row.estimated_by.name,
        realised_words=_realised_words(row, is_whole=reads_realised),
        realised_note=row.realised_note if reads_realised else "",
        realised_at=row.realised_at,
        withdrawn_at=row.withdrawn_at,
        may_withdraw=stands and writes and (is_analyst or row.estimated_by_id == user.pk),
        may_realise=stands and writes,
    )


def _range_words(row: SavingsEstimate, *, is_whole: bool) -> str:
    if is_whole:
        return pounds_range(row.low, row.high)
    if not row.may_tell:
        return ""
    band = settings.DISCLOSURE_BAND
    return pounds_range(row.low // band * band, row.high // band * band + band)


def _realised_words(row: SavingsEstimate, *, is_whole: bool) -> str:
    if row.realised is None or not (is_whole or row.may_tell):
        return ""
    band = settings.DISCLOSURE_BAND
    low = row.realised // band * band
    return pounds(row.realised) if is_whole else pounds_range(low, low + band)


def _assumptions(row: SavingsEstimate, *, is_whole: bool) -> Iterable[tuple[str, str]]:
    """Amounts of money are for those who read the estimate exactly."""
    for each in (*TYPED[row.method], *FOUND):
        value = row.assumptions.get(each.name)
        if value is not None and (is_whole or each.unit != Unit.POUNDS):
            yield each.label, each.unit.words(value)
