"""Forms with which people come in, in our own words: the library says "Enter email"."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from django import forms

ADDRESS = "E-mail address"
MESSAGES = {
    "required": "Enter your e-mail address",
    "invalid": "Enter an e-mail address in the correct form, like name@example.com",
}


def _asks_for_address(field: forms.Field) -> None:
    field.label = ADDRESS
    field.error_messages |= MESSAGES


class SignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _asks_for_address(self.fields["login"])
        self.fields["password"].error_messages["required"] = "Enter your password"


class ForgottenPasswordForm(ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _asks_for_address(self.fields["email"])
