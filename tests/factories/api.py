"""A borough's own program, and how it speaks to the API."""

import json
from typing import Any

from django.test import Client

from boroughs.actions import api_tokens
from boroughs.models import ApiToken, Borough
from boroughs.permissions import COMMAND_LINE

NEEDS = "/api/v1/needs/"
IMPORTS = "/api/v1/imports/"
CONTRACTS = "/api/v1/contracts/"


def token(borough: Borough, *, name: str = "Register", days: int = 30) -> tuple[ApiToken, str]:
    """A token and its secret."""
    return api_tokens.create(borough=borough, name=name, days=days, by=COMMAND_LINE)


class Program:
    """Sends JSON with a token; CSRF is checked as on the real site, because a token must not need it."""

    def __init__(self, borough: Borough) -> None:
        self.token, self.secret = token(borough)
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)

    def send(self, method: str, address: str, body: Any = None, **headers: str) -> Any:
        """`body` is sent as JSON, or as it is where it is bytes. A header's name has underscores: if_match."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"authorization": f"Bearer {self.secret}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        content_type = sent.pop("content-type", "application/json")
        return self.client.generic(method, address, data=data, content_type=content_type, headers=sent)

    def get(self, address: str, **headers: str) -> Any:
        return self.send("GET", address, **headers)

    def post(self, address: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", address, body, **headers)
