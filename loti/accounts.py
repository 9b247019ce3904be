"""How people come in: by invitation of an administrator only."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ResetPasswordKeyForm, default_token_generator
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from boroughs import notifications
from boroughs.exceptions import ChangedMeanwhile
from boroughs.models import User


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

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """To the address of the account, however it was typed, and with our own link: the library's leads to the Host
        of the request, where anybody can put what they like after the name.

        A mail server that is down is not told of: only people with an account would see the difference.
        """
        notifications.password_reset(user=user)


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """The form behind the link that works once."""

    @transaction.atomic
    def save(self) -> None:
        """Looks at the link again with the account locked: of two who use it in the same moment, one is told no."""
        user = User.objects.select_for_update().get(pk=self.user.pk)
        if not default_token_generator.check_token(user, self.temp_key):
            raise ChangedMeanwhile("This link has been used already. Ask for a new one on the sign-in page.")
        super().save()
