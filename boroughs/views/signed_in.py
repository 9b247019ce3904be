"""The person behind a request."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from boroughs.models import User


def person(request: HttpRequest) -> User:
    """The signed-in person. LoginRequiredMiddleware has sent everybody else to the sign-in page before."""
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in first.")
    return request.user
