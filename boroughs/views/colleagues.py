"""Who works for a borough here: its people see each other, its approvers invite and give roles."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from boroughs import permissions
from boroughs.actions import people
from boroughs.exceptions import IllegalMove, NotAcceptable
from boroughs.forms.people import ColleagueForm, ColleagueRoleForm
from boroughs.models import Membership, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person


@require_GET
def colleague_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.VIEW_NEEDS)
    own = permissions.borough_ids(user, Permission.VIEW_NEEDS)
    context = {
        "colleagues": _colleagues(user).order_by("borough__name", "user__name", "pk"),
        "managed": set(permissions.borough_ids(user, Permission.MANAGE_COLLEAGUES)),
        "shows_borough": len(own) > 1,
    }
    return render(request, "boroughs/colleagues/list.html", context)


def colleague_invite(request: HttpRequest) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.MANAGE_COLLEAGUES)
    boroughs = list(permissions.boroughs_of(user, Permission.MANAGE_COLLEAGUES))
    form = ColleagueForm(request.POST if request.method == "POST" else None, boroughs=boroughs)
    if request.method == "POST" and form.is_valid():
        try:
            invited = people.invite_colleague(
                email=form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                role=form.chosen_role(),
                borough=form.chosen_borough(),
                by=user,
            )
        except NotAcceptable as refusal:
            form.add_error("email", str(refusal))
        else:
            _say_invited(request, invited)
            return redirect("colleague-list")
    return render(request, "boroughs/colleagues/invite.html", {"form": form, "boroughs": boroughs})


def _say_invited(request: HttpRequest, invited: people.Invited) -> None:
    name = invited.user.name
    if invited.is_mailed:
        messages.success(request, f"{name} has a role now. An e-mail tells them.")
        return
    first = " They set a password by “I have forgotten my password” on the sign-in page."
    hint = first if people.awaits_password(invited.user) else ""
    messages.error(
        request, f"{name} has a role now, but the e-mail that tells them could not be sent. Tell them yourself.{hint}"
    )


def colleague_change(request: HttpRequest, membership_pk: int) -> HttpResponse:
    user = person(request)
    membership = _managed(user, membership_pk)
    data = request.POST if request.method == "POST" else None
    form = ColleagueRoleForm(data, initial={"role": membership.role})
    if request.method == "POST" and form.is_valid():
        try:
            people.change_colleague(membership=membership, role=form.chosen_role(), by=user)
            messages.success(request, f"{membership.user.name} has the role now.")
        except IllegalMove as refusal:
            messages.error(request, str(refusal))
        return redirect("colleague-list")
    return render(request, "boroughs/colleagues/change.html", {"membership": membership, "form": form})


@require_POST
def colleague_remove(request: HttpRequest, membership_pk: int) -> HttpResponse:
    user = person(request)
    membership = _managed(user, membership_pk)
    try:
        people.remove_colleague(membership=membership, by=user)
        messages.success(request, f"{membership.user.name} has no role in {membership.borough} any more.")
    except IllegalMove as refusal:
        messages.error(request, str(refusal))
    return redirect("colleague-list")


def _colleagues(user: User) -> QuerySet[Membership]:
    """Memberships in the person's own boroughs, of people who can sign in."""
    own = permissions.borough_ids(user, Permission.VIEW_NEEDS)
    return Membership.objects.filter(borough__in=own, user__is_active=True).select_related("user", "borough")


def _managed(user: User, membership_pk: int) -> Membership:
    """A colleague's membership. Foreign and missing ones answer alike: 404."""
    membership = get_object_or_404(_colleagues(user), pk=membership_pk)
    permissions.require(user, Permission.MANAGE_COLLEAGUES, membership.borough)
    return membership
