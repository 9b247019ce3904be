"""What stands behind a notice in this moment: the needs that it speaks for, and what their boroughs have said.

Read once for a page or a publication, since its content, its figures and what keeps it back all depend on it.
"""

from dataclasses import dataclass

from boroughs.models import Borough, Need
from procurement.models import Coalition, JointDemand, Naming, Participation


@dataclass(frozen=True)
class Behind:
    # The open needs of the joint demand, by key.
    everyone: tuple[Need, ...]
    # Without those of boroughs that declined it or refuse to be named: of these no notice speaks.
    needs: tuple[Need, ...]
    coalition: Coalition | None
    # The answers of boroughs that agreed to be named.
    namings: tuple[Naming, ...]
    # Slugs of those among them that let everybody read their own figures.
    waived: frozenset[str]
    # Slugs of the boroughs that have said that they belong here.
    accepted: frozenset[str]

    @property
    def boroughs(self) -> set[Borough]:
        """The authorities that a notice would name."""
        return {need.borough for need in self.needs}

    def not_agreed(self, *, title: str, kind: str) -> list[Borough]:
        """Those of them that have not said yes to a notice of this title and kind, by name."""
        agreed = {naming.borough_id for naming in self.namings if naming.covers(title=title, kind=kind)}
        missing = (borough for borough in self.boroughs if borough.pk not in agreed)
        return sorted(missing, key=lambda borough: borough.name)


def read(demand: JointDemand) -> Behind:
    """Four queries."""
    members = demand.members.filter(need__status=Need.Status.OPEN).select_related("need__borough").order_by("need_id")
    namings = list(Naming.objects.filter(demand=demand).select_related("borough"))
    places = list(Participation.objects.filter(demand=demand).select_related("borough"))
    gone = {place.borough_id for place in places if place.stage == Participation.Stage.DECLINED}
    gone |= {naming.borough_id for naming in namings if not naming.agrees}
    everyone = tuple(member.need for member in members)
    return Behind(
        everyone=everyone,
        needs=tuple(need for need in everyone if need.borough_id not in gone),
        coalition=Coalition.objects.filter(demand=demand).select_related("lead").first(),
        namings=tuple(naming for naming in namings if naming.agrees),
        waived=frozenset(naming.borough.slug for naming in namings if naming.agrees and naming.opens_figures),
        accepted=frozenset(place.borough.slug for place in places if place.accepted_at is not None),
    )
