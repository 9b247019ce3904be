"""Measures the memory of the files with everything: `python benchmarks/exports.py --notices 1000 10000`.

For each number of notices a board is made in a database of its own; each file is then asked for through all middleware,
by a process that has answered a page of the API before. What is told is how much its resident memory rose above
that, at its highest (VmHWM, which Linux lets a process set back). A file that is made row by row rises as much for a
large board as for a small one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILES = ("/api/1.0/releases.jsonl.gz", "/board/notices.csv", "/board/notices.xlsx")


def peak() -> int:
    """The highest resident memory since it was set back, in kB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def make(notices: int) -> None:
    """A board in the database of LOTI_VAR_DIR."""
    from django.core.management import call_command
    from django.utils import timezone

    from boroughs.models import Borough, Category
    from tests.factories.board import spread

    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    boroughs, categories = list(Borough.objects.by_name()), list(Category.objects.all())
    spread(notices, today=timezone.localdate(), boroughs=boroughs, categories=categories)


def ask(address: str) -> dict[str, float]:
    """The file's bytes, the seconds of CPU, and by how many kB memory rose."""
    from django.test import Client

    client = Client()
    # Not the page of the board, which has the search's index and model read beside it.
    client.get("/api/v1/notices/?limit=100")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before, begun = peak(), time.process_time()
    answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    parts = answer.streaming_content if answer.streaming else [answer.content]
    size = sum(len(part) for part in parts)
    return {"bytes": size, "cpu_s": round(time.process_time() - begun, 2), "rise_kb": peak() - before}


def told(folder: str, *arguments: str) -> str:
    """What this program prints in a process of its own, over the database in a folder."""
    environment = os.environ | {"LOTI_ENV": "test", "LOTI_VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "loti.settings"}
    command = [sys.executable, __file__, *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--make", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--ask", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make or options.ask:
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        if options.make:
            make(options.make)
        else:
            sys.stdout.write(json.dumps(ask(options.ask)))
        return
    for notices in options.notices:
        with tempfile.TemporaryDirectory(prefix="loti-exports-") as folder:
            told(folder, "--make", str(notices))
            for address in FILES:
                found = json.loads(told(folder, "--ask", address))
                figures = f"{found['bytes']:9} bytes {found['cpu_s']:7.2f} s {found['rise_kb']:7} kB"
                sys.stdout.write(f"{notices:6} notices {address:28} {figures}\n")


if __name__ == "__main__":
    main()
