"""The names of background tasks, their queues and their clock, and the bell that wakes them.

The database says what is due (boroughs/models/work.py); a message only makes it happen sooner. So ringing never fails
the request that rings, and a lost message costs seconds: the sweeper rings again for whatever is still due.
"""

import logging
from enum import StrEnum
from functools import partial
from typing import Any

from celery import current_app
from celery.schedules import crontab
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


class Task(StrEnum):
    """Every background task, by the name it is registered under."""

    RING_DUE_WORK = "boroughs.ring_due_work"
    MAIL_NOTIFICATIONS = "boroughs.mail_notifications"
    MAIL_WAITING = "boroughs.mail_waiting"
    AGE_NEEDS = "boroughs.age_needs"
    AGE_DAILY = "boroughs.age_daily"
    RUN_IMPORT = "boroughs.run_import"
    DROP_SESSIONS = "boroughs.drop_sessions"
    MAIL_RESET_LINK = "boroughs.mail_reset_link"
    MATCH_NEEDS = "procurement.match_needs"
    SUGGEST_FOR_NEED = "procurement.suggest_for_need"
    PREPARE_SUGGESTIONS = "procurement.prepare_suggestions"
    MATCH_NIGHTLY = "procurement.match_nightly"
    ALIGN_DEMANDS = "procurement.align_demands"
    TELL_OF_OVERLAPS = "procurement.tell_of_overlaps"
    TEND_COALITIONS = "procurement.tend_coalitions"
    TEND_DAILY = "procurement.tend_daily"
    TELL_FIGURES = "procurement.tell_figures"
    TELL_FIGURES_NIGHTLY = "procurement.tell_figures_nightly"
    DRAFT_NEXT_VERSIONS = "procurement.draft_next_versions"
    EMBED_NOTICES = "procurement.embed_notices"
    EMBED_NIGHTLY = "procurement.embed_nightly"
    SEND_LETTERS = "procurement.send_letters"
    SEND_WAITING_LETTERS = "procurement.send_waiting_letters"
    TELL_SUBSCRIBERS = "procurement.tell_subscribers"
    WRITE_DIGESTS = "procurement.write_digests"
    WRITE_DUE_DIGESTS = "procurement.write_due_digests"
    DELIVER_WEBHOOKS = "procurement.deliver_webhooks"
    DROP_UNCONFIRMED = "procurement.drop_unconfirmed"
    BUILD_REPORT = "procurement.build_report"
    REBUILD_REPORT = "procurement.rebuild_report"
    ISSUE_REPORTS = "procurement.issue_reports"
    ISSUE_REPORTS_DAILY = "procurement.issue_reports_daily"


# Whose key is the address of a person: in no log, and nobody's to mend.
PRIVATE = frozenset({Task.MAIL_RESET_LINK})

QUEUES = ("default", "match", "pdf")

ROUTES: dict[str, dict[str, str]] = {
    Task.RING_DUE_WORK: {"queue": "default"},
    Task.MAIL_NOTIFICATIONS: {"queue": "default"},
    Task.MAIL_WAITING: {"queue": "default"},
    Task.AGE_NEEDS: {"queue": "default"},
    Task.AGE_DAILY: {"queue": "default"},
    Task.RUN_IMPORT: {"queue": "default"},
    Task.DROP_SESSIONS: {"queue": "default"},
    Task.MAIL_RESET_LINK: {"queue": "default"},
    Task.MATCH_NEEDS: {"queue": "match"},
    # Not behind a run that computes: it is for somebody who waits.
    Task.SUGGEST_FOR_NEED: {"queue": "default"},
    Task.PREPARE_SUGGESTIONS: {"queue": "default"},
    Task.MATCH_NIGHTLY: {"queue": "default"},
    Task.ALIGN_DEMANDS: {"queue": "match"},
    Task.TELL_OF_OVERLAPS: {"queue": "default"},
    Task.TEND_COALITIONS: {"queue": "default"},
    Task.TEND_DAILY: {"queue": "default"},
    Task.TELL_FIGURES: {"queue": "default"},
    Task.TELL_FIGURES_NIGHTLY: {"queue": "default"},
    Task.DRAFT_NEXT_VERSIONS: {"queue": "default"},
    # Not behind a match run: suppliers search for what was just published.
    Task.EMBED_NOTICES: {"queue": "default"},
    Task.EMBED_NIGHTLY: {"queue": "default"},
    Task.SEND_LETTERS: {"queue": "default"},
    Task.SEND_WAITING_LETTERS: {"queue": "default"},
    Task.TELL_SUBSCRIBERS: {"queue": "default"},
    Task.WRITE_DIGESTS: {"queue": "default"},
    Task.WRITE_DUE_DIGESTS: {"queue": "default"},
    Task.DELIVER_WEBHOOKS: {"queue": "default"},
    Task.DROP_UNCONFIRMED: {"queue": "default"},
    Task.BUILD_REPORT: {"queue": "pdf"},
    Task.REBUILD_REPORT: {"queue": "pdf"},
    Task.ISSUE_REPORTS: {"queue": "default"},
    Task.ISSUE_REPORTS_DAILY: {"queue": "default"},
}

SCHEDULE: dict[str, dict[str, Any]] = {
    # A lost message is made good within this many seconds. Expired bells are dropped: the next one is on its way.
    "ring due work": {"task": Task.RING_DUE_WORK, "schedule": 10.0, "options": {"expires": 10}},
    "match every night": {
        "task": Task.MATCH_NIGHTLY,
        "schedule": crontab(hour=2, minute=15),
        "options": {"expires": 3600},
    },
    # For a model that was changed, and notices that were published before there was one.
    "embed notices every night": {
        "task": Task.EMBED_NIGHTLY,
        "schedule": crontab(hour=1, minute=45),
        "options": {"expires": 3600},
    },
    # After the night's match run, which may have changed what is behind them.
    "tell figures every night": {
        "task": Task.TELL_FIGURES_NIGHTLY,
        "schedule": crontab(hour=3, minute=15),
        "options": {"expires": 3600},
    },
    "drop sessions that are over": {
        "task": Task.DROP_SESSIONS,
        "schedule": crontab(hour=3, minute=10),
        "options": {"expires": 3600},
    },
    # Before the daily e-mail, so that it tells of what came of it.
    "age needs every day": {
        "task": Task.AGE_DAILY,
        "schedule": crontab(hour=5, minute=30),
        "options": {"expires": 3600},
    },
    # Soon after midnight: a decision date is over when its day is. Before the daily e-mail, too.
    "tend coalitions every day": {
        "task": Task.TEND_DAILY,
        "schedule": crontab(hour=0, minute=20),
        "options": {"expires": 3600},
    },
    # Of the schedules that are due on this day, or were while nobody looked: before the daily e-mail as well.
    "issue reports every day": {
        "task": Task.ISSUE_REPORTS_DAILY,
        "schedule": crontab(hour=6, minute=0),
        "options": {"expires": 3600},
    },
    # The daily e-mails, which boroughs/actions/mailing.py lets fall due at half past seven in London, and whatever a
    # mail server that was away or a worker that died has left behind.
    "mail what waits": {"task": Task.MAIL_WAITING, "schedule": crontab(minute="*/15"), "options": {"expires": 900}},
    # The morning's e-mails fall due at half past seven in London, on Mondays those of the week; a minute later all that
    # was published until then can be seen.
    "write digests that are due": {
        "task": Task.WRITE_DUE_DIGESTS,
        "schedule": crontab(minute="1-59/15"),
        "options": {"expires": 900},
    },
    "drop what nobody confirmed": {
        "task": Task.DROP_UNCONFIRMED,
        "schedule": crontab(hour=4, minute=30),
        "options": {"expires": 3600},
    },
    # A letter that a worker had in hand when it died is free after two minutes.
    "send letters that wait": {
        "task": Task.SEND_WAITING_LETTERS,
        "schedule": crontab(minute="*/3"),
        "options": {"expires": 180},
    },
}


def ring(task: Task, *, delay: float = 0, **arguments: Any) -> None:
    """Send the message for `task` now. A broker that is away is logged, not raised: the sweeper rings later."""
    try:
        current_app.tasks[task].apply_async(kwargs=arguments, countdown=delay, expires=300 + delay, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("The broker did not take %s (%s); the sweeper will ring again.", task, error)


def enqueue(task: Task, *, delay: float = 0, **arguments: Any) -> None:
    """Ring `task` once the present transaction is committed; at once where there is none."""
    transaction.on_commit(partial(ring, task, delay=delay, **arguments), robust=True)
