import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from boroughs.actions import api_tokens
from boroughs.exceptions import IllegalMove, PermissionRefused
from boroughs.models import ApiToken, AuditEvent, Borough, User
from boroughs.permissions import Client
from tests.factories.api import token

pytestmark = pytest.mark.django_db


def client_of(secret: str, *, after: timedelta = timedelta()) -> Client | None:
    return api_tokens.client_of(secret, at=timezone.now() + after)


def test_token_lets_in_the_program_of_its_borough(approver: User, borough: Borough) -> None:
    made, secret = api_tokens.create(borough=borough, name="Register", days=30, by=approver)
    assert client_of(secret) == Client(borough=borough, name=f"Register ({made.prefix})")
    assert made.created_by == approver
    assert secret.startswith(f"{made.prefix}_")


def test_secret_is_kept_nowhere(approver: User, borough: Borough) -> None:
    made, secret = api_tokens.create(borough=borough, name="Register", days=30, by=approver)
    row = ApiToken.objects.filter(pk=made.pk).values().get()
    assert row["digest"] == hashlib.sha256(secret.encode()).hexdigest()
    hidden = secret.removeprefix(made.prefix)
    assert hidden not in str(row)
    assert hidden not in str(list(AuditEvent.objects.values()))


def test_no_two_tokens_are_alike(borough: Borough) -> None:
    assert len({token(borough)[1] for _ in range(20)}) == 20


@pytest.mark.parametrize("role", ["reader", "editor", "stranger", "analyst", "administrator"])
def test_token_is_made_and_revoked_by_an_approver_of_the_borough(
    role: str, borough: Borough, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(role)
    made, secret = token(borough)
    with pytest.raises(PermissionRefused):
        api_tokens.create(borough=borough, name="Register", days=30, by=user)
    with pytest.raises(PermissionRefused):
        api_tokens.revoke(token=made, by=user)
    assert client_of(secret)


def test_program_makes_no_token(borough: Borough) -> None:
    with pytest.raises(PermissionRefused):
        api_tokens.create(borough=borough, name="Register", days=30, by=Client(borough=borough, name="Register"))


@pytest.mark.parametrize("change", ["x", "", " ", "é", "\udcff", "0" * 1000])
def test_changed_secret_lets_nobody_in(change: str, borough: Borough) -> None:
    made, secret = token(borough)
    assert client_of(change) is None
    assert client_of(secret + (change or "x")) is None
    assert client_of(made.prefix) is None
    assert client_of(made.digest) is None


def test_token_is_good_until_it_expires(borough: Borough) -> None:
    _, secret = token(borough, days=30)
    assert client_of(secret, after=timedelta(days=29, hours=23))
    assert client_of(secret, after=timedelta(days=30, seconds=1)) is None


def test_revoked_token_lets_nobody_in_and_says_who_revoked_it(approver: User, borough: Borough) -> None:
    made, secret = token(borough)
    api_tokens.revoke(token=made, by=approver)
    assert client_of(secret) is None
    assert made.revoked_by == approver
    with pytest.raises(IllegalMove, match="revoked already"):
        api_tokens.revoke(token=made, by=approver)
    events = AuditEvent.objects.filter(noun="API token", reference=made.prefix).order_by("pk")
    assert [(event.verb, event.borough_slug) for event in events] == [("create", "camden"), ("revoke", "camden")]
    assert events[1].actor == approver.email


def test_use_is_noted_at_most_once_an_hour(borough: Borough) -> None:
    made, secret = token(borough)
    begun = timezone.now()
    noted = []
    for minutes in (0, 30, 59, 61):
        api_tokens.client_of(secret, at=begun + timedelta(minutes=minutes))
        made.refresh_from_db()
        noted.append(made.last_used_at)
    assert noted == [begun, begun, begun, begun + timedelta(minutes=61)]


def test_refused_token_is_not_noted_as_used(borough: Borough) -> None:
    made, secret = token(borough)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert client_of(secret) is None
    made.refresh_from_db()
    assert made.last_used_at is None
