"""What e-mails to subscribers say: one function each, its words in templates/emails/<function>.txt.

The first line of a template is the subject. Nothing is sent here: procurement/actions/letters.py keeps and sends.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from procurement.models import Alert, Confirmable, Subscriber
from procurement.models.confirmable import CONFIRM_WITHIN


@dataclass(frozen=True)
class Words:
    """An e-mail in plain text. `one_click` is the address that ends what it was sent for (RFC 8058), or empty."""

    subject: str
    body: str
    one_click: str = ""


def confirm_alert(*, alert: Alert) -> Words:
    """Asks whether it was the reader of this mailbox who wants to follow a notice or a search."""
    return _words("confirm_alert", {"alert": alert, **_to_confirm(alert)})


def own_page(subscriber: Subscriber) -> str:
    """The address of the page where a subscriber sees and ends what they follow."""
    return settings.SITE_URL + reverse("subscriber", args=[subscriber.token])


def _to_confirm(thing: Confirmable) -> dict[str, Any]:
    link = settings.SITE_URL + reverse("confirm", args=[thing.confirmation_token])
    return {"link": link, "days": CONFIRM_WITHIN.days}


def _words(name: str, context: dict[str, Any], one_click: str = "") -> Words:
    text = render_to_string(f"emails/{name}.txt", {"site": settings.SITE_URL, **context})
    subject, _, body = text.strip().partition("\n")
    return Words(" ".join(subject.split()), body.strip() + "\n", one_click)
