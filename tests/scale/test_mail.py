"""A mail server on a real socket, and a worker that is killed while it talks to it: each e-mail arrives once."""

import os
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

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


class MailServer(socketserver.ThreadingTCPServer):
    """Takes e-mails and notes whom they were for; says nothing more once it was asked to take number `stops_at`."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, stops_at: int) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.stops_at = stops_at
        self.asked = 0
        self.taken: list[str] = []
        self.stopped = threading.Event()
        self.goes_on = threading.Event()


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 mail")
        recipient = ""
        while line := self.rfile.readline().decode().strip():
            command = line[:4].upper()
            if command == "RCPT":
                recipient = line.partition("<")[2].rstrip(">")
                self.server.asked += 1
                if self.server.asked == self.server.stops_at:
                    self.server.stopped.set()
                    self.server.goes_on.wait(timeout=60)
                    return
            if command == "DATA":
                self.say("354 go on")
                while self.rfile.readline().rstrip() != b".":
                    pass
                self.server.taken.append(recipient)
            self.say("221 bye" if command == "QUIT" else "250 ok")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server(*, stops_at: int) -> Iterator[MailServer]:
    with MailServer(stops_at) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.goes_on.set()
            server.shutdown()
            thread.join(timeout=10)


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
