"""SIGKILL of the worker while a report is laid out: the layout ends with it, and the next worker builds the report."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest

from loti.supervision.guarded import tail, wait_until
from tests.scale.stage import Stage, stage

pytestmark = [
    pytest.mark.services,
    pytest.mark.timeout(280),
    # The stage brings its own databases; one pass of the suite is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
]

ASK = """
from boroughs.permissions import COMMAND_LINE
from procurement.actions import reports
from tests.factories.picture import joint_demand
for number in range(30):
    joint_demand("camden", "brent", "sutton", title=f"Telephony {number}")
reports.ask(kind="PICTURE", by=COMMAND_LINE)
"""
REPORTS = "SELECT count(*) FROM procurement_report WHERE status = '{}'"


@pytest.fixture
def platform() -> Iterator[Stage]:
    # With the lease that is set where nothing else is.
    with stage(lease_seconds=30) as made:
        made.start_broker()
        made.start_scheduler()
        yield made


def children(process: int) -> list[int]:
    told = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False)
    return [int(each) for each in told.stdout.split()]


def renderers(process: int) -> list[int]:
    """Processes below this one that lay out a PDF."""
    found = []
    for child in children(process):
        found += renderers(child)
        if b"procurement.pdf.child" in command_of(child):
            found.append(child)
    return found


def command_of(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def test_report_is_built_within_thirty_seconds_after_its_worker_was_killed(platform: Stage) -> None:
    platform.manage("shell", "-v0", "-c", ASK)
    platform.start_worker("one")
    worker = platform.processes["one"].process.pid
    seen: list[int] = []

    def lays_out() -> bool:
        seen[:] = renderers(worker)
        return bool(seen)

    assert wait_until(lays_out, timeout=60, pause=0.05), tail(platform.log("one"))
    platform.kill("one")
    assert wait_until(lambda: not any(map(command_of, seen)), timeout=5), "the layout outlives its worker"
    assert platform.number(REPORTS.format("READY")) == 0
    assert not list(platform.folder.rglob("reports/*"))

    platform.start_worker("two")
    assert wait_until(lambda: "[queues]" in platform.log("two").read_text(), timeout=60), tail(platform.log("two"))
    platform.wait_for(REPORTS.format("READY"), timeout=30)

    ((path, digest_and_size),) = platform.rows("SELECT path, digest || ' ' || size FROM procurement_report")
    (file,) = platform.folder.rglob(f"*/{path}")
    assert digest_and_size.endswith(f" {file.stat().st_size}")
    assert len(pypdf.PdfReader(file).pages) > 5
    assert [each.name for each in file.parent.iterdir()] == [file.name]
