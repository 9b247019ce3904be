"""Taking in needs and contracts from files, many rows in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from boroughs import permissions
from boroughs.actions import boroughs, needs, register, suppliers
from boroughs.actions.need_content import NAMES, NeedContent
from boroughs.actions.register import ContractRow
from boroughs.exceptions import NotAcceptable
from boroughs.models import Borough
from boroughs.permissions import Actor, Permission
from boroughs.queries.authorities import authority_names, key_of

# So many rows are written together: few enough that other writers wait for moments only.
ROWS_TOGETHER = 100


@dataclass(frozen=True)
class UnreadCell:
    """A cell of an optional column that cannot be read, as it stands in the file, and why, in words."""

    # The part of the need that it would have filled.
    name: str
    heading: str
    text: str
    problem: str


@dataclass(frozen=True)
class NeedRow:
    """A need of a file, checked by boroughs/forms/need_rows.py. Without a borough, `guest_name` is to be admitted."""

    line: int
    external_id: str
    content: NeedContent
    borough: Borough | None
    guest_name: str = ""
    # The parts that the file speaks of. What it is silent about stays as it is.
    told: frozenset[str] = frozenset(NAMES)
    # Sentences: how cells were understood where that is not plain, and why others were not.
    remarks: tuple[str, ...] = ()
    unread: tuple[UnreadCell, ...] = ()


@dataclass
class Outcome:
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    # Line and reason.
    refused: list[tuple[int, str]] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        self.new += other.new
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.refused += other.refused

    def count(self, word: str) -> None:
        setattr(self, word, getattr(self, word) + 1)


def take_in_needs(*, rows: Sequence[NeedRow], by: Actor) -> Outcome:
    """Write checked rows as open needs, all of them in one transaction."""
    permissions.require(by, Permission.IMPORT_NEEDS)
    try:
        return _take_in_needs(rows, by)
    except IntegrityError:
        # Another import wrote some of the same rows in the same moment. Its rows can be seen now.
        return _take_in_needs(rows, by)


def take_in_contracts(*, rows: Sequence[ContractRow], by: Actor) -> Outcome:
    """Write checked rows into the contract registers of their boroughs, all of them in one transaction."""
    permissions.require(by, Permission.IMPORT_NEEDS)
    # Before, in one go: two imports that met the same new names borough by borough could wait for each other.
    suppliers.names_for(written=register.written_suppliers(row.content for row in rows))
    try:
        return _take_in_contracts(rows, by)
    except IntegrityError:
        # As above.
        return _take_in_contracts(rows, by)


@transaction.atomic
def _take_in_needs(rows: Sequence[NeedRow], by: Actor) -> Outcome:
    outcome = Outcome()
    guests = _admit_guests(rows, by)
    for row in rows:
        borough = row.borough or guests[row.guest_name]
        try:
            word = needs.take_in(
                borough=borough, external_id=row.external_id, content=row.content, by=by, told=row.told
            )
            outcome.count(word)
        except NotAcceptable as refusal:
            outcome.refused.append((row.line, str(refusal)))
    if outcome.new or outcome.changed:
        needs.ask_for_matching()
    return outcome


def _admit_guests(rows: Sequence[NeedRow], by: Actor) -> dict[str, Borough]:
    names = authority_names()
    # By key, so that the same body in other letters is no second guest.
    admitted: dict[str, Borough] = {}
    guests: dict[str, Borough] = {}
    for row in rows:
        if row.borough is None and row.guest_name not in guests:
            key = key_of(row.guest_name)
            known = names.find(row.guest_name) or admitted.get(key)
            admitted[key] = guests[row.guest_name] = known or boroughs.admit_guest(name=row.guest_name, by=by)
    return guests


@transaction.atomic
def _take_in_contracts(rows: Sequence[ContractRow], by: Actor) -> Outcome:
    outcome = Outcome()
    for borough in {row.borough: None for row in rows}:
        own = [row for row in rows if row.borough == borough]
        compared = register.compare(own, borough=borough, lock=True)
        register.write(compared, borough=borough, by=by, data_import=None)
        for each in compared:
            if each.remark:
                outcome.refused.append((each.row.line, each.remark))
            else:
                outcome.count(each.verdict.lower())
    return outcome
