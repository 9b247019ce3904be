"""The requirements of a joint demand, borough by borough: who asks for the same, for something else, for the opposite.

Lines are what boroughs wrote in their needs: only those stand here that the reader may read (sharing.py), and
everything is worked out from these alone. Of boroughs whose lines the reader may not read no cell says more than that;
how many of all ask for the same is told where at least three do (procurement/disclosure), and only if it leaves open
which of the hidden ones are among them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain

from boroughs.models import Borough, Need
from procurement.matching.align import Alignment, Difference, Line, Requirement, StandingTerm
from procurement.models import Alignment as StoredAlignment
from procurement.models import JointDemand
from procurement.models.alignment import key_of
from procurement.queries.aligned import PRIORITIES, read
from procurement.queries.disclosure_rule import disclosure_rule
from procurement.queries.sharing import Shared

# Of the boroughs whose lines are hidden so many must ask for the same before the number of all is told.
HIDDEN_ASKERS = 2


class State(StrEnum):
    SAME = "same"
    DIFFERS = "differs"
    CLASHES = "clashes"
    ABSENT = "absent"
    HIDDEN = "not shared yet"


@dataclass(frozen=True)
class SaidLine:
    borough: str
    need_reference: str
    text: str
    # Taken from the description of a need that lists no requirements.
    is_prose: bool


@dataclass(frozen=True)
class MatrixBorough:
    name: str
    abbreviation: str
    # Whether its lines are hidden from the reader.
    is_hidden: bool


@dataclass(frozen=True)
class MatrixCell:
    borough: MatrixBorough
    state: State
    # Where it differs: what the borough states, as written. Where it is the same and not a must to all who ask for it:
    # "Must" or "Should". Else "".
    value: str = ""


@dataclass(frozen=True)
class MatrixRow:
    text: str
    is_prose: bool
    # "Must", "Should", or "" where no line says.
    priority: str
    # "4 of 5 boroughs"; "" where it may not be told.
    asked_by: str
    # False: the lines are alike, and a person should confirm that they ask for the same.
    is_firm: bool
    # As many as there are boroughs, in the same order.
    cells: tuple[MatrixCell, ...]
    lines: tuple[SaidLine, ...]
    against: tuple[SaidLine, ...]

    @property
    def needs_agreement(self) -> bool:
        return any(cell.state in (State.DIFFERS, State.CLASHES) for cell in self.cells)

    @property
    def by_state(self) -> tuple[tuple[State, tuple[MatrixCell, ...]], ...]:
        """The boroughs under each state that occurs, for a narrow screen."""
        grouped = [(state, tuple(cell for cell in self.cells if cell.state == state)) for state in State]
        return tuple((state, cells) for state, cells in grouped if cells)


@dataclass(frozen=True)
class UsualTerm:
    """A term that every specification carries."""

    topic: str
    asked_by: str
    lines: tuple[SaidLine, ...]


@dataclass(frozen=True)
class OwnLines:
    borough: str
    lines: tuple[SaidLine, ...]


@dataclass(frozen=True)
class RequirementMatrix:
    # Being worked out: the members have changed since, and everything else is empty.
    is_stale: bool = False
    boroughs: tuple[MatrixBorough, ...] = ()
    rows: tuple[MatrixRow, ...] = ()
    own: tuple[OwnLines, ...] = ()
    usual: tuple[UsualTerm, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the reader sees every line."""
        return not any(borough.is_hidden for borough in self.boroughs)

    @property
    def hidden(self) -> tuple[str, ...]:
        return tuple(borough.name for borough in self.boroughs if borough.is_hidden)

    @property
    def to_agree(self) -> int:
        return sum(row.needs_agreement for row in self.rows)


def requirement_matrix(demand: JointDemand, needs: Sequence[Need], shared: Shared) -> RequirementMatrix | None:
    """`needs` are the open ones with their boroughs. None for a person who may read none of them. One query."""
    readable = {need.reference: need for need in needs if shared.may_read(need.pk)}
    if not readable:
        return None
    stored = StoredAlignment.objects.filter(demand=demand).first()
    if stored is None or stored.key != key_of((need.reference, need.revision) for need in needs):
        return RequirementMatrix(is_stale=True)
    return _Told(needs, readable).matrix(read(stored.content))


class _Told:
    """Puts an alignment into what a page shows, from the lines that may be read."""

    def __init__(self, needs: Sequence[Need], readable: Mapping[str, Need]) -> None:
        self.names = {reference: need.borough.name for reference, need in readable.items()}
        boroughs = {need.borough.slug: need.borough for need in needs}
        # A borough with a line that may not be read could ask for anything there.
        hidden = {need.borough.slug for need in needs if need.reference not in readable}
        self.boroughs = {
            slug: MatrixBorough(borough.name, borough.abbreviation, slug in hidden)
            for slug, borough in sorted(boroughs.items(), key=lambda each: each[1].name)
        }
        self.hidden_count = len(hidden)
        self.is_whole = not hidden
        only_boroughs = all(borough.kind == Borough.Kind.LONDON for borough in boroughs.values())
        self.of_all = f"of {len(boroughs)} {'boroughs' if only_boroughs else 'authorities'}"

    def matrix(self, found: Alignment) -> RequirementMatrix:
        rows, alone = [], [lines for _, lines in found.specific]
        for requirement in (*found.common, *found.shared):
            narrowed = self._narrowed(requirement)
            asked_by = self._asked_by(requirement.owners, narrowed.owners) if requirement.firm or self.is_whole else ""
            speaking = {line.owner for line in (*narrowed.lines, *narrowed.against)}
            if narrowed.lines and (asked_by or len(speaking) > 1):
                rows.append(self._row(narrowed, asked_by))
            else:
                # Of hidden ones alone, or no more than a line of the reader's own.
                alone.append(narrowed.lines)
        return RequirementMatrix(
            boroughs=tuple(self.boroughs.values()),
            rows=tuple(rows),
            own=self._own(chain.from_iterable(alone)),
            usual=self._usual(found.standing),
        )

    def _narrowed(self, requirement: Requirement) -> Requirement:
        """The requirement as it is to who knows nothing but the lines that may be read."""
        lines = tuple(line for line in requirement.lines if line.item in self.names)
        owners = tuple(sorted({line.owner for line in lines}))
        ranks = Counter(line.priority for line in lines if line.priority)
        texts = [line.text for line in lines]
        return replace(
            requirement,
            text=requirement.text if requirement.text in texts or not texts else texts[0],
            lines=lines,
            owners=owners,
            priority="must" if ranks["must"] and ranks["must"] >= ranks["should"] else "should" if ranks else "",
            differences=tuple(each for each in map(self._difference, requirement.differences) if len(each.values) > 1),
            against=tuple(line for line in requirement.against if line.item in self.names),
        )

    def _difference(self, difference: Difference) -> Difference:
        """Without what boroughs state whose lines are hidden."""
        values = ((written, self._open(owners)) for written, owners in difference.values)
        return Difference(difference.what, tuple((written, owners) for written, owners in values if owners))

    def _open(self, owners: Iterable[str]) -> tuple[str, ...]:
        return tuple(owner for owner in owners if owner in self.boroughs and not self.boroughs[owner].is_hidden)

    def _asked_by(self, owners: Collection[str], readable: Collection[str]) -> str:
        beyond = len(owners) - len(readable)
        is_enough = len(owners) >= disclosure_rule().minimum_contributors
        leaves_open = HIDDEN_ASKERS <= beyond < self.hidden_count and is_enough
        return f"{len(owners)} {self.of_all}" if self.is_whole or leaves_open else ""

    def _row(self, requirement: Requirement, asked_by: str) -> MatrixRow:
        return MatrixRow(
            text=requirement.text,
            is_prose=all(line.prose for line in requirement.lines if line.text == requirement.text),
            priority=PRIORITIES[requirement.priority],
            asked_by=asked_by,
            is_firm=requirement.firm,
            cells=self._cells(requirement),
            lines=self._said(requirement.lines),
            against=self._said(requirement.against),
        )

    def _cells(self, requirement: Requirement) -> tuple[MatrixCell, ...]:
        stated: dict[str, list[str]] = {}
        for difference in requirement.differences:
            for written, owners in difference.values:
                for owner in owners:
                    stated.setdefault(owner, []).append(written)
        ranks = {line.owner: PRIORITIES[line.priority] for line in reversed(requirement.lines)}
        are_mixed = len(set(filter(None, ranks.values()))) > 1
        asking = {owner: ranks[owner] if are_mixed else "" for owner in requirement.owners}
        opposing = {line.owner for line in requirement.against}
        return tuple(
            MatrixCell(borough, *_state(slug, borough, asking, opposing, stated))
            for slug, borough in self.boroughs.items()
        )

    def _usual(self, terms: Iterable[StandingTerm]) -> tuple[UsualTerm, ...]:
        found = []
        for term in terms:
            lines = tuple(line for line in term.lines if line.item in self.names)
            if lines:
                asked_by = self._asked_by(term.owners, {line.owner for line in lines})
                found.append(UsualTerm(term.topic, asked_by, self._said(lines)))
        return tuple(found)

    def _own(self, lines: Iterable[Line]) -> tuple[OwnLines, ...]:
        by_borough: dict[str, list[SaidLine]] = {}
        for line in self._said(lines):
            by_borough.setdefault(line.borough, []).append(line)
        return tuple(OwnLines(borough, tuple(by_borough[borough])) for borough in sorted(by_borough))

    def _said(self, lines: Iterable[Line]) -> tuple[SaidLine, ...]:
        """Those that may be read, by borough."""
        readable = [line for line in lines if line.item in self.names]
        readable.sort(key=lambda line: (self.names[line.item], line.item, line.place))
        return tuple(SaidLine(self.names[line.item], line.item, line.text, line.prose) for line in readable)


def _state(
    slug: str, borough: MatrixBorough, asking: Mapping[str, str], opposing: set[str], stated: Mapping[str, list[str]]
) -> tuple[State, str]:
    if slug in opposing:
        return State.CLASHES, ""
    if slug in stated:
        return State.DIFFERS, ", ".join(dict.fromkeys(stated[slug]))
    if slug in asking:
        return State.SAME, asking[slug]
    return (State.HIDDEN if borough.is_hidden else State.ABSENT), ""
