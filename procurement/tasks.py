"""Background tasks of the procurement app."""

from typing import Any

from celery import shared_task

from boroughs.background import Task
from procurement.actions import matching, reports


@shared_task(name=Task.MATCH_NEEDS)
def match_needs(*, key: str, **_: Any) -> None:
    matching.run(key=key)


@shared_task(name=Task.MATCH_NIGHTLY)
def match_nightly(**_: Any) -> None:
    matching.request_nightly()


@shared_task(name=Task.BUILD_REPORT)
def build_report(*, key: str, **_: Any) -> None:
    reports.build(key=key)
