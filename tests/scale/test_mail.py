"""A mail server on a real socket, and a worker that is killed while it talks to it: each e-mail arrives once."""

import os
from collections import Counter

import pytest

from tests.scale.mail_server import mail_server
from tests.scale.stage import stage

pytestmark = [
    pytest.mark.services,
    pytest.mark.timeout(280),
    # The stage brings its own databases; one pass of the suite is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
]

PEOPLE = 30
MAILED = "SELECT count(*) = {} FROM boroughs_notification WHERE mailed_at IS NOT NULL"
TELL = f"""
from boroughs.actions import work
from boroughs.background import Task
from boroughs.models import Borough
from tests.factories.boroughs import MembershipFactory, NotificationFactory
borough = Borough.objects.get(slug="camden")
for _ in range({PEOPLE}):
    NotificationFactory(borough=borough, user=MembershipFactory(borough=borough).user)
work.request(task=Task.MAIL_NOTIFICATIONS, key="london")
"""
# As after the quarter of an hour for which a row stays in the hands of a worker that is gone.
FREE = """
from django.utils import timezone
from boroughs.actions import mailing
from boroughs.models import Notification
Notification.objects.filter(mailed_at=None).update(mail_lease_until=timezone.now())
mailing.request_waiting()
"""


def test_each_email_arrives_once_though_a_worker_is_killed_and_two_take_over() -> None:
    with mail_server(stops_at=11) as server, stage(lease_seconds=4) as platform:
        platform.environment |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(server.server_address[1])}
        platform.start_broker()
        platform.start_worker("one")
        platform.manage("shell", "-v0", "-c", TELL)
        assert server.stopped.wait(timeout=90)

        platform.kill("one")
        server.goes_on.set()
        assert len(server.taken) == 10
        platform.start_worker("two")
        platform.start_worker("three")
        platform.start_scheduler()
        # All but the one that was in the hands of the worker that is gone.
        platform.wait_for(MAILED.format(PEOPLE - 1))
        platform.manage("shell", "-v0", "-c", FREE)
        platform.wait_for(MAILED.format(PEOPLE))

        assert len(server.taken) == PEOPLE
        assert set(Counter(server.taken).values()) == {1}
