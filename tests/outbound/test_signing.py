import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from procurement.outbound import backoff, signing

BODY = '{"type":"notice.published"}'


def test_receivers_verify_each_message_with_either_secret() -> None:
    new, old = signing.new_secret(), signing.new_secret()
    head = signing.headers(identifier="msg_1", body=BODY, at=datetime.now(UTC), secrets=[new, old])
    for secret in (new, old):
        assert Webhook(secret).verify(BODY, head) == {"type": "notice.published"}
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(BODY, head)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(BODY + " ", head)


def test_the_signature_is_that_of_the_specification_in_any_zone() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = datetime(2026, 7, 6, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    head = signing.headers(identifier="msg_1", body=BODY, at=at, secrets=[secret])
    signed = f"msg_1.{int(at.timestamp())}.{BODY}".encode()
    expected = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert head["webhook-timestamp"] == str(int(at.timestamp()))
    assert head["webhook-signature"] == "v1," + base64.b64encode(expected).decode()


def test_a_server_that_is_mended_within_a_day_misses_nothing() -> None:
    waits = [backoff.after(attempts) for attempts in range(1, 9)]
    assert waits[-1] is None
    assert sum((each for each in waits if each), timedelta()) > timedelta(days=1)
    assert waits[0] == timedelta(seconds=5)
