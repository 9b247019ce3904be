"""The same code on PostgreSQL and a TCP broker with two workers: nothing runs twice, nothing is lost."""

import os

import pytest

from loti.supervision import postgres, valkey
from tests.conftest import ROOT
from tests.scale.stage import stage

pytestmark = [
    pytest.mark.services,
    pytest.mark.timeout(280),
    # The stage brings its own databases; one pass of the suite is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
]

NEEDS = ROOT / "boroughs" / "data" / "demo" / "needs_b.jsonl"
SETTLED = (
    "SELECT count(*) FROM boroughs_work WHERE task = 'procurement.match_needs' AND requested > 0 "
    "AND requested = done AND failed_at IS NULL"
)
# Runs that overlap in time: the second began before the first had ended.
AT_ONCE = (
    "SELECT count(*) FROM procurement_matchrun a JOIN procurement_matchrun b ON a.id < b.id "
    "WHERE b.started_at < a.finished_at AND a.status <> 'INTERRUPTED'"
)
# The same message twenty times, as a broker may deliver it, round one request for a run.
RING = """
from boroughs.background import Task, ring
from boroughs.permissions import COMMAND_LINE
from procurement.actions import matching
for _ in range(10):
    ring(Task.MATCH_NEEDS, key="london")
matching.request(by=COMMAND_LINE)
for _ in range(10):
    ring(Task.MATCH_NEEDS, key="london")
"""
RUNS = "SELECT count(*) FROM procurement_matchrun"


def test_two_workers_share_the_work_and_do_none_twice() -> None:
    with (
        postgres.running() as database,
        valkey.on_port() as broker,
        stage(database_url=database, redis_url=broker) as platform,
    ):
        platform.start_worker("one")
        platform.start_worker("two")
        platform.start_scheduler()
        platform.manage("import_needs", str(NEEDS))
        platform.manage("run_main_job", "--seconds", "120")
        runs = platform.number(RUNS)
        platform.manage("shell", "-v0", "-c", RING)
        platform.wait_for(f"SELECT count(*) - {runs} FROM procurement_matchrun WHERE status = 'FINISHED'")  # noqa: S608 - a number of ours
        platform.wait_for(SETTLED)

        assert platform.number(RUNS) == runs + 1
        assert platform.number(AT_ONCE) == 0
        assert platform.number(f"{RUNS} WHERE status <> 'FINISHED'") == 0
        assert platform.number("SELECT count(*) FROM procurement_report WHERE status = 'READY'") == 1
        assert platform.number("SELECT count(*) FROM boroughs_need WHERE status = 'OPEN'") == 150
        assert platform.number("SELECT count(*) FROM procurement_demandmember") > 50
