"""What a snapshot of the demand picture keeps of contract registers: dates, money, product and supplier."""

from collections.abc import Iterable
from operator import attrgetter

from django.db.models import Q

from boroughs.models import Contract, SupplierName
from boroughs.queries import supplier_folding
from procurement.picture import facts

# What an entry says at length has no part in the picture.
READ = (
    "reference",
    "system",
    "supplier",
    "start_date",
    "end_date",
    "extension_options",
    "notice_months",
    "notice_days",
    "annual_value",
    "total_value",
    "closed_at",
    "borough__slug",
    "category__slug",
    "supplier_name__supplier__name",
    "supplier_name__supplier__made_for",
)


def contracts(named: Iterable[int | None]) -> tuple[facts.Contract, ...]:
    """Those that are listed, and of the others those with these primary keys. One query, two where there are any."""
    related = ("borough", "category", "supplier_name__supplier")
    rows = Contract.objects.select_related(*related).only(*READ)
    listed = {row.pk: row for row in rows.filter(closed_at__isnull=True)}
    others = {pk for pk in named if pk and pk not in listed}
    found = (*listed.values(), *(rows.filter(Q(pk__in=others)) if others else ()))
    return tuple(sorted(map(_contract, found), key=attrgetter("reference")))


def _contract(row: Contract) -> facts.Contract:
    key, name = _supplier(row.supplier_name, row.supplier)
    return facts.Contract(
        entry=row.reference,
        borough=row.borough.slug,
        category=row.category.slug if row.category else "",
        system=row.system,
        supplier=key,
        supplier_name=name,
        start_date=row.start_date,
        end_date=row.end_date,
        options=tuple(row.extension_options),
        notice_months=row.notice_months,
        notice_days=row.notice_days,
        annual_value=row.annual_value,
        total_value=row.total_value,
        is_listed=row.closed_at is None,
    )


def _supplier(name: SupplierName | None, written: str) -> tuple[str, str]:
    """The supplier that names were folded into, by machine or person; else what its name is folded into by spelling."""
    if name is None:
        return supplier_folding.read(written).key, written
    # One that a person unfolded was made for no name.
    return name.supplier.made_for or f"supplier-{name.supplier.pk}", name.supplier.name
