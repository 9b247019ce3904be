"""Measures the board, its API and the open data beside a bare view: `python benchmarks/board.py --notices 10000`.

Each request goes through the WSGI application and all middleware, as a server hands it over, from a stranger without a
cookie; the bare view has one query. A cold page is the first one after a publication, with an address that nobody asked
for; a filtered one is the first with its address; a warm one was asked for before. CPU time of the process, median of
the rounds, taken in turns.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["LOTI_ENV"] = "test"
os.environ.setdefault("LOTI_VAR_DIR", tempfile.mkdtemp(prefix="loti-board-"))
os.environ["API_REQUESTS_PER_MINUTE"] = "1000000"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loti.settings")

import django  # noqa: E402

django.setup()

from django.contrib.auth.decorators import login_not_required  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402

from boroughs.models import Borough, Category  # noqa: E402
from loti import urls  # noqa: E402
from procurement.models import NoticeVersion  # noqa: E402
from procurement.queries import board_table  # noqa: E402
from procurement.views import kept  # noqa: E402
from tests.factories.board import spread  # noqa: E402

FILTERED = "/board/?state=OPEN&borough=camden&value=to-1m&start=24-months&sort=value&page={}"


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """What any page costs: middleware, and one query."""
    return HttpResponse(NoticeVersion.objects.order_by("-pk").values_list("digest", flat=True).first())


class Stranger:
    """Asks the application as a server does."""

    def __init__(self) -> None:
        self._application = WSGIHandler()
        self._environ = RequestFactory()._base_environ()

    def get(self, address: str) -> int:
        """The number of bytes of the answer."""
        parts = urlsplit(address)
        asked = self._environ | {"PATH_INFO": parts.path, "QUERY_STRING": parts.query, "REQUEST_METHOD": "GET"}
        status: list[str] = []
        answer = self._application(asked, lambda said, headers, error=None: status.append(said))
        size = sum(len(part) for part in answer)
        answer.close()
        if status != ["200 OK"]:
            raise SystemExit(f"{address} answered {status}")
        return size


def forget() -> None:
    """As after a publication."""
    board_table._table.cache_clear()
    kept.shelf.clear()


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds of CPU, queries and bytes of each page, and its ratio to the bare view."""
    stranger = Stranger()
    pages: dict[str, tuple[Callable[[], None], Callable[[int], str]]] = {
        "bare": (lambda: None, lambda _: "/bare/"),
        "warm board": (lambda: None, lambda _: "/board/"),
        "warm, filtered": (lambda: None, lambda _: FILTERED.format(1)),
        "warm map": (lambda: None, lambda _: "/board/map/"),
        "warm figures": (lambda: None, lambda _: "/board/figures/"),
        "new filters": (lambda: None, lambda place: FILTERED.format(f"1&mark={place}")),
        "cold board": (forget, lambda _: "/board/"),
        "warm API": (lambda: None, lambda _: "/api/v1/notices/"),
        "warm API, 100": (lambda: None, lambda _: "/api/v1/notices/?limit=100"),
        "warm API, one": (lambda: None, lambda _: "/api/v1/notices/NT-00001/"),
        "cold API": (forget, lambda _: "/api/v1/notices/"),
        "warm releases": (lambda: None, lambda _: "/api/1.0/ocdsReleasePackages"),
        "cold releases": (forget, lambda _: "/api/1.0/ocdsReleasePackages"),
    }
    spent: dict[str, list[float]] = {name: [] for name in pages}
    found: dict[str, dict[str, float]] = {}
    for place in range(rounds):
        for name, (prepare, address) in pages.items():
            prepare()
            if name.startswith("warm") or name == "new filters":
                stranger.get(address(-1))
            with CaptureQueriesContext(connection) as seen:
                size = stranger.get(address(-2 - place))
            found[name] = {"queries": len(seen), "bytes": size}
            prepare()
            begun = time.process_time()
            stranger.get(address(place))
            spent[name].append(time.process_time() - begun)
    middle = {name: statistics.median(each) * 1000 for name, each in spent.items()}
    return {
        name: {"cpu_ms": round(ms, 2), "ratio": round(ms / middle["bare"], 2), **found[name]}
        for name, ms in middle.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    call_command("load_reference", verbosity=0)
    urls.urlpatterns += [path("bare/", bare, name="bare")]
    people: dict[str, Any] = {"boroughs": list(Borough.objects.by_name()), "categories": list(Category.objects.all())}
    spread(options.notices, today=timezone.localdate(), **people)
    found = measure(options.rounds)
    if options.json:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return
    for name, each in found.items():
        figures = f"{each['cpu_ms']:8.2f} ms {each['queries']:4} queries {each['bytes']:8} bytes {each['ratio']:8.2f} x"
        sys.stdout.write(f"{name:16} {figures}\n")


if __name__ == "__main__":
    main()
