"""Webhooks of subscribers: added, tried, given another secret, set going again, ended."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from boroughs.exceptions import IllegalMove, NotAcceptable
from procurement.actions import webhook_turn
from procurement.models import Subscriber, Webhook, WebhookDelivery
from procurement.models.webhook import WebhookQuerySet
from procurement.outbound import address, signing
from procurement.queries.webhook_payload import TEST

# So many a mailbox may have.
MOST = 5
# Characters of address and search together; an index of PostgreSQL holds no row of more than some 2,700 bytes.
MOST_CHARACTERS = 2500
# A test is asked for so often at most: nobody has us knock at a door for them.
BETWEEN_TESTS = timedelta(minutes=1)


@transaction.atomic
def add(*, subscriber: Subscriber, url: str, search: str, name: str) -> Webhook:
    """Send that address what is published from now on, where the search finds it. A form has checked the address.

    Raises NotAcceptable where the mailbox is not confirmed, has too many or the same already, or both are too long.
    """
    if len(url.encode()) + len(search) > MOST_CHARACTERS:
        raise _about_the_url(f"The address and the search have more than {MOST_CHARACTERS:,} characters together.")
    # The mailbox's row is held until the commit, so that two requests at once are counted one after the other.
    is_known = Subscriber.objects.filter(pk=subscriber.pk, confirmed_at__isnull=False).update(secret=F("secret"))
    if not is_known:
        raise NotAcceptable(["Confirm your e-mail address first: follow the link that we sent there."])
    mine = Webhook.objects.kept().filter(subscriber=subscriber)
    if mine.count() >= MOST:
        raise _about_the_url(f"You have {MOST} webhooks, which is the most. End one first.")
    try:
        with transaction.atomic():
            return Webhook.objects.create(
                subscriber=subscriber,
                url=url,
                host=address.parse(url, loopback=True).name,
                search=search,
                name=name,
                secret=signing.new_secret(),
                created_at=timezone.now(),
            )
    except IntegrityError as error:
        raise _about_the_url("This address is sent the same already.") from error


@transaction.atomic
def rotate(*, webhook: Webhook) -> Webhook:
    """Sign with a new secret, and with the present one for another day; the webhook as it is now.

    Raises IllegalMove where it has ended, or was changed by another request.
    """
    now = timezone.now()
    changed = _kept(webhook).filter(secret=webhook.secret)
    if not changed.update(secret=signing.new_secret(), previous_secret=webhook.secret, rotated_at=now):
        raise IllegalMove("The secret was changed already, or the webhook has ended.")
    return Webhook.objects.get(pk=webhook.pk)


@transaction.atomic
def test(*, webhook: Webhook) -> None:
    """Send a message that tells of nothing. Raises IllegalMove where it would not go out, or one just did."""
    now = timezone.now()
    if not _kept(webhook).filter(paused_at__isnull=True).update(failures=F("failures")):
        raise IllegalMove("Nothing is sent to this webhook at present.")
    since = now - BETWEEN_TESTS
    recent = WebhookDelivery.objects.filter(webhook__subscriber=webhook.subscriber_id, event=TEST, written_at__gt=since)
    # Those of webhooks that have ended count, too: otherwise who ends one and adds it anew has no bound.
    if recent.filter(webhook=webhook).exists() or recent.count() >= MOST:
        raise IllegalMove("A test was sent within the last minute. Wait a little.")
    WebhookDelivery.objects.create(webhook=webhook, event=TEST, written_at=now, not_before=now)
    webhook_turn.wake()


@transaction.atomic
def resume(*, webhook: Webhook) -> None:
    """Go on after a pause, with what still waits. Twice is the same as once."""
    if _kept(webhook).filter(paused_at__isnull=False).update(paused_at=None, failures=0):
        WebhookDelivery.objects.filter(webhook=webhook, done_at__isnull=True).update(not_before=timezone.now())
        webhook_turn.wake()


def end(*, webhook: Webhook) -> None:
    """Nothing more is sent. Twice is the same as once."""
    _kept(webhook).update(ended_at=timezone.now())


def _kept(webhook: Webhook) -> WebhookQuerySet:
    return Webhook.objects.kept().filter(pk=webhook.pk)


def _about_the_url(problem: str) -> NotAcceptable:
    return NotAcceptable([problem], fields={"url": [problem]})
