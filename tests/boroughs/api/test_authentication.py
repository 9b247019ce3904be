"""Who is let in: a program by its token, a person by the session, nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from boroughs.actions import api_tokens
from boroughs.models import ApiToken, Borough, Need, User
from tests.factories.api import NEEDS, Program
from tests.factories.boroughs import NeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(borough: Borough) -> Program:
    return Program(borough)


def asked(authorization: str) -> Any:
    return Client(raise_request_exception=False).get(NEEDS, headers={"authorization": authorization})


def test_nobody_is_told_how_to_come_in() -> None:
    answer = Client().get(NEEDS)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="LOTI"'
    assert answer.json()["error"]["message"]


def test_unknown_expired_and_revoked_tokens_are_refused_alike(
    borough: Borough, approver: User, program: Program
) -> None:
    revoked, expired = Program(borough), Program(borough)
    assert asked(f"Bearer {revoked.secret}").status_code == 200
    api_tokens.revoke(token=revoked.token, by=approver)
    past = timezone.now() - timedelta(days=60)
    ApiToken.objects.filter(pk=expired.token.pk).update(created_at=past, expires_at=past + timedelta(days=30))
    secrets = [revoked.secret, expired.secret, "loti_00000000_x", program.secret[:-1], program.token.prefix, "", "é"]
    answers = [asked(f"Bearer {secret}") for secret in secrets]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {'Bearer realm="LOTI"'}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("word", ["bearer", "BEARER"])
def test_name_of_the_scheme_is_read_in_any_case(word: str, program: Program) -> None:
    assert asked(f"{word} {program.secret}").status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "Token", "", "Bearer:"])
def test_secret_under_another_scheme_is_no_token(scheme: str, program: Program) -> None:
    assert asked(f"{scheme} {program.secret}").status_code == 401


def test_token_is_for_the_header_alone(program: Program) -> None:
    assert Client().get(NEEDS, {"token": program.secret, "access_token": program.secret}).status_code == 401


def test_token_opens_no_page(program: Program) -> None:
    for address in ("/needs/", "/api-tokens/", "/demands/", "/api/v1/demands/"):
        assert program.get(address).status_code in (302, 403), address


def test_token_needs_no_csrf_token_and_a_session_does(program: Program, editor: User) -> None:
    assert program.post(NEEDS, {"title": "A"}).status_code == 201
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    assert client.get(NEEDS).status_code == 200
    refused = client.post(NEEDS, {"title": "B"}, content_type="application/json")
    assert (refused.status_code, Need.objects.count()) == (403, 1)
    client.get("/accounts/password/change/")
    secret = client.cookies["csrftoken"].value
    taken = client.post(NEEDS, {"title": "B"}, content_type="application/json", headers={"x-csrftoken": secret})
    assert taken.status_code == 201


def test_bad_token_is_not_made_good_by_a_session(editor: User, client: Client) -> None:
    client.force_login(editor)
    assert client.get(NEEDS, headers={"authorization": "Bearer x"}).status_code == 401


def test_token_stays_with_its_borough_whoever_is_signed_in(
    stranger: User, other_borough: Borough, program: Program
) -> None:
    NeedFactory(borough=other_borough)
    program.client.force_login(stranger)
    assert program.get(NEEDS).json()["results"] == []


@pytest.mark.parametrize(("role", "reads", "writes"), [("reader", 200, 403), ("analyst", 200, 403), ("cdo", 403, 403)])
def test_person_may_what_the_role_says(
    role: str, reads: int, writes: int, client: Client, request: pytest.FixtureRequest, borough: Borough
) -> None:
    need = NeedFactory(borough=borough)
    client.force_login(request.getfixturevalue(role))
    assert client.get(NEEDS).status_code == reads
    assert client.post(NEEDS, {"title": "A"}, content_type="application/json").status_code == writes
    address = f"{NEEDS}{need.reference}/"
    seen = client.get(address)
    assert seen.status_code == (reads if reads == 200 else 404)
    if reads == 200:
        for method in (client.put, client.patch):
            headers = {"if-match": seen.headers["ETag"]}
            assert method(address, {"title": "A"}, content_type="application/json", headers=headers).status_code == 403
        assert client.post(f"{address}submit/").status_code == 403
        assert client.post(f"{address}withdraw/").status_code == 403
