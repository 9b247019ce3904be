"""Background tasks of the boroughs app."""

from typing import Any

from celery import shared_task

from boroughs.actions import work
from boroughs.background import Task


@shared_task(name=Task.RING_DUE_WORK)
def ring_due_work(**_: Any) -> None:
    work.ring_due()
