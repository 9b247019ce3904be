"""SIGKILL of the worker in the middle of a run, and of the broker, lose nothing: the run completes by itself."""

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT
from tests.scale import importing
from tests.scale.stage import Stage, stage

pytestmark = [
    pytest.mark.services,
    pytest.mark.timeout(280),
    # The stage brings its own databases; one pass of the suite is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
]

NEEDS = ROOT / "boroughs" / "data" / "demo" / "needs_a.jsonl"
RUNNING = "SELECT count(*) FROM procurement_matchrun WHERE status = 'RUNNING' AND steps_done > 0"
FINISHED = "SELECT count(*) FROM procurement_matchrun WHERE status = 'FINISHED'"
SETTLED = (
    "SELECT count(*) FROM boroughs_work WHERE task = 'procurement.match_needs' AND requested > 0 "
    "AND requested = done AND failed_at IS NULL"
)
AT_WORK = "SELECT count(*) FROM boroughs_dataimport WHERE status = '{}' AND progress_total > 0"
DONE = "SELECT count(*) FROM boroughs_dataimport WHERE status = '{}'"
CONTRACTS = "SELECT count(*) FROM boroughs_contract"


@pytest.fixture
def platform() -> Iterator[Stage]:
    with stage(lease_seconds=6) as made:
        made.start_broker()
        made.start_scheduler()
        yield made


def result(platform: Stage) -> tuple[int, int]:
    return (
        platform.number("SELECT count(*) FROM procurement_jointdemand WHERE status <> 'RETIRED'"),
        platform.number("SELECT count(*) FROM procurement_demandmember"),
    )


def test_run_completes_after_its_worker_is_killed(platform: Stage) -> None:
    platform.start_worker()
    platform.manage("import_needs", str(NEEDS))
    platform.wait_for(RUNNING)

    platform.kill("worker")
    assert platform.number(FINISHED) == 0
    platform.start_worker()

    platform.wait_for(SETTLED)
    assert platform.number("SELECT count(*) FROM procurement_matchrun WHERE status = 'INTERRUPTED'") == 1
    assert platform.number(FINISHED) == 1
    demands, members = result(platform)
    assert demands > 10
    assert members > 2 * demands


def test_run_and_later_changes_survive_the_loss_of_the_broker(platform: Stage) -> None:
    platform.start_worker()
    platform.manage("import_needs", str(NEEDS))
    platform.wait_for(RUNNING)

    platform.kill("broker")
    platform.wait_for(FINISHED)
    # A change while there is no broker is saved like any other …
    platform.manage("import_needs", str(NEEDS.with_name("needs_b.jsonl")))
    assert platform.number("SELECT count(*) FROM boroughs_need WHERE status = 'OPEN'") == 300
    # … and is matched once there is one again, even one that has forgotten everything.
    shutil.rmtree(platform.folder / "valkey")
    platform.start_broker()

    platform.wait_for(SETTLED)
    assert platform.number("SELECT max(needs_count) FROM procurement_matchrun WHERE status = 'FINISHED'") == 300


def test_import_is_checked_and_applied_whole_after_its_worker_is_killed(platform: Stage) -> None:
    platform.start_worker()
    platform.manage("shell", "-v0", "-c", "from tests.scale import importing; importing.hand_in()")
    platform.wait_for(AT_WORK.format("CHECKING"))
    platform.kill("worker")
    assert platform.number("SELECT count(*) FROM boroughs_importrow") == 0
    platform.start_worker()
    platform.wait_for(DONE.format("CHECKED"))

    platform.manage("shell", "-v0", "-c", "from tests.scale import importing; importing.apply()")
    platform.wait_for(AT_WORK.format("APPLYING"))
    platform.kill("worker")
    assert platform.number(CONTRACTS) in (0, importing.ROWS)
    platform.start_worker()
    platform.wait_for(DONE.format("APPLIED"))
    assert platform.number(CONTRACTS) == importing.ROWS
    assert platform.number("SELECT count(*) FROM boroughs_contractrevision") == importing.ROWS
