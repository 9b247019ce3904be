"""How often one machine may have us write to mailboxes. Each mailbox has limits of its own; this is for who uses many.

Counted by network address and hour in the cache, under a key from which the address cannot be read.
"""

import math
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from boroughs.api import limits
from boroughs.templatetags.formatting import count

HOUR = 3600


@dataclass(frozen=True)
class Wait:
    """Nothing was sent, because too much was asked for from one place; how long until it may be again."""

    seconds: int

    def __str__(self) -> str:
        most, minutes = settings.ASKED_AN_HOUR, math.ceil(self.seconds / 60)
        return (
            f"{count(most, 'e-mail')} within an hour were asked for from your network, which is the most. "
            f"Nothing was sent. Keep this page open and try again in {count(minutes, 'minute')}."
        )


def take(request: HttpRequest) -> Wait | None:
    """Count one more request that has us write to a mailbox; what to say where it is one too many."""
    now = time.time()
    hour, passed = divmod(int(now), HOUR)
    name = salted_hmac("procurement.asking_limit", f"{limits.place_of(request)} {hour}", algorithm="sha256").hexdigest()
    key = f"asked-{name}"
    cache.add(key, 0, timeout=HOUR)
    try:
        asked = cache.incr(key)
    except ValueError:
        # The hour ended, the cache dropped it or its server went away, in between.
        return None
    return Wait(HOUR - passed) if asked > settings.ASKED_AN_HOUR else None


def answer(response: HttpResponse, wait: Wait | None) -> HttpResponse:
    """The form's page, with what a program needs to know where it has to wait."""
    if wait is not None:
        response.status_code = 429
        response["Retry-After"] = str(wait.seconds)
    return response
