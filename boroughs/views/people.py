"""People and guest authorities, for administrators."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from boroughs import permissions
from boroughs.actions import boroughs, people
from boroughs.exceptions import IllegalMove, NotAcceptable
from boroughs.forms.people import GuestForm, InvitationForm, RoleForm
from boroughs.models import Borough, Membership, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person

PAGE = 50
TRY_LATER = "Choose “Send the link again” on this page later. If it fails again, ask whoever runs the mail server."


@require_GET
def person_list(request: HttpRequest) -> HttpResponse:
    _administrator(request)
    page = Paginator(_people().order_by("name", "pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "boroughs/people/list.html", {"page": page})


def person_create(request: HttpRequest) -> HttpResponse:
    user = _administrator(request)
    form = InvitationForm(request.POST if request.method == "POST" else None, boroughs=Borough.objects.by_name())
    if request.method == "POST" and form.is_valid():
        try:
            invited = people.invite(
                email=form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                role=form.chosen_role(),
                borough=form.chosen_borough(),
                by=user,
            )
        except NotAcceptable as refusal:
            form.add_error("email", str(refusal))
        else:
            return _say_added(request, invited)
    return render(request, "boroughs/people/create.html", {"form": form})


@require_GET
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = _administrator(request)
    return _show(request, user, get_object_or_404(_people(), pk=pk), RoleForm(boroughs=Borough.objects.by_name()))


@require_POST
def person_grant(request: HttpRequest, pk: int) -> HttpResponse:
    user = _administrator(request)
    subject = get_object_or_404(_people(), pk=pk)
    form = RoleForm(request.POST, boroughs=Borough.objects.by_name())
    if form.is_valid():
        try:
            people.grant(user=subject, role=form.chosen_role(), borough=form.chosen_borough(), by=user)
        except NotAcceptable as refusal:
            form.add_error("role", str(refusal))
        except IllegalMove as refusal:
            messages.error(request, str(refusal))
            return redirect("person-detail", pk)
        else:
            messages.success(request, f"{subject.name} has the role now.")
            return redirect("person-detail", pk)
    return _show(request, user, subject, form)


@require_POST
def person_revoke(request: HttpRequest, pk: int, membership_pk: int) -> HttpResponse:
    user = _administrator(request)
    memberships = Membership.objects.select_related("user", "borough")
    membership = get_object_or_404(memberships, pk=membership_pk, user_id=pk)
    return _try(request, pk, lambda: people.revoke(membership=membership, by=user), "The role has been taken away.")


@require_POST
def person_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    user = _administrator(request)
    subject = get_object_or_404(User, pk=pk)
    return _try(request, pk, lambda: people.deactivate(user=subject, by=user), f"{subject.name} can no longer sign in.")


@require_POST
def person_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    user = _administrator(request)
    subject = get_object_or_404(User, pk=pk)
    return _try(request, pk, lambda: people.reactivate(user=subject, by=user), f"{subject.name} can sign in again.")


@require_POST
def person_send_link(request: HttpRequest, pk: int) -> HttpResponse:
    user = _administrator(request)
    subject = get_object_or_404(User, pk=pk)
    try:
        if people.send_link(user=subject, by=user):
            messages.success(request, f"An e-mail with a new link is on its way to {subject.email}.")
        else:
            messages.error(request, f"The e-mail to {subject.email} could not be sent. {TRY_LATER}")
    except IllegalMove as refusal:
        messages.error(request, str(refusal))
    return redirect("person-detail", pk)


def authority_list(request: HttpRequest) -> HttpResponse:
    """All authorities, and the form to admit a guest."""
    user = _administrator(request)
    form = GuestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            guest = boroughs.admit_guest(name=form.cleaned_data["name"], by=user)
        except NotAcceptable as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"{guest.name} has been admitted. You can now add its people.")
            return redirect("authority-list")
    context = {
        "form": form,
        "guests": Borough.objects.filter(kind=Borough.Kind.GUEST).by_name(),
        "london": Borough.objects.london().by_name(),
    }
    return render(request, "boroughs/people/authorities.html", context)


def _say_added(request: HttpRequest, invited: people.Invited) -> HttpResponse:
    added = invited.user
    if invited.is_mailed:
        messages.success(
            request, f"{added.name} has been added. An e-mail with a link to set a password is on its way."
        )
        return redirect("person-list")
    messages.error(
        request,
        f"{added.name} has been added, but the e-mail with a link to set a password could not be sent. {TRY_LATER}",
    )
    return redirect("person-detail", added.pk)


def _administrator(request: HttpRequest) -> User:
    user = person(request)
    permissions.require(user, Permission.MANAGE_PEOPLE)
    return user


def _people() -> QuerySet[User]:
    return User.objects.prefetch_related(Prefetch("memberships", Membership.objects.select_related("borough")))


def _show(request: HttpRequest, user: User, subject: User, form: RoleForm) -> HttpResponse:
    context = {
        "subject": subject,
        "form": form,
        "is_self": subject.pk == user.pk,
        "awaits_password": people.awaits_password(subject),
    }
    return render(request, "boroughs/people/detail.html", context)


def _try(request: HttpRequest, pk: int, move: Callable[[], None], said: str) -> HttpResponse:
    try:
        move()
        messages.success(request, said)
    except IllegalMove as refusal:
        messages.error(request, str(refusal))
    return redirect("person-detail", pk)
