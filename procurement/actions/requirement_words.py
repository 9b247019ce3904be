"""What boroughs that take part say to a common requirement, and the wordings that they propose."""

from django.db import transaction
from django.utils import timezone

from boroughs import permissions
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.models import Borough, User
from boroughs.permissions import Permission
from boroughs.word_count import count_words
from procurement.actions import common_requirements, specification_turn
from procurement.actions.common_requirements import RequirementContent
from procurement.models import CommonRequirement, JointDemand, RequirementStance, RequirementWording

Kind, Status = RequirementStance.Kind, CommonRequirement.Status

# A notice carries a kept difference behind a few words of its own.
DIFFERENCE_WORDS = 24
DIFFERENCE_LIMIT = 260
VERBS = {Kind.ACCEPTS: "accept", Kind.DIFFERS: "keep a difference", Kind.OBJECTS: "not accept"}


@transaction.atomic
def answer(
    *, requirement: CommonRequirement, borough: Borough, kind: str, text: str = "", wording: int, by: User
) -> RequirementStance:
    """The borough's word on one wording: it accepts, keeps a difference beside it, or does not accept.

    `wording` is the one that the person read; raises ChangedMeanwhile where there is another by now. What is agreed
    can no longer be refused, but a borough may still keep a difference, and who comes later accepts.
    """
    permissions.require(by, Permission.TAKE_PART, borough)
    coalition = specification_turn.take(requirement.demand)
    specification_turn.require_part(coalition.demand, borough)
    row = CommonRequirement.objects.select_related("demand").get(pk=requirement.pk)
    if row.wording != wording:
        raise ChangedMeanwhile(f"R{row.number} has been worded anew since you opened the page.")
    text = _acceptable(kind, text)
    if row.status == Status.DROPPED or kind == Kind.OBJECTS:
        specification_turn.require_open(row)
    stance, _ = RequirementStance.objects.update_or_create(
        requirement=row,
        borough=borough,
        defaults={
            "kind": kind,
            "text": text,
            "wording": row.wording,
            "wording_text": row.text,
            "given_at": timezone.now(),
            "given_by": by,
        },
    )
    specification_turn.record(row, VERBS[Kind(kind)], by=by, borough=borough, wording=row.wording)
    if kind == Kind.OBJECTS:
        specification_turn.tell_lead(
            coalition,
            f"{borough.name} does not accept R{row.number} of {specification_turn.named(row.demand)}",
            key=f"R{row.number} refused {stance.given_at}",
            besides=by,
        )
    return stance


@transaction.atomic
def propose(
    *,
    demand: JointDemand,
    borough: Borough,
    content: RequirementContent,
    reason: str = "",
    requirement: CommonRequirement | None = None,
    by: User,
) -> RequirementWording:
    """Propose another wording of a requirement, or without one a requirement of its own. The lead answers it.

    Open standards are for the lead to attach: those of `content` are not kept.
    """
    permissions.require(by, Permission.TAKE_PART, borough)
    coalition = specification_turn.take(demand)
    specification_turn.require_part(demand, borough)
    content = common_requirements.cleaned(content)
    reason = specification_turn.require_text(reason, name="reason", words="", needed=False)
    row = CommonRequirement.objects.get(pk=requirement.pk) if requirement else None
    if row is not None and row.status == Status.DROPPED:
        specification_turn.require_open(row)
    if row is not None and (row.text, row.priority) == (content.text, content.priority):
        raise IllegalMove(f"R{row.number} is worded like that already.")
    proposed = RequirementWording.objects.create(
        demand=demand,
        requirement=row,
        borough=borough,
        text=content.text,
        priority=content.priority,
        reason=reason,
        proposed_at=timezone.now(),
        proposed_by=by,
    )
    _record(proposed, "propose wording", by)
    about = f"another wording of R{row.number}" if row else "a requirement"
    specification_turn.tell_lead(
        coalition,
        f"{borough.name} proposes {about} for {specification_turn.named(demand)}",
        key=f"wording {proposed.pk}",
        besides=by,
    )
    return proposed


@transaction.atomic
def adopt(*, wording: RequirementWording, revision: int, by: User) -> CommonRequirement:
    """Take a proposed wording over. `revision` is that of the requirement as the lead read it, 0 where it is a new one.

    The borough that proposed it has thereby accepted it.
    """
    coalition = specification_turn.take(wording.demand)
    specification_turn.require_lead(coalition, by)
    proposed = _open(wording, "adopt")
    if proposed.requirement is None:
        content = RequirementContent(proposed.text, proposed.priority)
        row = common_requirements.append(coalition.demand, content, by=by, verb="adopt wording")
        answered: set[int] = set()
    else:
        row = specification_turn.held(proposed.requirement, revision)
        specification_turn.require_open(row)
        content = RequirementContent(proposed.text, proposed.priority, tuple(row.standards))
        answered = common_requirements.reword(row, content, by=by, verb="adopt wording")
    _close(proposed, RequirementWording.Status.ADOPTED, by, requirement=row)
    RequirementStance.objects.update_or_create(
        requirement=row,
        borough=proposed.borough,
        defaults={
            "kind": Kind.ACCEPTS,
            "text": "",
            "wording": row.wording,
            "wording_text": row.text,
            "given_at": proposed.proposed_at,
            "given_by": proposed.proposed_by,
        },
    )
    common_requirements.ask_anew(row, answered - {proposed.borough_id}, by=by)
    return row


@transaction.atomic
def decline(*, wording: RequirementWording, by: User) -> RequirementWording:
    """Leave things as they are worded. What was proposed stays to be read."""
    coalition = specification_turn.take(wording.demand)
    specification_turn.require_lead(coalition, by)
    proposed = _open(wording, "decline")
    _close(proposed, RequirementWording.Status.DECLINED, by)
    _record(proposed, "decline wording", by)
    about = f"the wording of R{proposed.requirement.number}" if proposed.requirement else "the requirement"
    specification_turn.tell(
        coalition.demand,
        f"{about[:1].upper()}{about[1:]} that {proposed.borough.name} proposed for "
        f"{specification_turn.named(coalition.demand)} was not taken over",
        key=f"wording {proposed.pk} declined",
        to=[proposed.borough_id],
        besides=by,
    )
    return proposed


def _acceptable(kind: str, text: str) -> str:
    """The text in one line. Raises NotAcceptable, by field."""
    if kind not in Kind.values:
        words = "Say whether the borough accepts it."
        raise NotAcceptable([words], {"kind": [words]})
    if kind == Kind.ACCEPTS:
        return ""
    asked = "Say what the borough needs instead." if kind == Kind.DIFFERS else "Say why it is not accepted."
    text = specification_turn.require_text(" ".join(text.split()), name="text", words=asked)
    if count_words(text) > DIFFERENCE_WORDS or len(text) > DIFFERENCE_LIMIT:
        words = f"Use {DIFFERENCE_WORDS} words and {DIFFERENCE_LIMIT} characters or fewer."
        raise NotAcceptable([words], {"text": [words]})
    return text


def _open(wording: RequirementWording, verb: str) -> RequirementWording:
    """The proposal as it is now. Raises IllegalMove where it has its answer."""
    proposed = RequirementWording.objects.select_related("requirement__demand", "borough", "proposed_by", "demand").get(
        pk=wording.pk
    )
    if proposed.status not in RequirementWording.TRANSITIONS[verb][0]:
        raise IllegalMove(f"This proposal has its answer already: {proposed.get_status_display().lower()}.")
    return proposed


def _close(proposed: RequirementWording, status: str, by: User, **more: object) -> None:
    values = {"status": status, "answered_at": timezone.now(), "answered_by": by, **more}
    for name, value in values.items():
        setattr(proposed, name, value)
    proposed.save(update_fields=list(values))


def _record(proposed: RequirementWording, verb: str, by: User) -> None:
    row = proposed.requirement
    if row is not None:
        specification_turn.record(row, verb, by=by, borough=proposed.borough)
        return
    specification_turn.record_whole(proposed.demand, verb, by=by, borough=proposed.borough)
