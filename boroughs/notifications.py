"""E-mails of the boroughs app: one function each, its words in templates/emails/<function>.txt.

The first line of a template is the subject.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from boroughs.models import Borough, Notification, User

logger = logging.getLogger(__name__)

# So many are listed in one e-mail; it says how many more there are, and where.
LISTED = 30


def password_link(user: User) -> str:
    """The address under which the person sets a password: good once, for the days that settings allow."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return f"{settings.SITE_URL}{path}"


def invitation(*, user: User, roles: list[str]) -> bool:
    """Welcome a person whom an administrator has added, with the link to set a password; whether it was sent."""
    return _send("invitation", user, {"roles": roles, **_linked(user)})


def password_reset(*, user: User) -> None:
    """The link to set another password, for somebody who has forgotten theirs. Raises what the mail server answers."""
    _message("password_reset", user, _linked(user)).send()


def _linked(user: User) -> dict[str, Any]:
    """The link, for how many days it works, and the site where another one is asked for."""
    days = settings.PASSWORD_RESET_TIMEOUT // 86400
    return {"link": password_link(user), "days": days, "site": settings.SITE_URL}


def role_given(*, user: User, role: str) -> bool:
    """Tell who has an account already of a role in a further borough, or of another role; whether it was sent."""
    return _send("role_given", user, {"role": role, "site": settings.SITE_URL})


# --- notifications by e-mail; these raise where the mail server does not take them --------------------------------


def submitted(*, notification: Notification) -> None:
    """A need or an amendment waits for the approver."""
    _tell("submitted", notification)


def approved(*, notification: Notification) -> None:
    """What the editor has handed in was approved."""
    _tell("approved", notification)


def returned(*, notification: Notification) -> None:
    """What the editor has handed in was sent back, with the approver's comment."""
    _tell("returned", notification)


def overlap_found(*, notification: Notification) -> None:
    """A need of the borough could be bought together with others."""
    _tell("overlap_found", notification)


def renewal_due(*, notification: Notification) -> None:
    """A contract of the borough ends soon."""
    _tell("renewal_due", notification)


def confirmation_asked(*, notification: Notification) -> None:
    """A need of the borough was not touched for long: does it still hold?"""
    _tell("confirmation_asked", notification)


def expired(*, notification: Notification) -> None:
    """Nobody confirmed a need of the borough, so it expired."""
    _tell("expired", notification)


def register_absent(*, notification: Notification) -> None:
    """The borough has no contract register here."""
    _tell("register_absent", notification)


def register_old(*, notification: Notification) -> None:
    """Nobody has looked after the borough's contract register for long."""
    _tell("register_old", notification)


def contracts_ended(*, notification: Notification) -> None:
    """Contracts of the borough are past their end and still in its register."""
    _tell("contracts_ended", notification)


def needs_absent(*, notification: Notification) -> None:
    """No need of the borough is open."""
    _tell("needs_absent", notification)


def coalition(*, notification: Notification) -> None:
    """Something was said in a joint demand that the borough is part of."""
    _tell("coalition", notification)


def decision_due(*, notification: Notification) -> None:
    """A joint demand is decided soon, or its date has moved."""
    _tell("decision_due", notification)


def specification(*, notification: Notification) -> None:
    """The common specification of a joint demand was drafted, worded anew or frozen."""
    _tell("specification", notification)


def question(*, notification: Notification) -> None:
    """A supplier has asked about a notice that the borough leads."""
    _tell("question", notification)


def interest(*, notification: Notification) -> None:
    """Suppliers have shown interest in a notice that the borough leads."""
    _tell("interest", notification)


def report_ready(*, notification: Notification) -> None:
    """A report of a schedule is there."""
    _tell("report_ready", notification)


def report_failed(*, notification: Notification) -> None:
    """A schedule had no report to send."""
    _tell("report_failed", notification)


def preview(*, kind: Notification.Kind, borough: Borough, headline: str, path: str) -> EmailMessage:
    """The e-mail as it would go out, unsent, to nobody in particular."""
    reader = User(name="[name]")
    told = Notification(user=reader, borough=borough, kind=kind, headline=headline)
    link = f"{settings.SITE_URL}{path}"
    return _message(
        BY_KIND[kind].__name__, reader, {"notification": told, "link": link, "preference": _preference_link()}
    )


def digest(*, user: User, notifications: Sequence[Notification]) -> None:
    """Several at once: the daily e-mail, and what comes in bulk."""
    listed = [{"headline": each.headline, "link": _link(each)} for each in notifications[:LISTED]]
    context = {
        "listed": listed,
        "count": len(notifications),
        "more": len(notifications) - len(listed),
        "all": f"{settings.SITE_URL}{reverse('notification-list')}",
        "preference": _preference_link(),
    }
    _message("digest", user, context, f"digest-{notifications[0].pk}-{notifications[-1].pk}").send()


BY_KIND: dict[str, Callable[..., None]] = {
    Notification.Kind.SUBMITTED: submitted,
    Notification.Kind.APPROVED: approved,
    Notification.Kind.RETURNED: returned,
    Notification.Kind.OVERLAP_FOUND: overlap_found,
    Notification.Kind.RENEWAL_DUE: renewal_due,
    Notification.Kind.CONFIRMATION_ASKED: confirmation_asked,
    Notification.Kind.EXPIRED: expired,
    Notification.Kind.REGISTER_ABSENT: register_absent,
    Notification.Kind.REGISTER_OLD: register_old,
    Notification.Kind.CONTRACTS_ENDED: contracts_ended,
    Notification.Kind.NEEDS_ABSENT: needs_absent,
    Notification.Kind.COALITION: coalition,
    Notification.Kind.DECISION_DUE: decision_due,
    Notification.Kind.SPECIFICATION: specification,
    Notification.Kind.QUESTION: question,
    Notification.Kind.INTEREST: interest,
    Notification.Kind.REPORT_READY: report_ready,
    Notification.Kind.REPORT_FAILED: report_failed,
}


def _tell(name: str, notification: Notification) -> None:
    context = {"notification": notification, "link": _link(notification), "preference": _preference_link()}
    _message(name, notification.user, context, f"notification-{notification.pk}").send()


def _link(notification: Notification) -> str:
    return f"{settings.SITE_URL}{reverse('notification-open', args=[notification.pk])}"


def _preference_link() -> str:
    return f"{settings.SITE_URL}{reverse('notification-settings')}"


def _send(name: str, user: User, context: dict[str, Any]) -> bool:
    """Send in the request; whether the mail server took it. What was done stands, and whoever did it is told."""
    try:
        _message(name, user, context).send()
    except Exception:  # not the mail server alone: an address that no e-mail can name is refused before it is asked
        logger.exception("The e-mail %r to person %s was not sent.", name, user.pk)
        return False
    return True


def _message(name: str, user: User, context: dict[str, Any], identity: str = "") -> EmailMessage:
    text = render_to_string(f"emails/{name}.txt", {"user": user, **context})
    subject, _, body = text.strip().partition("\n")
    # The same e-mail has the same name each time it is sent: mailboxes show one that comes twice once.
    headers = {"Message-ID": f"<{identity}@{urlsplit(settings.SITE_URL).hostname}>"} if identity else {}
    return EmailMessage(" ".join(subject.split()), body.strip() + "\n", None, [user.email], headers=headers)
