"""Bodies that are no JSON object: a clear answer below 500, and nothing written."""

from typing import Any

import pytest

from boroughs.models import Borough, Need
from tests.factories.api import NEEDS, Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(borough: Borough) -> Program:
    return Program(borough)


BODIES: dict[str, tuple[bytes, int, str]] = {
    "10 MB": (b'{"title": "' + b"x" * 10_000_000 + b'"}', 413, "larger than 2 MB"),
    "half an object": (b'{"title": ', 400, "not JSON: Expecting value in line 1"),
    "two objects": (b"{}{}", 400, "not JSON"),
    "list": (b"[]", 400, "one JSON object"),
    "text": (b'"title"', 400, "one JSON object"),
    "null": (b"null", 400, "one JSON object"),
    "same name twice": (b'{"title": "A", "title": "B"}', 400, "same member twice"),
    "same name twice in a line": (b'{"title": "A", "volumes": [{"what": "a", "what": "b"}]}', 400, "same member twice"),
    "NaN": (b'{"title": "A", "months": NaN}', 400, "NaN, which is not JSON"),
    "Infinity": (b'{"title": "A", "months": -Infinity}', 400, "-Infinity, which is not JSON"),
    "number beyond all": (b'{"title": "A", "months": 1e400}', 422, "months must be a whole number or null"),
    "number of 5,000 digits": (b'{"title": "A", "months": ' + b"9" * 5_000 + b"}", 400, "too long"),
    "number of 4,000 digits": (b'{"title": "A", "months": ' + b"9" * 4_000 + b"}", 422, "whole number"),
    "deep list": (b'{"title": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, "nested too deeply"),
    "deep object": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400, "nested too deeply"),
    "half a surrogate pair": (b'{"title": "a\\ud800"}', 400, "half of a surrogate pair"),
    "half a surrogate pair as a name": (b'{"\\udfff": 1}', 400, "half of a surrogate pair"),
    "Latin-1": ('{"title": "é"}'.encode("latin-1"), 400, "not UTF-8"),
    "UTF-16": ('{"title": "A"}'.encode("utf-16"), 400, "not UTF-8"),
    "nothing": (b"", 422, "Enter a title"),
    "many unknown names": (
        b'{"title": "A", ' + b", ".join(b'"a%d": 1' % n for n in range(20_000)) + b"}",
        422,
        "a19999",
    ),
    "long unknown name": (b'{"title": "A", "' + b"n" * 100_000 + b'": 1}', 422, "There is no field called"),
}


@pytest.mark.parametrize("name", BODIES)
def test_body_is_refused_in_words(name: str, program: Program) -> None:
    body, status, words = BODIES[name]
    answer = program.post(NEEDS, body)
    assert answer.status_code == status, answer.content[:500]
    error: dict[str, Any] = answer.json()["error"]
    assert (error["status"], words in error["message"]) == (status, True), error["message"][:500]
    assert not Need.objects.exists()


def test_mark_at_the_beginning_does_no_harm(program: Program) -> None:
    assert program.post(NEEDS, b'\xef\xbb\xbf{"title": "A"}').status_code == 201


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "\xff/x;;="]
)
def test_other_types_are_refused(kind: str, program: Program) -> None:
    answer = program.send("POST", NEEDS, b'{"title": "A"}', content_type=kind)
    assert answer.status_code == 415
    assert answer.json()["error"]["message"]
    assert not Need.objects.exists()


def test_type_may_name_its_charset(program: Program) -> None:
    answer = program.send("POST", NEEDS, b'{"title": "A"}', content_type="application/json; charset=utf-8")
    assert answer.status_code == 201
