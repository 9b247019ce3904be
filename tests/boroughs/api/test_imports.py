"""Imports over the API: a program hands a file in, reads what would come of it, applies it and takes it back."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from boroughs.actions import import_jobs
from boroughs.forms import import_reading
from boroughs.models import Borough, ColumnMapping, Contract, DataImport, KeptAnswer, Need
from tests.boroughs.actions.importing import received
from tests.factories.api import IMPORTS, Program

pytestmark = pytest.mark.django_db
REGISTER = b"Contract Ref,What it is,Supplier,Ends\nC-1,Parking,Permit Ltd,31/03/2027\nC-2,Telecare,Bell,tomorrow\n"


@pytest.fixture
def program(borough: Borough) -> Program:
    return Program(borough)


def handed_in(program: Program, content: bytes = REGISTER, *, noun: str = "CONTRACTS", **headers: str) -> Any:
    query = urlencode({"noun": noun, "file_name": "register.csv"})
    return program.post(f"{IMPORTS}?{query}", content, **{"content_type": "text/csv"} | headers)


def worked(program: Program, address: str) -> dict[str, Any]:
    """The import after the job that was due, as the program reads it."""
    import_jobs.run(key=address.rstrip("/").rpartition("/")[2], read=import_reading.read)
    body: dict[str, Any] = program.get(address).json()
    return body


def error(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()["error"]
    assert found["status"] == status
    return found


def test_program_takes_a_register_in_and_back(program: Program, borough: Borough) -> None:
    answer = handed_in(program)
    assert answer.status_code == 201, answer.content
    address = urlsplit(answer.headers["Location"]).path
    body = answer.json()
    assert (body["status"], body["borough"], body["noun"]) == ("RECEIVED", "camden", "CONTRACTS")
    assert {each["heading"]: each["field"] for each in body["columns"]}["Ends"] == "end_date"

    mapping = {"Contract Ref": "reference", "What it is": "title", "Supplier": "supplier", "Ends": "end_date"}
    asked = program.post(f"{address}check/", {"mapping": mapping})
    assert (asked.status_code, asked.json()["status"]) == (202, "CHECKING")
    body = worked(program, address)
    assert body["counts"] == {"new": 1, "changed": 0, "unchanged": 0, "refused": 1}
    refused = program.get(f"{address}rows/?verdict=REFUSED").json()["results"]
    assert [(row["line"], row["content"]["Ends"]) for row in refused] == [(3, "tomorrow")]
    assert "tomorrow" in refused[0]["remarks"][0]
    assert not Contract.objects.exists()

    assert program.post(f"{address}apply/").json()["status"] == "APPLYING"
    assert worked(program, address)["status"] == "APPLIED"
    assert Contract.objects.get(borough=borough).title == "Parking"
    assert program.post(f"{address}undo/").json()["status"] == "UNDOING"
    assert worked(program, address)["status"] == "UNDONE"
    assert not Contract.objects.exists()
    assert ColumnMapping.objects.get().targets["what it is"] == "title"


def test_needs_come_in_as_drafts(program: Program) -> None:
    answer = handed_in(program, b"ID,Title\n7,Parking permits\n", noun="NEEDS")
    address = urlsplit(answer.headers["Location"]).path
    program.post(f"{address}check/")
    worked(program, address)
    program.post(f"{address}apply/")
    worked(program, address)
    need = Need.objects.get()
    assert (need.external_id, need.status) == ("7", "DRAFT")


@pytest.mark.parametrize(("body", "kept"), [(None, 1), ({"unread": "leave_out"}, 1), ({"unread": "keep"}, 2)])
def test_program_says_what_becomes_of_cells_that_cannot_be_read(
    program: Program, body: dict[str, Any] | None, kept: int
) -> None:
    answer = handed_in(program, b"ID,Title,Users\n7,Parking permits,lots\n8,Waste,12\n", noun="NEEDS")
    address = urlsplit(answer.headers["Location"]).path
    program.post(f"{address}check/")
    worked(program, address)
    untidy, tidy = program.get(f"{address}rows/").json()["results"]
    assert untidy["unread"] == [{"name": "users_count", "heading": "Users", "text": "lots"}]
    assert "users_count" not in untidy["content"]
    assert (tidy["unread"], tidy["content"]["users_count"]) == ([], 12)
    assert error(program.post(f"{address}apply/", {"unread": "perhaps"}), 422)
    program.post(f"{address}apply/", *([body] if body else []))
    worked(program, address)
    assert Need.objects.count() == kept


def test_program_applies_the_check_that_it_has_read(program: Program) -> None:
    address = urlsplit(handed_in(program).headers["Location"]).path
    program.post(f"{address}check/")
    worked(program, address)
    read = program.get(f"{address}rows/").json()["check"]
    program.post(f"{address}check/")
    worked(program, address)
    assert "checked again" in error(program.post(f"{address}apply/", {"check": read}), 422)["message"]
    assert error(program.post(f"{address}apply/", {"check": "7"}), 422)
    now = program.get(f"{address}rows/").json()["check"]
    assert program.post(f"{address}apply/", {"check": now}).json()["status"] == "APPLYING"


def test_same_request_under_the_same_key_is_one_import(program: Program) -> None:
    first = handed_in(program, idempotency_key="monday")
    again = handed_in(program, idempotency_key="monday")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert DataImport.objects.count() == KeptAnswer.objects.count() == 1
    other = handed_in(program, b"Ref,Title\n1,Other\n", idempotency_key="monday")
    assert "Idempotency-Key" in error(other, 422)["message"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("noun=CONTRACTS", "file_name"),
        ("noun=NOTICES&file_name=a.csv", "noun"),
        ("noun=CONTRACTS&file_name=a.csv&borough=brent", "borough"),
        ("noun=CONTRACTS&file_name=a.csv&colour=red", "colour"),
    ],
)
def test_what_is_not_understood_of_a_file_is_refused_by_name(program: Program, query: str, field: str) -> None:
    answer = program.post(f"{IMPORTS}?{query}", REGISTER, content_type="text/csv")
    assert list(error(answer, 422)["fields"]) == [field]
    assert not DataImport.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "PDF"),
        (b"Title\n", "only headings"),
        (b"x" * 21_000_000, "20 MB"),
        (b"x" * 22_500_000, "20 MB"),
    ],
)
def test_file_that_cannot_be_read_says_why(program: Program, content: bytes, words: str) -> None:
    answer = handed_in(program, content)
    assert words in answer.json()["error"]["message"]
    assert answer.status_code == (413 if len(content) > 22_000_000 else 422)
    assert not DataImport.objects.exists()


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
def test_form_around_a_file_is_not_taken_for_the_file(program: Program, kind: str) -> None:
    envelope = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + REGISTER + b"\r\n--x--\r\n"
    )
    answer = handed_in(program, envelope, content_type=kind)
    assert "the file itself" in error(answer, 415)["message"]
    assert not DataImport.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"mapping": {"Colour": "title"}}, "mapping.Colour"),
        ({"mapping": {"Contract Ref": "magic", "What it is": "title"}}, "mapping.Contract Ref"),
        ({"mapping": {"Contract Ref": "title", "What it is": "title"}}, "mapping.What it is"),
        ({"mapping": {"Contract Ref": "reference"}}, "mapping"),
        ({"mapping": ["title"]}, "mapping"),
        ({"columns": {}}, "columns"),
    ],
)
def test_mapping_is_held_to_the_rules_of_the_page(program: Program, body: dict[str, Any], field: str) -> None:
    address = urlsplit(handed_in(program).headers["Location"]).path
    found = error(program.post(f"{address}check/", body), 422)["fields"]
    assert field in {"mapping" if name == "mapping.__all__" else name for name in found}
    assert DataImport.objects.get().status == "RECEIVED"


def test_move_that_cannot_be_is_a_conflict(program: Program) -> None:
    address = urlsplit(handed_in(program).headers["Location"]).path
    error(program.post(f"{address}apply/"), 409)
    error(program.post(f"{address}undo/"), 409)
    assert program.post(f"{address}discard/").json()["status"] == "DISCARDED"
    error(program.post(f"{address}check/"), 409)


def test_lists_are_read_page_by_page(program: Program, borough: Borough) -> None:
    made = [received(borough).pk for _ in range(5)]
    seen, address = [], f"{IMPORTS}?limit=2"
    while address:
        body = program.get(address).json()
        seen += [each["id"] for each in body["results"]]
        address = body["next"] and urlsplit(body["next"])._replace(scheme="", netloc="").geturl()
    assert seen == made[::-1]
    assert program.get(f"{IMPORTS}?noun=NEEDS").json()["results"] == []


def test_rows_are_read_page_by_page(program: Program) -> None:
    content = b"Ref,Title\n" + b"".join(b"%d,Contract\n" % number for number in range(5))
    address = urlsplit(handed_in(program, content).headers["Location"]).path
    program.post(f"{address}check/")
    worked(program, address)
    lines, following = [], f"{address}rows/?limit=2"
    while following:
        body = program.get(following).json()
        lines += [row["line"] for row in body["results"]]
        following = body["next"] and urlsplit(body["next"])._replace(scheme="", netloc="").geturl()
    assert lines == [2, 3, 4, 5, 6]


@pytest.mark.parametrize("query", ["limit=0", "limit=1000", "noun=X", "colour=red", "cursor=abc"])
def test_question_that_is_not_understood_is_refused(program: Program, query: str) -> None:
    error(program.get(f"{IMPORTS}?{query}"), 400)


def test_import_of_another_borough_is_not_there(program: Program, other_borough: Borough) -> None:
    foreign = received(other_borough)
    for rest in ("", "rows/"):
        error(program.get(f"{IMPORTS}{foreign.pk}/{rest}"), 404)
    for rest in ("check/", "apply/", "undo/", "discard/"):
        error(program.post(f"{IMPORTS}{foreign.pk}/{rest}"), 404)
    assert program.get(IMPORTS).json()["results"] == []
