"""E-mails to subscribers: written as rows in the transaction of what they tell of, sent in the background.

One worker sends at a time: it holds the one piece of work for all letters, and renews its hold with each e-mail. A
letter is taken by an UPDATE that asks whether it is free, sent, and marked. So a worker that dies leaves one letter in
hand at most, which is free again after two minutes; all others go out as soon as another worker takes over.

What the mail server takes later stays in hand for these two minutes, and goes after all that was never tried: letters
to mailboxes that are busy for days hold up nobody. What was not taken in the days for which it is news is given up.

What no sender of e-mails can rule out: dying after the mail server has taken an e-mail and before the row says so. That
one letter is sent again, with the same Message-ID, by which mailboxes drop the second.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import MessageError
from smtplib import SMTPDataError, SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from boroughs.actions import work
from boroughs.actions.work import Claim
from boroughs.background import Task
from boroughs.exceptions import LeaseLost
from procurement.models import Letter, Subscriber
from procurement.models.letter import IN_HAND
from procurement.notifications import Words
from procurement.queries.alert_matches import news_since

logger = logging.getLogger(__name__)

# All letters are one piece of work.
ALL = "london"
# Letters a turn, so that a turn ends well within a task's time.
TURN = 500
CHUNK = 500
# With this answer the mail server ends the connection: the next letter needs another one.
HANGS_UP = 421


class Postponed(Exception):
    """The mail server takes some e-mails later. Does not say whose: it is kept with the work, whoever is deleted."""


@dataclass(frozen=True)
class Draft:
    """A letter to be written: to whom, of what, in which words."""

    subscriber_id: int
    key: str
    words: Words
    awaited: bool = False


@transaction.atomic
def write(drafts: Sequence[Draft]) -> None:
    """Write the letters that are not written yet, and have them sent.

    Call this last in a transaction: the row of work that all letters wait for is held until the commit.
    """
    put(drafts)
    wake()


def put(drafts: Sequence[Draft]) -> None:
    """Write the letters that are not written yet. They go out once `wake` is called, or somebody else's are sent."""
    now = timezone.now()
    rows = [
        Letter(
            subscriber_id=draft.subscriber_id,
            key=draft.key,
            awaited=draft.awaited,
            subject=draft.words.subject,
            body=draft.words.body,
            one_click=draft.words.one_click,
            written_at=now,
        )
        for draft in drafts
    ]
    # A key that this person has a letter for already is passed over: the event was told.
    Letter.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)


def wake() -> None:
    """Have what waits sent."""
    work.request(task=Task.SEND_LETTERS, key=ALL)


def request_waiting() -> None:
    """The scheduler's request: send what is due and in nobody's hands. What failed before is tried again."""
    if Letter.objects.free(at=timezone.now()).exists():
        work.request(task=Task.SEND_LETTERS, key=ALL)


def run(*, key: str = ALL) -> int:
    """Claim the work that is due and send for a turn; the number of e-mails."""
    claim = work.claim(task=Task.SEND_LETTERS, key=key)
    if claim is None:
        return 0
    try:
        return _take_a_turn(claim)
    except LeaseLost:
        logger.warning("Sending letters lost its lease; the worker that took over goes on")
    except Postponed as error:
        work.fail(claim=claim, error=error, pause=IN_HAND)
    except Exception as error:  # noqa: BLE001 - whatever it is, the work is given back, tried again and shown
        work.fail(claim=claim, error=error)
    return 0


def _take_a_turn(claim: Claim) -> int:
    """Send what is free, one connection for all. Raises Postponed for what is not taken for now, after the others."""
    _give_up_what_is_old()
    sent, put_off, codes = 0, set[int](), set[int]()
    connection = get_connection()
    try:
        for _ in range(TURN):
            work.renew(claim=claim)
            letter = _take()
            if letter is None:
                break
            try:
                sent += _send(letter, connection)
            except (SMTPRecipientsRefused, SMTPDataError) as error:
                # Of this letter alone, and for now: the others go out first.
                codes |= _codes(error)
                put_off.add(letter.pk)
                if HANGS_UP in _codes(error):
                    connection.close()
    finally:
        connection.close()
    if put_off:
        postponed = Postponed(f"{len(put_off)} not taken for now, with {sorted(codes)}")
        if not Letter.objects.waiting().filter(taken_at__isnull=True).exists():
            raise postponed
        logger.warning("Letters: %s", postponed)
    _give_back(claim)
    return sent


def _give_up_what_is_old() -> None:
    """Tell nobody what is no news any more. The row says so until it is deleted with all that is done."""
    now = timezone.now()
    since = news_since(now)
    old = Letter.objects.free(at=now).filter(written_at__lt=since)
    if given_up := old.update(error="Given up: not taken while it was news.", taken_at=None):
        logger.error("Gave up %d letters that were written before %s and never taken", given_up, since)


def _give_back(claim: Claim) -> None:
    """To be claimed again at once where more is free; else when the first that is in hand is free again."""
    now = timezone.now()
    if Letter.objects.free(at=now).exists():
        work.release(claim=claim)
        return
    with transaction.atomic():
        work.finish(claim=claim)
        held = Letter.objects.waiting().aggregate(since=Min("taken_at"))["since"]
        if held:
            delay = math.ceil((held + IN_HAND - now).total_seconds())
            work.request(task=Task.SEND_LETTERS, key=ALL, delay=max(delay, 1))


def _take() -> Letter | None:
    """The next letter, in this worker's hands from now on. Two workers never hold the same.

    What was never tried goes before all that is tried again, which may be refused again and again.
    """
    while True:
        now = timezone.now()
        free = Letter.objects.free(at=now)
        found = free.select_related("subscriber")
        letter = found.filter(taken_at__isnull=True).in_turn().first() or found.order_by("taken_at", "pk").first()
        # Of two workers that try, the database lets one change the row.
        if letter is None or free.filter(pk=letter.pk).update(taken_at=now):
            return letter


def _send(letter: Letter, connection: BaseEmailBackend) -> int:
    mine = Letter.objects.filter(pk=letter.pk, sent_at__isnull=True)
    if not _can_be_named(letter.subscriber.email):
        return _refuse(letter, "No e-mail can name this address.")
    try:
        connection.open()
        connection.send_messages([message(letter)])
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        if min(_codes(error), default=0) < 500:
            # It stays in hand, so that the others go first.
            raise
        return _refuse(letter, str(error)[:500], is_of_address=isinstance(error, SMTPRecipientsRefused))
    except Exception:
        mine.update(taken_at=None)
        raise
    mine.update(sent_at=timezone.now(), body="", taken_at=None)
    return 1


def _refuse(letter: Letter, error: str, *, is_of_address: bool = True) -> int:
    """Give a letter up: a 5xx is for good (RFC 5321, 4.2.1). After the text it is of the letter, not of its address."""
    Letter.objects.filter(pk=letter.pk, sent_at__isnull=True).update(error=error, taken_at=None)
    if not is_of_address:
        logger.error("The mail server refused letter %s for good: %s", letter.pk, error)
        return 0
    Subscriber.objects.filter(pk=letter.subscriber_id, refused_at__isnull=True).update(refused_at=timezone.now())
    logger.warning("The address of %s is refused for good", letter.subscriber)
    return 0


def _can_be_named(address: str) -> bool:
    """Whether the head of an e-mail can hold this address. One that cannot would stop all letters behind it."""
    try:
        sanitize_address(address, "utf-8")
        EmailMessage(from_email=address, to=[address]).message().as_bytes()
    except (ValueError, MessageError):
        return False
    return True


def message(letter: Letter) -> EmailMessage:
    """The e-mail. The same letter has the same Message-ID each time: mailboxes show one that comes twice once."""
    host = urlsplit(settings.SITE_URL).hostname
    headers = {
        "Message-ID": f"<letter-{letter.pk}@{host}>",
        # RFC 3834: no answering machine answers this.
        "Auto-Submitted": "auto-generated",
    }
    if letter.one_click:
        # RFC 8058: the mailbox shows a button that ends it with one POST.
        headers |= {"List-Unsubscribe": f"<{letter.one_click}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return EmailMessage(letter.subject, letter.body, None, [letter.subscriber.email], headers=headers)


def _codes(error: SMTPRecipientsRefused | SMTPDataError) -> set[int]:
    """What the mail server answered, without its words, which may name the address."""
    if isinstance(error, SMTPDataError):
        return {error.smtp_code}
    return {code for code, _ in error.recipients.values()}
