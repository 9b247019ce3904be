"""How people come in: by invitation of an administrator only, and with so many tries."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ResetPasswordKeyForm, default_token_generator
from allauth.core import ratelimit
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from boroughs.actions import password_links
from boroughs.api import limits
from boroughs.exceptions import ChangedMeanwhile
from boroughs.forms.accounts import ForgottenPasswordForm
from boroughs.models import User
from loti import known_devices, tries


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right. Check both and try again.",
        "too_many_login_attempts": "Too many attempts. Choose a new password to get in now, or wait: up to an hour.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse | None:
        """Demo accounts have a password that everybody knows; production never lets one in, even if it was restored."""
        if settings.PRODUCTION and user.is_demo:
            raise PermissionDenied("Demonstration accounts cannot sign in here.")
        response: HttpResponse | None = super().pre_login(request, user, **options)
        return response

    def post_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **options)
        known_devices.remember(response, request, user.email)
        return response

    def get_client_ip(self, request: HttpRequest) -> str:
        """Read as the other limits read it. Where the header is shorter than it should be, the library would fail."""
        place: str = limits.place_of(request) or super().get_client_ip(request)
        return place

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse a try too many before the password is looked at. What is refused uses up none."""
        if not _is_known(request, credentials) and not ratelimit.consume(
            request, action=tries.ELSEWHERE, key=_account(credentials), dry_run=True
        ):
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        if not _is_known(request, credentials):
            ratelimit.consume(request, action=tries.ELSEWHERE, key=_account(credentials))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Whose tries these are: the known device's, else the place's. The library would say the account's, which any
        stranger could then close.
        """
        device = known_devices.recall(request, credentials.get("email") or "")
        return f"{_account(credentials)} {device or self.get_client_ip(request)}"


def _account(credentials: dict[str, Any]) -> str:
    return known_devices.account_of(credentials.get("email") or "")


def _is_known(request: HttpRequest, credentials: dict[str, Any]) -> bool:
    return bool(known_devices.recall(request, credentials.get("email") or ""))


class AskForLinkForm(ForgottenPasswordForm):
    """Has a link sent to an account or to nobody: the request does not know which, so its time does not tell."""

    def clean_email(self) -> str:
        """As it was typed. The library would look for the account here."""
        email: str = self.cleaned_data["email"]
        return email

    def save(self, request: HttpRequest, **_: Any) -> str:
        email = self.clean_email()
        if ratelimit.consume(request, action=tries.LINKS, key=known_devices.account_of(email)):
            password_links.ask(email=email)
        return email


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """The form behind the link that works once."""

    @transaction.atomic
    def save(self) -> None:
        """Looks at the link again with the account locked: of two who use it in the same moment, one is told no."""
        user = User.objects.select_for_update().get(pk=self.user.pk)
        if not default_token_generator.check_token(user, self.temp_key):
            raise ChangedMeanwhile("This link has been used already. Ask for a new one on the sign-in page.")
        super().save()
