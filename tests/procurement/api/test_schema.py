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
    needs = {f"/api/v1/needs/{{reference}}/{rest}" for rest in ("", "submit/", "withdraw/", "amendment/")}
    needs |= {"/api/v1/needs/", "/api/v1/needs/{reference}/amendment/submit/"}
    contracts = {f"/api/v1/contracts/{rest}" for rest in ("", "{id}/", "{id}/close/", "{id}/reopen/")}
    moves = ("", "rows/", "check/", "apply/", "undo/", "discard/")
    imports = {"/api/v1/imports/", *(f"/api/v1/imports/{{id}}/{rest}" for rest in moves)}
    others = {"/api/v1/demands/", "/api/v1/notices/", "/api/v1/notices/{reference}/"}
    others |= {f"/api/v1/notices/{{reference}}/versions/{rest}" for rest in ("", "{number}/")}
    assert set(response.json()["paths"]) == needs | contracts | imports | others


@pytest.mark.django_db
@pytest.mark.parametrize(("resource", "count"), [("needs", 12), ("contracts", 6), ("imports", 8)])
def test_description_tells_every_answer_with_its_body(client: Client, resource: str, count: int) -> None:
    described = client.get("/api/schema/", headers={"Accept": "application/json"}).json()
    operations = [
        (method, path, operation)
        for path, methods in described["paths"].items()
        if path.startswith(f"/api/v1/{resource}/")
        for method, operation in methods.items()
    ]
    assert len(operations) == count
    for method, path, operation in operations:
        assert {"token": []} in operation["security"], path
        assert "401" in operation["responses"]
        for status, answer in operation["responses"].items():
            bodiless = status in ("204", "304")
            assert ("content" in answer) != bodiless, (method, path, status)
            if int(status) >= 400:
                shape = answer["content"]["application/json"]["schema"]["$ref"]
                assert shape == "#/components/schemas/Error", (method, path, status)
        if method in ("put", "patch", "delete"):
            assert {"412", "428"} <= set(operation["responses"])
            assert any(each["name"] == "If-Match" and each["required"] for each in operation["parameters"])
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


@pytest.mark.django_db
def test_examples_of_contracts_are_what_is_sent_and_answered(client: Client) -> None:
    described = client.get("/api/schema/", headers={"Accept": "application/json"}).json()
    shape = described["components"]["schemas"]["Contract"]["properties"]
    lists = described["paths"]["/api/v1/contracts/"]
    body = lists["post"]["requestBody"]["content"]["application/json"]
    assert {"reference", "title"} <= set(body["examples"]["ANewEntry"]["value"]) <= set(shape)
    answer = lists["post"]["responses"]["201"]["content"]["application/json"]["examples"]["AnEntry"]["value"]
    assert set(answer) == set(shape)
    page = lists["get"]["responses"]["200"]["content"]["application/json"]["examples"]["TheLastPage"]["value"]
    assert page["results"] == [answer]


@pytest.mark.django_db
def test_only_the_docs_page_may_write_styles(client: Client) -> None:
    docs = client.get("/api/docs/")
    assert docs.status_code == 200
    assert "'unsafe-inline'" in docs["Content-Security-Policy"]
    assert "script-src 'self'" in docs["Content-Security-Policy"]
    assert "unsafe-inline" not in client.get("/board/")["Content-Security-Policy"]
    # Everything it loads is our own.
    assert "https://" not in docs.content.decode()


@pytest.mark.django_db
def test_example_of_an_import_is_what_is_answered(client: Client) -> None:
    described = client.get("/api/schema/", headers={"Accept": "application/json"}).json()
    shape = described["components"]["schemas"]["Import"]["properties"]
    answer = described["paths"]["/api/v1/imports/"]["post"]["responses"]["201"]["content"]["application/json"]
    assert set(answer["examples"]["AnImport"]["value"]) == set(shape)
