"""Links to a new password, for whoever asks by an address.

The request does the same whether or not the address has an account: it writes a row and rings. Who is behind it is
looked up by the worker, where nobody measures. What was typed is kept until the mail server has taken the link, and for
a day at the most.
"""

import logging

from boroughs import notifications
from boroughs.actions import work
from boroughs.background import Task
from boroughs.exceptions import LeaseLost
from boroughs.models import User, Work

logger = logging.getLogger(__name__)
# A day of the scheduler's quarters of an hour. The row tells how often it was asked for, and not since when.
ROUNDS = 96


def ask(*, email: str) -> None:
    """Have a link sent to the account's own address, if there is an account."""
    work.request(task=Task.MAIL_RESET_LINK, key=email.strip().lower())


def request_failed() -> None:
    """The scheduler's request: a link that three attempts did not send is tried again for a day, and then forgotten."""
    for failed in Work.objects.failed().filter(task=Task.MAIL_RESET_LINK):
        if failed.requested - failed.done <= ROUNDS:
            work.request(task=Task.MAIL_RESET_LINK, key=failed.key)
        else:
            Work.objects.failed().filter(pk=failed.pk, requested=failed.requested).delete()
            logger.error("A link to a new password was given up: no mail server took it for a day")


def run(*, key: str) -> None:
    """Claim the work and send. Twice rather than never, as with all e-mails."""
    claim = work.claim(task=Task.MAIL_RESET_LINK, key=key)
    if claim is None:
        return
    try:
        user = User.objects.filter(email=key, is_active=True).first()
        if user is not None:
            notifications.password_reset(user=user)
        work.drop(claim=claim)
    except LeaseLost:
        logger.warning("A link to a new password was taken over by another worker")
    except Exception as error:  # noqa: BLE001 - whatever it is, the work is given back, tried again and shown
        work.fail(claim=claim, error=error)
