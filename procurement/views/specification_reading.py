"""What the views of the common specification begin and end with."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, QueryDict

from boroughs import permissions
from boroughs.exceptions import ChangedMeanwhile, LotiError, NotAcceptable, PermissionRefused
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


def done(
    request: HttpRequest, form: Form, act: Callable[[], str], latest: Callable[[], dict[str, int]] | None = None
) -> bool:
    """Whether it was done; if not, the form says why, with everything that was typed.

    Where somebody else was first, the hidden tokens of the form become the `latest`: sent again, it is meant.
    """
    try:
        said = act()
    except NotAcceptable as refusal:
        for name, words in (refusal.fields or {"": refusal.problems}).items():
            form.add_error(name if name in form.fields else None, words)
        return False
    except ChangedMeanwhile as refusal:
        form.add_error(None, f"{refusal} Read what stands there now; send the form again if you mean it.")
        if latest is not None:
            form.data = cast(QueryDict, form.data).copy()
            for name, value in latest().items():
                form.data[name] = str(value)
        return False
    except LotiError as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, said)
    return True


def tried(request: HttpRequest, act: Callable[[], str]) -> None:
    """For what is sent by a button alone: the answer is told on the page that follows."""
    try:
        said = act()
    except LotiError as refusal:
        for problem in refusal.problems if isinstance(refusal, NotAcceptable) else [str(refusal)]:
            messages.error(request, problem)
    else:
        messages.success(request, said)


def number_in(request: HttpRequest, name: str) -> int:
    """A whole number that a button carries; 0 for anything else, which is no revision, wording or position."""
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else 0
