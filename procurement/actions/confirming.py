"""What a link in an e-mail confirms, whatever it is: each kind of thing with its own words and its own action."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from boroughs.templatetags.formatting import listed
from procurement.actions import alerts, interests, questions
from procurement.models import Alert, Interest, Link, LinkNotOurs, Question


@dataclass(frozen=True)
class Way:
    """How one kind of thing is confirmed. `asked` and `said` are sentences before and after; `kind` is a model."""

    kind: type[Any]
    confirm: Callable[[Any], None]
    asked: Callable[[Any], str]
    said: Callable[[Any], str]


def _ways() -> dict[str, Way]:
    ways = [
        Way(
            Alert,
            lambda alert: alerts.confirm(alert=alert),
            lambda alert: f"Follow {alert.name}, and be told {alert.get_frequency_display().lower()}.",
            lambda alert: f"You follow {alert.name}.",
        ),
        Way(
            Question,
            lambda question: questions.confirm(question=question),
            lambda question: f"Ask the authorities of {question.notice.reference}: “{question.text}”",
            questions.said,
        ),
        Way(
            Interest,
            lambda interest: interests.confirm(interest=interest),
            _interest_in_words,
            lambda interest: f"The authorities of {interest.notice.reference} can read your interest.",
        ),
    ]
    return {str(way.kind._meta.model_name): way for way in ways}


def _interest_in_words(interest: Interest) -> str:
    names = listed(borough.name for borough in interest.boroughs.order_by("name"))
    words = f"Show the authorities of {interest.notice.reference} the interest of {interest.organisation}, for {names}."
    return f"{words} “{interest.statement}”" if interest.statement else words


WAYS = _ways()


def thing_of(token: str) -> Any:
    """What the link stands for, with its subscriber. Raises LinkNotOurs, also where either was deleted."""
    link = Link.read(token)
    way = WAYS.get(link.model)
    thing = way.kind.objects.select_related("subscriber").filter(pk=link.pk).first() if way else None
    if thing is None or thing.subscriber is None:
        raise LinkNotOurs
    return thing


def asked(thing: Any) -> str:
    """What the person is asked to say yes to."""
    return _way(thing).asked(thing)


def said(thing: Any) -> str:
    """What came of it."""
    return _way(thing).said(thing)


def confirm(thing: Any) -> None:
    """Say yes from the mailbox. Twice is the same as once."""
    _way(thing).confirm(thing)


def _way(thing: Any) -> Way:
    return WAYS[thing._meta.model_name]
