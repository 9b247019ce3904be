"""What a person was told, and how they want to be told."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from boroughs import permissions
from boroughs.actions import notifying
from boroughs.forms.notifications import MailPreferenceForm
from boroughs.models import Notification, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person, revision_sent

PAGE = 25


@require_GET
def notification_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    _require_told(user)
    told = permissions.visible_notifications(user).select_related("borough").newest_first()
    context = {
        # What comes in while the list is read is not marked with it.
        "newest": told.values_list("pk", flat=True).first(),
        "page": Paginator(told, PAGE).get_page(request.GET.get("page")),
        "shows_borough": len(permissions.borough_ids(user, Permission.VIEW_NEEDS)) > 1,
    }
    return render(request, "boroughs/notifications/list.html", context)


@require_GET
def notification_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Leads on to what the notification is about. Foreign and missing ones answer alike: 404."""
    user = person(request)
    _require_told(user)
    notification = notifying.read(by=user, pk=pk)
    if notification is None:
        raise Http404
    return redirect(notification.path)


@require_POST
def notification_read_all(request: HttpRequest) -> HttpResponse:
    user = person(request)
    _require_told(user)
    notifying.read_all(by=user, upto=revision_sent(request, "upto"))
    messages.success(request, "All are marked as read.")
    return redirect("notification-list")


def notification_settings(request: HttpRequest) -> HttpResponse:
    user = person(request)
    _require_told(user)
    data = request.POST if request.method == "POST" else None
    form = MailPreferenceForm(data, initial={"mail_preference": user.mail_preference})
    if request.method == "POST" and form.is_valid():
        notifying.prefer(user=user, preference=form.preference())
        messages.success(request, "Your choice is saved.")
        return redirect("notification-list")
    context = {"form": form, "kinds": Notification.Kind.labels}
    return render(request, "boroughs/notifications/settings.html", context)


def _require_told(user: User) -> None:
    """People of the boroughs, and those who are sent reports."""
    if not permissions.is_told(user):
        permissions.require(user, Permission.VIEW_NEEDS)
