"""E-mailing what people are told: from rows, in the background.

A row is taken by writing a name into it with an UPDATE that asks whether it is still free, then sent, then marked as
mailed. The hold is longer than any task may run, so nobody else sends what a live worker holds.

What no sender of e-mails can rule out: a worker that dies after the mail server has taken an e-mail and before the row
says so leaves a row that is free again, and the e-mail goes out twice. The other order would lose e-mails instead. Both
copies have the same Message-ID, by which mailboxes drop the second.

What the mail server takes later is in nobody's hands and not free for two minutes, and goes after what was never tried:
a mailbox that is busy for days holds up nobody. What was not taken for `TOLD_KEPT_DAYS` is given up; the site shows it.
"""

import logging
import math
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Min, Q
from django.utils import timezone

from boroughs import notifications, permissions
from boroughs.actions import work
from boroughs.actions.notifying import MAIL
from boroughs.actions.work import Claim
from boroughs.background import Task
from boroughs.exceptions import LeaseLost
from boroughs.models import Notification, User
from boroughs.models.notification import NotificationQuerySet
from boroughs.queries.mornings import last_morning

logger = logging.getLogger(__name__)

MailPreference = User.MailPreference

# People a turn, so that a turn ends well within a task's time.
TURN = 100
# More than this for one person at once makes one e-mail of all.
SINGLY = 5
# What the mail server does not take for now is not tried again before.
LATER = timedelta(minutes=2)


def request_waiting() -> None:
    """The scheduler's request: send what is due and is in nobody's hands. What failed before is tried again."""
    if _due(at=timezone.now()).exists():
        work.request(task=Task.MAIL_NOTIFICATIONS, key=MAIL)


def run(*, key: str = MAIL) -> int:
    """Claim the work that is due and send for a turn; the number of e-mails."""
    claim = work.claim(task=Task.MAIL_NOTIFICATIONS, key=key)
    if claim is None:
        return 0
    try:
        return _take_a_turn(claim)
    except LeaseLost:
        logger.warning("Mailing lost its lease; the worker that took over goes on")
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        work.fail(claim=claim, error=error, pause=LATER)
    except Exception as error:  # noqa: BLE001 - whatever it is, the work is given back, tried again and shown
        work.fail(claim=claim, error=error)
    return 0


def _due(*, at: datetime) -> NotificationQuerySet:
    at_once = Q(user__mail_preference=MailPreference.AT_ONCE)
    daily = Q(user__mail_preference=MailPreference.DAILY, at__lt=last_morning(at))
    return Notification.objects.to_mail(at=at).filter(at_once | daily)


def _take_a_turn(claim: Claim) -> int:
    now = timezone.now()
    _give_up_what_is_old(now)
    people = _in_turn(now)
    sent = 0
    refusal: Exception | None = None
    for user_id in people[:TURN]:
        work.renew(claim=claim)
        try:
            sent += _mail(User.objects.get(pk=user_id))
        except (SMTPRecipientsRefused, SMTPDataError) as error:
            # Of this e-mail alone, and for now: the others go out first.
            logger.warning("An e-mail to person %s was not taken for now: %s", user_id, error)
            refusal = error
    if len(people) > TURN:
        work.release(claim=claim)
    elif refusal is not None:
        raise refusal
    else:
        _finish(claim)
    return sent


def _give_up_what_is_old(now: datetime) -> None:
    since = now - timedelta(days=settings.TOLD_KEPT_DAYS)
    if given_up := _due(at=now).filter(at__lt=since).update(mail_error="Given up: not taken while it was news."):
        logger.error("Gave up %d e-mails of what happened before %s and was never taken", given_up, since)


def _in_turn(now: datetime) -> list[int]:
    """For whom something is due, one more than a turn serves. Who was never tried is first, then who waits longest."""
    due = _due(at=now).values("user_id").annotate(tried=Max("mail_lease_until"))
    return list(due.order_by(F("tried").asc(nulls_first=True), "user_id").values_list("user_id", flat=True)[: TURN + 1])


@transaction.atomic
def _finish(claim: Claim) -> None:
    """Nothing is left to send, but what is held. It is asked for when the first of it is free again."""
    work.finish(claim=claim)
    now = timezone.now()
    unsent = Notification.objects.unread().filter(mail_wanted=True, mailed_at__isnull=True, mail_error="")
    free_at = unsent.filter(mail_lease_until__gte=now).aggregate(first=Min("mail_lease_until"))["first"]
    if free_at:
        work.request(task=Task.MAIL_NOTIFICATIONS, key=MAIL, delay=math.ceil((free_at - now).total_seconds()) + 1)


def _mail(user: User) -> int:
    """Take what is due for one person and send it; the number of e-mails. Raises what the mail server answers."""
    rows = _take(user)
    sent = 0
    # What was not sent is free for the next attempt at once, but where the mail server wants it later.
    free_at = None
    try:
        for bundle in _bundles(user, rows):
            sent += _send(user, bundle)
    except (SMTPRecipientsRefused, SMTPDataError):
        free_at = timezone.now() + LATER
        raise
    finally:
        held = Notification.objects.filter(mail_owner__in={row.mail_owner for row in rows}, mailed_at__isnull=True)
        held.update(mail_owner="", mail_lease_until=free_at)
    return sent


@transaction.atomic
def _take(user: User) -> list[Notification]:
    """What is due for the person, in this worker's hands from now on. Two workers never hold the same."""
    now = timezone.now()
    wanted = Notification.objects.to_mail(at=now).filter(user=user)
    if user.mail_preference == MailPreference.DAILY:
        wanted = wanted.filter(at__lt=last_morning(now))
    owner = uuid.uuid4().hex
    # A task is ended by then, whatever it waits for.
    held_until = now + timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT + 300)
    wanted.update(mail_owner=owner, mail_lease_until=held_until)
    mine = Notification.objects.filter(mail_owner=owner, mailed_at__isnull=True)
    # Who has no role there any more is told nothing.
    visible = permissions.visible_notifications(user).values("pk")
    mine.exclude(pk__in=visible).update(mail_wanted=False, mail_owner="", mail_lease_until=None)
    return list(mine.select_related("user", "borough").order_by("pk"))


def _bundles(user: User, rows: Sequence[Notification]) -> Iterator[Sequence[Notification]]:
    """What goes into one e-mail."""
    if rows and (user.mail_preference == MailPreference.DAILY or len(rows) > SINGLY):
        yield rows
    else:
        yield from ([row] for row in rows)


def _send(user: User, bundle: Sequence[Notification]) -> int:
    rows = Notification.objects.filter(mail_owner=bundle[0].mail_owner, pk__range=(bundle[0].pk, bundle[-1].pk))
    try:
        if len(bundle) == 1:
            notifications.BY_KIND[bundle[0].kind](notification=bundle[0])
        else:
            notifications.digest(user=user, notifications=bundle)
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        if not _is_for_good(error):
            raise
        rows.update(mail_error=str(error)[:500], mail_owner="", mail_lease_until=None)
        logger.error("The mail server refused an e-mail to person %s for good: %s", user.pk, error)
        return 0
    rows.update(mailed_at=timezone.now(), mail_owner="", mail_lease_until=None)
    return 1


def _is_for_good(error: SMTPRecipientsRefused | SMTPDataError) -> bool:
    """Whether every answer of the mail server is a 5xx (RFC 5321, 4.2.1)."""
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    return min((code for code, _ in error.recipients.values()), default=0) >= 500
