"""What is asked of the broker besides sending messages: whether it is there, and how many wait in each queue."""

from typing import Any
from urllib.parse import urlsplit

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from boroughs.background import QUEUES

SECONDS = 1.0
ONCE = Retry(NoBackoff(), 0)


def client() -> redis.Redis:
    """A client that gives up after a second."""
    limits: dict[str, Any] = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS, "retry": ONCE}
    url = urlsplit(settings.CELERY_BROKER_URL)
    if url.scheme == "redis+socket":
        return redis.Redis(unix_socket_path=url.path, **limits)
    return redis.Redis.from_url(settings.CELERY_BROKER_URL, **limits)


def answers() -> bool:
    with client() as asked:
        try:
            asked.ping()
        except redis.RedisError:
            return False
    return True


def queues() -> dict[str, int] | None:
    """Messages waiting in each queue; None while the broker is away."""
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    with client() as asked:
        try:
            return {queue: int(asked.llen(f"{prefix}{queue}")) for queue in QUEUES}
        except redis.RedisError:
            return None
