"""manage.py match and run_main_job. What a worker does beside the second is done here between two looks."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from boroughs.actions import demo, work
from boroughs.background import Task
from boroughs.models import Borough, Work
from procurement.actions import alignments, matching, reports
from procurement.management.commands import run_main_job
from procurement.models import Coalition, JointDemand, MatchRun, Notice, Report
from procurement.queries import interested
from tests.factories.boroughs import BoroughFactory, NeedFactory, RequirementFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub_embedder")]


@pytest.fixture(autouse=True)
def _needs(settings: Any) -> None:
    settings.MATCH_DEBOUNCE_SECONDS = 0
    for name in ("Camden", "Brent"):
        borough: Borough = BoroughFactory(name=name, slug=name.lower())
        need = NeedFactory(borough=borough, title="Parking permits system", problem="Permits for parking on paper.")
        RequirementFactory(need=need, position=1)


def run(name: str) -> str:
    out = io.StringIO()
    call_command(name, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_match_says_what_it_found() -> None:
    assert run("match") == "2 needs, 1 joint demand, 2 needs in one of them\n"
    assert MatchRun.objects.get().status == MatchRun.Status.FINISHED


def test_match_leaves_a_run_to_the_worker_that_has_it() -> None:
    work.request(task=Task.MATCH_NEEDS, key=matching.SCOPE)
    assert work.claim(task=Task.MATCH_NEEDS, key=matching.SCOPE)
    with pytest.raises(CommandError, match="A worker is matching already"):
        run("match")


def test_match_that_fails_ends_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ValueError("no such word")

    monkeypatch.setattr(matching, "match", broken)
    with pytest.raises(CommandError, match="no such word"):
        run("match")


def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two looks of the command, do what is due."""

    def between(self: run_main_job.Command, deadline: float, what: str) -> None:
        matching.run()
        alignments.run()
        for report in Report.objects.pending():
            reports.build(key=str(report.pk))

    monkeypatch.setattr(run_main_job.Command, "_pause", between)


def test_main_job_matches_publishes_and_builds_once(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    demo.load_people()
    worker(monkeypatch)

    said = run("run_main_job")
    assert "2 boroughs, 2 open needs, 1 joint demand, 1 notice" in said
    assert "pages)" in said
    assert JointDemand.objects.get().status == JointDemand.Status.CONFIRMED
    assert Report.objects.get().status == Report.Status.READY
    assert not alignments.changed()
    notice = Notice.objects.get()
    assert notice.current.content["lead"]["slug"] == Coalition.objects.get().lead.slug == "camden"
    assert str(interested.public_band(notice.reference)) == "5 to 9"

    # Nothing has changed, so nothing is done twice.
    assert run("run_main_job") == said
    assert (Notice.objects.count(), Report.objects.count()) == (1, 1)


def test_main_job_without_a_worker_ends_with_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_main_job.time, "sleep", lambda seconds: None)
    with pytest.raises(CommandError, match="Is a worker running"):
        call_command("run_main_job", "--seconds", "0", stdout=io.StringIO())
    assert Work.objects.pending().exists()
