"""A fan-out to many subscribers: all are told of one publication, and workers that are killed on the way change nothing
of it. LOTI_SUBSCRIBERS says to how many; with `-s` the time that it took is printed.
"""

import os
import sys
import time
from collections import Counter

import pytest

from loti.supervision.guarded import tail
from tests.scale.mail_server import mail_server
from tests.scale.stage import stage
from tests.scale.stopping_points import die

pytestmark = [
    pytest.mark.services,
    pytest.mark.timeout(420),
    # The stage brings its own databases; one pass of the suite is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
]

SUBSCRIBERS = int(os.environ.get("LOTI_SUBSCRIBERS", "500"))
SENT = "SELECT count(*) = {} FROM procurement_letter WHERE sent_at IS NOT NULL"
PEOPLE = f"""
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
"""
PUBLISH = f"{PEOPLE}scene.publish()"
# The second person's yes alone, by the clock.
APPROVE = f"""{PEOPLE}
import time
from procurement.actions import notices
from procurement.models import Letter
proposed, person = scene.proposed(), scene.analyst()
begun = time.monotonic()
notices.publish(notice=proposed, by=person)
print(time.monotonic() - begun, Letter.objects.count())
"""
TOLD = """
from procurement.models import NoticeVersion
from procurement.queries import telling
found = telling.of_version(NoticeVersion.objects.get().pk)
print(found.written, found.sent, found.is_done)
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


def test_all_are_told_of_one_publication_each_in_their_turn() -> None:
    with mail_server() as server, stage() as platform:
        platform.environment |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(server.server_address[1])}
        platform.start_broker()
        platform.start_scheduler()
        # Whoever publishes waits for none of the letters.
        seconds, written = platform.manage("shell", "-v0", "-c", APPROVE).split()
        assert written == "0"

        begun = time.monotonic()
        platform.start_worker()
        platform.wait_for(SENT.format(SUBSCRIBERS), timeout=300)
        took = time.monotonic() - begun
        sys.stdout.write(f"published in {float(seconds):.2f} s, {SUBSCRIBERS} told within {took:.0f} s\n")

        numbers = [int(address.partition("-")[2].partition("@")[0]) for address in server.taken]
        assert sorted(numbers) == list(range(SUBSCRIBERS))
        # One after the other, round the list from where this version begins.
        assert [(number - numbers[0]) % SUBSCRIBERS for number in numbers] == list(range(SUBSCRIBERS))
        assert platform.manage("shell", "-v0", "-c", TOLD).split() == [str(SUBSCRIBERS), str(SUBSCRIBERS), "True"]
