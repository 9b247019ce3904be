"""Readers of environment variables: a default, a value, or a refusal that names the variable."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from loti import env

NAME = "LOTI_TEST_VARIABLE"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), ("true", True), ("YES", True), (" on ", True), ("0", False), ("no", False), ("Off", False)],
)
def test_flag_reads_the_usual_words(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv(NAME, value)
    assert env.flag(NAME, default=not expected) is expected


@pytest.mark.parametrize("value", [None, ""])
def test_default_where_the_variable_is_unset_or_empty(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv(NAME, raising=False)
    if value is not None:
        monkeypatch.setenv(NAME, value)
    assert env.flag(NAME, default=True) is True
    assert env.text(NAME, "x") == "x"
    assert env.integer(NAME, 7, low=1, high=9) == 7
    assert env.choice(NAME, "a", ("a", "b")) == "a"
    assert env.items(NAME, ("a",)) == ["a"]
    assert env.path(NAME, Path("/x")) == Path("/x")
    assert env.url(NAME, "https://board.example", ("https",)) == "https://board.example"


@pytest.mark.parametrize(
    ("value", "read", "accepted"),
    [
        ("maybe", lambda: env.flag(NAME, default=True), "1, true, yes, on, 0, false, no, off"),
        ("ten", lambda: env.integer(NAME, 1, low=0, high=5), "a whole number"),
        ("6", lambda: env.integer(NAME, 1, low=0, high=5), "between 0 and 5"),
        ("c", lambda: env.choice(NAME, "a", ("a", "b")), "one of a, b"),
        ("ftp://x", lambda: env.url(NAME, "", ("http", "https")), "http://, https://"),
    ],
)
def test_nonsense_is_refused_with_the_name_and_what_is_accepted(
    monkeypatch: pytest.MonkeyPatch, value: str, read: Callable[[], object], accepted: str
) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured) as refused:
        read()
    assert NAME in str(refused.value)
    assert accepted in str(refused.value)


def test_refused_address_does_not_show_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "mysql://loti:hunter2@db.example/loti")
    with pytest.raises(ImproperlyConfigured) as refused:
        env.url(NAME, "", ("postgresql",))
    assert "hunter2" not in str(refused.value)


def test_secret_may_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file\n", encoding="utf-8")
    monkeypatch.setenv(NAME, "from the variable")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))
    assert env.text(NAME) == "from the file"

    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "missing"))
    with pytest.raises(ImproperlyConfigured, match=f"{NAME}_FILE.*missing.*cannot be read"):
        env.text(NAME)


def test_items_have_no_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, " a.example , ,b.example,")
    assert env.items(NAME) == ["a.example", "b.example"]
