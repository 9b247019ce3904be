"""Lists as people paste them: a line each, behind the bullets and the numbers of the document that they come from."""

import re

from boroughs.forms.text import clean_block

# The last two are what a word processor's bullets become outside it, as is an "o" before a tab.
BULLETS = "•·‣▪●○◦■□\uf0b7\uf0a7"
MARK = re.compile(
    rf"\s*(?:[{BULLETS}]+\s*"
    # "-5 °C" and "*starred*" keep theirs.
    r"|[-–—](?:\s+|(?=[^\W\d]))"
    r"|\*(?:\s+|(?=[^\W\d])(?![^*]+\*))"
    r"|o[^\S\t]*\t\s*"
    # "3)", "(3)", "a)", "iv)", "3."; "24.5 hours" and "3D" keep theirs.
    r"|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})\)(?:\s+|$)"
    r"|(?:\d{1,2}\.)*(?:\d{1,3}|[a-z])\.(?:\s+|$))",
    re.IGNORECASE,
)


def without_mark(line: str) -> str:
    """The line without the bullet or the number that it begins with."""
    return line[found.end() :].strip() if (found := MARK.match(line)) else line.strip()


def items(text: str) -> list[str]:
    """What a list holds, one text an item. A list without marks has an item a line.

    Where items have marks, a line without one that begins in small letters goes on with the item before it: a sentence
    that was broken at the edge of a page.
    """
    lines = [line for line in clean_block(text).split("\n") if line.strip()]
    is_marked = any(MARK.match(line) for line in lines)
    found: list[str] = []
    for line in lines:
        if is_marked and found and not MARK.match(line) and line.lstrip()[:1].islower():
            found[-1] = f"{found[-1]} {line.strip()}"
        else:
            found.append(without_mark(line))
    return [item for item in found if item]
