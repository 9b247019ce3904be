"""Signatures after Standard Webhooks: who has the secret can tell that a message is ours, whole and new."""

import base64
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

PREFIX = "whsec_"


def new_secret() -> str:
    """192 random bits, as the libraries of Standard Webhooks read them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode("ascii")


def headers(*, identifier: str, body: str, at: datetime, secrets: Sequence[str]) -> dict[str, str]:
    """The three headers of a message; one signature for each secret, so that a receiver may change its own in peace."""
    # The library counts the seconds of a time in UTC, whatever zone the time is in.
    moment = at.astimezone(UTC)
    signatures = [Webhook(secret).sign(identifier, moment, body) for secret in secrets]
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
