"""A worker that stands still at one point of telling subscribers or their servers, so that a test can kill it there.

Included by the worker alone (`celery worker --include tests.scale.stopping`). STOPS_AT names the point, STOPPED a file
that is written when it is reached.
"""

import os
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

from procurement.actions import letters, webhook_turn
from procurement.models import Letter

# E-mails that the mail server takes from this worker before it stands still.
TAKEN = 40
# Messages to webhooks of which it writes down what became of them; more are sent by then.
MARKED = 4


def stand_still() -> None:
    Path(os.environ["STOPPED"]).touch()
    threading.Event().wait(timeout=120)


def before_call(number: int, call: Callable[..., Any]) -> Callable[..., Any]:
    calls = count(1)

    def stopping(*arguments: Any, **named: Any) -> Any:
        if next(calls) == number:
            stand_still()
        return call(*arguments, **named)

    return stopping


def after_call(number: int, call: Callable[..., Any]) -> Callable[..., Any]:
    calls = count(1)

    def stopping(*arguments: Any, **named: Any) -> Any:
        answer = call(*arguments, **named)
        if next(calls) == number:
            stand_still()
        return answer

    return stopping


def when_all_are_sent(call: Callable[..., Any]) -> Callable[..., Any]:
    def stopping(*arguments: Any, **named: Any) -> Any:
        if not Letter.objects.waiting().exists():
            stand_still()
        return call(*arguments, **named)

    return stopping


match os.environ["STOPS_AT"]:
    case "before any letter is written":
        letters.put = before_call(1, letters.put)
    case "between two portions":
        letters.put = before_call(2, letters.put)
    case "an e-mail taken and not marked":
        EmailBackend.send_messages = after_call(TAKEN, EmailBackend.send_messages)  # type: ignore[method-assign]
    case "all sent and not finished":
        letters.work.finish = when_all_are_sent(letters.work.finish)
    case "messages taken and not sent":
        webhook_turn._take = after_call(1, webhook_turn._take)
    case "messages sent and not marked":
        webhook_turn._record = before_call(MARKED + 1, webhook_turn._record)
