"""Health for load balancers, containers and people: alive, ready, and how the background work stands."""

import logging
import threading
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max, Min
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from boroughs import broker
from boroughs.models import Work
from loti.supervision import heartbeat
from procurement.models import MatchRun

logger = logging.getLogger(__name__)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all; asks nothing of anybody else."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when pages can be served, else 503. Shape: {"status", "database", "migrations", "broker"}, each in words.

    A broker that is away does not make it unready: changes are saved and matched once it is back.
    """
    parts = {"database": database(), "migrations": "unknown", "broker": broker_state()}
    if parts["database"] == "ok":
        parts["migrations"] = migrations()
    ready = parts["database"] == parts["migrations"] == "ok"
    return JsonResponse({"status": "ok" if ready else "unavailable", **parts}, status=200 if ready else 503)


@never_cache
@require_safe
def status(request: HttpRequest) -> JsonResponse:
    """How the background work stands, for a signed-in person. Ages are in seconds, null where there is nothing yet."""
    return JsonResponse(
        {"work": work(), "queues": broker.queues(), "worker_heartbeat_ages": heartbeat.ages(), "runs": runs()}
    )


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
            cursor.fetchone()
    except DatabaseError:
        logger.exception("The database does not answer")
        return "unavailable"
    return "ok"


# Set once all migrations were seen to be applied.
_migrated = threading.Event()


def migrations() -> str:
    """Whether every migration of this code is applied. Once they are they stay so for the life of the process."""
    if not _migrated.is_set():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "not all applied"
        _migrated.set()
    return "ok"


def broker_state() -> str:
    return "ok" if broker.answers() else "unavailable"


def work() -> dict[str, Any]:
    now = timezone.now()
    oldest = Work.objects.due(at=now).aggregate(oldest=Min("not_before"))["oldest"]
    return {
        "due": Work.objects.due(at=now).count(),
        "running": Work.objects.pending().filter(lease_until__gte=now).count(),
        "failed": Work.objects.failed().count(),
        "oldest_due_age": (now - oldest).total_seconds() if oldest else None,
    }


def runs() -> dict[str, Any]:
    last = MatchRun.objects.aggregate(last=Max("finished_at"))["last"]
    return {"last_finished_age": (timezone.now() - last).total_seconds() if last else None}
