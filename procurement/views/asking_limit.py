"""How often one machine may have us write to mailboxes. Each mailbox has limits of its own; this is for who uses many.

Counted by network address and hour in the cache, under a key from which the address cannot be read. It is the address
by which attempts to sign in are counted, so that a proxy in front of us is honoured, or not believed, in the same way.
"""

import ipaddress
import math
import time
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from boroughs.templatetags.formatting import count

HOUR = 3600
# A household or an office has one of these to itself, and addresses in it as many as it likes.
IPV6_PREFIX = 64


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
    name = salted_hmac("procurement.asking_limit", f"{_place(request)} {hour}", algorithm="sha256").hexdigest()
    key = f"asked-{name}"
    cache.add(key, 0, timeout=HOUR)
    try:
        asked = cache.incr(key)
    except ValueError:
        # The hour ended, or the cache dropped it, in between.
        return None
    return Wait(HOUR - passed) if asked > settings.ASKED_AN_HOUR else None


def answer(response: HttpResponse, wait: Wait | None) -> HttpResponse:
    """The form's page, with what a program needs to know where it has to wait."""
    if wait is not None:
        response.status_code = 429
        response["Retry-After"] = str(wait.seconds)
    return response


def _place(request: HttpRequest) -> str:
    address: str = get_adapter().get_client_ip(request)
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address}/{IPV6_PREFIX}", strict=False))
