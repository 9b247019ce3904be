"""Lighthouse's accessibility and best practices on the pages that suppliers come to: 100 of 100, on a phone and a desk.

Its accessibility is axe's, which test_pages asks on every page; its best practices are what only it looks for: the
console, the policy, types and sizes of images, the charset, features that browsers take away.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from loti import assets
from loti.supervision import valkey
from tests.e2e.browser import chromium
from tests.scale.stage import ROOT, stage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.timeout(300),
    # The stage brings its own database; one pass of the suite is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
    pytest.mark.skipif(
        not (assets.MODULES / "lighthouse").is_dir(), reason="Lighthouse is not in node_modules: `npm ci` brings it"
    ),
]

SCENE = """
from procurement.models import JointDemand
from tests.factories.boroughs import RequirementFactory
from tests.factories.notices import publish
from tests.factories.picture import joint_demand
demand = joint_demand("camden", "brent", "barnet", status=JointDemand.Status.CONFIRMED)
RequirementFactory(need=demand.members.first().need, position=1)
publish(demand)
"""
PAGES = ("/", "/board/", "/notices/NT-0001/")


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with stage() as made:
        made.manage("shell", "-v0", "-c", SCENE)
        yield made.start_web()


@pytest.mark.parametrize("form", ["mobile", "desktop"])
def test_pages_for_suppliers_reach_all_points(site: str, form: str) -> None:
    node = assets.node_folder(Path(sys.executable).parent)
    assert node is not None
    port = valkey.free_port()
    with chromium(f"--remote-debugging-port={port}"):
        done = subprocess.run(
            [node / "node", "tests/e2e/lighthouse.mjs", str(port), form, *(site + page for page in PAGES)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [each["address"] for each in found] == [site + page for page in PAGES]
    for each in found:
        assert not each["error"], each
        assert each["scores"] == {"accessibility": 1, "best-practices": 1}, "\n".join(
            [each["address"], *each["faults"]]
        )
