"""Links to a new password, for whoever asks by an address.

The request does the same whether or not the address has an account: it writes a row and rings. Who is behind it is
looked up by the worker, where nobody measures. What was typed is kept until then and no longer.
"""

import logging

from boroughs import notifications
from boroughs.actions import work
from boroughs.background import Task
from boroughs.exceptions import LeaseLost
from boroughs.models import User

logger = logging.getLogger(__name__)


def ask(*, email: str) -> None:
    """Have a link sent to the account's own address, if there is an account."""
    work.request(task=Task.MAIL_RESET_LINK, key=email.strip().lower())


def run(*, key: str) -> None:
    """Claim the work and send. Twice rather than never, as with all e-mails."""
    claim = work.claim(task=Task.MAIL_RESET_LINK, key=key)
    if claim is None:
        return
    try:
        user = User.objects.filter(email__iexact=key, is_active=True).first()
        if user is not None:
            notifications.password_reset(user=user)
        work.drop(claim=claim)
    except LeaseLost:
        logger.warning("A link to a new password was taken over by another worker")
    except Exception as error:  # noqa: BLE001 - whatever it is, the work is given back, tried again and shown
        work.fail(claim=claim, error=error)
