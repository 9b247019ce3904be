"""The next thing to do about a joint demand, for the person who looks at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from boroughs.templatetags.formatting import count, day, listed
from procurement.models import Coalition, JointDemand, Participation
from procurement.queries.participation import Own, Standings

Stage = Participation.Stage


@dataclass(frozen=True)
class NextStep:
    words: str
    # What the link says; "" where there is nothing that this person can do.
    action: str = ""
    # The name of its address, and what the address takes.
    route: str = ""
    arguments: tuple[str, ...] = ()
    query: str = ""


def next_steps(
    demand: JointDemand, standings: Standings, *, may_review: bool, newcomers: int, today: date
) -> tuple[NextStep, ...]:
    """The most pressing first: what waits for the reader's borough, for who acts for all, and for an analyst."""
    if demand.status == JointDemand.Status.RETIRED:
        return ()
    answers = [step for own in standings.own for step in _of_borough(own, standings, today)]
    ruling = list(_of_analyst(demand, newcomers)) if may_review else []
    # Until somebody has said that the whole is one, its terms can wait.
    settled = [] if may_review and ruling else list(_of_lead(standings))
    return tuple(answers + ruling + settled)


def _of_borough(own: Own, standings: Standings, today: date) -> Iterator[NextStep]:
    standing, reference = own.standing, standings.reference
    name, here = standing.name, (standings.reference, standing.slug)
    if not standing.has_need:
        return
    if standing.is_unanswered:
        words = f"{name} has not answered yet: an overlap was suggested to you."
        yield (
            NextStep(words, "Accept or decline", "demand-stand", here)
            if own.may_move
            else NextStep(
                f"{words} An editor or an approver answers.", "See who takes part", *_participation(reference)
            )
        )
    elif standing.asked_words:
        yield NextStep(f"{name} waits for the lead’s answer.", "See what was asked", *_participation(reference))
    elif own.may_commit and _waits_for_commitment(own, standings, today):
        until = f" by {day(standings.terms.decision_date)}" if standings.terms else ""
        yield NextStep(
            f"{name} intends to join. Its commitment is due{until}.", "Commit, or say no", "demand-stand", here
        )
    if own.in_doubt:
        words = f"{name} does not see yet what the others ask for: an analyst has to confirm that its need belongs."
        yield NextStep(words, "See why", *_participation(reference))
    for offer in standings.offers:
        if not standings.lead and name in offer.silent and (standing.slug, name) in offer.may_vote:
            yield NextStep(f"{offer.name} offers to lead.", f"Answer for {name}", "demand-vote", (*here, offer.slug))


def _waits_for_commitment(own: Own, standings: Standings, today: date) -> bool:
    terms = standings.terms
    return (
        own.standing.stage == Stage.INTENDING
        and terms is not None
        and not terms.outcome
        and terms.decision_date >= today
    )


def _of_lead(standings: Standings) -> Iterator[NextStep]:
    if not standings.may_lead:
        return
    reference, terms = standings.reference, standings.terms
    if standings.asking:
        names = listed([each.name for each in standings.asking])
        yield NextStep(f"{names} asked to join or to leave.", "Say yes or no", *_participation(reference))
    if standings.is_out_of_reach and terms is not None:
        words = f"The quorum is {terms.quorum}, but only {_left(standings.left)} left."
        yield NextStep(words, "Set new terms", "demand-terms", (reference,))
    if terms is None and any(each.has_need and each.stage in Participation.JOINING for each in standings.boroughs):
        words = "No terms are set: how many boroughs it takes, how far they go, and by when."
        yield NextStep(words, "Set the terms", "demand-terms", (reference,))
    elif standings.quorum.is_reached and terms is not None and not terms.outcome:
        yield NextStep("The quorum is reached.", "Close the decision", *_participation(reference))
    elif terms is not None and terms.outcome == Coalition.Outcome.ENDED:
        yield NextStep("The joint purchase has ended.", "Set new terms", "demand-terms", (reference,))


def _left(boroughs: int) -> str:
    return f"{count(boroughs, 'borough')} {'is' if boroughs == 1 else 'are'}"


def _of_analyst(demand: JointDemand, newcomers: int) -> Iterator[NextStep]:
    if demand.certainty == JointDemand.Certainty.NOT_SURE or demand.status == JointDemand.Status.SUGGESTED:
        doubt = "The matcher is not sure that these needs belong together."
        words = (
            doubt if demand.certainty == JointDemand.Certainty.NOT_SURE else "Nobody has settled this suggestion yet."
        )
        yield NextStep(words, "Settle it in the review queue", "demand-review", (), f"?demand={demand.reference}")
    elif newcomers:
        joined = count(newcomers, "need")
        words = f"{joined} joined since it was confirmed."
        yield NextStep(words, "Look at what joined", "demand-detail", (demand.reference,), "#members")


def _participation(reference: str) -> tuple[str, tuple[str, ...]]:
    return "demand-participation", (reference,)
