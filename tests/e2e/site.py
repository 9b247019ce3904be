"""What a journey begins with: a site with a scene in it, and a browser to look at it with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser

from tests.e2e.browser import chromium
from tests.scale.stage import Stage, stage


@dataclass
class Site:
    stage: Stage
    address: str
    browser: Browser


@contextmanager
def site_with(scene: str, *, worker: bool = False) -> Iterator[Site]:
    """A site of its own, with what this Python, run in its shell, has made there; with one for its tasks if asked."""
    with stage() as made, chromium() as browser:
        made.manage("shell", "-v0", "-c", scene)
        if worker:
            made.start_broker()
            made.start_worker()
        yield Site(made, made.start_web(), browser)
