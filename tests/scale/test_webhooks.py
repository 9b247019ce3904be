"""Messages to the webhooks of a publication, and workers that are killed on the way: no server goes without."""

import os
from collections import defaultdict
from contextlib import ExitStack

import pytest
from standardwebhooks import Webhook as Verifier

from tests.outbound import servers
from tests.outbound.servers import Server, serving
from tests.scale.stage import stage
from tests.scale.stopping_points import die

pytestmark = [
    pytest.mark.services,
    pytest.mark.timeout(400),
    # The stage brings its own databases; one pass of the suite is enough.
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs with the SQLite pass"),
]
SERVERS, WEBHOOKS = 4, 20
PUBLISH = """
from django.utils import timezone
from tests.factories import notices as scene
from tests.factories.subscribers import WebhookFactory
urls = {urls!r}
for number in range({webhooks}):
    WebhookFactory(url=f"{{urls[number % len(urls)]}}/{{number}}", created_at=timezone.now())
scene.publish()
"""
# As after the minute for which a message stays in the hands of a worker that is gone.
FREE = """
from procurement.actions import webhook_turn
from procurement.models import WebhookDelivery
WebhookDelivery.objects.filter(done_at=None).update(taken_at=None)
webhook_turn.wake()
"""
DONE = "SELECT count(*) = {} FROM procurement_webhookdelivery WHERE done_at IS NOT NULL AND problem = ''"


def arrived(running: list[Server]) -> dict[str, list[tuple[str, dict[str, str]]]]:
    """Bodies and heads that came, by the path of the webhook."""
    found = defaultdict(list)
    for server in running:
        for index, request in enumerate(server.requests):
            path = request.split(b" ", 2)[1].decode()
            found[server.url.removesuffix("/hook") + path].append((server.body(index), server.head(index)))
    return found


def test_each_webhook_has_its_message_under_one_name_though_workers_are_killed_on_the_way() -> None:
    with ExitStack() as ends:
        running = [ends.enter_context(serving(servers.answers(servers.OK))) for _ in range(SERVERS)]
        platform = ends.enter_context(stage(lease_seconds=3))
        platform.environment |= {"WEBHOOK_LOOPBACK": "1"}
        platform.start_broker()
        platform.start_scheduler()
        urls = [server.url for server in running]
        platform.manage("shell", "-v0", "-c", PUBLISH.format(urls=urls, webhooks=WEBHOOKS))

        die(platform, "one", "messages taken and not sent")
        assert not arrived(running)
        platform.manage("shell", "-v0", "-c", FREE)
        die(platform, "two", "messages sent and not marked")
        marked = platform.number("SELECT count(*) FROM procurement_webhookdelivery WHERE done_at IS NOT NULL")
        assert marked < sum(map(len, arrived(running).values())), "a server has it, and the row does not say so"
        platform.manage("shell", "-v0", "-c", FREE)
        platform.start_worker("three")
        platform.wait_for(DONE.format(WEBHOOKS))

        came = arrived(running)
        hooks = platform.rows(
            "SELECT url, secret, identifier FROM procurement_webhook JOIN procurement_webhookdelivery"
            " ON webhook_id = procurement_webhook.id"
        )
        assert len(hooks) == WEBHOOKS
        assert set(came) == {url for url, _, _ in hooks}
        for url, secret, identifier in hooks:
            for body, head in came[url]:
                assert head["webhook-id"] == identifier
                assert Verifier(secret).verify(body, head)["type"] == "notice.published"
        # What was sent and not marked came a second time, and nothing a third.
        assert max(map(len, came.values())) == 2
