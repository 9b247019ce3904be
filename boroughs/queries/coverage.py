"""Who of the 33 has a contract register and needs here, and how long ago they were looked after.

A borough's drafts, and all else of its needs that is not open, are its own: they are read for its own people alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from boroughs.models import Borough, DataImport, Membership, Need, Role
from boroughs.models.membership import BOROUGH_ROLES
from boroughs.queries.register_age import RegisterAge, register_age

# Of BoroughCoverage, what the row of the database says as it is.
COPIED = (
    "pk",
    "slug",
    "name",
    "abbreviation",
    "tile_row",
    "tile_column",
    "contracts_without_end",
    "contracts_ended",
    "has_people",
    "has_editors",
    "has_approvers",
)

Status = Need.Status


@dataclass(frozen=True)
class BoroughCoverage:
    pk: int
    slug: str
    name: str
    abbreviation: str
    tile_row: int | None
    tile_column: int | None
    # Whether whoever reads has a role in it.
    is_own: bool

    # Entries that the borough has not taken out of its register.
    contracts: int
    # When an entry was last added, changed or taken out, or the whole register taken in from a file, changed or not.
    kept_at: datetime | None
    register: RegisterAge
    contracts_without_end: int
    # Listed although their end has passed.
    contracts_ended: int

    # By status. Of another borough the open ones alone.
    needs: Mapping[str, int]
    needs_changed_at: datetime | None
    # Open ones of which the borough was asked whether they still hold, and when the oldest last was confirmed.
    needs_to_confirm: int
    unconfirmed_since: datetime | None

    has_people: bool
    has_editors: bool
    has_approvers: bool

    @property
    def has_register(self) -> bool:
        return self.register != RegisterAge.ABSENT

    @property
    def is_ageing(self) -> bool:
        """Whether nobody has looked after the register for half a year or more."""
        return self.register in (RegisterAge.AGEING, RegisterAge.OLD)

    @property
    def open_needs(self) -> int:
        return self.needs.get(Status.OPEN, 0)

    @property
    def submitted_needs(self) -> int:
        return self.needs.get(Status.SUBMITTED, 0)

    @property
    def draft_needs(self) -> int:
        return self.needs.get(Status.DRAFT, 0)

    @property
    def has_needs(self) -> bool:
        """Whether any need is open or on its way there, as far as the reader may know."""
        return bool(self.open_needs or self.submitted_needs or self.draft_needs)

    @property
    def helps(self) -> bool:
        """Whether the borough's people could do something that would help the picture."""
        to_look_at = self.contracts_ended or self.contracts_without_end or self.needs_to_confirm
        on_the_way = self.submitted_needs or self.draft_needs or not self.has_needs
        return bool(not self.has_register or self.is_ageing or to_look_at or on_the_way)


@dataclass(frozen=True)
class Coverage:
    at: datetime
    # By name.
    boroughs: tuple[BoroughCoverage, ...]

    @property
    def with_register(self) -> int:
        return sum(row.has_register for row in self.boroughs)

    @property
    def with_needs(self) -> int:
        """Those with an open need."""
        return sum(row.open_needs > 0 for row in self.boroughs)

    @property
    def own(self) -> tuple[BoroughCoverage, ...]:
        return tuple(row for row in self.boroughs if row.is_own)


@dataclass(frozen=True)
class _Needs:
    counts: Mapping[str, int]
    changed_at: datetime | None
    to_confirm: int
    unconfirmed_since: datetime | None


def coverage(*, at: datetime, own: Iterable[int] = (), slug: str = "") -> Coverage:
    """All 33, or the one of that slug. `own` are primary keys of boroughs whose people read. Two queries."""
    mine = frozenset(own)
    london = Borough.objects.london().by_name()
    if slug:
        london = london.filter(slug=slug)
    needs = _needs(london, mine)
    nothing = _Needs({}, None, 0, None)
    rows = [_row(found, needs.get(found["pk"], nothing), mine, at) for found in _registers(london, at)]
    return Coverage(at=at, boroughs=tuple(rows))


def _registers(london: QuerySet[Borough], at: datetime) -> Iterable[dict[str, Any]]:
    listed = Q(contracts__closed_at__isnull=True)
    # Whoever takes a register in says by it that this is how it stands, even where no entry differs.
    taken_in = DataImport.objects.filter(
        borough=OuterRef("pk"), noun=DataImport.Noun.CONTRACTS, status=DataImport.Status.APPLIED
    ).order_by("-applied_at")
    people = Membership.objects.filter(borough=OuterRef("pk"), user__is_active=True)
    found = london.annotate(
        listed_count=Count("contracts", filter=listed),
        contracts_without_end=Count("contracts", filter=listed & Q(contracts__end_date__isnull=True)),
        contracts_ended=Count("contracts", filter=listed & Q(contracts__end_date__lt=timezone.localdate(at))),
        changed_at=Max("contracts__updated_at"),
        taken_out_at=Max("contracts__closed_at"),
        taken_in_at=Subquery(taken_in.values("applied_at")[:1]),
        has_people=Exists(people.filter(role__in=BOROUGH_ROLES)),
        has_editors=Exists(people.filter(role=Role.BOROUGH_EDITOR)),
        has_approvers=Exists(people.filter(role=Role.BOROUGH_APPROVER)),
    )
    rows: Iterable[dict[str, Any]] = found.values(*COPIED, "listed_count", "changed_at", "taken_out_at", "taken_in_at")
    return rows


def _needs(london: QuerySet[Borough], own: frozenset[int]) -> dict[int, _Needs]:
    """By borough: all statuses of the own ones, the open needs of the others."""
    readable = Need.objects.filter(Q(status=Status.OPEN) | Q(borough_id__in=own), borough__in=london.order_by())
    asked = Q(status=Status.OPEN, confirmation_asked_at__isnull=False)
    grouped = readable.values("borough_id", "status").annotate(
        number=Count("pk"),
        changed_at=Max("updated_at"),
        asked_count=Count("pk", filter=asked),
        held_at=Min(Coalesce("confirmed_at", "opened_at"), filter=asked),
    )
    found: dict[int, _Needs] = {}
    for row in grouped.order_by("borough_id", "status"):
        before = found.get(row["borough_id"], _Needs({}, None, 0, None))
        found[row["borough_id"]] = _Needs(
            counts={**before.counts, row["status"]: row["number"]},
            changed_at=max(filter(None, (before.changed_at, row["changed_at"]))),
            to_confirm=before.to_confirm + row["asked_count"],
            unconfirmed_since=before.unconfirmed_since or row["held_at"],
        )
    return found


def _row(found: Mapping[str, Any], needs: _Needs, own: frozenset[int], at: datetime) -> BoroughCoverage:
    kept_at = max(filter(None, (found["changed_at"], found["taken_out_at"], found["taken_in_at"])), default=None)
    return BoroughCoverage(
        **{name: found[name] for name in COPIED},
        is_own=found["pk"] in own,
        contracts=found["listed_count"],
        kept_at=kept_at,
        register=register_age(found["listed_count"], kept_at, at),
        needs=needs.counts,
        needs_changed_at=needs.changed_at,
        needs_to_confirm=needs.to_confirm,
        unconfirmed_since=needs.unconfirmed_since,
    )
