"""Measures the night's telling of figures: `python benchmarks/told_figures.py --demands 200`.

So many confirmed joint demands of 5 to 20 boroughs, of which every figure has been told. Then one borough of each third
one amends its need, several boroughs of each other third do, and the night's work is done as the worker does it. CPU
time of this process: of finding those that changed, and of telling.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["LOTI_ENV"] = "test"
os.environ.setdefault("LOTI_VAR_DIR", tempfile.mkdtemp(prefix="loti-told-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loti.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402

from boroughs.background import Task  # noqa: E402
from boroughs.models import Borough, Need, Work  # noqa: E402
from procurement.actions import telling_figures  # noqa: E402
from procurement.models import FigureRelease, JointDemand  # noqa: E402
from procurement.queries import told_figures  # noqa: E402
from tests.factories.boroughs import BoroughFactory, CategoryFactory, NeedFactory  # noqa: E402
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory  # noqa: E402

Status = JointDemand.Status


def log(count: int, rng: Random) -> list[JointDemand]:
    boroughs = [BoroughFactory(slug=f"borough-{place}", name=f"Borough {place}") for place in range(33)]
    category = CategoryFactory()
    demands = [JointDemandFactory(status=Status.CONFIRMED, category=category) for _ in range(count)]
    for demand in demands:
        for borough in rng.sample(boroughs, rng.randint(5, 20)):
            _need(demand, borough, rng)
    return demands


def _need(demand: JointDemand, borough: Borough, rng: Random) -> None:
    highest = round(rng.lognormvariate(12, 0.8))
    need = NeedFactory(
        borough=borough,
        category=demand.category,
        users_count=round(rng.lognormvariate(5.5, 1)) + 1,
        budget_min=round(highest * 0.8),
        budget_max=highest,
        budget_basis=Need.BudgetBasis.WHOLE_LIFE,
    )
    DemandMemberFactory(demand=demand, need=need)


def amend(demands: list[JointDemand], night: int, rng: Random) -> None:
    for place, demand in enumerate(demands):
        kind = (place + night) % 3
        needs = list(Need.objects.filter(demand_member__demand=demand))
        for need in rng.sample(needs, (0, 1, min(5, len(needs)))[kind]):
            Need.objects.filter(pk=need.pk).update(
                users_count=round(need.users_count * rng.uniform(0.7, 1.4)) + 1,
                budget_max=round(need.budget_max * rng.uniform(1, 1.4)),
            )


def night() -> dict[str, Any]:
    begun_at = time.process_time()
    with CaptureQueriesContext(connection) as looked:
        told_figures.changed()
    looking = time.process_time() - begun_at
    telling_figures.request_nightly()
    due = list(Work.objects.pending().filter(task=Task.TELL_FIGURES).values_list("key", flat=True))
    spent, before = [], FigureRelease.objects.count()
    for key in due:
        begun_at = time.process_time()
        telling_figures.run(key=key)
        spent.append(time.process_time() - begun_at)
    return {
        "changed": len(due),
        "told": FigureRelease.objects.count() - before,
        "looking_queries": len(looked),
        "looking_cpu_s": round(looking, 2),
        "telling_cpu_s": round(sum(spent), 1),
        "one_median_ms": round(statistics.median(spent) * 1000),
        "one_longest_ms": round(max(spent) * 1000),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demands", type=int, default=200)
    parser.add_argument("--nights", type=int, default=4)
    options = parser.parse_args()
    # No broker is there to ring.
    logging.disable(logging.WARNING)
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    rng = Random(1)  # noqa: S311 - the same invented joint demands each time
    demands = log(options.demands, rng)
    for number in range(options.nights):
        if number:
            amend(demands, number, rng)
        sys.stdout.write(json.dumps({"night": number} | night()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
