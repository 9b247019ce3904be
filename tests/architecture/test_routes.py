"""Every address is on the public list, or asks for a sign-in and a permission. A new one fails until it is sorted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from boroughs.models import User
from tests.factories.boroughs import UserFactory

# Open to everybody, without an account.
PUBLIC = {
    "home",
    "board",
    "board-calendar",
    "board-feed",
    "board-follow",
    "notice-ask",
    "notice-interest",
    "notice-follow",
    "confirm",
    "subscriber",
    "subscriber-forget",
    "alert-change",
    "alert-end",
    "alert-preview",
    "webhook",
    "webhook-create",
    "webhook-end",
    "webhook-resume",
    "webhook-rotate",
    "webhook-test",
    "alert-stop",
    "notice-mute",
    "interest-change",
    "interest-withdraw",
    "board-json-feed",
    "board-head",
    "board-figures",
    "board-figures-csv",
    "board-map",
    "board-notices-csv",
    "board-notices-xlsx",
    "board-timeline",
    "notice-calendar",
    "notice-detail",
    "notice-feed",
    "notice-json-feed",
    "notice-version",
    "notice-compare",
    "notice-pdf",
    "ocds-release-packages",
    "ocds-release-package",
    "ocds-record-package",
    "ocds-releases-file",
    "api-notice-list",
    "api-notice-detail",
    "api-notice-version",
    "api-notice-version-list",
    "api-schema",
    "api-docs",
    "about",
    "how-it-works",
    "how-to-follow",
    "accessibility",
    "privacy",
    "terms",
    "data-licence",
    "robots",
    "sitemap",
    "sitemap-part",
    "healthz",
    "readyz",
    "account_login",
    "account_signup",
    "account_inactive",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_email",
    "account_email_verification_sent",
}
# For everybody with an account, whatever the role.
SIGNED_IN = {
    "home",
    # How many jobs wait, and how old the workers' signs of life are.
    "status",
    "account_change_password",
    "account_confirm_login_code",
    # In development only.
    "gallery",
    "account_set_password",
    "account_reauthenticate",
}
# Django's own repair pages check is_staff and permissions themselves.
OTHER_NAMESPACES = {"admin"}


@dataclass(frozen=True)
class Route:
    """A page: its name, its whole address as it is spelled in the URLconf, and the arguments in it by name."""

    name: str
    pattern: str
    arguments: Mapping[str, Any]


def routes() -> list[Route]:
    def walk(resolver: URLResolver, before: str, outer: Mapping[str, Any]) -> Iterator[Route]:
        for entry in resolver.url_patterns:
            pattern = before + str(entry.pattern)
            # What is spelled as a regular expression has groups and no converters.
            arguments = {**outer, **entry.pattern.regex.groupindex, **entry.pattern.converters}
            if isinstance(entry, URLPattern):
                yield Route(entry.name or "", pattern, arguments)
            elif entry.namespace not in OTHER_NAMESPACES:
                yield from walk(entry, pattern, arguments)

    return list(walk(get_resolver(), "", {}))


def address(route: Route) -> str:
    """The route with made-up arguments: what is asked here is who may come in, not what is there."""
    samples: dict[str, Any] = {
        "number": 1,
        "pk": 1,
        "reference": "X-1",
        "need_reference": "N-1",
        "snapshot": "DP-2026-0001",
        "key": "x",
        "uidb36": "x",
    }
    arguments = {
        name: samples.get(name, 1 if type(converter).__name__ == "IntConverter" else "x")
        for name, converter in route.arguments.items()
    }
    return reverse(route.name, kwargs=arguments)


def names(route: Route) -> str:
    return route.name


@pytest.mark.django_db
@pytest.mark.parametrize("route", routes(), ids=names)
def test_route_is_public_or_asks_for_a_sign_in(route: Route, client: Client) -> None:
    assert route.name, f"{route.pattern} has no name"
    for method in (client.get, client.post):
        response = method(address(route))
        turned_away = response.status_code in (401, 403) or "/accounts/login/" in response.headers.get("Location", "")
        assert turned_away != (route.name in PUBLIC), f"{route.name} {response.status_code}"
        # The health pages say with 503 what is missing; here there is no broker.
        assert response.status_code < 500 or route.name == "readyz"


@pytest.mark.django_db
@pytest.mark.parametrize("route", [each for each in routes() if each.name not in PUBLIC | SIGNED_IN], ids=names)
def test_route_refuses_a_person_without_a_role(route: Route, client: Client) -> None:
    nobody: User = UserFactory()
    client.force_login(nobody)
    for method in (client.get, client.post):
        assert method(address(route)).status_code in (403, 404, 405), route.name


def test_lists_name_only_routes_that_exist() -> None:
    known = {route.name for route in routes()}
    assert {name for name in PUBLIC | SIGNED_IN if not name.startswith("account_")} <= known
