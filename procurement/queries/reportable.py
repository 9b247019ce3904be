"""Which reports a person may ask for and be handed, and how exactly each of them tells.

Whoever asks for all reports has them with exact figures where they may see these, else as told. People of a borough
have the pack of their borough, and reports of the joint demands in which it has an open need; in these their borough's
own figures are exact. A pack is told like that to analysts too, because they hand it to that borough; who may ask for
all reports and not see exact figures has none: 33 packs would be the exact picture.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from boroughs import permissions
from boroughs.models import Borough, Category, Need, User
from boroughs.permissions import Actor, Permission
from procurement.models import JointDemand, Report, ReportSchedule
from procurement.models.report import ReportQuerySet
from procurement.models.report_schedule import ReportScheduleQuerySet
from procurement.picture.facts import Demand, Facts

Kind = Report.Kind
Telling = Report.Telling

# What people of a borough may ask for.
OWN_KINDS = (Kind.DEMAND, Kind.BOROUGH)
# Of several of one day that somebody may have, the one that says most; one borough's own comes last.
BEST_FIRST = (Telling.EXACT, Telling.TOLD, Telling.OWN)


@dataclass(frozen=True)
class Way:
    """How a report tells: the two fields of the report."""

    telling: str
    own: str = ""


def kinds(actor: Actor) -> tuple[Kind, ...]:
    """What the actor may ask for, whatever it is of."""
    own = OWN_KINDS if permissions.has(actor, Permission.BUILD_OWN_REPORTS) else ()
    if not permissions.has(actor, Permission.BUILD_REPORTS):
        return own
    exact = permissions.has(actor, Permission.VIEW_EXACT_FIGURES)
    return tuple(kind for kind in Kind if exact or kind in own or kind != Kind.BOROUGH)


def way(actor: Actor, *, kind: str, subject: str, members: Collection[str]) -> Way | None:
    """How the report is told to this person; None where they may not have it. `members` are the slugs of the boroughs
    with an open need in the joint demand that it is of."""
    is_office = permissions.has(actor, Permission.BUILD_REPORTS)
    exact = is_office and permissions.has(actor, Permission.VIEW_EXACT_FIGURES)
    own = own_slugs(actor)
    if kind == Kind.BOROUGH:
        return Way(Telling.OWN, subject) if exact or subject in own else None
    if is_office:
        return Way(Telling.EXACT if exact else Telling.TOLD)
    there = sorted(own.intersection(members))
    return Way(Telling.OWN, there[0]) if kind == Kind.DEMAND and there else None


def own_boroughs(actor: Actor) -> list[Borough]:
    """The boroughs whose own reports the actor may have."""
    if not isinstance(actor, User):
        return []
    own = permissions.borough_ids(actor, Permission.BUILD_OWN_REPORTS)
    held = permissions.memberships(actor)
    return [each.borough for each in held if each.borough is not None and each.borough_id in own]


def own_slugs(actor: Actor) -> set[str]:
    return {borough.slug for borough in own_boroughs(actor)}


def visible(user: User) -> ReportQuerySet:
    """The reports that this person may be handed, whoever asked for them."""
    return Report.objects.filter(Q(telling__in=_tellings(user)) | Q(telling=Telling.OWN, own__in=own_slugs(user)))


def is_visible(user: User, report: Report) -> bool:
    """Whether a report that is at hand is among those that `visible` finds."""
    return report.telling in _tellings(user) or (report.telling == Telling.OWN and report.own in own_slugs(user))


def _tellings(user: User) -> tuple[str, ...]:
    """How reports tell that this person may be handed whatever borough they are made for."""
    if not permissions.has(user, Permission.BUILD_REPORTS):
        return ()
    return tuple(Telling) if permissions.has(user, Permission.VIEW_EXACT_FIGURES) else (Telling.TOLD,)


def visible_schedules(user: User) -> ReportScheduleQuerySet:
    """All, for who may ask for all reports; else those that the person has made."""
    if permissions.has(user, Permission.BUILD_REPORTS):
        return ReportSchedule.objects.all()
    return ReportSchedule.objects.filter(made_by=user)


# --- what there is to be reported on ------------------------------------------------------------------------------


def names(kind: str, *, actor: Actor) -> dict[str, str]:
    """What the actor may ask a report of this kind of at this moment: names by reference or slug, in their order."""
    if kind == Kind.DEMAND:
        return {each.reference: named(each.reference, each.title) for each in _demands(actor)}
    if kind == Kind.BOROUGH:
        return dict(_boroughs(actor).values_list("slug", "name"))
    if kind == Kind.CATEGORY:
        return dict(Category.objects.order_by("name").values_list("slug", "name"))
    return {"": ""}


def names_in(facts: Facts, kind: str, *, actor: Actor) -> dict[str, str]:
    """The same of the moment that a snapshot keeps."""
    if kind == Kind.DEMAND:
        return {each.reference: named(each.reference, each.title) for each in _demands_in(facts, actor)}
    if kind == Kind.BOROUGH:
        own = None if permissions.has(actor, Permission.VIEW_EXACT_FIGURES) else own_slugs(actor)
        return {each.slug: each.name for each in facts.authorities if own is None or each.slug in own}
    if kind == Kind.CATEGORY:
        return {each.slug: each.name for each in sorted(facts.categories, key=lambda each: each.name)}
    return {"": ""}


def named(reference: str, title: str) -> str:
    return f"{reference} {title}"


def members(reference: str) -> set[str]:
    """Slugs of the boroughs with an open need in the joint demand now."""
    inside = Need.objects.filter(status=Need.Status.OPEN, demand_member__demand__reference=reference)
    return set(inside.values_list("borough__slug", flat=True))


def members_in(facts: Facts, reference: str) -> set[str]:
    """The same of the moment that a snapshot keeps."""
    inside = {each.need for demand in facts.demands if demand.reference == reference for each in demand.members}
    return {need.borough for need in facts.needs if need.reference in inside}


def _demands_in(facts: Facts, actor: Actor) -> list[Demand]:
    """Those that reports tell of: one of which the matcher is not sure waits for an analyst."""
    sure = [demand for demand in facts.demands if demand.is_sure]
    if permissions.has(actor, Permission.BUILD_REPORTS):
        return sure
    own = own_slugs(actor)
    needs = {need.reference for need in facts.needs if need.borough in own}
    return [demand for demand in sure if any(each.need in needs for each in demand.members)]


def _demands(actor: Actor) -> QuerySet[JointDemand]:
    current = JointDemand.objects.current().sure().by_reference()
    if permissions.has(actor, Permission.BUILD_REPORTS):
        return current
    own = Need.objects.filter(status=Need.Status.OPEN, borough__slug__in=own_slugs(actor))
    return current.filter(members__need__in=own).distinct()


def _boroughs(actor: Actor) -> QuerySet[Borough]:
    found = Borough.objects.by_name()
    exact = permissions.has(actor, Permission.VIEW_EXACT_FIGURES)
    return found if exact else found.filter(slug__in=own_slugs(actor))
