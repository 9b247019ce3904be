"""What the views of the common specification begin and end with."""

from django.http import Http404, HttpRequest

from boroughs import permissions
from boroughs.exceptions import PermissionRefused
from boroughs.models import Borough, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.models import CommonRequirement, JointDemand
from procurement.queries.leading import leads
from procurement.queries.specification import RequirementShown, Specification, for_page, specification


def reader(request: HttpRequest, reference: str) -> tuple[User, JointDemand]:
    user = person(request)
    permissions.require(user, Permission.VIEW_DEMANDS)
    demand = for_page(reference)
    if demand is None:
        raise Http404
    return user, demand


def requirement(
    request: HttpRequest, reference: str, number: int
) -> tuple[User, JointDemand, Specification, RequirementShown]:
    """One requirement as the person may read it. What they may not read and what is not there answer alike: 404."""
    user, demand = reader(request, reference)
    found = specification(demand, user, number=number)
    if not found.requirements:
        raise Http404
    return user, demand, found, found.requirements[0]


def row_of(shown: RequirementShown) -> CommonRequirement:
    return CommonRequirement.objects.select_related("demand").get(pk=shown.pk)


def own_borough(user: User, slug: str) -> Borough:
    """A borough of the person's own for which they may speak. Foreign and missing ones answer alike: 404."""
    own = permissions.borough_ids(user, Permission.VIEW_NEEDS)
    borough = Borough.objects.filter(pk__in=own, slug=slug).first()
    if borough is None:
        raise Http404
    permissions.require(user, Permission.TAKE_PART, borough)
    return borough


def require_lead(user: User, demand: JointDemand) -> None:
    coalition = getattr(demand, "coalition", None)
    if not leads(user, coalition):
        lead = coalition.lead if coalition else None
        who = f"an approver of {lead.name}" if lead else "an analyst, until a borough leads"
        raise PermissionRefused(f"This is for {who}.")
