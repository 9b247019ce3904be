"""How people come in: by invitation of an administrator only."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right. Check both and try again.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes and try again, or choose a new password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse | None:
        """Demo accounts have a password that everybody knows; production never lets one in, even if it was restored."""
        if settings.PRODUCTION and user.is_demo:
            raise PermissionDenied("Demonstration accounts cannot sign in here.")
        response: HttpResponse | None = super().pre_login(request, user, **options)
        return response
