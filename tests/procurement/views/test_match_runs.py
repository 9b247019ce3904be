"""The page of match runs, asking for one, and what its progress bar is told."""

import html

import pytest
from django.test import Client
from django.utils import timezone

from boroughs.background import Task
from boroughs.models import User, Work
from procurement.actions import matching
from procurement.models import MatchRun
from tests.factories.procurement import MatchRunFactory

pytestmark = pytest.mark.django_db


def page(client: Client) -> str:
    return html.unescape(client.get("/match-runs/").content.decode())


def test_page_lists_runs_with_their_outcome(client: Client, reader: User) -> None:
    MatchRunFactory(needs_count=12, demands_count=3, engine_version="1.2.3")
    client.force_login(reader)
    shown = page(client)
    assert "Finished" in shown
    assert "1.2.3" in shown
    assert "Run the matcher now" not in shown


def test_reader_may_not_ask_for_a_run(client: Client, reader: User) -> None:
    client.force_login(reader)
    assert client.post("/match-runs/request/").status_code == 403
    assert not Work.objects.exists()


def test_analyst_asks_for_a_run_and_follows_it(client: Client, analyst: User) -> None:
    client.force_login(analyst)
    client.post("/match-runs/request/")
    assert Work.objects.pending().filter(task=Task.MATCH_NEEDS).count() == 1
    waiting = client.get("/match-runs/status/").json()
    assert waiting == {"value": 0, "maximum": 1, "label": "Waiting for a worker", "done": False}

    MatchRunFactory(status=MatchRun.Status.RUNNING, finished_at=None, phase="grouping", steps_done=2, steps_total=5)
    assert client.get("/match-runs/status/").json() == {"value": 2, "maximum": 5, "label": "Grouping", "done": False}


def test_run_that_was_set_aside_is_tried_again(client: Client, analyst: User) -> None:
    now = timezone.now()
    Work.objects.create(
        task=Task.MATCH_NEEDS, key=matching.SCOPE, requested=1, not_before=now, failed_at=now, attempts=3
    )
    client.force_login(analyst)
    assert "failed three times and is set aside" in page(client)
    client.post("/match-runs/request/")
    work = Work.objects.get()
    assert (work.failed_at, work.attempts) == (None, 0)
    assert "set aside" not in page(client)
