"""How many requests a caller may make in a minute: far more than a program needs, and fewer than would keep a process
busy for one alone.

Each process counts for itself, since it is the process that is protected: a count that all share would make every
answer wait for the broker. So a caller who is lucky may make as many requests in each process.
"""

import ipaddress
import threading
import time
from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from boroughs.models import User
from boroughs.permissions import Client

MINUTE = 60
# Of so many callers the counts are kept; a flood from more of them is none that a count by caller could stop.
CALLERS = 50_000
WORDS = "Too many requests. Try again in {wait} seconds."


class Counts:
    """Requests of this minute, by caller."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = -1
        self._made: dict[str, int] = {}

    def wait(self, caller: str, *, most: int) -> int:
        """Count a request; the seconds until the caller may make the next one, 0 where this one is granted."""
        now = time.monotonic()
        with self._lock:
            if int(now // MINUTE) != self._minute or len(self._made) >= CALLERS:
                self._minute, self._made = int(now // MINUTE), {}
            made = self._made[caller] = self._made.get(caller, 0) + 1
        return ceil(MINUTE - now % MINUTE) if made > most else 0

    def clear(self) -> None:
        with self._lock:
            self._made = {}


counts = Counts()


def wait(request: HttpRequest | Request, who: object = None) -> int:
    """The seconds until whoever asks may ask again; 0 where this request is granted. `who` is known by a credential."""
    if isinstance(who, Client):
        caller = f"{who.borough.slug} {who.name}"
    elif isinstance(who, User):
        caller = f"person {who.pk}"
    else:
        caller = place_of(request)
    return counts.wait(caller, most=settings.API_REQUESTS_PER_MINUTE)


class RequestLimit(BaseThrottle):
    """The same for views of the API framework, which ask for it once they know who it is."""

    def allow_request(self, request: Request, view: Any) -> bool:
        self._wait = wait(request, request.user)
        return not self._wait

    def wait(self) -> float:
        return self._wait


def place_of(request: HttpRequest | Request) -> str:
    """Where the caller is, by the word of our own proxies alone. Who has one IPv6 address has 2**64 of them."""
    environ = request.META
    before = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    said = before[-proxies] if 0 < proxies <= len(before) else environ.get("REMOTE_ADDR", "")
    # Some proxies add the port.
    host, _ = split_domain_port(said.strip())
    try:
        address = ipaddress.ip_address(host.strip("[]") or said.strip())
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    # A server that listens for both writes IPv4 addresses as ::ffff:192.0.2.1: all of them are in one network of IPv6.
    return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
