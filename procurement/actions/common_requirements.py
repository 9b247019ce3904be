"""One common requirement under the hand of who leads: added, worded, settled, agreed, reopened, dropped, put in order.

What boroughs say to it is in requirement_words.py. A change of what it says is another wording, which every borough is
asked about anew; what is agreed has to be reopened before it can be changed.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from boroughs import audit
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.models import Requirement, User
from boroughs.permissions import Actor
from procurement.actions import specification_turn
from procurement.models import CommonRequirement, JointDemand
from procurement.queries import open_standards
from procurement.queries.line_limits import LINE_LIMIT, LINE_WORDS, line_problems
from procurement.queries.specification_rules import asked_boroughs, hindrances

Status = CommonRequirement.Status

# Of one joint demand, dropped ones not counted.
MOST = 200


@dataclass(frozen=True)
class RequirementContent:
    """What a common requirement says."""

    text: str
    priority: str = Requirement.Priority.MUST
    # Codes of the register of open standards.
    standards: tuple[str, ...] = ()


@transaction.atomic
def add(*, demand: JointDemand, content: RequirementContent, by: Actor) -> CommonRequirement:
    """Add a requirement that the lead wrote."""
    coalition = specification_turn.take(demand)
    specification_turn.require_lead(coalition, by)
    return append(demand, content, by=by)


@transaction.atomic
def edit(*, requirement: CommonRequirement, content: RequirementContent, revision: int, by: Actor) -> CommonRequirement:
    """Word it anew. `revision` is the one that the person read; raises ChangedMeanwhile where it is not current."""
    coalition = specification_turn.take(requirement.demand)
    specification_turn.require_lead(coalition, by)
    row = specification_turn.held(requirement, revision)
    specification_turn.require_open(row)
    content = cleaned(content)
    if said(row) == content:
        raise IllegalMove("You have changed nothing.")
    answered = reword(row, content, by=by, verb="edit")
    ask_anew(row, answered, by=by)
    return row


@transaction.atomic
def settle(*, requirement: CommonRequirement, how: str, revision: int, by: Actor) -> CommonRequirement:
    """Say how its clashes are settled: all that are known now."""
    coalition = specification_turn.take(requirement.demand)
    specification_turn.require_lead(coalition, by)
    row = specification_turn.held(requirement, revision)
    if row.status == Status.DROPPED or not row.clashes:
        raise IllegalMove(f"R{row.number} has no clash to settle.")
    how = specification_turn.require_text(how, name="how", words="Say how the clash is settled.")
    specification_turn.write(row, clash_settled_by=how, clashes_settled=len(row.clashes))
    specification_turn.record(row, "settle", by=by, clashes=len(row.clashes))
    return row


@transaction.atomic
def agree(*, requirement: CommonRequirement, revision: int, by: User) -> CommonRequirement:
    """Write down that all agree. Raises NotAcceptable with what is missing, and who."""
    coalition = specification_turn.take(requirement.demand)
    specification_turn.require_lead(coalition, by)
    row = specification_turn.held(requirement, revision)
    specification_turn.require_status(row, "agree")
    names = {pk: borough.name for pk, borough in asked_boroughs(row.demand).items()}
    found = hindrances(row, row.stances.all(), names)
    if found:
        raise NotAcceptable([f"R{row.number} cannot be agreed yet.", *found])
    specification_turn.write(row, status=Status.AGREED, agreed_at=timezone.now(), agreed_by=by)
    specification_turn.record(row, "agree", by=by, wording=row.wording)
    return row


@transaction.atomic
def reopen(*, requirement: CommonRequirement, revision: int, by: Actor) -> CommonRequirement:
    """Take the agreement, or the dropping, back. What boroughs said to this wording stands."""
    coalition = specification_turn.take(requirement.demand)
    specification_turn.require_lead(coalition, by)
    row = specification_turn.held(requirement, revision)
    specification_turn.require_status(row, "reopen")
    _require_room(row.demand)
    specification_turn.write(row, status=Status.PROPOSED, agreed_at=None, agreed_by=None, dropped_reason="")
    specification_turn.record(row, "reopen", by=by)
    return row


@transaction.atomic
def drop(*, requirement: CommonRequirement, reason: str, revision: int, by: Actor) -> CommonRequirement:
    """Leave it out of the specification, with a reason. Drafting again does not bring it back."""
    coalition = specification_turn.take(requirement.demand)
    specification_turn.require_lead(coalition, by)
    row = specification_turn.held(requirement, revision)
    specification_turn.require_status(row, "drop")
    reason = specification_turn.require_text(reason, name="reason", words="Say why it is dropped.")
    specification_turn.write(row, status=Status.DROPPED, dropped_reason=reason, agreed_at=None, agreed_by=None)
    specification_turn.record(row, "drop", by=by)
    return row


@transaction.atomic
def order(*, requirement: CommonRequirement, up: bool, position: int, by: Actor) -> CommonRequirement:
    """Change places with the one above or below. `position` is where the person saw it.

    Where it stands is not what it says: nobody who is wording it is disturbed, so no revision is raised.
    """
    coalition = specification_turn.take(requirement.demand)
    specification_turn.require_lead(coalition, by)
    rows = list(CommonRequirement.objects.filter(demand=requirement.demand).standing().by_position())
    place = next((place for place, row in enumerate(rows) if row.pk == requirement.pk), None)
    if place is None:
        raise IllegalMove("A dropped requirement has no place in the order.")
    row = rows[place]
    if row.position != position:
        raise ChangedMeanwhile(f"Somebody has moved R{row.number} since you opened the page.")
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        raise IllegalMove(f"R{row.number} is {'the first' if up else 'the last'} already.")
    neighbour = rows[other]
    row.position, neighbour.position = neighbour.position, row.position
    row.save(update_fields=["position"])
    neighbour.save(update_fields=["position"])
    row.demand = coalition.demand
    specification_turn.record(row, "move", by=by, position=row.position)
    return row


def append(
    demand: JointDemand, content: RequirementContent, *, by: Actor, verb: str = "add", **drafted: Any
) -> CommonRequirement:
    """A new row at the end, in the caller's turn. `drafted` are further columns."""
    content = cleaned(content)
    _require_room(demand)
    rows = CommonRequirement.objects.filter(demand=demand)
    last = rows.aggregate(number=Max("number", default=0), position=Max("position", default=0))
    now = timezone.now()
    row: CommonRequirement = CommonRequirement.objects.create(
        demand=demand,
        number=last["number"] + 1,
        position=last["position"] + 1,
        text=content.text,
        priority=content.priority,
        standards=list(content.standards),
        drafted_at=now,
        drafted_by=audit.name_of(by),
        updated_at=now,
        **drafted,
    )
    specification_turn.record(row, verb, by=by)
    return row


def reword(row: CommonRequirement, content: RequirementContent, *, by: Actor, verb: str) -> set[int]:
    """Write another wording, in the caller's turn; the boroughs, by primary key, that had answered the one before."""
    answered = set(row.stances.filter(wording=row.wording).values_list("borough_id", flat=True))
    specification_turn.write(
        row,
        text=content.text,
        priority=content.priority,
        standards=list(content.standards),
        wording=row.wording + 1,
    )
    specification_turn.record(row, verb, by=by, wording=row.wording)
    return answered


def ask_anew(row: CommonRequirement, boroughs: set[int], *, by: Actor) -> None:
    """Tell these that what they had answered is worded anew. Call it last."""
    specification_turn.tell(
        row.demand,
        f"R{row.number} of the common specification of {specification_turn.named(row.demand)} is worded anew: "
        "do you still accept it?",
        key=f"R{row.number} wording {row.wording}",
        to=boroughs,
        besides=by,
    )


def said(row: CommonRequirement) -> RequirementContent:
    return RequirementContent(row.text, row.priority, tuple(row.standards))


def cleaned(content: RequirementContent) -> RequirementContent:
    """In one line, with the standards in the order of the register. Raises NotAcceptable, by field.

    A line that a notice could not carry is no common requirement: it would have to be written twice.
    """
    text = " ".join(content.text.split())
    problems: dict[str, str] = {}
    if not text:
        problems["text"] = "Write the requirement."
    elif line_problems([text], name=""):
        problems["text"] = f"Shorten the requirement to {LINE_WORDS} words and {LINE_LIMIT} characters."
    if content.priority not in Requirement.Priority.values:
        problems["priority"] = "Say whether it is a must or a should."
    if not set(content.standards) <= open_standards.register().keys():
        problems["standards"] = "Choose open standards from the list."
    if problems:
        raise NotAcceptable(list(problems.values()), {name: [words] for name, words in problems.items()})
    return RequirementContent(
        text, content.priority, tuple(each.code for each in open_standards.named(content.standards))
    )


def _require_room(demand: JointDemand) -> None:
    if CommonRequirement.objects.filter(demand=demand).standing().count() >= MOST:
        raise IllegalMove(f"A common specification holds {MOST} requirements at most. Drop one first.")
