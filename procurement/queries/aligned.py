"""What the members of a joint demand ask for alike, and where they differ, as far as a person may read it.

Lines are what boroughs wrote in their needs, so only those are shown whose need the reader may open. Who may not open
all of them reads the own lines, and of the others no more than how many boroughs ask for the same, where the number of
boroughs lets a total be shown (procurement/disclosure.py): never their words, nor what they say otherwise.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from django.db.models import QuerySet

from boroughs.models import Borough, Need
from procurement.disclosure import MINIMUM_CONTRIBUTORS
from procurement.matching.align import Alignment, Difference, Line, Requirement, StandingTerm
from procurement.models import Alignment as StoredAlignment
from procurement.models import DemandMember, JointDemand
from procurement.models.alignment import key_of
from procurement.queries.demand_picture import PictureDemand

PRIORITIES = {"must": "Must", "should": "Should", "": ""}


@dataclass(frozen=True)
class SaidLine:
    borough: str
    need_reference: str
    text: str
    # Taken from the description of a need that lists no requirements.
    is_prose: bool


@dataclass(frozen=True)
class AskedFor:
    """A requirement of several boroughs, in the words of one of them."""

    text: str
    is_prose: bool
    # "4 of 5 boroughs".
    boroughs: str
    # "Must", "Should", or "" where no line says.
    priority: str
    lines: tuple[SaidLine, ...]
    # One for each thing that differs: each value as written, with the names of the boroughs that state it.
    differences: tuple[tuple[tuple[str, str], ...], ...] = ()
    against: tuple[SaidLine, ...] = ()


@dataclass(frozen=True)
class UsualTerm:
    """A term that every specification carries. `boroughs` is "" where so few state it that it may not be told."""

    topic: str
    boroughs: str
    lines: tuple[SaidLine, ...]


@dataclass(frozen=True)
class OwnLines:
    borough: str
    lines: tuple[SaidLine, ...]


@dataclass(frozen=True)
class Aligned:
    # Being worked out: the members have changed since, and everything else is empty.
    is_stale: bool = False
    # Whether the reader sees every line.
    is_whole: bool = True
    # Asked for by half of the boroughs or more, and by fewer; what differs and what is doubtful is in neither.
    by_most: tuple[AskedFor, ...] = ()
    by_some: tuple[AskedFor, ...] = ()
    differing: tuple[AskedFor, ...] = ()
    # Groups of lines that may or may not ask for the same.
    doubtful: tuple[tuple[SaidLine, ...], ...] = ()
    own: tuple[OwnLines, ...] = ()
    usual: tuple[UsualTerm, ...] = ()

    @property
    def has_something(self) -> bool:
        """Whether there is anything to say of it, if only that it is being worked out."""
        lists = (self.by_most, self.by_some, self.differing, self.doubtful, self.own, self.usual)
        return self.is_stale or any(lists)


def aligned(picture: PictureDemand, *, readable: Collection[int]) -> Aligned | None:
    """What the joint demand's page shows; None for a person who may open none of its needs. Two queries.

    `readable` are primary keys of the needs whose page the person may open.
    """
    names = {member.need_reference: member.borough for member in picture.members if member.need_id in readable}
    if not names:
        return None
    members = list(
        open_members()
        .filter(demand__reference=picture.reference)
        .values_list("need__reference", "need__revision", "need__borough__kind")
    )
    stored = StoredAlignment.objects.filter(demand__reference=picture.reference).first()
    if stored is None or stored.key != key_of((reference, revision) for reference, revision, _ in members):
        return Aligned(is_stale=True)
    only_boroughs = all(kind == Borough.Kind.LONDON for *_, kind in members)
    found = read(stored.content)
    told = _Told(
        names=names,
        boroughs={member.borough_slug: member.borough for member in picture.members},
        of_all=f"of {len(found.owners)} {'boroughs' if only_boroughs else 'authorities'}",
    )
    return told.whole(found) if len(names) == len(members) else told.part(found)


def open_members() -> QuerySet[DemandMember]:
    """The members that are read: open needs in current joint demands."""
    current = JointDemand.objects.current()
    return DemandMember.objects.filter(need__status=Need.Status.OPEN, demand__in=current)


def current_keys() -> dict[int, str]:
    """The key of each joint demand as its open members are now, by primary key. One query."""
    members: dict[int, list[tuple[str, int]]] = {}
    for demand_id, reference, revision in open_members().values_list("demand_id", "need__reference", "need__revision"):
        members.setdefault(demand_id, []).append((reference, revision))
    return {demand_id: key_of(listed) for demand_id, listed in members.items()}


def read(content: Mapping[str, Any]) -> Alignment:
    """The alignment as it was found, from what is stored."""
    return Alignment(
        owners=tuple(content["owners"]),
        common=tuple(map(_requirement, content["common"])),
        shared=tuple(map(_requirement, content["shared"])),
        specific=tuple((owner, _lines(lines)) for owner, lines in content["specific"]),
        standing=tuple(
            StandingTerm(each["topic"], _lines(each["lines"]), tuple(each["owners"])) for each in content["standing"]
        ),
    )


def _requirement(stored: Mapping[str, Any]) -> Requirement:
    differences = tuple(
        Difference(each["what"], tuple((written, tuple(owners)) for written, owners in each["values"]))
        for each in stored["differences"]
    )
    lists = {name: _lines(stored[name]) for name in ("lines", "against")}
    return Requirement(**{**stored, **lists, "owners": tuple(stored["owners"]), "differences": differences})


def _lines(stored: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    return tuple(Line(**each) for each in stored)


@dataclass(frozen=True)
class _Told:
    """Puts an alignment into what a page shows."""

    # The borough's name by the reference of each need that may be read.
    names: Mapping[str, str]
    # Each borough's name by its slug.
    boroughs: Mapping[str, str]
    # "of 5 boroughs".
    of_all: str

    def whole(self, found: Alignment) -> Aligned:
        common, shared = ([each for each in part if each.firm] for part in (found.common, found.shared))
        return Aligned(
            by_most=self._asked(each for each in common if not each.differs),
            by_some=self._asked(each for each in shared if not each.differs),
            differing=self._asked(each for each in (*common, *shared) if each.differs),
            # Without what differs: lines that ask for different things state different values.
            doubtful=tuple(self._said(each.lines) for each in (*found.common, *found.shared) if not each.firm),
            own=self._own(chain.from_iterable(lines for _, lines in found.specific)),
            usual=self._usual(found.standing),
        )

    def part(self, found: Alignment) -> Aligned:
        """For a person who may not read all: what few boroughs ask for, or might, is no more than an own line."""
        several = (*found.common, *found.shared)
        shown = [each for each in several if each.firm and len(each.owners) >= MINIMUM_CONTRIBUTORS]
        alone = [lines for _, lines in found.specific] + [each.lines for each in several if each not in shown]
        readable = {each: narrowed for each in shown if (narrowed := self._narrowed(each))}
        return Aligned(
            is_whole=False,
            by_most=self._asked(readable[each] for each in found.common if each in readable),
            by_some=self._asked(readable[each] for each in found.shared if each in readable),
            own=self._own(chain.from_iterable(alone)),
            usual=self._usual(found.standing),
        )

    def _narrowed(self, requirement: Requirement) -> Requirement | None:
        """The requirement with nothing but the lines that may be read, in their words; None where there are none."""
        lines = tuple(line for line in requirement.lines if line.item in self.names)
        if not lines:
            return None
        ranks = Counter(line.priority for line in lines if line.priority)
        texts = [line.text for line in lines]
        return replace(
            requirement,
            text=requirement.text if requirement.text in texts else texts[0],
            lines=lines,
            priority="must" if ranks["must"] and ranks["must"] >= ranks["should"] else "should" if ranks else "",
            differences=(),
            against=(),
        )

    def _asked(self, requirements: Iterable[Requirement]) -> tuple[AskedFor, ...]:
        return tuple(
            AskedFor(
                text=each.text,
                is_prose=all(line.prose for line in each.lines if line.text == each.text),
                boroughs=f"{len(each.owners)} {self.of_all}",
                priority=PRIORITIES[each.priority],
                lines=self._said(each.lines),
                differences=tuple(self._values(difference) for difference in each.differences),
                against=self._said(each.against),
            )
            for each in requirements
        )

    def _values(self, difference: Difference) -> tuple[tuple[str, str], ...]:
        return tuple(
            (written, ", ".join(sorted(self.boroughs[owner] for owner in owners)))
            for written, owners in difference.values
        )

    def _usual(self, terms: Iterable[StandingTerm]) -> tuple[UsualTerm, ...]:
        found = []
        for term in terms:
            lines = self._said(term.lines)
            is_told = len(lines) == len(term.lines) or len(term.owners) >= MINIMUM_CONTRIBUTORS
            if lines:
                found.append(UsualTerm(term.topic, f"{len(term.owners)} {self.of_all}" if is_told else "", lines))
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
