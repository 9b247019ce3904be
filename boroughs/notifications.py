"""E-mails of the boroughs app: one function each, its words in templates/emails/<function>.txt.

The first line of a template is the subject.
"""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from boroughs.models import User

logger = logging.getLogger(__name__)


def password_link(user: User) -> str:
    """The address under which the person sets a password: good once, for the days that settings allow."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return f"{settings.SITE_URL}{path}"


def invitation(*, user: User, roles: list[str]) -> None:
    """Welcome a person whom an administrator has added, with the link to set a password."""
    days = settings.PASSWORD_RESET_TIMEOUT // 86400
    _send("invitation", user, {"roles": roles, "link": password_link(user), "days": days, "site": settings.SITE_URL})


def role_given(*, user: User, role: str) -> None:
    """Tell a person who has an account already that they have a role in a further borough, or another one."""
    _send("role_given", user, {"role": role, "site": settings.SITE_URL})


def _send(name: str, user: User, context: dict[str, Any]) -> None:
    text = render_to_string(f"emails/{name}.txt", {"user": user, **context})
    subject, _, body = text.strip().partition("\n")
    try:
        send_mail(subject, body.strip() + "\n", None, [user.email])
    except (SMTPException, OSError):
        # What was done stands; the person can ask for a link on the sign-in page.
        logger.exception("The e-mail %r to person %s was not sent.", name, user.pk)
