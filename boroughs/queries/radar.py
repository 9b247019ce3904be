"""The renewal radar: contracts of a register that end soon, as needs that a borough may want to log."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from boroughs.models import Category, Contract, Need, RenewalDismissal
from boroughs.models.contract import ContractQuerySet
from boroughs.queries.renewal_dates import A_DAY, RenewalDates, months_after, renewal_dates, whole_months
from boroughs.queries.renewal_others import InUse, Others, OthersInUse, in_use_in_london

# How far ahead the reader may look, in months, and how far where they do not say: a joint purchase takes a year, and
# others must be asked before it.
WINDOWS = (6, 12, 18, 24)
WINDOW = 18
# The longest that a need may ask for.
MOST_MONTHS = 600


@dataclass(frozen=True)
class Prefill:
    """What a need takes over from the contract that it replaces; the rest is for people to say."""

    title: str
    category: Category | None
    incumbent: str
    contract_end_date: date | None
    start_date: date | None
    months: int | None


@dataclass(frozen=True)
class Suggestion:
    contract_pk: int
    reference: str
    title: str
    borough_pk: int
    borough: str
    system: str
    supplier: str
    dates: RenewalDates
    prefill: Prefill
    others: tuple[Others, ...]

    @property
    def others_count(self) -> int:
        return sum(len(each.boroughs) for each in self.others)


@dataclass(frozen=True)
class Quiet:
    """A contract that the borough does not want to be reminded of yet."""

    contract_pk: int
    reference: str
    title: str
    borough_pk: int
    borough: str
    end_date: date
    reason: str
    note: str
    until_date: date


@dataclass(frozen=True)
class Radar:
    # The nearest decision first.
    suggestions: tuple[Suggestion, ...]
    # What comes back first stands first.
    quiet: tuple[Quiet, ...]


def radar(boroughs: Collection[int], *, today: date, months: int = WINDOW, words: Iterable[str] = ()) -> Radar:
    """What these boroughs see of their own registers. Three queries at the most."""
    said = _said(words)
    last = months_after(today, months)
    mine = suggested(today=today, last=last).filter(said, borough__in=boroughs)
    contracts = list(mine.select_related("borough", "category", "supplier_name"))
    index = OthersInUse(in_use_in_london(today, last) if contracts else ())
    suggestions = [_suggestion(contract, index, today) for contract in contracts]
    suggestions.sort(key=lambda each: (each.dates.next_date, each.dates.end_date, each.contract_pk))
    return Radar(tuple(suggestions), tuple(_quiet(boroughs, today, said)))


def suggested(*, today: date, last: date) -> ContractQuerySet:
    """Contracts of all boroughs that end within these days, have no need yet, and are not kept quiet."""
    kept_quiet = RenewalDismissal.objects.active(on=today).filter(contract=OuterRef("pk"))
    return _without_need(today).filter(~Exists(kept_quiet), end_date__lte=last)


def prefill(contract: Contract) -> Prefill:
    """The title is the contract's own: it says what is wanted, where the product's name says what one has."""
    start, end = contract.start_date, contract.end_date
    months = whole_months(start, end) if start and end else 0
    return Prefill(
        title=contract.title,
        category=contract.category,
        incumbent=contract.system or contract.supplier,
        contract_end_date=end,
        start_date=end + A_DAY if end else None,
        months=months if 0 < months <= MOST_MONTHS else None,
    )


def dates_of(contract: Contract, *, today: date) -> RenewalDates | None:
    """The dates of one contract; None where its end is not known."""
    if contract.end_date is None:
        return None
    return renewal_dates(
        contract.end_date,
        extension_options=contract.extension_options,
        notice_months=contract.notice_months,
        notice_days=contract.notice_days,
        today=today,
    )


def _said(words: Iterable[str]) -> Q:
    """Every word stands in what people call the contract, or is its reference."""
    found = Q()
    for word in words:
        texts = Q(title__icontains=word) | Q(system__icontains=word) | Q(supplier__icontains=word)
        found &= texts | Q(reference__iexact=word)
    return found


def _without_need(today: date) -> ContractQuerySet:
    needs = Need.objects.standing().filter(contract=OuterRef("pk"))
    return Contract.objects.listed().filter(~Exists(needs), end_date__gte=today)


def _suggestion(contract: Contract, index: OthersInUse, today: date) -> Suggestion:
    dates = dates_of(contract, today=today)
    if dates is None:
        raise ValueError(f"{contract.reference} has no end")
    return Suggestion(
        contract_pk=contract.pk,
        reference=contract.reference,
        title=contract.title,
        borough_pk=contract.borough_id,
        borough=contract.borough.name,
        system=contract.system,
        supplier=contract.supplier,
        dates=dates,
        prefill=prefill(contract),
        others=index.beside(
            InUse(
                borough_pk=contract.borough_id,
                borough=contract.borough.name,
                system=contract.system,
                supplier=contract.supplier,
                supplier_pk=contract.supplier_name.supplier_id if contract.supplier_name else None,
                category_pk=contract.category_id,
                end_date=dates.end_date,
            )
        ),
    )


def _quiet(boroughs: Collection[int], today: date, said: Q) -> Iterator[Quiet]:
    kept = RenewalDismissal.objects.active(on=today).filter(
        contract__in=_without_need(today).filter(said, borough__in=boroughs)
    )
    for each in kept.select_related("contract__borough").order_by("until_date", "pk"):
        contract = each.contract
        if contract.end_date is not None:
            yield Quiet(
                contract_pk=contract.pk,
                reference=contract.reference,
                title=contract.title,
                borough_pk=contract.borough_id,
                borough=contract.borough.name,
                end_date=contract.end_date,
                reason=each.get_reason_display(),
                note=each.note,
                until_date=each.until_date,
            )
