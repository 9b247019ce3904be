"""Tokens with which a borough's own programs use the API: for its approvers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from boroughs import permissions
from boroughs.actions import api_tokens
from boroughs.exceptions import IllegalMove
from boroughs.forms.api_tokens import ApiTokenForm
from boroughs.models import ApiToken, User
from boroughs.models.api_token import ApiTokenQuerySet
from boroughs.permissions import Permission
from boroughs.views.signed_in import person


@require_GET
def api_token_list(request: HttpRequest) -> HttpResponse:
    user = _manager(request)
    context = {
        "tokens": _managed(user).select_related("borough", "created_by").newest_first(),
        "now": timezone.now(),
        "shows_borough": len(permissions.borough_ids(user, Permission.MANAGE_API_TOKENS)) > 1,
    }
    return render(request, "boroughs/api_tokens/list.html", context)


def api_token_create(request: HttpRequest) -> HttpResponse:
    """The answer to the form shows the secret: kept nowhere, it cannot wait for another page."""
    user = _manager(request)
    boroughs = list(permissions.boroughs_of(user, Permission.MANAGE_API_TOKENS))
    form = ApiTokenForm(request.POST if request.method == "POST" else None, boroughs=boroughs)
    if request.method == "POST" and form.is_valid():
        token, secret = api_tokens.create(
            borough=form.chosen_borough(), name=form.cleaned_data["name"], days=form.chosen_days(), by=user
        )
        return render(request, "boroughs/api_tokens/created.html", {"token": token, "secret": secret})
    return render(request, "boroughs/api_tokens/create.html", {"form": form, "boroughs": boroughs})


def api_token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    user = _manager(request)
    token = get_object_or_404(_managed(user).select_related("borough"), pk=pk)
    if request.method != "POST":
        return render(request, "boroughs/api_tokens/revoke.html", {"token": token})
    try:
        api_tokens.revoke(token=token, by=user)
        messages.success(request, f"The token “{token.name}” lets nobody in any more.")
    except IllegalMove as refusal:
        messages.error(request, str(refusal))
    return redirect("api-token-list")


def _manager(request: HttpRequest) -> User:
    user = person(request)
    permissions.require(user, Permission.MANAGE_API_TOKENS)
    return user


def _managed(user: User) -> ApiTokenQuerySet:
    """Tokens of the boroughs for which the person may make some. Foreign and missing ones answer alike: 404."""
    return ApiToken.objects.filter(borough__in=permissions.borough_ids(user, Permission.MANAGE_API_TOKENS))
