"""Devices on which a person has signed in before.

Wrong guesses use up tries, and whoever guesses decides for which account. So a device that its owner has used has tries
of its own, which no stranger can use up (docs/adr/0026-tries-of-a-known-device.md). The cookie lets nobody in: the
password is asked for all the same. It names no person, and is worth nothing for another account.
"""

import unicodedata

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string, salted_hmac

SALT = "loti.known_devices"
# Of so many people a device is remembered, those who signed in last: a shared machine keeps its cookie short.
PEOPLE = 5
SECONDS = 180 * 86400
COOKIE = "__Host-known-device" if settings.PRODUCTION else "known-device"


def account_of(email: str, *, secret: str | None = None) -> str:
    """The account that an address stands for, as the sign-in finds it, however it was typed."""
    same = unicodedata.normalize("NFKC", email.strip()).casefold()
    return salted_hmac(SALT, same, secret=secret, algorithm="sha256").hexdigest()[:32]


def recall(request: HttpRequest, email: str) -> str:
    """The device's own name where it is known for the account, else nothing."""
    kept = _remembered(request)
    return next((kept[account] for account in _accounts(email) if account in kept), "")


def remember(response: HttpResponse, request: HttpRequest, email: str) -> None:
    """The account's owner has signed in here, or has come by a link that only their mailbox has."""
    name = recall(request, email) or get_random_string(22)
    others = [(account, kept) for account, kept in _remembered(request).items() if account not in _accounts(email)]
    kept = dict([*others, (account_of(email), name)][-PEOPLE:])
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=SALT),
        max_age=SECONDS,
        secure=settings.PRODUCTION,
        httponly=True,
        samesite="Lax",
    )


def _accounts(email: str) -> list[str]:
    """As the cookie may name the account: under the key of today, and under those that still hold."""
    return [account_of(email, secret=secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _remembered(request: HttpRequest) -> dict[str, str]:
    cookie = request.COOKIES.get(COOKIE, "")
    try:
        kept: dict[str, str] = signing.loads(cookie, salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return {}
    return kept
