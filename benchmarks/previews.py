"""Measures the preview of a notice's next version beside many other notices: `python benchmarks/previews.py`.

One notice with ten needs of each of 33 boroughs is drafted and published by the product itself and its next version
begun; beside it stand so many others, each with three totals of needs of their own. `preview` is the whole page, for an
analyst; `draft` is what is published, with the audit of all that was told. CPU time of this process.
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
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["LOTI_ENV"] = "test"
os.environ.setdefault("LOTI_VAR_DIR", tempfile.mkdtemp(prefix="loti-previews-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loti.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from procurement.actions import corrections  # noqa: E402
from procurement.models import FigureRelease, Notice, NoticeVersion, ToldNeed  # noqa: E402
from procurement.queries import public_content, public_figures  # noqa: E402
from tests.factories import notices as scene  # noqa: E402
from tests.factories.boroughs import NeedFactory  # noqa: E402
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory  # noqa: E402

# Their first letters tell them apart.
BOROUGHS = [f"{first}{second} borough" for first in "ABCDEFGHIJK" for second in "abc"]
NEEDS_EACH = 10
# Of another notice.
MEMBERS = 10


def begun() -> Notice:
    """A large notice whose next version is in preparation, with three boroughs more than its first."""
    demand = scene.confirmed_demand(*BOROUGHS[:-3], title="Large")
    _log(demand, NEEDS_EACH - 1)
    notice = scene.publish(demand).notice
    for name in BOROUGHS[-3:]:
        need = NeedFactory(borough=scene.borough(name), category=demand.category, users_count=300)
        DemandMemberFactory(demand=demand, need=need)
    scene.agree(demand)
    return corrections.begin(notice=notice, by=scene.analyst())


def _log(demand: Any, count: int) -> None:
    for member in list(demand.members.select_related("need__borough", "need__category")):
        for number in range(count):
            need = NeedFactory(
                borough=member.need.borough,
                category=demand.category,
                users_count=100 + number,
                budget_min=50_000,
                budget_max=90_000,
                budget_basis="WHOLE_LIFE",
            )
            DemandMemberFactory(demand=demand, need=need)


def crowd(count: int) -> None:
    """Other notices, each of one version."""
    model = NoticeVersion.objects.order_by("pk")[0]
    demands = JointDemandFactory.create_batch(count)
    kept = {field.attname: getattr(model.notice, field.attname) for field in Notice._meta.concrete_fields}
    kept |= {"id": None, "current_id": None, "status": Notice.Status.WITHDRAWN, "withdrawn_at": model.published_at}
    notices = Notice.objects.bulk_create(
        Notice(**(kept | {"demand_id": demand.pk, "reference": f"NT-{9_000_000 + number}"}))
        for number, demand in enumerate(demands)
    )
    values = {
        field.attname: getattr(model, field.attname)
        for field in NoticeVersion._meta.concrete_fields
        if field.attname != "id"
    }
    values.pop("notice_id")
    head = NoticeVersion.objects.order_by("-pk")[0]
    versions = NoticeVersion.objects.bulk_create(
        NoticeVersion(
            **values
            | {
                "notice": notice,
                "number": 1,
                "digest": f"{number}",
                "previous_digest": f"{number - 1}" if number else head.digest,
                "published_at": head.published_at + timedelta(seconds=number),
            }
        )
        for number, notice in enumerate(notices)
    )
    told = {
        notice.pk: {f"borough-{place}": {f"N-{notice.pk}-{place}": 90_000 + place} for place in range(MEMBERS)}
        for notice in notices
    }
    total = sum(90_000 + place for place in range(MEMBERS))
    told_as = {"low": total, "high": total + 1}
    FigureRelease.objects.bulk_create(
        (
            FigureRelease(
                number=number,
                demand_id=version.notice.demand_id,
                version=version,
                told_at=version.published_at,
                quantity=quantity,
                contributions=told[version.notice_id],
                **told_as,
            )
            for number, (version, quantity) in enumerate(
                product(versions, FigureRelease.Quantity.values), start=public_figures.last_number() + 1
            )
        ),
        batch_size=1000,
    )
    ToldNeed.objects.bulk_create(
        (
            ToldNeed(demand_id=notice.demand_id, need=need)
            for notice in notices
            for needs in told[notice.pk].values()
            for need in needs
        ),
        batch_size=5000,
    )


def measure(work: Callable[[], Any], rounds: int) -> dict[str, float]:
    asked: list[str] = []

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        work()
    spent = []
    for _ in range(rounds):
        begun_at = time.process_time()
        work()
        spent.append(time.process_time() - begun_at)
    return {"queries": len(asked), "cpu_ms": round(statistics.median(spent) * 1000)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        notice = begun()
        client = Client()
        client.force_login(scene.analyst())
        address = f"/notices/{notice.reference}/preview/"
        works = {
            "draft": lambda: public_content.draft(Notice.objects.get(pk=notice.pk)),
            "preview": lambda: client.get(address).content,
        }
        if client.get(address).status_code != 200:
            raise SystemExit(f"{address} is no page")
        alone = {name: measure(work, options.rounds) for name, work in works.items()}
        crowd(options.notices)
        among = {name: measure(work, options.rounds) for name, work in works.items()}
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    told = {"engine": connection.vendor, "alone": alone, f"beside {options.notices}": among}
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
