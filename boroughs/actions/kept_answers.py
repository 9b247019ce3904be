"""Doing what a request asks once, however often it arrives: a program that hears no answer asks again."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from boroughs import audit
from boroughs.exceptions import NotAcceptable
from boroughs.models import KeptAnswer
from boroughs.permissions import Actor

KEPT_FOR = timedelta(hours=24)


class KeyTaken(NotAcceptable):
    """The key stands for another request already."""

    def __init__(self) -> None:
        super().__init__(["This Idempotency-Key was used for another request in the last 24 hours. Choose a new key."])


def find(*, key: str, digest: str, by: Actor) -> dict[str, Any] | None:
    """What was answered to the same request before; None where it is new. Raises KeyTaken where it was another."""
    since = timezone.now() - KEPT_FOR
    kept = KeptAnswer.objects.filter(actor=audit.name_of(by), key=key, at__gt=since).first()
    if kept is None:
        return None
    if kept.digest != digest:
        raise KeyTaken
    return dict(kept.body)


@transaction.atomic
def answer_once(*, key: str, digest: str, by: Actor, act: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """Do what was asked and keep the answer that `act` gives; of the same request in the same moment, one does it.

    Both ask for the same row. The second waits until the first is done, and then gets the first one's answer; where
    the first failed, nothing of it is there, and the second does it. Raises KeyTaken, and what `act` raises.
    """
    now = timezone.now()
    KeptAnswer.objects.filter(at__lte=now - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            kept = KeptAnswer.objects.create(actor=audit.name_of(by), key=key, digest=digest, body={}, at=now)
    except IntegrityError:
        answered = find(key=key, digest=digest, by=by)
        if answered is None:
            raise
        return answered
    body = dict(act())
    KeptAnswer.objects.filter(pk=kept.pk).update(body=body)
    return body
