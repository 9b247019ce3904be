"""A demonstration's first coalition, by people of its boroughs: from the answers to a frozen common specification.

Every step is the action that a person takes. Boroughs that have nobody yet get an approver for it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from boroughs.actions import demo
from boroughs.models import Borough, Need, User
from procurement.actions import (
    alignments,
    coalitions,
    common_requirements,
    lead_choice,
    participation,
    requirement_words,
    savings,
    specifications,
)
from procurement.actions.participation import Standing
from procurement.models import Coalition, CommonRequirement, JointDemand, Participation, RequirementStance
from procurement.planning.situations import first_day
from procurement.queries.demand_picture import PictureDemand, demand_picture
from procurement.queries.joint_start import timing

Stage, Depth, Kind = Participation.Stage, Need.Depth, RequirementStance.Kind

DAYS_TO_DECIDE = 70
# So many of the drafted requirements are agreed; the others wait.
AGREED = 5
# In the order of the boroughs, the first of which leads; those after them have not answered.
STANDS = (
    Standing(Stage.INTENDING, Depth.CONTRACT, comment="Our contract ends first, so we would like to go ahead."),
    Standing(Stage.INTENDING, Depth.TENDER),
    Standing(Stage.INTENDING, Depth.TENDER),
    Standing(Stage.INTERESTED, Depth.TENDER, comment="Subject to our budget round in the spring."),
    Standing(Stage.INTERESTED, Depth.SPECIFICATION),
    Standing(Stage.WATCHING),
    Standing(
        Stage.DECLINED, reason=Participation.DeclineReason.CONTRACTED, comment="We signed for three years in January."
    ),
)
JOINING = sum(each.stage in Participation.JOINING for each in STANDS)
QUORUM, COMMITTED = 4, 3
DIFFERENCE = "In our borough from the second year of the contract."


def build() -> str:
    """The reference of the joint demand; "" where boroughs have answered more than that they are interested, which the
    demonstration lets them say for a lead, or none is fit for it, and while what its members ask for is still to be
    compared.

    All or nothing: a start that is stopped half-way does it whole the next time.
    """
    analyst = User.objects.filter(is_demo=True, memberships__role="LOTI_ANALYST").order_by("email").first()
    if analyst is None or Participation.objects.exclude(stage=Stage.INTERESTED).exists():
        return ""
    picture = next(iter(sorted(filter(_is_fit, demand_picture(exact=True).demands), key=_is_foreign)), None)
    if picture is None:
        return ""
    demand = JointDemand.objects.get(reference=picture.reference)
    if demand.pk in alignments.changed():
        return ""
    with transaction.atomic():
        _come_together(demand, _by_people(Borough.objects.filter(slug__in=picture.borough_slugs)), analyst)
    return str(demand.reference)


@transaction.atomic
def agree_on_lead(demand: JointDemand, boroughs: Iterable[Borough]) -> None:
    """Two of its boroughs are interested, and agree that one of them leads: what a notice has to say of them."""
    lead, other = _by_people(boroughs)[:2]
    for borough in (lead, other):
        _say(demand, borough, Standing(Stage.INTERESTED, Depth.TENDER), demo.approver_of(borough))
    _vote(demand, lead, [other])


def _is_fit(picture: PictureDemand) -> bool:
    return picture.status == JointDemand.Status.CONFIRMED and len(picture.borough_slugs) >= len(STANDS)


def _is_foreign(picture: PictureDemand) -> bool:
    """Whether the borough that most of the demonstration's people are of is not in it. The widest comes first."""
    return demo.PEOPLE[0].borough not in picture.borough_slugs


def _by_people(boroughs: Iterable[Borough]) -> list[Borough]:
    """Boroughs with people of the demonstration first."""
    known = [person.borough for person in demo.PEOPLE if person.borough]
    return sorted(boroughs, key=lambda each: (known.index(each.slug) if each.slug in known else len(known), each.name))


def _come_together(demand: JointDemand, boroughs: list[Borough], analyst: User) -> None:
    approvers = {each.pk: demo.approver_of(each) for each in boroughs[: len(STANDS)]}
    for borough, stand in zip(boroughs, STANDS, strict=False):
        _say(demand, borough, stand, approvers[borough.pk])
    joining = boroughs[:JOINING]
    lead, *others = joining
    by = approvers[lead.pk]
    # It leads already where a notice came first.
    if not Coalition.objects.filter(demand=demand, lead=lead).exists():
        _vote(demand, lead, others)
    _set_terms(demand, by)
    for borough in joining[:COMMITTED]:
        _say(demand, borough, Standing(Stage.COMMITTED, Depth.TENDER), approvers[borough.pk])
    _agree(demand, joining, approvers, by)
    typed = {"tenders": JOINING - 1, "low": 18_000, "high": 40_000}
    note = "What the last two tenders of this kind cost in officers’ time and advice."
    savings.estimate(demand=demand, method="TENDERS", typed=typed, note=note, by=analyst)


def _vote(demand: JointDemand, lead: Borough, others: Iterable[Borough]) -> None:
    """It offers to lead, and the others agree."""
    note = "We have run two joint tenders before."
    lead_choice.offer(demand=demand, borough=lead, note=note, by=demo.approver_of(lead))
    for other in others:
        lead_choice.vote(demand=demand, candidate=lead, borough=other, agrees=True, by=demo.approver_of(other))


def _say(demand: JointDemand, borough: Borough, to: Standing, by: User) -> None:
    row = Participation.objects.filter(demand=demand, borough=borough).first()
    participation.move(demand=demand, borough=borough, to=to, revision=row.revision if row else 0, by=by)


def _set_terms(demand: JointDemand, by: User) -> None:
    """With the start that the planner proposes, where it knows one for two boroughs."""
    today = timezone.localdate()
    decision_date = today + timedelta(days=DAYS_TO_DECIDE)
    best = replace(timing(demand, by, today=today), begins=decision_date).plan().best
    terms = coalitions.Terms(
        quorum=QUORUM,
        depth=Depth.TENDER,
        decision_date=decision_date,
        if_missed=Coalition.IfMissed.EXTEND,
        start_date=first_day(best.month) if best.joining > 1 else None,
    )
    coalitions.set_terms(demand=demand, terms=terms, revision=0, by=by)


def _agree(demand: JointDemand, joining: list[Borough], approvers: dict[int, User], by: User) -> None:
    """Draft, answer and agree the first requirements, one with a difference kept beside it; freeze them."""
    specifications.draft(demand=demand, by=by)
    drafted = CommonRequirement.objects.filter(demand=demand).by_position()
    free_of_clashes = [row for row in drafted if not row.open_clashes][:AGREED]
    for row in free_of_clashes:
        for borough in joining:
            differs = row == free_of_clashes[0] and borough == joining[-1]
            requirement_words.answer(
                requirement=row,
                borough=borough,
                kind=Kind.DIFFERS if differs else Kind.ACCEPTS,
                text=DIFFERENCE if differs else "",
                wording=row.wording,
                by=approvers[borough.pk],
            )
        common_requirements.agree(requirement=row, revision=row.revision, by=by)
    if free_of_clashes:
        specifications.freeze(demand=demand, reason="First version for the market conversation.", by=by)
