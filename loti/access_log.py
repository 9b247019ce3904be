"""gunicorn's log of requests, without what opens a mailbox or an account."""

import re
from typing import Any

from gunicorn.glogging import Logger

# Addresses whose next part is a secret: whoever reads it in a log could act for the person whom it was sent to.
_SECRET = re.compile(r"(/(?:confirm|following|stop|password/reset/key)/)[^/\s?\"]+")


class AccessLog(Logger):  # type: ignore[misc]
    """Of such an address the log keeps what it is for, in the request and in the page that led to it."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
        """Return what a line of the log may be made of, as gunicorn names it."""
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return {name: without_secret(value) if isinstance(value, str) else value for name, value in found.items()}


def without_secret(line: str) -> str:
    """Return the line with `…` in place of each secret part of an address."""
    return _SECRET.sub(r"\1…", line)
