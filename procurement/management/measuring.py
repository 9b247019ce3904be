"""What the commands that measure the matcher share: their file, their settings, their model and their progress."""

from __future__ import annotations

import csv
import json
import time
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, OutputWrapper

from procurement.matching import Capability, Config
from procurement.matching.embed import CachingEmbedder, Embedder, EmbedderUnavailable, MiniLmEmbedder
from procurement.matching.evaluation.labelled import Labelled, LabelledFileError, read
from procurement.matching.evaluation.vectors import FileVectors
from procurement.search.document import Document, Field

_DEMONSTRATION = ("boroughs/data/demo/needs_a.jsonl", "boroughs/data/demo/needs_b.jsonl")
_SILENT_SECONDS = 3.0
_EVERY_SECONDS = 10.0


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the labelled file, the folder of vectors, the seed and the form of the output."""
    parser.add_argument("path", type=Path, help="labelled needs or notices, one JSON object a line")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--seed", type=int, default=0, help="for everything that is drawn; default: %(default)s")
    parser.add_argument("--vectors", type=Path, metavar="FOLDER", help="keep sentence vectors there between calls")


def labelled_file(path: Path) -> Labelled:
    """Read the labelled file; raises ``CommandError`` in its words."""
    try:
        return read(path)
    except LabelledFileError as error:
        raise CommandError(str(error)) from error


def demonstration() -> tuple[Path, ...]:
    """The labelled needs that come with the product."""
    return tuple(Path(settings.BASE_DIR) / name for name in _DEMONSTRATION)


def config(engine: str, **changes: Any) -> Config:
    """The settings of a run as the product has them."""
    return Config(engine=engine, capabilities=capabilities(), owner_names=_authority_names(), **changes)


def embedder(engine: str, options: Mapping[str, Any]) -> Embedder | None:
    """The sentence model, which embeds a text once; None where the engine has no use for it or it is not there."""
    if engine != "minilm":
        return None
    try:
        return CachingEmbedder(MiniLmEmbedder(), FileVectors(options["vectors"]))
    except EmbedderUnavailable:
        return None  # the run says so in its warnings


class Ticker:
    """Says how far something has come, once it has taken some seconds, and then every ten."""

    def __init__(self, stream: OutputWrapper, what: str) -> None:
        self._stream = stream
        self._what = what
        self._next = time.monotonic() + _SILENT_SECONDS

    def __call__(self, done: int, total: int) -> None:
        """Report ``done`` of ``total``."""
        if time.monotonic() >= self._next:
            self._stream.write(f"{self._what}: {done} of {total}")
            self._next = time.monotonic() + _EVERY_SECONDS


def _rows(name: str) -> list[dict[str, str]]:
    path = Path(settings.BASE_DIR) / "boroughs" / "data" / name
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise CommandError(f"boroughs/data/{name} cannot be read: {error.strerror}.") from error


def capabilities() -> tuple[Capability, ...]:
    """The categories that come with the product."""
    return tuple(
        Capability(
            slug=row["slug"],
            name=row["name"],
            cpv=row["cpv"],
            synonyms=tuple(s.strip() for s in row["synonyms"].split(";") if s.strip()),
        )
        for row in _rows("categories.csv")
    )


def _authority_names() -> tuple[str, ...]:
    return tuple(row["name"] for row in _rows("authorities.csv"))


def demonstration_notices() -> tuple[list[Document], dict[int, str]]:
    """Each need of the demonstration as if it were published by itself, and the labelled group of each."""
    names = {row["slug"]: row["name"] for row in _rows("authorities.csv")}
    categories = {capability.slug: capability.name for capability in capabilities()}
    folder = Path(settings.BASE_DIR) / "boroughs" / "data" / "demo"
    found: list[Document] = []
    groups: dict[int, str] = {}
    for name in ("needs_a.jsonl", "needs_b.jsonl"):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            need = json.loads(line)
            id = len(found) + 1
            groups[id] = need["cluster"]
            found.append(_as_notice(id, need, categories, names[need["borough"]]))
    return found, groups


def _as_notice(id: int, need: Mapping[str, Any], categories: Mapping[str, str], borough: str) -> Document:
    category = need.get("category") or ""
    fields = {
        Field.TITLE: need["title"],
        Field.CATEGORY: categories.get(category, ""),
        Field.SUMMARY: need["description"],
        Field.PROBLEM: need["problem"],
        Field.USERS: need.get("users_description") or "",
        Field.REQUIREMENTS: "\n".join(line["text"] for line in need["requirements"]),
        Field.AUTHORITIES: borough,
    }
    return Document(
        id=id,
        fields=tuple(fields.get(field, "") for field in Field),
        references=(f"NT-{id:04}",),
        cpv=tuple(need.get("cpv") or ()),
        category=category,
        boroughs=(borough,),
    )
