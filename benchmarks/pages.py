"""Measures pages beside a bare view with one query: `python benchmarks/pages.py --needs 300`.

One borough has so many needs, an eighth of them drafts, an eighth waiting for approval, the open ones with overlaps and
in joint demands; a second borough has as many. Pages are asked for by the test client, through all middleware, signed
in as an approver; the bare view goes the same way. CPU time of the process, median of the rounds, taken in turns.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["LOTI_ENV"] = "test"
os.environ.setdefault("LOTI_VAR_DIR", tempfile.mkdtemp(prefix="loti-pages-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loti.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402

from boroughs.models import Borough, Need, Role, User  # noqa: E402
from loti import urls  # noqa: E402
from procurement.models import Overlap  # noqa: E402
from tests.factories.boroughs import (  # noqa: E402
    BoroughFactory,
    CategoryFactory,
    ContractFactory,
    MembershipFactory,
    NeedFactory,
    RequirementFactory,
)
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory, MatchRunFactory  # noqa: E402

STATUSES = (Need.Status.DRAFT, Need.Status.SUBMITTED, *[Need.Status.OPEN] * 6)
IN_A_DEMAND = 3  # every so many-th open need


def bare(request: HttpRequest) -> HttpResponse:
    """What any page costs: middleware, the session, the person, and one query."""
    return HttpResponse(str(Need.objects.filter(status=Need.Status.OPEN).count()))


def frame(request: HttpRequest) -> HttpResponse:
    """The same inside the frame that every page of the site has."""
    return render(request, "page.html", {"count": Need.objects.filter(status=Need.Status.OPEN).count()})


def scene(count: int) -> tuple[User, Need]:
    """An approver and a draft of theirs."""
    own, other = BoroughFactory(), BoroughFactory()
    approver: User = MembershipFactory(borough=own, role=Role.BOROUGH_APPROVER).user
    categories = [CategoryFactory() for _ in range(60)]
    MatchRunFactory()
    drafts = []
    for number in range(count):
        mine, theirs = (_need(place, number, categories) for place in (own, other))
        if mine.status == Need.Status.DRAFT:
            drafts.append(mine)
        if mine.status != Need.Status.OPEN:
            continue
        Overlap.objects.create(first=mine, second=theirs, score=0.8, probability=0.8)
        if number % IN_A_DEMAND == 0:
            demand = JointDemandFactory()
            for need in (mine, theirs):
                DemandMemberFactory(demand=demand, need=need)
        if number % 10 == 0:
            ContractFactory(borough=own, end_date=timezone.localdate() + timedelta(days=number))
    return approver, drafts[0]


def _need(borough: Borough, number: int, categories: list[Any]) -> Need:
    need: Need = NeedFactory(
        borough=borough,
        category=categories[number % len(categories)],
        status=STATUSES[number % len(STATUSES)],
        start_date=timezone.localdate() + timedelta(days=number),
    )
    for position in range(1, 4):
        RequirementFactory(need=need, position=position)
    return need


def measure(client: Client, addresses: dict[str, str], rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds of CPU and number of queries of each page, and its ratio to the bare view."""
    spent: dict[str, list[float]] = {name: [] for name in addresses}
    queries = {}
    for name, address in addresses.items():
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
        queries[name] = len(seen)
    for _ in range(rounds):
        for name, address in addresses.items():
            begun = time.process_time()
            client.get(address)
            spent[name].append(time.process_time() - begun)
    middle = {name: statistics.median(each) * 1000 for name, each in spent.items()}
    return {
        name: {"cpu_ms": round(ms, 2), "queries": queries[name], "ratio": round(ms / middle["bare"], 2)}
        for name, ms in middle.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=int, default=300, help="needs of the borough")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    urls.urlpatterns += [path("bare/", bare, name="bare"), path("frame/", frame, name="frame")]
    approver, draft = scene(options.needs)
    client = Client()
    client.force_login(approver)
    addresses = {
        "bare": "/bare/",
        "empty page": "/frame/",
        "home": "/",
        "list of needs": "/needs/",
        "need": f"/needs/{draft.reference}/",
        "begin a need": "/needs/new/",
        "list of tasks": f"/needs/{draft.reference}/edit/",
        "category and kind": f"/needs/{draft.reference}/edit/classification/",
        "requirements": f"/needs/{draft.reference}/edit/requirements/",
        "check": f"/needs/{draft.reference}/submit/",
        "history": f"/needs/{draft.reference}/history/",
        "colleagues": "/colleagues/",
    }
    found = measure(client, addresses, options.rounds)
    if options.json:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return
    for name, each in found.items():
        sys.stdout.write(f"{name:20} {each['cpu_ms']:8.2f} ms {each['queries']:4} queries {each['ratio']:7.2f} x\n")


if __name__ == "__main__":
    main()
