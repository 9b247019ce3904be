"""The e-mails that a stage sends: its background work of telling subscribers is done here, in the order of a worker."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.scale.stage import Stage

# Writes and sends what is to be sent, and prints each e-mail as a line of JSON.
SENT = """
import json
from django.conf import settings
from django.core import mail
from django.utils import timezone
from boroughs.background import Task
from boroughs.models import Work
from procurement import tasks
from procurement.actions import letters
settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
mail.outbox = []
Work.objects.update(not_before=timezone.now())
for key in Work.objects.filter(task=Task.TELL_SUBSCRIBERS).values_list("key", flat=True):
    tasks.tell_subscribers(key=key)
Work.objects.update(not_before=timezone.now())
letters.run()
for each in mail.outbox:
    print(json.dumps([each.to[0], each.subject, each.body, each.extra_headers]))
"""


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    body: str
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        return f"{self.subject}\n{self.body}"

    def path(self, name: str) -> str:
        """Where the first link leads whose path begins with that name."""
        found = re.search(rf"https?://[^/\s]+(/{name}\S*)", self.body)
        assert found is not None, self.text
        return found[1]

    @property
    def link(self) -> str:
        """The link that confirms."""
        return self.path("confirm")

    @property
    def own_page(self) -> str:
        """Where its reader sees what they follow."""
        return self.path(r"following/[^/\s]+/(?=\s)")

    @property
    def one_click(self) -> str:
        """The address that its head names for ending it (RFC 8058)."""
        assert self.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        return self.headers["List-Unsubscribe"].removeprefix("<").removesuffix(">")


def sent(platform: Stage) -> list[Mail]:
    """What went out since the last time."""
    lines = platform.manage("shell", "-v0", "-c", SENT).splitlines()
    return [Mail(*json.loads(line)) for line in lines if line.startswith("[")]
