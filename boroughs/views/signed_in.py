"""The person behind a request, and the need or the contract that they ask for."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from boroughs import permissions
from boroughs.exceptions import ChangedMeanwhile
from boroughs.models import Amendment, Contract, Need, User


def person(request: HttpRequest) -> User:
    """The signed-in person. The middleware has sent everybody else to the sign-in page before."""
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in first.")
    return request.user


def need_or_404(user: User, reference: str) -> Need:
    """A need that the person may read. Foreign and missing needs answer alike: 404."""
    return get_object_or_404(permissions.visible_needs(user).whole(), reference=reference)


def contract_or_404(user: User, pk: int) -> Contract:
    """A contract of the person's own boroughs. Foreign and missing contracts answer alike: 404."""
    return get_object_or_404(permissions.visible_contracts(user).select_related("borough", "category"), pk=pk)


def require_as_read(request: HttpRequest, thing: Need | Amendment) -> None:
    """Raise ChangedMeanwhile unless the form carries the revision that the thing still has."""
    if revision_sent(request) != thing.revision:
        need = thing if isinstance(thing, Need) else thing.need
        raise ChangedMeanwhile(f"{need.reference} was changed after you opened it. Read it again first.")


def revision_sent(request: HttpRequest, name: str = "revision") -> int:
    """The revision that the person had read; 0, which nothing has, where the form does not say."""
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
