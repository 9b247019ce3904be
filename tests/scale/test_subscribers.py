"""A fan-out to five hundred subscribers, and workers that are killed on the way: each mailbox shows one e-mail."""

import os
from collections import Counter

import pytest

from loti.supervision.guarded import tail
from tests.scale.mail_server import mail_server
from tests.scale.stage import stage
from tests.scale.stopping_points import die

pytestmark = [
    pytest.mark.services,
    pytest.mark.timeout(280),
    # The stage brings its own databases; one pass of the suite is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
]

SUBSCRIBERS = 500
SENT = "SELECT count(*) = {} FROM procurement_letter WHERE sent_at IS NOT NULL"
PUBLISH = f"""
from django.utils import timezone
from procurement.models import Alert, Subscriber
from tests.factories import notices as scene
now = timezone.now()
people = Subscriber.objects.bulk_create(
    Subscriber(email=f"supplier-{{number}}@example.com", created_at=now, confirmed_at=now)
    for number in range({SUBSCRIBERS})
)
Alert.objects.bulk_create(
    Alert(subscriber=each, name="all notices", frequency="AT_ONCE", asked_at=now, confirmed_at=now) for each in people
)
scene.publish()
"""
# As after the two minutes for which a letter stays in the hands of a worker that is gone.
FREE = """
from procurement.actions import letters
from procurement.models import Letter
Letter.objects.filter(sent_at=None).update(taken_at=None)
letters.request_waiting()
"""


def test_each_of_five_hundred_has_one_email_though_workers_are_killed_at_five_points() -> None:
    with mail_server(stops_at=20) as server, stage(lease_seconds=3) as platform:
        platform.environment |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(server.server_address[1])}
        platform.start_broker()
        platform.start_scheduler()
        platform.manage("shell", "-v0", "-c", PUBLISH)

        die(platform, "one", "before any letter is written")
        die(platform, "two", "between two portions")
        platform.start_worker("three")
        assert server.stopped.wait(timeout=90), tail(platform.log("three"))
        platform.kill("three")
        server.goes_on.set()
        die(platform, "four", "an e-mail taken and not marked")
        platform.manage("shell", "-v0", "-c", FREE)
        die(platform, "five", "all sent and not finished")
        platform.start_worker("six")
        platform.wait_for(SENT.format(SUBSCRIBERS))
        platform.wait_for("SELECT count(*) = 0 FROM boroughs_work WHERE requested > done AND task LIKE '%letters'")

        # The mail server took one e-mail twice: from the worker that died before it could say so, and from the next.
        # Both have one name, so that the mailbox shows one.
        shown = dict(zip(server.named, server.taken, strict=True))
        assert Counter(shown.values()) == Counter(f"supplier-{number}@example.com" for number in range(SUBSCRIBERS))
        assert len(server.taken) == SUBSCRIBERS + 1
