"""Every background task is named, registered, routed, and its queue is consumed."""

import pytest
from celery import current_app

from boroughs.background import QUEUES, ROUTES, SCHEDULE, Task


@pytest.mark.parametrize("task", Task)
def test_task_is_registered_and_routed(task: Task) -> None:
    assert task in current_app.tasks
    assert ROUTES[task]["queue"] in QUEUES


def test_every_own_registered_task_has_a_name_in_the_enum() -> None:
    own = {name for name in current_app.tasks if not name.startswith("celery.")}
    assert own == set(Task)


def test_clock_rings_known_tasks_that_expire() -> None:
    for entry in SCHEDULE.values():
        assert entry["task"] in set(Task)
        assert entry["options"]["expires"] > 0


def test_worker_trusts_json_only() -> None:
    assert list(current_app.conf.accept_content) == ["json"]
    assert current_app.conf.task_acks_late is False
    assert current_app.conf.task_ignore_result is True
