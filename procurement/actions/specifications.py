"""The common specification as a whole: drafted from what the members ask for, and frozen in versions."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.permissions import Actor, Permission
from boroughs.templatetags.formatting import count
from procurement.actions import common_requirements, specification_turn
from procurement.actions.common_requirements import MOST, RequirementContent
from procurement.models import CommonRequirement, JointDemand, SpecificationVersion
from procurement.queries import chain, specification_content, specification_draft
from procurement.queries.line_limits import LINE_LIMIT, LINE_WORDS
from procurement.queries.specification_draft import Proposal

Status = CommonRequirement.Status


@dataclass(frozen=True)
class Drafted:
    """What drafting did, by number."""

    added: tuple[int, ...] = ()
    # Have sources that they did not have, or a clash that was not known.
    completed: tuple[int, ...] = ()
    # New, and left out because no line that asks for it fits into a requirement.
    too_long: int = 0
    # New, and left out because the specification is full.
    no_room: int = 0

    @property
    def words(self) -> str:
        """What to tell the person who asked."""
        parts = [
            f"Added: {_named(self.added)}." if self.added else "",
            f"New sources: {_named(self.completed)}." if self.completed else "",
            f"{self.too_long} could not be taken over: no borough’s line has {LINE_WORDS} words and {LINE_LIMIT} "
            "characters or fewer."
            if self.too_long
            else "",
            f"{self.no_room} could not be taken over: the specification is full." if self.no_room else "",
        ]
        return " ".join(filter(None, parts)) or "Nothing new: everything that the boroughs share is here."


@transaction.atomic
def draft(*, demand: JointDemand, by: Actor) -> Drafted:
    """Add what the boroughs that accepted ask for alike, and is not here yet. For the lead, or an analyst.

    Once more, when needs have changed or boroughs have joined: sources and clashes are brought up to date, and what
    people wrote, agreed or dropped stays as it is.
    """
    coalition = specification_turn.take(demand)
    if not permissions.has(by, Permission.REVIEW_DEMANDS):
        specification_turn.require_lead(coalition, by)
    known = _known(demand)
    new: list[Proposal] = []
    again: dict[CommonRequirement, list[Proposal]] = {}
    for proposal in specification_draft.proposals(demand):
        row = next((known[key] for key in sorted(proposal.keys) if key in known), None)
        if row is None:
            new.append(proposal)
        else:
            again.setdefault(row, []).append(proposal)
    completed = sorted(row.number for row, found in again.items() if _complete(row, found))
    room = MOST - CommonRequirement.objects.filter(demand=demand).standing().count()
    begun = [_begin(demand, proposal, by) for proposal in new[:room]]
    added = [row.number for row in begun if row]
    done = Drafted(tuple(added), tuple(completed), begun.count(None), len(new[room:]))
    if added or completed:
        specification_turn.record_whole(demand, "draft", by=by, added=added, completed=completed)
    if added:
        new_ones = count(len(added), "new requirement")
        specification_turn.tell(
            demand,
            f"The common specification of {specification_turn.named(demand)} has {new_ones} to answer",
            key=f"drafted up to R{added[-1]}",
            besides=by,
        )
    return done


@transaction.atomic
def freeze(*, demand: JointDemand, reason: str = "", seen: str = "", by: Actor) -> SpecificationVersion:
    """Keep what is agreed as the next version. For the lead.

    `seen` is the fingerprint of what the person read; raises ChangedMeanwhile where it has changed since. Raises
    IllegalMove where nothing is agreed, a clash is open, or the version before says the same.
    """
    coalition = specification_turn.take(demand)
    specification_turn.require_lead(coalition, by)
    reason = specification_turn.require_text(reason, name="reason", words="", needed=False)
    before = specification_content.newest(demand)
    content = specification_content.build(demand, number=before.number + 1 if before else 1)
    _require_freezable(demand, before, content)
    digest = chain.fingerprint(content)
    if seen and seen != digest:
        raise ChangedMeanwhile("What is agreed has changed since you opened the page.")
    version: SpecificationVersion = SpecificationVersion.objects.create(
        demand=demand,
        number=content["number"],
        content=content,
        digest=digest,
        reason=reason,
        frozen_at=timezone.now(),
        frozen_by=audit.name_of(by),
    )
    specification_turn.record_whole(demand, "freeze", by=by, number=version.number, digest=digest)
    specification_turn.tell(
        demand,
        f"The common specification of {specification_turn.named(demand)} is frozen as version {version.number}",
        key=f"version {version.number}",
        besides=by,
    )
    return version


def _known(demand: JointDemand) -> dict[tuple[str, str], CommonRequirement]:
    """By need and line, the requirement that was drafted from it; dropped ones as well."""
    rows = CommonRequirement.objects.filter(demand=demand).select_related("demand").by_position()
    return {key: row for row in rows for key in specification_draft.keys_of(row.sources)}


def _begin(demand: JointDemand, proposal: Proposal, by: Actor) -> CommonRequirement | None:
    try:
        return common_requirements.append(
            demand,
            RequirementContent(proposal.text, proposal.priority, proposal.standards),
            by=by,
            verb="draft",
            sources=list(proposal.sources),
            clashes=list(proposal.clashes),
        )
    except NotAcceptable:
        return None


def _complete(row: CommonRequirement, found: list[Proposal]) -> bool:
    """Bring the sources of the needs that were read up to date, and add clashes that are new; whether it did."""
    if row.status == Status.DROPPED:
        return False
    fresh = [source for proposal in found for source in proposal.sources]
    read = {source["need"] for source in fresh}
    sources = [source for source in row.sources if source["need"] not in read] + fresh
    stated = dict.fromkeys(clash for proposal in found for clash in proposal.clashes)
    clashes = row.clashes + [clash for clash in stated if clash not in row.clashes]
    if specification_draft.keys_of(sources) == specification_draft.keys_of(row.sources) and clashes == row.clashes:
        return False
    specification_turn.write(row, sources=sources, clashes=clashes)
    return True


def _require_freezable(demand: JointDemand, before: SpecificationVersion | None, content: dict[str, object]) -> None:
    agreed = CommonRequirement.objects.filter(demand=demand).agreed().by_position()
    clashing = [f"R{row.number}" for row in agreed if row.open_clashes]
    if not content["requirements"]:
        raise IllegalMove("Nothing is agreed yet, so there is nothing to freeze.")
    if clashing:
        raise IllegalMove(f"A clash is not settled: {', '.join(clashing)}.")
    if before is not None and specification_content.is_same(before.content, content):
        raise IllegalMove(f"Nothing has changed since version {before.number}.")


def _named(numbers: tuple[int, ...]) -> str:
    return ", ".join(f"R{number}" for number in numbers)
