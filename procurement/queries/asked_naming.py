"""What a borough is asked when it is asked whether notices may name it: as what, and beside whom."""

from dataclasses import dataclass

from boroughs.models import Borough
from procurement.models import JointDemand, Naming, Notice
from procurement.queries import behind_notice, chain


@dataclass(frozen=True)
class Asked:
    title: str
    # Of the notice; "" while none is drafted: then the borough is asked about any.
    kind: str
    kind_words: str
    # Who would be named now, by name.
    names: tuple[str, ...]

    def beside(self, borough: Borough) -> tuple[str, ...]:
        """Whom it would stand beside."""
        return tuple(name for name in self.names if name != borough.name)

    @property
    def token(self) -> str:
        """Names what the form showed, so that nothing else is agreed to."""
        return chain.fingerprint({"title": self.title, "kind": self.kind, "names": list(self.names)})


def asked(demand: JointDemand) -> Asked:
    """As the working copy of its notice stands now. Five queries."""
    notice = Notice.objects.standing().filter(demand=demand).first()
    names = sorted(borough.name for borough in behind_notice.read(demand).boroughs)
    return Asked(
        title=notice.title if notice else demand.title,
        kind=notice.kind if notice else "",
        kind_words=str(Notice.Kind(notice.kind).label) if notice else "",
        names=tuple(names),
    )


def agreed(demand: JointDemand, *, title: str, kind: str) -> set[int]:
    """Boroughs, by primary key, that agreed to be named in a notice of this title and kind. One query."""
    rows = Naming.objects.agreed().filter(demand=demand)
    return {row.borough_id for row in rows if row.covers(title=title, kind=kind)}
