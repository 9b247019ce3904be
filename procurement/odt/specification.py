"""A frozen version of a common specification as a document that people can build a tender on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from procurement.odt.document import Block, Style, written
from procurement.queries import open_standards

PARTS = {"MUST": "What it must do", "SHOULD": "What it should do"}


def render(
    content: Mapping[str, Any], *, title: str, digest: str, frozen_at: datetime, frozen_words: str, shows_boroughs: bool
) -> bytes:
    """The version as a file. `shows_boroughs`: with who accepts what, and the differences beside it."""
    name = f"Common specification {content['demand']}, version {content['number']}"
    blocks = [
        Block(Style.TITLE, title),
        Block(Style.TEXT, f"{name}, frozen {frozen_words}. SHA-256 {digest}"),
    ]
    if shows_boroughs and content["boroughs"]:
        blocks.append(Block(Style.TEXT, f"Asked: {_names(content['boroughs'])}."))
    for priority, heading in PARTS.items():
        requirements = [each for each in content["requirements"] if each["priority"] == priority]
        if requirements:
            blocks.append(Block(Style.HEADING, heading))
        for each in requirements:
            blocks += _requirement(each, shows_boroughs=shows_boroughs)
    return written(blocks, title=name, made_at=frozen_at)


def _requirement(each: Mapping[str, Any], *, shows_boroughs: bool) -> list[Block]:
    found = [Block(Style.ITEM, f"R{each['number']} {each['text']}")]
    standards = open_standards.named(each["standards"])
    if standards:
        found.append(Block(Style.BULLET, f"Open standards: {', '.join(standard.name for standard in standards)}"))
    if shows_boroughs:
        if each["accepted"]:
            found.append(Block(Style.BULLET, f"Accepted by {_names(each['accepted'])}"))
        found += [
            Block(Style.BULLET, f"{kept['name']} keeps beside it: {kept['text']}") for kept in each["differences"]
        ]
        if each["settled"]:
            found.append(Block(Style.BULLET, f"Clash settled: {each['settled']}"))
    return found


def _names(boroughs: list[Mapping[str, str]]) -> str:
    return ", ".join(borough["name"] for borough in boroughs)
