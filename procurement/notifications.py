"""What e-mails to subscribers say: one function each, its words in templates/emails/<function>.txt.

The first line of a template is the subject. Nothing is sent here: procurement/actions/letters.py keeps and sends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from procurement.models import Alert, Confirmable, Interest, Notice, NoticeVersion, Question, Subscriber, Webhook
from procurement.models.confirmable import CONFIRM_WITHIN
from procurement.queries.alert_matches import Event

# So many publications are listed in one e-mail; it says how many more there are, and where.
LISTED = 30


@dataclass(frozen=True)
class Words:
    """An e-mail in plain text. `one_click` is the address that ends what it was sent for (RFC 8058), or empty."""

    subject: str
    body: str
    one_click: str = ""


def confirm_alert(*, alert: Alert) -> Words:
    """Asks whether it was the reader of this mailbox who wants to follow a notice or a search."""
    return _words("confirm_alert", {"alert": alert, **_to_confirm(alert)})


def confirm_question(*, question: Question) -> Words:
    """Asks whether it was the reader of this mailbox who asked, or tells that they have asked it before."""
    return _words("confirm_question", {"question": question, "title": _title(question.notice), **_to_confirm(question)})


def question_answered(
    *, question: Question, version: NoticeVersion, subscriber: Subscriber, is_correction: bool = False
) -> Words:
    """Tells who asked that the answer is published, or corrected."""
    page = settings.SITE_URL + reverse("notice-detail", args=[version.notice.reference])
    context = {
        "question": question,
        "title": version.title,
        "reference": version.notice.reference,
        "is_correction": is_correction,
        "link": f"{page}#question-{question.number}",
        "own_page": own_page(subscriber),
    }
    return _words("question_answered", context)


def question_declined(*, question: Question, subscriber: Subscriber) -> Words:
    """Tells who asked, and nobody else, that there will be no answer, and why."""
    context = {"question": question, "title": _title(question.notice), "own_page": own_page(subscriber)}
    return _words("question_declined", context)


def confirm_interest(*, interest: Interest, replaces: bool) -> Words:
    """Asks whether it was the reader of this mailbox who shows interest, in place of what they showed before or not.

    No later e-mail may come, so that this one says where it is changed and withdrawn.
    """
    about = {"reference": interest.notice.reference, "title": _title(interest.notice), "replaces": replaces}
    return _words("confirm_interest", {**about, "own_page": own_page(interest.subscriber), **_to_confirm(interest)})


def _title(notice: Notice) -> str:
    """What the notice is called on the board; the office's working copy may say something else."""
    return notice.current.title if notice.current else notice.reference


def published(*, event: Event, alerts: Sequence[Alert]) -> Words:
    """Tells one subscriber at once of one publication; `alerts` are those of theirs that it answers."""
    subscriber = alerts[0].subscriber
    mute = "" if any(alert.notice_id for alert in alerts) else _mute_page(subscriber, event)
    return _told("published", subscriber, alerts, {"event": event, "address": _address(event), "mute": mute})


def digest(*, events: Sequence[Event], alerts: Sequence[Alert]) -> Words:
    """Tells one subscriber in the morning of what was published since the last, oldest first."""
    subscriber = alerts[0].subscriber
    listed = [
        {"event": event, "address": _address(event), "mute": _mute_page(subscriber, event)} for event in events[:LISTED]
    ]
    more = len(events) - len(listed)
    return _told("published_since", subscriber, alerts, {"listed": listed, "count": len(events), "more": more})


def webhook_paused(*, webhook: Webhook, problem: str) -> Words:
    """Tells a subscriber that a server of theirs took nothing for more than a day; how it failed last."""
    subscriber = webhook.subscriber
    page = settings.SITE_URL + reverse("webhook", args=[subscriber.token, webhook.pk])
    context = {"webhook": webhook, "problem": problem, "page": page, "own_page": own_page(subscriber)}
    return _words("webhook_paused", context)


def _told(name: str, subscriber: Subscriber, alerts: Sequence[Alert], context: dict[str, Any]) -> Words:
    token = subscriber.token_to_stop(alert.pk for alert in alerts)
    stop = settings.SITE_URL + reverse("alert-stop", args=[token])
    board = settings.SITE_URL + reverse("board")
    about = {"alerts": alerts, "stop": stop, "own_page": own_page(subscriber), "board": board}
    return _words(name, {**about, **context}, one_click=stop)


def _address(event: Event) -> str:
    return settings.SITE_URL + reverse("notice-version", args=[event.reference, event.number])


def _mute_page(subscriber: Subscriber, event: Event) -> str:
    return settings.SITE_URL + reverse("notice-mute", args=[subscriber.token, event.reference])


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
