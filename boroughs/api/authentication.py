"""Who asks: a borough's program by its token, or a person who is signed in."""

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from boroughs.actions import api_tokens
from boroughs.permissions import Client

SCHEME = "bearer"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`. Unknown, expired and revoked tokens are refused in the same words."""

    def authenticate(self, request: Request) -> tuple[Client, None] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME:
            return None
        client = api_tokens.client_of(secret.strip(), at=timezone.now())
        if client is None:
            raise AuthenticationFailed("This token is not valid. An approver of your borough can make another.")
        return client, None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="LOTI"'


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        words = "An API token, which an approver of the borough makes under `/api-tokens/`"
        return {"type": "http", "scheme": SCHEME, "description": words}
