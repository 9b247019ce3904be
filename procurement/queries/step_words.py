"""A step of a borough in words, for whoever reads the record of it."""

from collections.abc import Mapping

from boroughs.models import Need
from procurement.models import Participation, ParticipationStep

Verb, Stage = ParticipationStep.Verb, Participation.Stage
ANSWERED = "Answered “{after}”"
MOVES = {
    Verb.MOVED: "From “{before}” to “{after}”",
    Verb.ASKED: "Asked the lead to go from “{before}” to “{after}”",
    Verb.ALLOWED: "The lead said yes: from “{before}” to “{after}”",
    Verb.REFUSED: "The lead said no: it stays “{before}”, not “{after}”",
}
ABOUT_LEAD = {
    Verb.OFFERED: "Offered to lead",
    Verb.TOOK_BACK: "Took its offer to lead back",
    Verb.AGREED: "Agreed to {candidate} leading",
    Verb.OBJECTED: "Did not agree to {candidate} leading",
    Verb.LEADS: "Leads",
    Verb.LEFT_LEAD: "Leads no longer",
}


def told(step: ParticipationStep, names: Mapping[str, str], *, with_reason: bool) -> str:
    """What was done: "From “interested” to “committed”: one contract". `names` are boroughs by slug."""
    verb = Verb(step.verb)
    if verb == Verb.LEFT_LEAD and step.reason == ParticipationStep.NO_NEED:
        return "Leads no longer: it has no open need here any more"
    if verb in ABOUT_LEAD:
        return ABOUT_LEAD[verb].format(candidate=names.get(step.candidate_slug, step.candidate_slug))
    is_first = verb == Verb.MOVED and step.from_stage in ("", Stage.SUGGESTED)
    words = (ANSWERED if is_first else MOVES[verb]).format(before=_stage(step.from_stage), after=_stage(step.to_stage))
    depth = str(Need.Depth(step.depth).label).lower() if step.depth in Need.Depth.values else ""
    reason = str(Participation.DeclineReason(step.reason).label).lower() if step.reason and with_reason else ""
    detail = ", ".join(filter(None, (depth, reason)))
    return f"{words}: {detail}" if detail else words


def _stage(stage: str) -> str:
    return str(Stage(stage).label).lower() if stage in Stage.values else stage.lower()
