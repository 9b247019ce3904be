"""What the common specification could begin with: the firm requirements of the alignment, with where each comes from.

Only lines of boroughs that have accepted the overlap are read: what another borough wrote is not for those who agree
the specification. Nothing is averaged: values that differ, and opposites, stand as clashes that a person settles.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from boroughs.exceptions import IllegalMove
from boroughs.models import Requirement as NeedLine
from procurement.matching.align import Difference, Line, Requirement
from procurement.models import Alignment, JointDemand, Participation
from procurement.models.alignment import key_of
from procurement.queries import aligned, open_standards
from procurement.queries.line_limits import line_problems

Priority = NeedLine.Priority


@dataclass(frozen=True)
class Proposal:
    """A common requirement as the engine found it."""

    text: str
    priority: Priority
    standards: tuple[str, ...]
    # As CommonRequirement.sources keeps them.
    sources: tuple[dict[str, Any], ...]
    clashes: tuple[str, ...]

    @property
    def keys(self) -> frozenset[tuple[str, str]]:
        return keys_of(self.sources)


def keys_of(sources: Iterable[Mapping[str, Any]]) -> frozenset[tuple[str, str]]:
    """By what a line is known again, whatever its place in the need: the need, and its words."""
    return frozenset((each["need"], " ".join(each["text"].casefold().split())) for each in sources)


def proposals(demand: JointDemand) -> list[Proposal]:
    """The strongest first. Four queries. Raises IllegalMove where there is nothing to read, or not yet."""
    members = list(
        aligned.open_members()
        .filter(demand=demand)
        .values_list("need__reference", "need__revision", "need__borough__slug", "need__borough__name")
    )
    stored = Alignment.objects.filter(demand=demand).first()
    if stored is None or stored.key != key_of((reference, revision) for reference, revision, *_ in members):
        raise IllegalMove("What the boroughs ask for is still being compared. Try again in a minute.")
    accepted = Participation.objects.taking_part().filter(demand=demand).values_list("borough__slug", flat=True)
    names = {slug: name for _, _, slug, name in members if slug in set(accepted)}
    if len(names) < 2:
        raise IllegalMove(f"Two boroughs of {demand.reference} have to accept the overlap first.")
    revisions = {reference: revision for reference, revision, *_ in members}
    reading = _Reading(names, revisions, _standards(revisions))
    found = aligned.read(stored.content)
    return [
        proposal
        for requirement in (*found.common, *found.shared)
        if requirement.firm and (proposal := reading.proposal(requirement))
    ]


def _standards(references: Iterable[str]) -> dict[tuple[str, str], str]:
    """The open standard that each line names, by need and text."""
    lines = NeedLine.objects.filter(need__reference__in=list(references)).exclude(standard="")
    return {(need, text): standard for need, text, standard in lines.values_list("need__reference", "text", "standard")}


@dataclass(frozen=True)
class _Reading:
    # Of the boroughs that accepted, by slug.
    names: Mapping[str, str]
    revisions: Mapping[str, int]
    standards: Mapping[tuple[str, str], str]

    def proposal(self, requirement: Requirement) -> Proposal | None:
        """None where fewer than two boroughs that accepted ask for it."""
        lines = self._told(requirement.lines)
        if len({line.owner for line in lines}) < 2:
            return None
        against = self._told(requirement.against)
        return Proposal(
            text=_worded(requirement.text, lines),
            priority=_priority(lines),
            standards=open_standards.suggested(
                [*(line.text for line in lines), *(self.standards.get((line.item, line.text), "") for line in lines)]
            ),
            sources=tuple(
                [self._source(line, opposes=line.opposes) for line in lines]
                + [self._source(line, opposes=True) for line in against]
            ),
            clashes=tuple(
                [clash for difference in requirement.differences if (clash := self._differing(difference))]
                + [f"{self.names[line.owner]} asks for the opposite: “{line.text}”" for line in against]
            ),
        )

    def _told(self, lines: Iterable[Line]) -> list[Line]:
        return sorted(line for line in lines if line.owner in self.names and line.item in self.revisions)

    def _differing(self, difference: Difference) -> str:
        """ "How often: daily (Camden) / weekly (Brent)"; "" where those who accepted do not differ."""
        stated = [
            (written, sorted(self.names[owner] for owner in owners if owner in self.names))
            for written, owners in difference.values
        ]
        told = [f"{written} ({', '.join(names)})" for written, names in stated if names]
        return f"{difference.what[:1].upper()}{difference.what[1:]}: {' / '.join(told)}" if len(told) > 1 else ""

    def _source(self, line: Line, *, opposes: bool) -> dict[str, Any]:
        return {
            "need": line.item,
            "revision": self.revisions[line.item],
            "borough": line.owner,
            "text": line.text,
            "priority": line.priority.upper(),
            "opposes": opposes,
        }


def _worded(best: str, lines: list[Line]) -> str:
    """The engine's choice where it may be told; a line that a notice could carry before one that is too long."""
    texts = [line.text for line in lines]
    ordered = ([best] if best in texts else []) + texts
    return next((text for text in ordered if not line_problems([text], name="")), ordered[0])


def _priority(lines: Iterable[Line]) -> Priority:
    """What most lines say, as the engine counts; where none says anything it is not made a must."""
    ranks = Counter(line.priority for line in lines if line.priority)
    return Priority.MUST if ranks["must"] and ranks["must"] >= ranks["should"] else Priority.SHOULD
