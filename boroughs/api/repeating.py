"""`Idempotency-Key`: the name that a program gives to a request, so that it can send it again."""

import hashlib
import json
import re
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

KEY = re.compile(r"[\x21-\x7e]{1,200}")
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 to 200 visible ASCII characters of your choice. The same request under the same key within 24 hours "
    "gets the same answer and writes nothing a second time",
)


def key_of(request: Request) -> str:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not KEY.fullmatch(key):
        raise ParseError("Idempotency-Key must be 1 to 200 visible ASCII characters.")
    return key or ""


def digest_of(data: Any) -> str:
    """Of what was asked, however it was written down."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
