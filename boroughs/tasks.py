"""Background tasks of the boroughs app."""

from typing import Any

from celery import shared_task

from boroughs.actions import ageing, import_jobs, mailing, password_links, sessions, work
from boroughs.background import Task
from boroughs.forms import import_reading


@shared_task(name=Task.RING_DUE_WORK)
def ring_due_work(**_: Any) -> None:
    work.ring_due()


@shared_task(name=Task.MAIL_NOTIFICATIONS)
def mail_notifications(*, key: str, **_: Any) -> None:
    mailing.run(key=key)


@shared_task(name=Task.MAIL_WAITING)
def mail_waiting(**_: Any) -> None:
    mailing.request_waiting()
    password_links.request_failed()


@shared_task(name=Task.AGE_NEEDS)
def age_needs(*, key: str, **_: Any) -> None:
    ageing.run(key=key)


@shared_task(name=Task.AGE_DAILY)
def age_daily(**_: Any) -> None:
    ageing.request_daily()


@shared_task(name=Task.RUN_IMPORT)
def run_import(*, key: str, **_: Any) -> None:
    import_jobs.run(key=key, read=import_reading.read)


@shared_task(name=Task.DROP_SESSIONS)
def drop_sessions(**_: Any) -> None:
    sessions.drop_expired()


@shared_task(name=Task.MAIL_RESET_LINK)
def mail_reset_link(*, key: str, **_: Any) -> None:
    password_links.run(key=key)
