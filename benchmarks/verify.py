"""Measures the walk along the chain of published versions: `python benchmarks/verify.py`.

One notice is published by the product itself; its content, under other titles and references, is then written down as
often as asked for, five versions a notice, each chained to the one before. `verify` is `manage.py verify_publications`
without its words; `floor` reads the same rows and makes their digests, and compares nothing. In turns, on the clock and
in CPU time of this process, which is all of SQLite's and none of PostgreSQL's (`DATABASE_URL`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["LOTI_ENV"] = "test"
os.environ.setdefault("LOTI_VAR_DIR", tempfile.mkdtemp(prefix="loti-verify-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loti.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from procurement import canonical_json  # noqa: E402
from procurement.models import Notice, NoticeVersion  # noqa: E402
from procurement.queries import chain, public_content, verification  # noqa: E402
from tests.factories import notices as scene  # noqa: E402
from tests.factories.procurement import JointDemandFactory  # noqa: E402

VERSIONS_EACH = 5
BATCH = 5000


def make(count: int) -> None:
    """So many versions behind the one that the product published."""
    first = scene.publish()
    boroughs = list(first.boroughs.values_list("pk", flat=True))
    model = Notice.objects.get(pk=first.notice_id)
    demand = JointDemandFactory()
    previous, at = first.digest, first.published_at
    through = NoticeVersion.boroughs.through
    for start in range(0, count - 1, BATCH):
        size = min(BATCH, count - 1 - start)
        notices = Notice.objects.bulk_create(
            _copy(model, demand_id=demand.pk, reference=f"NT-{9_000_000 + start + place}")
            for place in range(0, size, VERSIONS_EACH)
        )
        rows = []
        for place in range(size):
            notice = notices[place // VERSIONS_EACH]
            at += timedelta(seconds=1)
            content = first.content | {"reference": notice.reference, "title": f"Need number {start + place}"}
            given: dict[str, Any] = {
                "number": place % VERSIONS_EACH + 1,
                "canonical": canonical_json.dump(content).decode(),
                "published_at": at,
                "reason": "What the boroughs ask for has changed." if place % VERSIONS_EACH else "",
                "previous_digest": previous,
            }
            previous = chain.digest(reference=notice.reference, **given)
            rows.append(NoticeVersion(notice=notice, digest=previous, **given, **public_content.columns(content)))
        NoticeVersion.objects.bulk_create(rows)
        through.objects.bulk_create(
            through(noticeversion_id=row.pk, borough_id=borough) for row in rows for borough in boroughs
        )
        for row in rows:
            if row.number == VERSIONS_EACH or row is rows[-1]:
                Notice.objects.filter(pk=row.notice_id).update(current=row)


def _copy(model: Notice, **changes: Any) -> Notice:
    """Withdrawn, so that one joint demand may have them all."""
    kept = {field.attname: getattr(model, field.attname) for field in Notice._meta.concrete_fields}
    gone = {"id": None, "current_id": None, "status": Notice.Status.WITHDRAWN, "withdrawn_at": model.published_at}
    return Notice(**(kept | gone | changes))


def floor() -> None:
    """Read every row and make a digest of its bytes: what no walk can do without."""
    for canonical in NoticeVersion.objects.order_by("pk").values_list("canonical", flat=True).iterator():
        hashlib.sha256(canonical.encode()).hexdigest()


def measure(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, dict[str, float]]:
    wall: dict[str, list[float]] = {name: [] for name in works}
    cpu: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            begun, spent = time.perf_counter(), time.process_time()
            work()
            wall[name].append(time.perf_counter() - begun)
            cpu[name].append(time.process_time() - spent)
    return {
        name: {
            "seconds": round(statistics.median(wall[name]), 2),
            "least": round(min(wall[name]), 2),
            "most": round(max(wall[name]), 2),
            "cpu_seconds": round(statistics.median(cpu[name]), 2),
        }
        for name in works
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--versions", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        make(options.versions)
        verified = verification.verify()
        if verified.faults or verified.versions != options.versions:
            raise SystemExit(f"{verified.versions} versions verify: {verified.faults}")
        found = measure({"verify": verification.verify, "floor": floor}, options.rounds)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    told = {"engine": connection.vendor, "versions": options.versions, **found}
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
