"""Killing a worker at one of the points that tests/scale/stopping.py names."""

from loti.supervision.guarded import tail, wait_until
from tests.scale.stage import Stage


def die(platform: Stage, name: str, point: str) -> None:
    """Start a worker that stands still at the point, and kill it there."""
    reached = platform.folder / f"{name}.reached"
    platform.environment |= {"STOPS_AT": point, "STOPPED": str(reached)}
    platform.start_worker(name, "--include", "tests.scale.stopping")
    assert wait_until(reached.exists, timeout=60), tail(platform.log(name))
    platform.kill(name)
