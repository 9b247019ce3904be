"""Background tasks of the procurement app."""

from typing import Any

from celery import shared_task

from boroughs.background import Task
from procurement.actions import (
    alert_news,
    alignments,
    coalition_clock,
    interest_bands,
    kept_post,
    letters,
    matching,
    next_versions,
    notice_vectors,
    report_rebuilds,
    report_schedules,
    reports,
    subscribers,
    suggesting,
    telling,
    telling_figures,
    webhook_turn,
)
from procurement.forms import board


@shared_task(name=Task.MATCH_NEEDS)
def match_needs(*, key: str, **_: Any) -> None:
    matching.run(key=key)


@shared_task(name=Task.SUGGEST_FOR_NEED)
def suggest_for_need(*, key: str, **_: Any) -> None:
    suggesting.suggest(key=key)


@shared_task(name=Task.PREPARE_SUGGESTIONS)
def prepare_suggestions(**_: Any) -> None:
    suggesting.prepare()


@shared_task(name=Task.MATCH_NIGHTLY)
def match_nightly(**_: Any) -> None:
    matching.request_nightly()


@shared_task(name=Task.ALIGN_DEMANDS)
def align_demands(*, key: str, **_: Any) -> None:
    alignments.run(key=key)


@shared_task(name=Task.TELL_OF_OVERLAPS)
def tell_of_overlaps(*, key: str, **_: Any) -> None:
    telling.run(key=key)


@shared_task(name=Task.TEND_COALITIONS)
def tend_coalitions(*, key: str, **_: Any) -> None:
    coalition_clock.run(key=key)


@shared_task(name=Task.TEND_DAILY)
def tend_daily(**_: Any) -> None:
    coalition_clock.request_daily()


@shared_task(name=Task.TELL_FIGURES)
def tell_figures(*, key: str, **_: Any) -> None:
    telling_figures.run(key=key)


@shared_task(name=Task.TELL_FIGURES_NIGHTLY)
def tell_figures_nightly(**_: Any) -> None:
    telling_figures.request_nightly()


@shared_task(name=Task.DRAFT_NEXT_VERSIONS)
def draft_next_versions(*, key: str, **_: Any) -> None:
    next_versions.run(key=key)


@shared_task(name=Task.EMBED_NOTICES)
def embed_notices(*, key: str, **_: Any) -> None:
    notice_vectors.run(key=key)


@shared_task(name=Task.EMBED_NIGHTLY)
def embed_nightly(**_: Any) -> None:
    notice_vectors.request()


@shared_task(name=Task.BUILD_REPORT)
def build_report(*, key: str, **_: Any) -> None:
    reports.build(key=key)


@shared_task(name=Task.REBUILD_REPORT)
def rebuild_report(*, key: str, **_: Any) -> None:
    report_rebuilds.build(key=key)


@shared_task(name=Task.ISSUE_REPORTS)
def issue_reports(*, key: str, **_: Any) -> None:
    report_schedules.run(key=key)


@shared_task(name=Task.ISSUE_REPORTS_DAILY)
def issue_reports_daily(**_: Any) -> None:
    report_schedules.request_daily()


@shared_task(name=Task.SEND_LETTERS)
def send_letters(*, key: str, **_: Any) -> None:
    letters.run(key=key)


@shared_task(name=Task.SEND_WAITING_LETTERS)
def send_waiting_letters(**_: Any) -> None:
    letters.request_waiting()


@shared_task(name=Task.TELL_SUBSCRIBERS)
def tell_subscribers(*, key: str, **_: Any) -> None:
    alert_news.tell(key=key, read=board.read)


@shared_task(name=Task.WRITE_DIGESTS)
def write_digests(*, key: str, **_: Any) -> None:
    alert_news.write_digests(key=key, read=board.read)


@shared_task(name=Task.WRITE_DUE_DIGESTS)
def write_due_digests(**_: Any) -> None:
    alert_news.request_digests()


@shared_task(name=Task.DELIVER_WEBHOOKS)
def deliver_webhooks(*, key: str, **_: Any) -> None:
    webhook_turn.run(key=key)


@shared_task(name=Task.DROP_UNCONFIRMED)
def drop_unconfirmed(**_: Any) -> None:
    subscribers.drop_unconfirmed()
    kept_post.drop()
    interest_bands.settle_all()
