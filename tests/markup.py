"""HTML as trees that can be compared, and the examples that govuk-frontend publishes with its components."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

COMPONENTS = (
    Path(__file__).resolve().parent.parent / "node_modules" / "govuk-frontend" / "dist" / "govuk" / "components"
)
VOID = {"input", "br", "img", "meta", "link", "path", "rect", "line", "circle", "polyline"}

needs_fixtures = pytest.mark.skipif(not COMPONENTS.is_dir(), reason="node_modules is absent: run npm ci")


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: list[Any] = ["", {}, []]
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        shown = {name: "" if value is None else re.sub(r"\s+", " ", value).strip() for name, value in attrs}
        if "class" in shown:
            shown["class"] = " ".join(sorted(shown["class"].split()))
        node: list[Any] = [tag, shown, []]
        self.open[-1][2].append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop()[0] == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        children = self.open[-1][2]
        if children and isinstance(children[-1], str):
            data = children.pop() + data
        children.append(data)


def _tidied(node: list[Any]) -> list[Any]:
    tag, attrs, children = node
    kept = [re.sub(r"\s+", " ", child).strip() if isinstance(child, str) else _tidied(child) for child in children]
    return [tag, attrs, [child for child in kept if child != ""]]


def tree(html: str) -> list[Any]:
    """[tag, attributes, children]; white space and the order of attributes and classes do not matter."""
    parser = _Tree()
    parser.feed(html)
    parser.close()
    assert parser.open == [parser.root], f"<{parser.open[-1][0]}> is never closed"
    return _tidied(parser.root)[2]


def fixture(component: str, name: str) -> dict[str, Any]:
    """One published example: its `options` and the `html` they give."""
    found = json.loads((COMPONENTS / component / "fixtures.json").read_text(encoding="utf-8"))["fixtures"]
    return next(each for each in found if each["name"] == name)
