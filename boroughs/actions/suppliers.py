"""Whose name is whose: folding the names that boroughs write into suppliers, by the machine and by people.

The machine folds a name once, when it first meets it (`names_for`); from then on only people move it.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.models import Contract, Supplier, SupplierName
from boroughs.permissions import Actor, Permission
from boroughs.queries.supplier_folding import company_number_of, fittest, read

# The supplier and the company number of a contract, as its borough writes them.
Written = tuple[str, str]
# The same as it is kept: the text and the number as Companies House writes it, from wherever it was said.
Identity = tuple[str, str]

# Below SQLite's limit of bound values in one statement, 32,766.
CHUNK = 10_000
PERSON, MACHINE = SupplierName.FoldedBy.PERSON, SupplierName.FoldedBy.MACHINE
MAX_CHARACTERS = 300


@transaction.atomic
def names_for(*, written: Iterable[Written]) -> dict[Written, SupplierName]:
    """The stored name of each supplier and company number; what names nobody ("n/a") has none.

    A name that is new is folded: into the supplier with its company number, else with its key, else into a new one.
    A handful of statements whatever the number of names. Two transactions that meet the same new name make it once, the
    second waiting for the first: ask for all names of a transaction together, and early in a short one.
    """
    wanted = {pair: identity for pair in written if (identity := _identity(pair))}
    identities = set(wanted.values())
    known = _known(identities)
    if missing := identities - known.keys():
        _fold_by_machine(missing)
        known |= _known(missing)
    return {pair: known[identity] for pair, identity in wanted.items()}


def adopt() -> int:
    """Give contracts whose supplier's name was never read the stored name; their number. Run again, it does nothing."""
    waiting = Contract.objects.filter(supplier_name__isnull=True).exclude(supplier="")
    pairs = sorted(set(waiting.values_list("supplier", "company_number")))
    adopted = 0
    for pair, name in names_for(written=pairs).items():
        # Asked again for the text: it may have been changed since.
        same = waiting.filter(supplier=pair[0], company_number=pair[1])
        adopted += same.update(supplier_name=name)
    return adopted


@transaction.atomic
def fold(*, names: Sequence[SupplierName], into: Supplier, by: Actor) -> None:
    """Say that the names, as the person saw them, are those of `into`.

    Raises IllegalMove where they are already, ChangedMeanwhile where one of them or `into` has been folded elsewhere.
    """
    permissions.require(by, Permission.FOLD_SUPPLIERS)
    moving = [name for name in names if name.supplier_id != into.pk]
    if not moving:
        raise IllegalMove(f"These are names of {into.name} already.")
    before = _lock({into.pk, *(name.supplier_id for name in moving)})
    if not SupplierName.objects.filter(supplier=into).exists():
        raise ChangedMeanwhile(f"{into.name} was folded into another supplier after you opened the page.")
    _move(moving, into)
    sources = {name.supplier_id for name in moving}
    numbers = sorted(before[pk].company_number for pk in sources if before[pk].company_number)
    if numbers:
        Supplier.objects.filter(pk=into.pk, company_number="").update(company_number=numbers[0])
    for pk in sorted(sources):
        texts = sorted(name.text for name in moving if name.supplier_id == pk)
        _record("fold", into.pk, by, names=texts, other=pk, other_name=before[pk].name)
        _record("fold_away", pk, by, names=texts, other=into.pk, other_name=into.name)


@transaction.atomic
def unfold(*, names: Sequence[SupplierName], by: Actor) -> list[Supplier]:
    """Take names of one supplier out of it; the suppliers that they stand for from now on.

    A name goes back to the supplier that was made for it, if that is another one; the rest become one new supplier.
    Raises IllegalMove where no name would stay, ChangedMeanwhile where one has been moved before.
    """
    permissions.require(by, Permission.FOLD_SUPPLIERS)
    pks = {name.supplier_id for name in names}
    if len(pks) != 1:
        raise IllegalMove("Choose the names to take out, all of one supplier.")
    (source_pk,) = pks
    source = _lock(pks)[source_pk]
    if not SupplierName.objects.filter(supplier=source).exclude(pk__in=[name.pk for name in names]).exists():
        raise IllegalMove(f"At least one name of {source.name} has to stay.")
    leaving = _homeward(names, source)
    for home, moving in leaving.items():
        _move(moving, home)
        texts = sorted(name.text for name in moving)
        _record("unfold", source.pk, by, names=texts, other=home.pk, other_name=home.name)
        _record("split_off", home.pk, by, names=texts, other=source.pk, other_name=source.name)
    return list(leaving)


@transaction.atomic
def rename(*, supplier: Supplier, name: str, by: Actor) -> None:
    """Choose the name under which all boroughs see the supplier. Raises NotAcceptable for an empty or endless one."""
    permissions.require(by, Permission.FOLD_SUPPLIERS)
    if not name.strip() or len(name) > MAX_CHARACTERS:
        raise NotAcceptable([f"Enter a name of at most {MAX_CHARACTERS} characters."])
    before = _lock({supplier.pk})[supplier.pk].name
    Supplier.objects.filter(pk=supplier.pk).update(name=name, named_at=timezone.now())
    audit.record(
        by=by, verb="rename", noun="supplier", reference=str(supplier.pk), details={"before": before, "after": name}
    )


def _identity(pair: Written) -> Identity | None:
    text, number = pair
    said = read(text)
    return (text, company_number_of(number) or said.company_number) if said.key else None


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def _known(identities: Iterable[Identity]) -> dict[Identity, SupplierName]:
    wanted = set(identities)
    found: dict[Identity, SupplierName] = {}
    for texts in _chunks(sorted({text for text, _ in wanted})):
        for name in SupplierName.objects.filter(text__in=texts).select_related("supplier"):
            if (name.text, name.company_number) in wanted:
                found[name.text, name.company_number] = name
    return found


class _Homes:
    """Where the machine would fold a name: by number, by key, and how many names a supplier has of a key."""

    def __init__(self, identities: Iterable[Identity]) -> None:
        # None where another transaction has given the supplier a number in this moment.
        self.number_of: dict[int, str | None] = {}
        self.by_number: dict[str, dict[int, int]] = {}
        self.by_key: dict[str, dict[int, int]] = {}
        keys = sorted({read(text).key for text, _ in identities})
        numbers = sorted({number for _, number in identities if number})
        for row in self._rows("key", keys):
            self._count(self.by_key, *row)
        for row in self._rows("company_number", numbers):
            self._count(self.by_number, *row)

    def _rows(self, column: str, values: Sequence[str]) -> Iterator[tuple[str, int, str]]:
        for some in _chunks(values):
            names = SupplierName.objects.filter(**{f"{column}__in": some})
            yield from names.values_list(column, "supplier", "supplier__company_number")

    def _count(self, homes: dict[str, dict[int, int]], value: str, supplier: int, number: str) -> None:
        self.number_of[supplier] = number
        counts = homes.setdefault(value, {})
        counts[supplier] = counts.get(supplier, 0) + 1

    def place(self, text: str, number: str) -> int | None:
        """The supplier with the number, else the one with the most names of the key whose number is no other one."""
        of_key = self.by_key.setdefault(read(text).key, {})
        home = next(iter(_by_most(self.by_number.get(number, {}))), None)
        if home is None:
            home = next((pk for pk in _by_most(of_key) if not number or self._takes(pk, number)), None)
        if home is not None:
            of_key[home] = of_key.get(home, 0) + 1
        return home

    def _takes(self, supplier: int, number: str) -> bool:
        """Whether the supplier has this number from now on. One UPDATE, so that two numbers cannot both be given."""
        if self.number_of[supplier] not in ("", number):
            return False
        found = Supplier.objects.filter(pk=supplier, company_number__in=["", number]).update(company_number=number)
        self.number_of[supplier] = number if found else None
        if found:
            self.by_number[number] = {supplier: 1}
        return bool(found)


def _by_most(counts: dict[int, int]) -> list[int]:
    return sorted(counts, key=lambda pk: (-counts[pk], pk))


def _fold_by_machine(identities: Iterable[Identity]) -> None:
    """Write names that are new. In one order everywhere, so that two who do so wait for each other and do not block."""
    ordered = sorted(identities, key=lambda identity: (read(identity[0]).key, identity))
    homes = _Homes(ordered)
    placed: dict[Identity, int | None] = {}
    numbered = [identity for identity in ordered if identity[1]]
    # Numbers decide first, and twice: one name may bring a supplier the number by which another finds it.
    for identity in (*numbered, *numbered, *ordered):
        if placed.get(identity) is None:
            placed[identity] = homes.place(*identity)
    made = _make([identity for identity, home in placed.items() if home is None])
    now = timezone.now()
    SupplierName.objects.bulk_create(
        (
            SupplierName(
                text=text,
                company_number=number,
                key=read(text).key,
                supplier_id=home or made[text, number],
                folded_by=MACHINE,
                folded_at=now,
            )
            for (text, number), home in sorted(placed.items())
        ),
        ignore_conflicts=True,
    )


def _make(homeless: Sequence[Identity]) -> dict[Identity, int]:
    """New suppliers for names that have none, those of one number or key together."""
    groups: dict[str, list[Identity]] = {}
    of_key: dict[str, str] = {}
    for text, number in sorted(homeless, key=lambda identity: (not identity[1], identity)):
        # A name without a number joins the first number of its key.
        reason = number or of_key.get(read(text).key, read(text).key)
        of_key.setdefault(read(text).key, reason)
        groups.setdefault(reason, []).append((text, number))
    Supplier.objects.bulk_create(
        (
            Supplier(name=fittest(text for text, _ in group), made_for=reason, company_number=max(n for _, n in group))
            for reason, group in sorted(groups.items())
        ),
        ignore_conflicts=True,
    )
    pks: dict[str, int] = {}
    for reasons in _chunks(sorted(groups)):
        pks.update(Supplier.objects.filter(made_for__in=reasons).values_list("made_for", "pk"))
    return {identity: pks[reason] for reason, group in groups.items() for identity in group}


def _homeward(names: Sequence[SupplierName], source: Supplier) -> dict[Supplier, list[SupplierName]]:
    """By the supplier to which names go from `source`: the one made for them, else a new one for all the rest."""
    reasons = {reason for name in names for reason in (name.company_number, name.key) if reason}
    made = Supplier.objects.filter(made_for__in=reasons).exclude(pk=source.pk)
    homes = {home.made_for: home for home in made}
    leaving: dict[Supplier, list[SupplierName]] = {}
    rest = []
    for name in names:
        home = homes.get(name.company_number) or homes.get(name.key)
        if home and (not name.company_number or home.company_number in ("", name.company_number)):
            leaving.setdefault(home, []).append(name)
        else:
            rest.append(name)
    if rest:
        number = max(name.company_number for name in rest)
        new = Supplier.objects.create(name=fittest(name.text for name in rest), company_number=number)
        leaving[new] = rest
    return leaving


def _lock(pks: set[int]) -> dict[int, Supplier]:
    """The suppliers as they are, held until the end of the transaction. In one order, so that two do not block."""
    return {each.pk: each for each in Supplier.objects.select_for_update().filter(pk__in=pks).order_by("pk")}


def _move(names: Sequence[SupplierName], into: Supplier) -> None:
    """Each name from where the person saw it. Raises ChangedMeanwhile."""
    now = timezone.now()
    for pk in {name.supplier_id for name in names}:
        own = [name.pk for name in names if name.supplier_id == pk]
        moved = SupplierName.objects.filter(pk__in=own, supplier=pk).update(
            supplier=into, folded_by=PERSON, folded_at=now
        )
        if moved != len(own):
            raise ChangedMeanwhile("One of the names was folded elsewhere after you opened the page.")


def _record(verb: str, reference: int, by: Actor, *, names: list[str], other: int, other_name: str) -> None:
    details = {"names": names, "other": other, "other_name": other_name}
    audit.record(by=by, verb=verb, noun="supplier", reference=str(reference), details=details)
