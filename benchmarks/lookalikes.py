"""Measures the panel beside the form, which looks for what is there already: `python benchmarks/lookalikes.py`.

A database of its own holds the needs of `benchmarks/matching.py`, matched once by the product itself. Asked for are
title and problem of needs among them with some words left out, so that each text is new and is embedded while the clock
runs. `query` is the panel's work, `request` the same through all middleware, `icontains` a plain search in the same
process for the words of the title in title or problem, those with the most first. All three in turns.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
os.environ["LOTI_ENV"] = "test"
os.environ.setdefault("LOTI_VAR_DIR", tempfile.mkdtemp(prefix="loti-lookalikes-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loti.settings")

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Case, IntegerField, Q, Value, When  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from matching import Needs, _varied  # noqa: E402

from boroughs.models import Borough, Category, Need, Requirement, Role  # noqa: E402
from boroughs.permissions import COMMAND_LINE  # noqa: E402
from procurement.actions import indexing, looking, matching  # noqa: E402
from procurement.actions.vectors import DatabaseVectorStore  # noqa: E402
from procurement.matching import Item  # noqa: E402
from procurement.matching.embed import vector_key  # noqa: E402
from procurement.queries.lookalikes import NEEDS, words_of  # noqa: E402
from tests.factories.boroughs import MembershipFactory  # noqa: E402

AT = datetime(2026, 1, 1, tzinfo=UTC)


def scene(count: int, seed: int) -> list[Item]:
    """Needs in the database, with the vectors that stand for their texts; the items that they are made of."""
    made = Needs(count, seed)
    call_command("load_reference", verbosity=0)
    boroughs = {borough.slug: borough for borough in Borough.objects.all()}
    categories = {category.slug: category for category in Category.objects.all()}
    rows = Need.objects.bulk_create(
        [
            Need(
                reference=item.id,
                borough=boroughs[item.owner],
                status=Need.Status.OPEN,
                title=item.title,
                problem=item.problem,
                description=item.description,
                category=categories.get(item.category or ""),
                kind=(item.kind or "").upper(),
                updated_at=AT,
                opened_at=AT,
            )
            for item in made.items
        ],
        batch_size=1000,
    )
    Requirement.objects.bulk_create(
        [
            Requirement(need=need, position=position, text=text)
            for need, item in zip(rows, made.items, strict=True)
            for position, text in enumerate(item.requirements, 1)
        ],
        batch_size=1000,
    )
    # A need of the database says the same as its item, so it is embedded as the same text.
    texts = made.texts([matching.item(need) for need in matching.open_needs()])
    keys = {vector_key(made.model.name, text) for text in texts}
    DatabaseVectorStore().put_many(made.store.get_many(sorted(keys)))
    return made.items


def icontains(title: str, own: Borough) -> list[Need]:
    """The plain search."""
    met: Any = Value(0)
    for word in words_of(title):
        anywhere = Q(title__icontains=word) | Q(problem__icontains=word)
        met = met + Case(When(anywhere, then=Value(1)), default=Value(0), output_field=IntegerField())
    found = Need.objects.open().exclude(borough=own).alias(met=met).filter(met__gt=0).order_by("-met", "-pk")
    return list(found.select_related("borough", "category")[:NEEDS])


def measure(items: list[Item], asked: int) -> dict[str, dict[str, float]]:
    """Milliseconds of each way, median and 95th percentile."""
    own = Borough.objects.get(slug=items[0].owner)
    editor = MembershipFactory(borough=own, role=Role.BOROUGH_EDITOR).user
    client = Client()
    client.force_login(editor)
    rng = np.random.default_rng(0)
    ways: dict[str, Callable[[Item], Any]] = {
        "query": lambda typed: looking.look(title=typed.title, problem=typed.problem, borough=own, by=editor),
        "request": lambda typed: _sent(client, typed),
        "icontains": lambda typed: icontains(typed.title, own),
    }
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for item in items[:: max(len(items) // asked, 1)][:asked]:
        for name, way in ways.items():
            # A text for each, so that none finds the other's work done.
            typed = _varied(item, rng)
            begun = time.perf_counter()
            way(typed)
            spent[name].append((time.perf_counter() - begun) * 1000)
    return {
        name: {
            "median_ms": round(statistics.median(each), 1),
            "p95_ms": round(statistics.quantiles(each, n=20)[-1], 1),
        }
        for name, each in spent.items()
    }


def _sent(client: Client, typed: Item) -> None:
    answer = client.post("/needs/look/?panel", {"title": typed.title[:100], "problem": typed.problem})
    if answer.status_code != 200:
        raise SystemExit(f"The panel answered {answer.status_code}")


def resident_mib() -> float:
    """What this process holds in memory now, once it has given back what it does not use. Linux only."""
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Make, match, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--needs", type=int, default=10_000, help="open needs (default: %(default)s)")
    parser.add_argument("--asked", type=int, default=200, help="texts asked for (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the random choices (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    items = scene(options.needs, options.seed)
    matching.request(by=COMMAND_LINE)
    run = matching.run()
    if run is None or run.status != run.Status.FINISHED:
        raise SystemExit(f"The run did not finish: {run and run.error}")
    before, begun = resident_mib(), time.perf_counter()
    # Built here, as a small one is, and not by a thread.
    indexing.SMALL = len(items)
    indexing.at_hand()
    figures: dict[str, Any] = {
        "needs": len(items),
        "index_seconds": round(time.perf_counter() - begun, 1),
        "index_mib": round(resident_mib() - before),
        **measure(items, options.asked),
    }
    if options.json:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
        return
    for name, value in figures.items():
        words = f"{value['median_ms']} ms median, {value['p95_ms']} ms p95" if isinstance(value, dict) else value
        sys.stdout.write(f"{name:14} {words}\n")


if __name__ == "__main__":
    main()
