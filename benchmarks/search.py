"""Measures the board's search: `python benchmarks/search.py --notices 10000`.

The notices are the demonstration's needs, each as a notice, varied by leaving words out, from the second round on about
another thing; their vectors are those of the originals with noise. A gunicorn of its own, started as `manage.py up`
does, answers on a port of its own; so many clients ask at the same time over HTTP for queries that nobody asked before.
Reported are times, the CPU of the server for a request, and the same queries put to SQLite's FTS5 in this process.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
os.environ["LOTI_ENV"] = "test"
os.environ["LOTI_VAR_DIR"] = tempfile.mkdtemp(prefix="loti-search-")
os.environ["LOTI_NO_BOOTSTRAP"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loti.settings")

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402
from django.core.management import call_command  # noqa: E402
from matching import Needs  # noqa: E402

from boroughs.models import Borough, Category  # noqa: E402
from loti.supervision.guarded import wait_until  # noqa: E402
from procurement import canonical_json  # noqa: E402
from procurement.actions.vectors import DatabaseVectorStore  # noqa: E402
from procurement.matching import Item  # noqa: E402
from procurement.matching.embed import MiniLmEmbedder, vector_key  # noqa: E402
from procurement.models import JointDemand, Notice, NoticeVersion  # noqa: E402
from procurement.queries import board_documents, board_search, public_content  # noqa: E402
from procurement.search.evaluation import FullText, queries  # noqa: E402
from procurement.search.index import Index  # noqa: E402

CLOSES = date(2090, 1, 1)
AT = datetime(2026, 1, 1, tzinfo=UTC)
TICKS = os.sysconf("SC_CLK_TCK")


def scene(count: int, seed: int) -> None:
    """Published notices in the database, with the vectors of their texts."""
    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    made = Needs(count, seed)
    boroughs = {borough.slug: borough for borough in Borough.objects.all()}
    categories = {category.slug: category for category in Category.objects.all()}
    demands = JointDemand.objects.bulk_create(
        [
            JointDemand(reference=f"JD-{number:05}", title=item.title, created_at=AT, updated_at=AT)
            for number, item in enumerate(made.items, 1)
        ],
        batch_size=1000,
    )
    notices = Notice.objects.bulk_create(
        [
            Notice(
                reference=f"NT-{demand.pk:05}",
                demand=demand,
                status=Notice.Status.PUBLISHED,
                lead=boroughs[item.owner],
                title=item.title,
                questions_close_date=CLOSES,
                closes_date=CLOSES,
                updated_at=AT,
                published_at=AT,
            )
            for demand, item in zip(demands, made.items, strict=True)
        ],
        batch_size=1000,
    )
    contents = [
        content(notice, demand, item, boroughs[item.owner], categories.get(item.category or ""))
        for notice, demand, item in zip(notices, demands, made.items, strict=True)
    ]
    versions = NoticeVersion.objects.bulk_create(
        [
            NoticeVersion(
                notice=notice,
                number=1,
                canonical=canonical_json.dump(value).decode(),
                digest=str(notice.pk),
                previous_digest=str(notice.pk - 1),
                published_at=AT,
                kind=notice.kind,
                category_slug=(value["category"] or {}).get("slug", ""),
                questions_close_date=CLOSES,
                closes_date=CLOSES,
            )
            for notice, value in zip(notices, contents, strict=True)
        ],
        batch_size=1000,
    )
    through = NoticeVersion.boroughs.through
    through._default_manager.bulk_create(
        [
            through(noticeversion=version, borough=notice.lead)
            for version, notice in zip(versions, notices, strict=True)
        ],
        batch_size=1000,
    )
    for notice, version, value in zip(notices, versions, contents, strict=True):
        notice.current, notice.search_text = version, public_content.search_text(value)
    Notice.objects.bulk_update(notices, ["current", "search_text"], batch_size=500)
    _keep_vectors(made.model, seed)


def content(
    notice: Notice, demand: JointDemand, item: Item, borough: Borough, category: Category | None
) -> dict[str, Any]:
    """What the version says."""
    named = public_content.named(borough)
    return {
        "format": public_content.FORMAT,
        "reference": notice.reference,
        "demand": demand.reference,
        "kind": notice.kind,
        "title": item.title,
        "summary": item.description,
        "problem": item.problem,
        "users": "Officers of the council; residents",
        **dict.fromkeys(("work_done", "market_engagement", "buying_together"), ""),
        "how_to_respond": "Write to the lead borough before the closing date.",
        "must": list(item.requirements),
        "should": [],
        "questions_close_date": CLOSES.isoformat(),
        "closes_date": CLOSES.isoformat(),
        "start_date": None,
        "months": item.months,
        "category": {"slug": category.slug, "name": category.name, "area": category.area} if category else None,
        "cpv": list(category.cpv) if category else [],
        "lead": named,
        "boroughs": [named],
        **dict.fromkeys(("users_total", "budget_min_total", "budget_max_total")),
        "is_withdrawn": False,
    }


def _keep_vectors(model: MiniLmEmbedder, seed: int) -> None:
    """Vectors that cost no time to make: those of the first notices, each with noise of its own."""
    rng = np.random.default_rng(seed)
    documents = board_documents.documents()
    base = [model.encode(document.passages) for document in documents[:300]]
    store = DatabaseVectorStore()
    for start in range(0, len(documents), 1000):
        kept = {}
        for place, document in enumerate(documents[start : start + 1000], start):
            own = base[place % len(base)]
            for passage, vector in zip(
                document.passages, own[np.arange(len(document.passages)) % len(own)], strict=True
            ):
                noisy = vector + rng.normal(0, 0.02, vector.shape)
                kept[vector_key(model.name, passage)] = (noisy / np.linalg.norm(noisy)).astype(np.float32)
        store.put_many(kept)


def asked(count: int, seed: int) -> list[str]:
    """Queries that differ: words of titles, those that suppliers wrote with a word more, and slips in a fifth."""
    rng = np.random.default_rng(seed)
    titles = list(NoticeVersion.objects.order_by("pk").values_list("notice__title", flat=True))
    written = [query.q for query in queries()]
    found = []
    for number in range(count):
        words = titles[int(rng.integers(len(titles)))].split()[: int(rng.integers(2, 5))]
        if number % 3 == 0:
            words = [written[number // 3 % len(written)], words[-1]]
        if number % 5 == 0 and len(words[-1]) > 5:
            words[-1] = words[-1][:2] + words[-1][3] + words[-1][2] + words[-1][4:]
        found.append(" ".join(words))
    return found


class Server:
    """A gunicorn as `manage.py up` starts it, with one process, or with as many as are given."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def __enter__(self) -> Server:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        options = ["--worker-class", "gthread", "--workers", str(self.workers), "--threads", "8", "--no-control-socket"]
        command = [sys.executable, "-m", "gunicorn", "loti.wsgi", "--bind", f"127.0.0.1:{self.port}", *options]
        self._process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
        if not wait_until(self._answers, timeout=60):
            raise SystemExit("The server did not start.")
        return self

    def _answers(self) -> bool:
        try:
            self.get("/board/robots.txt")
        except OSError:
            return False
        return True

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)

    def get(self, path: str) -> tuple[float, str]:
        """Seconds and page."""
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path)
        page = connection.getresponse().read().decode()
        connection.close()
        return time.perf_counter() - began, page

    @property
    def cpu(self) -> float:
        """Seconds of CPU of the process and its worker."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        total = 0.0
        for pid in (str(self._process.pid), *children):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / TICKS
        return total


def address(q: str) -> str:
    return f"/board/?{urlencode({'q': q})}"


def cold(server: Server, q: str) -> dict[str, float]:
    """A process that has no index: what the first searches take, and when the index is there."""
    began = time.perf_counter()
    waits: list[float] = []

    def is_there() -> bool:
        seconds, page = server.get(address(q))
        waits.append(seconds)
        return "being prepared" not in page

    if not wait_until(is_there, timeout=300):
        raise SystemExit("The index was not built.")
    return {
        "first answer ms": round(waits[0] * 1000),
        "slowest answer while building ms": round(max(waits) * 1000),
        "index there after s": round(time.perf_counter() - began, 2),
    }


def warm(server: Server, asked: Sequence[str], clients: int) -> dict[str, float]:
    """So many clients, each with a share of the queries."""
    times: list[float] = []
    cpu = server.cpu

    def client(own: Iterator[str]) -> None:
        times.extend(server.get(address(q))[0] for q in own)

    threads = [threading.Thread(target=client, args=(iter(asked[place::clients]),)) for place in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "requests": len(times),
        "p50 ms": round(statistics.median(times) * 1000, 1),
        "p95 ms": round(statistics.quantiles(times, n=20)[-1] * 1000, 1),
        "requests a second": round(len(times) / (time.perf_counter() - began), 1),
        "CPU of the server for a request ms": round((server.cpu - cpu) / len(times) * 1000, 1),
    }


def in_process(asked: Sequence[str]) -> dict[str, float]:
    """The search alone, beside FTS5 over the same texts; CPU of this process, in turns."""
    documents = board_documents.documents()
    model = MiniLmEmbedder()
    began = time.process_time()
    thesaurus = board_documents.thesaurus()
    index = Index.build(documents, thesaurus)
    built = time.process_time() - began
    index = index.changed(vectors=board_documents.vectors(documents, model.name))
    began = time.process_time()
    index.changed(new=documents[-1:])
    changed = time.process_time() - began
    board_search._Shelf.kept = board_search._Kept("", thesaurus, index, time.monotonic())
    peer = FullText(documents, title=5, every=False)
    ours, theirs = [], []
    for q in asked:
        began = time.process_time()
        board_search.find(q, head="")
        between = time.process_time()
        peer.search(q)
        ours.append(between - began)
        theirs.append(time.process_time() - between)
    own, other = statistics.median(ours), statistics.median(theirs)
    return {
        "index built, CPU s": round(built, 2),
        "one version more, CPU s": round(changed, 3),
        "search, CPU ms": round(own * 1000, 2),
        "SQLite FTS5, any word, CPU ms": round(other * 1000, 2),
        "times FTS5": round(own / other, 2),
    }


def main() -> None:
    """Make the scene, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1, help="processes of the server; the image starts two")
    options = parser.parse_args()
    scene(options.notices, options.seed)
    every = asked(options.requests + 60, options.seed)
    found: dict[str, Any] = {"notices": options.notices, "load before": round(os.getloadavg()[0], 2)}
    with Server(options.workers) as server:
        found["cold"] = cold(server, every[0])
        warm(server, every[:20], options.clients)
        found["warm"] = warm(server, every[60:], options.clients)
        bad = [" ".join(f"word{number}" for number in range(800)), "x" * 3000, "%_*\"'" * 600]
        found["bad input, slowest ms"] = round(max(server.get(address(q))[0] for q in bad) * 1000)
    found["in process"] = in_process(every[20:60])
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
