"""Tokens of a borough's own programs: made and revoked by its approvers, and asked for at every request."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.actions import needs
from boroughs.exceptions import IllegalMove
from boroughs.models import ApiToken, Borough
from boroughs.permissions import Actor, Client, Permission

# Known by its beginning to whoever finds one in a log or a file, people and scanners alike.
MARK = "loti"
SECRET_BYTES = 32
# Longer than any of ours: not worth a digest.
MAX_CHARACTERS = 200
USE_NOTED_EVERY = timedelta(hours=1)


@transaction.atomic
def create(*, borough: Borough, name: str, days: int, by: Actor) -> tuple[ApiToken, str]:
    """A token that is good for `days` days, and its secret, which can be shown now and never again."""
    permissions.require(by, Permission.MANAGE_API_TOKENS, borough)
    prefix = f"{MARK}_{secrets.token_hex(4)}"
    secret = f"{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    now = timezone.now()
    token = ApiToken.objects.create(
        borough=borough,
        name=name,
        prefix=prefix,
        digest=_digest(secret),
        created_at=now,
        created_by=needs.person_of(by),
        expires_at=now + timedelta(days=days),
    )
    _record(token, "create", by, days=days)
    return token, secret


@transaction.atomic
def revoke(*, token: ApiToken, by: Actor) -> ApiToken:
    """Let nobody in with it any more, from the next request on. Raises IllegalMove where it was revoked before."""
    permissions.require(by, Permission.MANAGE_API_TOKENS, token.borough)
    revoked = ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(
        revoked_at=timezone.now(), revoked_by=needs.person_of(by)
    )
    if not revoked:
        raise IllegalMove(f"The token “{token.name}” has been revoked already.")
    token.refresh_from_db(fields=["revoked_at", "revoked_by"])
    _record(token, "revoke", by)
    return token


def client_of(secret: str, *, at: datetime) -> Client | None:
    """The program that shows this secret; None where the token is unknown, has expired or was revoked.

    It is looked up by its digest, so how long the look-up takes says nothing about how much of a guess was right.
    """
    if len(secret) > MAX_CHARACTERS:
        return None
    token = ApiToken.objects.valid(at=at).select_related("borough").filter(digest=_digest(secret)).first()
    if token is None:
        return None
    _note_use(token, at)
    return Client(borough=token.borough, name=f"{token.name} ({token.prefix})")


def _note_use(token: ApiToken, at: datetime) -> None:
    due = at - USE_NOTED_EVERY
    if token.last_used_at is None or token.last_used_at <= due:
        unnoted = Q(last_used_at__isnull=True) | Q(last_used_at__lte=due)
        ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=at)


def _digest(secret: str) -> str:
    # One round is enough: there are 256 random bits to guess.
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _record(token: ApiToken, verb: str, by: Actor, **details: int) -> None:
    said = {"name": token.name} | details
    audit.record(by=by, verb=verb, noun="API token", reference=token.prefix, borough=token.borough, details=said)
