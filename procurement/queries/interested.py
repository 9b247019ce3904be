"""Suppliers' interest in one notice: what its authorities read, and what everybody may know.

Nothing here tells an e-mail address: no value carries the subscriber. Nothing is ranked.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count

from boroughs.queries import supplier_folding
from procurement.disclosure.counts import Band, band_from
from procurement.models import Interest, InterestBand, Notice
from procurement.search import words

# So many are on the page, those first that were shown first; the file has all.
MOST = 200
CHUNK = 500


@dataclass(frozen=True)
class Shown:
    """One supplier's interest, as the authorities of the notice read it."""

    organisation: str
    company_number: str
    boroughs: tuple[str, ...]
    volume: str
    is_sme: bool | None
    is_vcse: bool | None
    frameworks: tuple[str, ...]
    statement: str
    since: datetime
    changed_at: datetime | None

    @property
    def kinds(self) -> tuple[str, ...]:
        """What it says of its kind, in words, what it is before what it is not; nothing where it does not say."""
        said = ((self.is_sme, "SME", "not an SME"), (self.is_vcse, "VCSE", "not a VCSE"))
        is_, is_not = ([words for value, *words in said if value is wanted] for wanted in (True, False))
        return (*(yes for yes, _ in is_), *(no for _, no in is_not))


@dataclass(frozen=True)
class YesNo:
    """How many said yes, no, and nothing."""

    yes: int
    no: int
    not_said: int


@dataclass(frozen=True)
class Interests:
    """All that stands on a notice, in the order in which it was shown first."""

    # Organisations: mailboxes of one are counted once.
    suppliers: int
    rows: tuple[Shown, ...]
    # Beside the rows.
    more: int
    # By name.
    by_borough: tuple[tuple[str, int], ...]
    sme: YesNo
    vcse: YesNo
    # Under the first spelling, by name.
    by_framework: tuple[tuple[str, int], ...]


def public_band(reference: str) -> Band | None:
    """What everybody may know of a published notice; None where that is nothing. One query."""
    low = InterestBand.objects.filter(notice__reference=reference).values_list("at_least", flat=True).first()
    return band_from(low, minimum=settings.INTEREST_MINIMUM) if low else None


def suppliers(notice: int) -> int:
    """How many organisations have shown interest in a notice, by primary key. One query."""
    standing = Interest.objects.standing().filter(notice=notice)
    return _organisations(standing.values_list("organisation", flat=True))


def of(notice: Notice) -> Interests:
    """Four queries."""
    standing = Interest.objects.standing().filter(notice=notice)
    said = list(standing.first_come().values_list("organisation", "is_sme", "is_vcse", "frameworks"))
    by_borough = standing.values_list("boroughs__name").annotate(count=Count("pk")).order_by("boroughs__name")
    return Interests(
        suppliers=_organisations(organisation for organisation, *_ in said),
        rows=tuple(every(notice, most=MOST)),
        more=max(len(said) - MOST, 0),
        by_borough=tuple(by_borough),
        sme=_yes_no([is_sme for _, is_sme, _, _ in said]),
        vcse=_yes_no([is_vcse for _, _, is_vcse, _ in said]),
        by_framework=_by_framework([frameworks for *_, frameworks in said]),
    )


def every(notice: Notice, *, most: int | None = None) -> Iterator[Shown]:
    """Each that stands, the first come first. Two queries for each 500."""
    rows = Interest.objects.standing().filter(notice=notice).first_come().prefetch_related("boroughs")
    for row in rows[:most].iterator(chunk_size=CHUNK):
        yield _shown(row)


def _shown(row: Interest) -> Shown:
    return Shown(
        organisation=row.organisation,
        company_number=row.company_number,
        boroughs=tuple(sorted(borough.name for borough in row.boroughs.all())),
        volume=str(row.get_volume_display()) if row.volume else "",
        is_sme=row.is_sme,
        is_vcse=row.is_vcse,
        frameworks=tuple(row.frameworks),
        statement=row.statement,
        # The database holds that what is confirmed has it.
        since=row.since or row.asked_at,
        changed_at=row.changed_at,
    )


def _organisations(names: Iterable[str]) -> int:
    return len({supplier_folding.read(name).key or words.fold(name) for name in names})


def _yes_no(said: list[bool | None]) -> YesNo:
    return YesNo(said.count(True), said.count(False), said.count(None))


def _by_framework(said: list[list[str]]) -> tuple[tuple[str, int], ...]:
    """Case, accents and signs do not count: "G-Cloud 14" is "g cloud 14"."""
    spelling: dict[str, str] = {}
    counted: Counter[str] = Counter()
    for frameworks in said:
        keys = {_key(name): name for name in reversed(frameworks)}
        for key, name in keys.items():
            spelling.setdefault(key, name)
        counted.update(keys.keys())
    return tuple(
        sorted(((spelling[key], count) for key, count in counted.items()), key=lambda pair: pair[0].casefold())
    )


def _key(name: str) -> str:
    folded = words.fold(name)
    return " ".join(words.words(folded)) or folded
