"""Suppliers as a person may read them: the own boroughs' names for them, or, for who folds suppliers, all names.

A name that another borough writes is not shown to people of a borough, and so not as the supplier's name either, unless
an analyst has chosen it for all. A company number, which is in the public register, may come from another borough.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from boroughs import permissions
from boroughs.models import Supplier, SupplierName, User
from boroughs.permissions import Permission
from boroughs.queries.supplier_folding import Reading, fittest, likeness, read

PERSON = SupplierName.FoldedBy.PERSON
OF_SUPPLIER = [f"supplier_name__supplier{column}" for column in ("", "__name", "__named_at", "__company_number")]


@dataclass(frozen=True)
class SupplierRow:
    """A supplier in a list. What is counted is what the reader may see."""

    pk: int
    name: str
    company_number: str
    names: tuple[str, ...]
    contracts: int
    boroughs: int


@dataclass(frozen=True)
class NameRow:
    """A name on the page of its supplier."""

    pk: int
    text: str
    company_number: str
    by_person: bool
    folded_at: datetime
    contracts: int
    boroughs: int


@dataclass(frozen=True)
class Suggestion:
    """Another supplier that may be the same one, and why; without a reason where a person looked for it."""

    supplier: SupplierRow
    reason: str = ""


def supplier_rows(user: User) -> list[SupplierRow]:
    """The suppliers of contracts in force, by name. Two queries."""
    supplied = permissions.supplied_contracts(user).filter(supplier_name__isnull=False).order_by()
    counted = supplied.values_list(*OF_SUPPLIER, "supplier_name__text").annotate(contracts=Count("pk"))
    names: dict[tuple[Any, ...], dict[str, int]] = {}
    for *supplier, text, contracts in counted:
        found = names.setdefault(tuple(supplier), {})
        found[text] = found.get(text, 0) + contracts
    boroughs = dict(supplied.values_list(OF_SUPPLIER[0]).annotate(boroughs=Count("borough", distinct=True)))
    rows = [
        SupplierRow(
            pk=pk,
            name=_shown(name, named_at, tuple(texts)),
            company_number=number,
            names=tuple(sorted(texts)),
            contracts=sum(texts.values()),
            boroughs=boroughs[pk],
        )
        for (pk, name, named_at, number), texts in names.items()
    ]
    return sorted(rows, key=lambda row: (row.name.casefold(), row.pk))


def matching(rows: Iterable[SupplierRow], words: str) -> list[SupplierRow]:
    """Those whose names have all the words, or are what the words would be folded into."""
    wanted, key = words.casefold().split(), read(words).key
    return [row for row in rows if _has(row, wanted) or (key and any(key in read(text).key for text in row.names))]


def name_rows(supplier: Supplier, user: User) -> list[NameRow]:
    """The supplier's names that the person may read, those of most boroughs first. Two queries."""
    supplied = permissions.supplied_contracts(user).filter(supplier_name__supplier=supplier).order_by()
    counted = {
        row["supplier_name"]: row
        for row in supplied.values("supplier_name").annotate(
            contracts=Count("pk"), boroughs=Count("borough", distinct=True)
        )
    }
    reads_all = permissions.has(user, Permission.FOLD_SUPPLIERS)
    rows = [
        NameRow(
            pk=name.pk,
            text=name.text,
            company_number=name.company_number,
            by_person=name.folded_by == PERSON,
            folded_at=name.folded_at,
            contracts=counted[name.pk]["contracts"] if name.pk in counted else 0,
            boroughs=counted[name.pk]["boroughs"] if name.pk in counted else 0,
        )
        for name in SupplierName.objects.filter(supplier=supplier)
        if reads_all or name.pk in counted
    ]
    return sorted(rows, key=lambda row: (-row.boroughs, row.text.casefold(), row.pk))


def shown_name(supplier: Supplier, names: Sequence[NameRow]) -> str:
    """The supplier's name as the reader of these names may see it."""
    return _shown(supplier.name, supplier.named_at, [name.text for name in names])


def suggestions(supplier: Supplier, others: Iterable[SupplierRow]) -> list[Suggestion]:
    """Which of the others may be the same supplier, by name. Two queries; for who folds suppliers.

    Where a person has placed a name, the others of its key are not suggested for being written alike: that has been
    looked at.
    """
    named = supplier.names.values_list("text", "company_number")
    own = dict.fromkeys(_numbered(read(text), supplier.company_number or number) for text, number in named)
    keys = {each.key for each in own}
    placed = set(SupplierName.objects.filter(key__in=keys, folded_by=PERSON).values_list("key", flat=True))
    found = []
    for row in others:
        theirs = dict.fromkeys(_numbered(read(text), row.company_number) for text in row.names)
        reasons = (likeness(one, other) for one in own for other in theirs if not one.key == other.key in placed)
        if reason := next(filter(None, reasons), ""):
            found.append(Suggestion(row, reason))
    return found


def _numbered(reading: Reading, number: str) -> Reading:
    return Reading(reading.key, reading.words, number or reading.company_number, reading.other_keys)


def _shown(name: str, named_at: datetime | None, texts: Sequence[str]) -> str:
    return name if named_at or name in texts or not texts else fittest(texts)


def _has(row: SupplierRow, words: Sequence[str]) -> bool:
    text = " ".join([row.name, row.company_number, *row.names]).casefold()
    return all(word in text for word in words)
