import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.actions import api_tokens
from boroughs.models import ApiToken, Borough, Role, User
from tests.conftest import person
from tests.factories.api import token
from tests.factories.boroughs import MembershipFactory

pytestmark = pytest.mark.django_db
FORM = {"name": "Contract register", "days": "90"}
SECRET = re.compile(r"loti_[0-9a-f]{8}_[\w-]{43}")


def text(response: Any) -> str:
    return str(response.content.decode())


def test_secret_is_shown_once_and_works(client: Client, approver: User, borough: Borough) -> None:
    client.force_login(approver)
    page = client.post("/api-tokens/new/", FORM)
    (secret,) = SECRET.findall(text(page))
    found = api_tokens.client_of(secret, at=timezone.now())
    assert found is not None
    assert found.borough == borough
    assert "no-store" in page.headers["Cache-Control"]
    listed = text(client.get("/api-tokens/"))
    made = ApiToken.objects.get()
    assert "Contract register" in listed
    assert made.prefix in listed
    assert not SECRET.search(listed)
    assert approver.name in listed
    assert (made.expires_at - made.created_at).days == 90


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "Enter what it is for"),
        ({"name": " \u200b "}, "Enter what it is for"),
        ({"name": "x" * 101}, "What it is for must be 100 characters or fewer"),
        ({"days": ""}, "Choose how long it is good"),
        ({"days": "99999"}, "Choose how long it is good from the list"),
    ],
)
def test_form_names_what_is_wrong_and_makes_nothing(
    changes: dict[str, str], message: str, client: Client, approver: User
) -> None:
    client.force_login(approver)
    assert message in text(client.post("/api-tokens/new/", FORM | changes))
    assert not ApiToken.objects.exists()


def test_approver_of_two_boroughs_says_which(
    client: Client, approver: User, borough: Borough, other_borough: Borough
) -> None:
    MembershipFactory(user=approver, borough=other_borough, role=Role.BOROUGH_APPROVER)
    client.force_login(approver)
    assert "Choose a borough" in text(client.post("/api-tokens/new/", FORM))
    assert SECRET.search(text(client.post("/api-tokens/new/", FORM | {"borough": "brent"})))
    assert ApiToken.objects.get().borough == other_borough


def test_borough_of_somebody_else_cannot_be_chosen(client: Client, approver: User, other_borough: Borough) -> None:
    MembershipFactory(user=approver, borough=other_borough, role=Role.BOROUGH_EDITOR)
    client.force_login(approver)
    client.post("/api-tokens/new/", FORM | {"borough": "brent"})
    assert ApiToken.objects.get().borough != other_borough


def test_token_is_revoked_after_a_page_that_asks(client: Client, approver: User, borough: Borough) -> None:
    made, secret = token(borough)
    client.force_login(approver)
    address = f"/api-tokens/{made.pk}/revoke/"
    assert "Revoke this token" in text(client.get(address))
    assert api_tokens.client_of(secret, at=timezone.now())
    assert "lets nobody in any more" in text(client.post(address, follow=True))
    assert api_tokens.client_of(secret, at=timezone.now()) is None
    assert "revoked already" in text(client.post(address, follow=True))


def test_foreign_token_is_as_good_as_missing(client: Client, approver: User, other_borough: Borough) -> None:
    foreign, secret = token(other_borough, name="Theirs")
    client.force_login(approver)
    assert "Theirs" not in text(client.get("/api-tokens/"))
    for pk in (foreign.pk, 999_999):
        for send in (client.get, client.post):
            assert send(f"/api-tokens/{pk}/revoke/").status_code == 404
    assert api_tokens.client_of(secret, at=timezone.now())


@pytest.mark.parametrize("role", [Role.BOROUGH_READER, Role.BOROUGH_EDITOR])
def test_others_see_no_tokens(role: Role, client: Client, borough: Borough) -> None:
    client.force_login(person(role, borough))
    for address in ("/api-tokens/", "/api-tokens/new/"):
        assert client.get(address).status_code == 403


def test_list_tells_states_apart(client: Client, approver: User, borough: Borough) -> None:
    client.force_login(approver)
    assert "No tokens yet" in text(client.get("/api-tokens/"))
    revoked, _ = token(borough, name="Old")
    api_tokens.revoke(token=revoked, by=approver)
    expired, _ = token(borough, name="Older")
    past = timezone.now() - timedelta(days=60)
    ApiToken.objects.filter(pk=expired.pk).update(created_at=past, expires_at=past + timedelta(days=30))
    page = text(client.get("/api-tokens/"))
    assert "Revoked" in page
    assert "Expired" in page
    assert "/revoke/" not in page


def test_list_costs_the_same_for_one_and_for_many(
    client: Client, approver: User, borough: Borough, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(15):
        token(borough)
    client.force_login(approver)
    with django_assert_max_num_queries(5):
        client.get("/api-tokens/")
