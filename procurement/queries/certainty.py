"""When a joint demand is one that the matcher is not sure of. It stays out of the picture until a person has looked.

The rule: nobody has ruled on it, and either more than half of its members are possible overlaps, or the mean
probability of its members is below one half. Whoever confirmed it or a member of it, removed one, or pinned it has
ruled on it.
"""

from collections.abc import Sequence

from procurement.matching.calibration import LIKELY, Calibration
from procurement.models import Decision, DemandMember, JointDemand

Certainty = JointDemand.Certainty


def band(member: DemandMember, calibration: Calibration) -> DemandMember.Band:
    """The word for a member: strong where a person said that it belongs, else what its strength is worth."""
    if member.confirmed_at is not None:
        return DemandMember.Band.STRONG
    return DemandMember.Band[calibration.band(member.strength).upper()]


def judged(members: Sequence[DemandMember], calibration: Calibration, *, is_ruled: bool) -> JointDemand.Certainty:
    """Whether the matcher is sure of these members of one joint demand; `is_ruled` where a person has ruled on it."""
    if is_ruled or not members or any(member.confirmed_at for member in members):
        return Certainty.SURE
    possible = sum(member.band == DemandMember.Band.POSSIBLE for member in members)
    mean = sum(calibration.probability(member.strength) for member in members) / len(members)
    return Certainty.NOT_SURE if possible * 2 > len(members) or mean < LIKELY else Certainty.SURE


def ruled_references() -> set[str]:
    """References of the joint demands on whose page a ruling was taken that stands. One query."""
    return set(Decision.objects.standing().values_list("demand_reference", flat=True))


def has_ruling(demand: JointDemand) -> bool:
    """Whether a person has ruled on it; a member's confirmation shows on the member."""
    return demand.is_settled or Decision.objects.standing().filter(demand_reference=demand.reference).exists()
