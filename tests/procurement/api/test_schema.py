"""The API's description and its page."""

import pytest
from django.core.management import call_command
from django.test import Client


def test_description_is_complete_and_without_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--fail-on-warn", "--validate")
    assert "/api/v1/notices/{reference}/" in capsys.readouterr().out


@pytest.mark.django_db
def test_description_is_public(client: Client) -> None:
    response = client.get("/api/schema/", headers={"Accept": "application/json"})
    assert response.status_code == 200
    assert set(response.json()["paths"]) == {"/api/v1/demands/", "/api/v1/notices/", "/api/v1/notices/{reference}/"}


@pytest.mark.django_db
def test_only_the_docs_page_may_write_styles(client: Client) -> None:
    docs = client.get("/api/docs/")
    assert docs.status_code == 200
    assert "'unsafe-inline'" in docs["Content-Security-Policy"]
    assert "script-src 'self'" in docs["Content-Security-Policy"]
    assert "unsafe-inline" not in client.get("/board/")["Content-Security-Policy"]
    # Everything it loads is our own.
    assert "https://" not in docs.content.decode()
