"""Dataclasses that get a field later: the bytes from before are read, and stay the same bytes."""

from dataclasses import dataclass

import pytest

from procurement.picture import codec


@dataclass(frozen=True)
class Before:
    name: str


@dataclass(frozen=True)
class Since:
    name: str
    places: tuple[str, ...] = ()
    day: str | None = None


def test_field_that_has_its_default_is_not_written() -> None:
    assert codec.write(Since("a")) == codec.write(Before("a")) == b'{"name":"a"}'
    assert codec.write(Since("a", ("b",))) == b'{"name":"a","places":["b"]}'


def test_bytes_from_before_are_read_with_the_default() -> None:
    assert codec.read(Since, codec.write(Before("a"))) == Since("a")
    assert codec.read(Since, b'{"day":"x","name":"a"}') == Since("a", day="x")


@pytest.mark.parametrize("content", [b'{"name":"a","places":[]}', b'{"day":null,"name":"a"}'])
def test_default_that_is_written_is_not_canonical(content: bytes) -> None:
    with pytest.raises(ValueError, match="canonically"):
        codec.read(Since, content)


@pytest.mark.parametrize("content", [b"{}", b'{"more":1,"name":"a"}'])
def test_fields_that_lack_or_that_nobody_knows_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="Since has name, places, day"):
        codec.read(Since, content)
