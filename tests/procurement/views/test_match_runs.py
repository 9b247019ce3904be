"""The page of match runs, asking for one, and what its progress bar is told."""

import html
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from boroughs.background import Task
from boroughs.models import User, Work
from procurement.actions import demands, matching
from procurement.models import MatchRun
from procurement.queries.agreement import Agreement
from tests.factories.picture import joint_demand
from tests.factories.procurement import CalibrationFitFactory, MatchRunFactory

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


def test_record_shows_answers_drift_and_calibration(client: Client, reader: User, analyst: User) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    MatchRunFactory(started_at=yesterday, finished_at=yesterday, needs_count=10, matched_count=3)
    MatchRunFactory(needs_count=10, matched_count=4, engine_version="1.2.3")
    demand = joint_demand("camden", "brent", "barnet")
    demands.remove_member(demand=demand, need=demand.members.first().need, by=analyst)
    CalibrationFitFactory(slope=12.5, answers=61)
    client.force_login(reader)
    page = html.unescape(client.get("/match-runs/record/").content.decode())
    for words in ("How the matcher has done", "1.2.3", "0%", "From 30 to 40", "12.5", "61 answers of analysts"):
        assert words in page
    assert client.get("/match-runs/").content.decode().count("/match-runs/record/") == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Agreement(20, 20), ("From 30 needs on", "So far: 20.")),
        (Agreement(50, 41), ("82%", "of needs were judged alike by two people", "10%", "50 needs")),
        (Agreement(50, 20), ("40%", "Unknown")),
    ],
    ids=["few", "many", "at odds"],
)
def test_record_says_how_often_two_people_agree(
    client: Client, reader: User, monkeypatch: pytest.MonkeyPatch, said: Agreement, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr("procurement.views.match_runs.agreement", lambda: said)
    client.force_login(reader)
    page = html.unescape(client.get("/match-runs/record/").content.decode())
    for each in words:
        assert each in page
